"""What waits for a person at the dealer: one notice a kind and subject, until it is dealt with."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NoticeKind(StrEnum):
    """Why somebody must look."""

    OVERDUE = "overdue"  # A payment is pending past its limit.
    STOPPED = "stopped"  # Frozen or on hold for more than three business days.
    CONTRADICTED = "contradicted"  # The processor says something our records rule out.
    RETURNED = "returned"
    DISPUTED = "disputed"
    DISPUTE_LOST = "dispute_lost"
    REFUND_APPROVAL = "refund_approval"  # Above the limit: an admin must say yes.
    REFUND_FAILED = "refund_failed"
    REFUND_ELSEWHERE = "refund_elsewhere"  # Made in the processor's dashboard, not here.
    LOSS = "loss"  # Money went out twice.
    OVERPAID = "overpaid"  # Paid at the counter meanwhile: the excess became unapplied cash.
    PAYOUT = "payout"  # A deposit that failed, or does not say what it consists of.
    UNPROVEN = "unproven"  # A settlement whose proof does not add up.
    UNMATCHED = "unmatched"  # A genuine event that is about nothing of ours.
    DIFFERENCE = "difference"  # The nightly reconciliation found one.


@dataclass(frozen=True, slots=True)
class Notice:
    """`subject` is a payment's or refund's number, a settlement's or event's id; `path` a page."""

    kind: NoticeKind
    subject: str
    sentence: str
    at: datetime  # Business time.
    path: str = ""
    amount_cents: int = 0
