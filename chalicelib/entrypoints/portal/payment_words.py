"""What a payer reads about a payment: where it stands and what that means for what is owed."""

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payments import CREDITS, Payment, PaymentStatus, Stage
from chalicelib.domain.reversals import Refund, RefundState
from chalicelib.services.confirm_card import is_waiting
from chalicelib.services.refund_terms import owed_again
from chalicelib.services.taking_back_words import amount_words


def explanation(payment: Payment, dealer: Dealer) -> str:
    """A few sentences on the payment as it is, its refunds last."""
    return " ".join((_standing_words(payment, dealer), *_refund_words(payment, dealer)))


def _standing_words(payment: Payment, dealer: Dealer) -> str:
    if payment.is_taken_back:
        return _taken_back_words(payment, dealer)
    phone = f" ({dealer.phone})" if dealer.phone else ""
    words = {
        PaymentStatus.PENDING: _pending_words(payment, dealer),
        PaymentStatus.FAILED: payment.failure_sentence,
        PaymentStatus.FROZEN: (
            f"{dealer.name} has stopped this payment to check it. Nothing was charged; "
            f"call {dealer.name} if you have questions{phone}."
        ),
        PaymentStatus.TERMINATED: (
            f"{dealer.name} cancelled this payment before anything was charged. "
            "What it was meant for is open again."
        ),
        PaymentStatus.REFUNDED: f"{dealer.name} has given all of this payment back.",
        PaymentStatus.DISPUTED: (
            "The card’s bank is looking into this payment because its owner asked. It "
            "counts as paid until that is decided."
        ),
    }
    confirmed = f"The funds are confirmed and credited to your account with {dealer.name}."
    if payment.method.kind == CREDITS:
        confirmed = "Your credits are used for it; nothing was charged."
    return words.get(payment.status, confirmed)


def _refund_words(payment: Payment, dealer: Dealer) -> tuple[str, ...]:
    """Each refund whose money has left: where it goes, what is owed again, whether it came back."""
    return tuple(
        _one_refund(payment, refund, dealer)
        for refund in payment.refunds
        if refund.taken_at is not None
    )


def _one_refund(payment: Payment, refund: Refund, dealer: Dealer) -> str:
    money = amount_words(refund.reversal.money_cents, payment.currency)
    if not refund.is_taken_out:
        return (
            f"A refund of {money} did not reach you: {refund.failure_sentence}. That money counts "
            f"as paid again; {dealer.name} knows of it."
        )
    again = ", ".join(
        f"{name} ({amount_words(cents, payment.currency)})"
        for name, cents in owed_again(payment, refund.reversal)
    )
    owed = f" Owed again: {again}." if again else ""
    goes = "went" if refund.state is RefundState.SUCCEEDED else "is on its way"
    return f"A refund of {money} {goes} to {payment.method.words}.{owed}"


def problem(payment: Payment) -> str:
    """The heading above Pay again."""
    if payment.returned is not None:
        return "The bank sent this payment back"
    if payment.is_taken_back:
        return "The card’s bank took this payment back"
    return "This payment did not go through"


def _taken_back_words(payment: Payment, dealer: Dealer) -> str:
    again = f"What it paid is owed to {dealer.name} again."
    if payment.returned is not None:
        return f"{payment.returned.sentence} {again}"
    return f"The card’s owner had disputed it, and the bank decided against {dealer.name}. {again}"


def _pending_words(payment: Payment, dealer: Dealer) -> str:
    if is_waiting(payment):
        return (
            "Not yet paid: the card’s bank has not confirmed it. What nobody confirms within "
            "an hour is cancelled and not charged."
        )
    if payment.method.kind == CREDITS:
        return "Submitted: your credits are being used, and nothing is charged."
    if payment.method.kind == "card":
        return "Not yet paid: the card processor has not answered. We ask again by ourselves."
    if payment.held_until and payment.stage is Stage.SUBMITTED:
        return f"Submitted. {dealer.name} sends it to the bank later; nothing is charged yet."
    return "Submitted, not yet paid: the bank confirms a debit after a few business days."
