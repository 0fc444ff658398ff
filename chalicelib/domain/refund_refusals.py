"""Why a payment can't be refunded and what to do instead, and whose yes a refund needs."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.domain.refunds import refundable_cents
from chalicelib.domain.reversals import DisputePhase, Refund, RefundState

# https://docs.stripe.com/payments/ach-direct-debit, "Refunds": within 180 days of the payment.
ACH_REFUND_WINDOW = timedelta(days=180)
_NOTHING_CHARGED = "Nothing was charged, so there is nothing to give back."
_BY_STATUS: Mapping[PaymentStatus, str] = MappingProxyType(
    {
        PaymentStatus.FROZEN: "It is frozen: nothing was charged. Terminate it instead.",
        PaymentStatus.TERMINATED: _NOTHING_CHARGED,
        PaymentStatus.FAILED: _NOTHING_CHARGED,
        PaymentStatus.RETURNED: (
            "The bank has taken the money back, so there is nothing left to refund. "
            "The customer owes the documents again."
        ),
        PaymentStatus.REFUNDED: "All of it has been refunded.",
    }
)
_BY_PHASE: Mapping[DisputePhase, str] = MappingProxyType(
    {
        DisputePhase.WITHDRAWN: (
            "The card’s bank has taken the money until the dispute is decided; a refund would "
            "pay it twice. Answer the dispute at the payment processor, or accept it there."
        ),
        DisputePhase.LOST: (
            "The dispute is lost: the card’s bank has given the customer the money already."
        ),
    }
)


def why_not_refund(payment: Payment, now: datetime) -> str:
    """Why no refund can be asked for now and what to do instead; "" if one can."""
    return next(_reasons(payment, now), "")


def _reasons(payment: Payment, now: datetime) -> Iterator[str]:
    """The first that is said counts."""
    if payment.status is PaymentStatus.PENDING:
        yield _why_not_yet(payment)
    if payment.status in _BY_STATUS:
        yield _BY_STATUS[payment.status]
    phase = payment.dispute_phase
    if phase is not None and phase in _BY_PHASE:
        yield _BY_PHASE[phase]
    if not payment.charged_cents:
        yield "Credits covered it, so no money was taken. Open the credits again in the ERP."
    if not refundable_cents(payment):
        yield _BY_STATUS[PaymentStatus.REFUNDED]
    if open_refund(payment) is not None:
        yield _why_not_another(payment)
    charged_at = payment.sent_at or payment.submitted_at
    if payment.method.kind != "card" and now - charged_at > ACH_REFUND_WINDOW:
        yield (
            "A bank debit can be refunded for 180 days only. Pay the customer another way and "
            "enter it in the ERP."
        )


def open_refund(payment: Payment) -> Refund | None:
    """The refund that waits for a yes or for the processor's answer; there is never a second."""
    waiting = (RefundState.REQUESTED, RefundState.SENDING)
    return next((refund for refund in payment.refunds if refund.state in waiting), None)


def needs_approval(
    payment: Payment, amount_cents: int, *, limit_cents: int, is_admin: bool
) -> bool:
    """True if an administrator must say yes: more than the limit goes back of this payment.

    Earlier refunds of it count, so a large one cannot be cut into small ones. 0 is no limit.
    """
    if is_admin or not limit_cents:
        return False
    before = payment.charged_cents - payment.fee_cents - refundable_cents(payment)
    return before + amount_cents > limit_cents


def _why_not_yet(payment: Payment) -> str:
    if payment.stage is Stage.SUBMITTED:
        return (
            "It has not been handed to the payment processor yet: nothing is charged. "
            "Freeze it, then terminate it."
        )
    return (
        "The money has not arrived yet, so there is nothing to give back. Hold its posting now "
        "and refund it once it has settled."
    )


def _why_not_another(payment: Payment) -> str:
    waiting = open_refund(payment)
    if waiting is not None and waiting.state is RefundState.REQUESTED:
        return "A refund of it waits for an administrator. Approve or decline that one first."
    return (
        "A refund of it is on its way to the payment processor. Look again in a few minutes: "
        "until that is decided, a second one could give back too much."
    )
