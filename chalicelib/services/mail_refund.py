"""The mails a payer gets about a refund: on its way, or come back."""

from collections.abc import Mapping

from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import Refund
from chalicelib.gateways.mailer import Letter
from chalicelib.rendering.mails import render_mail
from chalicelib.rendering.views.letters import RefundLetter
from chalicelib.services.post_letter import About, post_letter
from chalicelib.services.refund_terms import find_refund, owed_again
from chalicelib.services.taking_back_words import amount_words
from chalicelib.services.tell_payer import REFUND_FAILED
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment
from chalicelib.storage.users import get_user

# https://docs.stripe.com/refunds: 5 to 10 business days to a card; about as long as a debit by ACH.
ARRIVAL = {"card": "5 to 10 business days", "ach": "3 to 5 business days"}


def mail_refund(world: World, body: Mapping[str, str]) -> None:
    """Send it. A repeat is harmless. Raises NotFound or KeyError for what names nothing."""
    dealer_id = DealerId(body["dealer"])
    payment = get_payment(dealer_id, AccountId(body["account"]), PaymentId(body["id"]))
    refund = find_refund(payment, body["about"])
    if refund is None:
        raise KeyError(body["about"])
    letter = _letter(world, payment, refund, is_failed=body["mail"] == REFUND_FAILED)
    rendered = render_mail(body["mail"], letter)
    payer = get_user(payment.payer_id)
    about = About(body["mail"], dealer_id, payment.account_id)
    post_letter(world, Letter(payer.email, rendered.subject, rendered.text, rendered.html), about)


def _letter(world: World, payment: Payment, refund: Refund, *, is_failed: bool) -> RefundLetter:
    dealer = get_dealer(payment.dealer_id)
    plan = refund.reversal
    return RefundLetter(
        dealer_name=dealer.name,
        account_name=payment.account_name,
        number=payment.number,
        amount_cents=plan.money_cents,
        charged_cents=payment.charged_cents,
        method=payment.method.words,
        payment_url=f"{world.config.portal_url}/payments/{payment.payment_id}",
        fee_cents=plan.fee_income_cents,
        arrival=ARRIVAL[payment.method.kind],
        owed_again=() if is_failed else owed_again(payment, plan),
        reason=refund.failure_sentence if is_failed else "",
        note="" if is_failed else _note(payment, refund),
        dealer_phone=dealer.phone,
        currency=payment.currency,
    )


def _note(payment: Payment, refund: Refund) -> str:
    """What became of credits: paid out, or open again."""
    plan, said = refund.reversal, []
    paid_out = sum(use.amount_cents for use in plan.consumed) + plan.surplus_cents
    if paid_out:
        said.append(f"{amount_words(paid_out, payment.currency)} of your credit is paid out.")
    opened = sum(use.amount_cents for use in plan.credits)
    if opened:
        said.append(f"{amount_words(opened, payment.currency)} of credit is open again.")
    return " ".join(said)
