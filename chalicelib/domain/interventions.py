"""What an operator may do to a payment, and why not (money.md, Lifecycle: Freeze and Hold)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.days import business_days_after
from chalicelib.domain.payments import Payment, PaymentStatus, Stage, Stop
from chalicelib.domain.settlements import PostingState, Settlement

STOP_BUSINESS_DAYS = 3  # A payment stopped for longer alarms.


class Intervention(StrEnum):
    """Freeze and Terminate before it is handed over; Hold posting afterwards."""

    FREEZE = "freeze"
    RELEASE = "release"
    TERMINATE = "terminate"
    HOLD_POSTING = "hold-posting"
    RELEASE_POSTING = "release-posting"


_OVER = {
    PaymentStatus.FAILED: "It failed: nothing was charged and the documents are open again.",
    PaymentStatus.TERMINATED: "It is terminated: nothing was charged, its documents are open.",
    PaymentStatus.POSTED: "It is posted. Money that must go back is a refund.",
    PaymentStatus.RETURNED: "It was returned: its money is gone and its documents are owed again.",
    PaymentStatus.DISPUTED: (
        "It is disputed: the card’s bank decides. Send the evidence in Stripe’s dashboard."
    ),
    PaymentStatus.REFUNDED: "It is refunded: all of its money went back.",
    PaymentStatus.SETTLED: "The money has arrived. Hold its posting; the way back is a refund.",
}
_HANDED_OVER = (
    "It has been handed to the payment processor, so the money may still arrive. "
    "Hold its posting; the way back is a refund."
)


def why_not(action: Intervention, payment: Payment, settlement: Settlement | None = None) -> str:
    """Why the action can't apply and what to do instead; "" if it can.

    `settlement` is the payment's own, None while it is not written.
    """
    match action:
        case Intervention.FREEZE:
            if payment.status is PaymentStatus.FROZEN:
                return "It is frozen already. Release or terminate it."
            return _why_not_stoppable(payment)
        case Intervention.TERMINATE:
            is_frozen = payment.status is PaymentStatus.FROZEN
            return "" if is_frozen else _why_not_stoppable(payment) or "Freeze it first."
        case Intervention.RELEASE:
            return "" if payment.status is PaymentStatus.FROZEN else "It is not frozen."
        case Intervention.HOLD_POSTING:
            return _why_not_hold(payment, settlement)
        case Intervention.RELEASE_POSTING:
            return "" if payment.is_posting_held else "Its posting is not on hold."


def _over(payment: Payment) -> str:
    """Why nothing can be stopped any more, and what can be done instead."""
    if payment.status is PaymentStatus.DISPUTED and payment.is_taken_back:
        return "Its dispute is lost: the money is gone and what it paid is owed again."
    return _OVER.get(payment.status, "")


def _why_not_stoppable(payment: Payment) -> str:
    if payment.status is PaymentStatus.PENDING:
        return "" if payment.stage is Stage.SUBMITTED else _HANDED_OVER
    return _over(payment)


def _why_not_hold(payment: Payment, settlement: Settlement | None) -> str:
    if payment.is_posting_held:
        return "Its posting is on hold already."
    if payment.status is PaymentStatus.FROZEN:
        return "It is frozen, so there is nothing to post."
    if payment.status not in (PaymentStatus.PENDING, PaymentStatus.SETTLED):
        return _over(payment)
    if payment.status is PaymentStatus.PENDING and payment.stage is Stage.SUBMITTED:
        return "It has not been handed to the payment processor yet. Freeze it instead."
    if settlement is not None and has_begun_posting(settlement):
        return "Its settlement is being posted. Money that must go back is a refund."
    return ""


def has_begun_posting(settlement: Settlement) -> bool:
    """True from the moment any category may be in the ERP, entered by us or by hand."""
    begun = (PostingState.POSTING, PostingState.POSTED)
    return settlement.manual_at is not None or any(
        row.state in begun for row in settlement.postings
    )


def stop_ends(stop: Stop) -> datetime:
    """When a payment has been stopped for so long that somebody must be told."""
    return business_days_after(stop.at, STOP_BUSINESS_DAYS)


def held_sentence(payments: Iterable[Payment]) -> str:
    """Why a settlement of these payments can't be posted or resolved; "" if none is on hold."""
    numbers = ", ".join(payment.number for payment in payments if payment.is_posting_held)
    return numbers and f"Posting of {numbers} is on hold. Release it on the payment's page first."
