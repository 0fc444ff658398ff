"""The receipt of a payment as PDF: made once, kept in S3, handed out by a short-lived link."""

from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import Conflict
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.receipt_words import BALANCE, covered
from chalicelib.rendering.receipt_pdf import render_receipt
from chalicelib.rendering.views.receipt_document import ReceiptDocument, ReceiptLine
from chalicelib.rendering.words import day
from chalicelib.services.taking_back_words import amount_words
from chalicelib.services.view_payment import view_payment
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.dealers import get_dealer

LINK_SECONDS = 300
PDF = "application/pdf"
# A dispute that is not lost changes nothing: the payment counts as paid until it is decided.
PAID = frozenset({PaymentStatus.SETTLED, PaymentStatus.POSTED, PaymentStatus.DISPUTED})
NO_RECEIPT = "There is no receipt: this payment did not go through and nothing was charged."


def receipt_kind(payment: Payment) -> str:
    """ "receipt" once the funds are confirmed, "confirmation" while pending, else "".

    "notice" once the money went back, all of it or by the bank: a receipt would say paid.
    """
    if payment.is_taken_back or payment.status is PaymentStatus.REFUNDED:
        return "notice"
    if payment.status in PAID:
        return "receipt"
    return "confirmation" if payment.status is PaymentStatus.PENDING else ""


def issue_receipt(world: World, dealer_id: DealerId, *, account_id: AccountId, name: str) -> str:
    """A link of five minutes to the receipt of the account's payment of that number or id.

    Raises NotFound (missing and foreign alike), Conflict if it has no receipt.
    """
    payment = view_payment(world, dealer_id, account_id=account_id, name=name).payment
    kind = receipt_kind(payment)
    if not kind:
        raise Conflict(NO_RECEIPT)
    key = keys.receipt_file(dealer_id, payment.payment_id, _edition(payment, kind))
    try:
        world.files.read(key)
    except KeyError:
        document = receipt_document(payment, get_dealer(dealer_id))
        world.files.write(key, render_receipt(document), PDF)
    return world.files.link(key, seconds=LINK_SECONDS, file_name=f"{kind}-{payment.number}.pdf")


def _edition(payment: Payment, kind: str) -> str:
    """Each refund makes another document of it."""
    return f"{kind}-{payment.refunded_cents}" if payment.refunded_cents else kind


def receipt_document(payment: Payment, dealer: Dealer) -> ReceiptDocument:
    """What the receipt says; only what never changes once the payment is in this state."""
    return ReceiptDocument(
        is_receipt=receipt_kind(payment) == "receipt",
        is_taken_back=payment.is_taken_back,
        is_refunded=payment.status is PaymentStatus.REFUNDED,
        refunded_cents=payment.refunded_cents,
        number=payment.number,
        dealer_name=dealer.name,
        dealer_contact=" · ".join(filter(None, (dealer.address, dealer.phone))),
        statement=_statement(payment, dealer),
        amount_cents=payment.charged_cents,
        facts=_facts(payment, dealer),
        lines=tuple(
            ReceiptLine(
                number=line.payable_id or BALANCE,
                job=line.job_name,
                due=day(line.due_day.isoformat()) if line.due_day else "",
                deductions_cents=-(line.credit_cents + line.discount_cents),
                amount_cents=line.allocation_cents,
            )
            for line in payment.lines_as_billed
        ),
        sums=_sums(payment),
        currency=payment.currency,
        is_demo=dealer.is_demo,
    )


def _statement(payment: Payment, dealer: Dealer) -> str:
    if payment.is_taken_back:
        return _taken_back_words(payment, dealer)
    if payment.status is PaymentStatus.REFUNDED:
        return f"Paid to {dealer.name} and refunded in full: it goes back to the method below."
    if payment.status not in PAID:
        return "Submitted, not yet paid: the bank still has to confirm it."
    part = ""
    if payment.refunded_cents:
        part = f" {amount_words(payment.refunded_cents, payment.currency)} of it was refunded."
    if payment.settled_at is None:
        return f"Paid to {dealer.name}.{part}"
    return f"Paid to {dealer.name} on {day(_iso(dealer, payment))}.{part}"


def _taken_back_words(payment: Payment, dealer: Dealer) -> str:
    if payment.returned is not None:
        on = dealer_day(payment.returned.at, dealer.time_zone).isoformat()
        return f"Sent back by the bank on {day(on)}: what it paid is owed to {dealer.name} again."
    return (
        "The card’s bank took money of this payment back: what that had paid is owed to "
        f"{dealer.name} again."
    )


def _iso(dealer: Dealer, payment: Payment) -> str:
    at = payment.settled_at or payment.submitted_at
    return dealer_day(at, dealer.time_zone).isoformat()


def _facts(payment: Payment, dealer: Dealer) -> tuple[tuple[str, str], ...]:
    submitted = dealer_day(payment.submitted_at, dealer.time_zone).isoformat()
    return (
        ("From", f"{payment.account_name}, account {payment.account_id}"),
        ("Method", payment.method.words),
        ("Submitted", day(submitted)),
    )


def _sums(payment: Payment) -> tuple[tuple[str, int], ...]:
    sums = (
        (covered(payment).capitalize(), payment.allocations_cents),
        ("Credits used", -payment.erp_credits_cents),
        ("Money on account used", -payment.unapplied_used_cents),
        ("Discount", -payment.discount_cents),
        ("Paid on account", payment.surplus_cents),
        ("Fee", payment.fee_cents),
    )
    return tuple((label, cents) for label, cents in sums if cents)
