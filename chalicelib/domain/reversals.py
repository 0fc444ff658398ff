"""What later events take back of a payment: returns, refunds and disputes as stored with it.

The rules that make them are in `taking_back.py`, the entries in `ledger_reversals.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.claims import Effect
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import PayableKind


@dataclass(frozen=True, slots=True)
class ReversedLine:
    """What of one document is owed again; cents, the parts it had been paid with."""

    payable_id: PayableId
    kind: PayableKind
    job_id: str
    cash_cents: int
    credit_cents: int = 0
    discount_cents: int = 0

    @property
    def owed_again_cents(self) -> int:
        """By how much what is owed on the document rises."""
        return self.cash_cents + self.credit_cents + self.discount_cents


@dataclass(frozen=True, slots=True)
class SpentSurplus:
    """A later payment's use of this payment's surplus on a document, undone with it; cents."""

    number: str  # The later payment's.
    payable_id: PayableId
    kind: PayableKind
    job_id: str
    credit_id: PayableId  # The surplus as the later payment knew it.
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Reversal:
    """One event's taking back, in cents; `number` is its own check number in the ERP.

    `lines`, `credits`, `fee_income_cents` and `surplus_cents` undo the payment itself; `consumed`
    are open credits paid out in money instead; `spent` later uses of the surplus, undone first;
    `loss_cents` money taken back that had been refunded before.
    """

    number: str
    lines: tuple[ReversedLine, ...] = ()
    credits: tuple[Effect, ...] = ()
    fee_income_cents: int = 0
    surplus_cents: int = 0
    consumed: tuple[Effect, ...] = ()
    spent: tuple[SpentSurplus, ...] = ()
    loss_cents: int = 0

    @property
    def money_cents(self) -> int:
        """What the event takes out of the processor's balance."""
        return (
            sum(line.cash_cents for line in self.lines)
            + sum(use.amount_cents for use in self.consumed)
            + self.fee_income_cents
            + self.surplus_cents
            + self.loss_cents
        )

    @property
    def owed_again_cents(self) -> int:
        """Σ of what is owed again on documents, later payments' included."""
        return sum(line.owed_again_cents for line in self.lines) + sum(
            use.amount_cents for use in self.spent
        )


class RefundState(StrEnum):
    """How far a refund is; money counts as refunded from PENDING on, not after FAILED."""

    REQUESTED = "requested"  # Above the dealer's limit: an admin must approve it.
    DECLINED = "declined"  # An admin said no; nothing was sent.
    SENDING = "sending"  # Stored; the processor may or may not have been asked.
    PENDING = "pending"  # The processor has taken it out of the balance.
    SUCCEEDED = "succeeded"  # It has reached the payer.
    FAILED = "failed"  # Refused, or it came back days later.


TAKEN_OUT = frozenset({RefundState.PENDING, RefundState.SUCCEEDED})


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund of a payment; `reversal.money_cents` is what is sent, fee share included."""

    refund_id: str  # Ours, made and stored before anything is sent; the key's root.
    state: RefundState
    reversal: Reversal
    requested_at: datetime
    requested_by: str
    reason: str
    approved_by: str = ""
    sent_at: datetime | None = None  # The processor's key counts from it.
    taken_at: datetime | None = None  # When it left the balance.
    processor_id: str = ""  # re_…
    failure_sentence: str = ""
    failed_at: datetime | None = None
    again: Reversal | None = None  # What of the reversal was undone when it failed.

    @property
    def is_taken_out(self) -> bool:
        """True while its money is gone from the processor's balance."""
        return self.state in TAKEN_OUT


class DisputePhase(StrEnum):
    """Where a card dispute is; LOST, WON and CLOSED (an inquiry without consequence) are final."""

    INQUIRY = "inquiry"
    WITHDRAWN = "withdrawn"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A card dispute of a payment. `reversal` is stored once it is lost."""

    dispute_id: str  # du_…
    phase: DisputePhase
    reason: str
    amount_cents: int
    opened_at: datetime
    fee_cents: int = 0  # The processor's own fee, kept even when it is won.
    withdrawn_at: datetime | None = None
    answer_by: datetime | None = None  # Evidence is due at the processor.
    closed_at: datetime | None = None
    reversal: Reversal | None = None
    lost_in: str = ""  # The daily settlement that carries its loss.


@dataclass(frozen=True, slots=True)
class Return:
    """An ACH debit that came back after it had succeeded; `code` is Nacha's, "" if unknown."""

    return_id: str  # The processor's id of what reported it, or "manual-…".
    code: str
    sentence: str
    at: datetime
    reversal: Reversal
    fee_cents: int = 0
