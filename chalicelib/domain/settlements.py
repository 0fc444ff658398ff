"""Settlements: one payout of the processor, proven from its balance transactions.

What moved without cash has a settlement of its own, one a day, with a deposit of nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.ids import DealerId, PaymentId, SettlementId


class ReportingCategory(StrEnum):
    """Stripe's reporting categories we can explain; any other blocks posting.

    https://docs.stripe.com/reports/reporting-categories
    """

    CHARGE = "charge"
    CHARGE_FAILURE = "charge_failure"  # An ACH debit that fails after it had succeeded.
    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"
    DISPUTE = "dispute"  # Also an ACH debit that came back.
    DISPUTE_REVERSAL = "dispute_reversal"
    FEE = "fee"
    NETWORK_COST = "network_cost"
    OTHER_ADJUSTMENT = "other_adjustment"
    PAYOUT = "payout"  # The deposit itself, listed among its own transactions.
    PAYOUT_REVERSAL = "payout_reversal"  # An earlier deposit that failed comes back.


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """One movement of the processor's balance, cents; net = amount − fee."""

    transaction_id: str
    category: str  # A ReportingCategory, or a word we do not know.
    amount_cents: int
    fee_cents: int
    net_cents: int
    currency: str
    source_id: str  # ch_…, py_…, re_…, du_…, po_…
    intent_id: str  # pi_… behind it, if any
    created_at: datetime


class MovementKind(StrEnum):
    """What a row that is no charge is to us."""

    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"
    RETURN = "return"
    DISPUTE = "dispute"
    DISPUTE_REVERSAL = "dispute_reversal"
    DISPUTE_LOST = "dispute_lost"  # Held → AR: without cash, so in a daily settlement.
    FAILED_PAYOUT = "failed_payout"
    FEE = "fee"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class Movement:
    """One row that is no charge, with the payment whose event it is; net = amount − fee, cents.

    Money that leaves is negative. `recorded_fee_cents` is what of the fee the event's own entry
    took out of Clearing. `at` is when the event happened, business time.
    """

    kind: MovementKind
    transaction_id: str  # "" without cash.
    source_id: str  # re_…, du_…, po_…
    amount_cents: int
    fee_cents: int
    net_cents: int
    at: datetime
    payment_id: PaymentId | None = None
    number: str = ""
    account_id: str = ""
    account_name: str = ""
    recorded_fee_cents: int = 0

    @property
    def clearing_cents(self) -> int:
        """What its event put into Clearing, which this row takes out again."""
        if self.kind in (MovementKind.FEE, MovementKind.ADJUSTMENT):
            return 0
        return self.amount_cents - self.recorded_fee_cents

    @property
    def chargeback_fee_cents(self) -> int:
        """The fee of a dispute or return that its event did not know of."""
        if self.kind in (MovementKind.RETURN, MovementKind.DISPUTE, MovementKind.DISPUTE_REVERSAL):
            return self.fee_cents - self.recorded_fee_cents
        return 0

    @property
    def tag(self) -> str:
        """What its Clearing line is matched by: the payment, or the deposit that failed."""
        return self.payment_id or self.source_id


class PostingCategory(StrEnum):
    """The four parts of a posting to Spruce (money.md, Settlement and posting)."""

    INVOICES = "invoices"
    CREDIT_ADJUSTMENTS = "credit_adjustments"
    DEBIT_ADJUSTMENTS = "debit_adjustments"
    CASH_AND_OTHER = "cash"  # The word of docs/SPRUCE.md.


class PostingState(StrEnum):
    """How far one category is."""

    WAITING = "waiting"
    POSTING = "posting"
    POSTED = "posted"
    NOTHING = "nothing"  # The settlement has nothing of this category.
    FAILED = "failed"
    REVERSING = "reversing"  # Posted; the opposite is on its way.


@dataclass(frozen=True, slots=True)
class CategoryPosting:
    """One category's posting; `reference` is what makes the ERP accept it once.

    `round` rises with every reversal, and the reference with it.
    """

    category: PostingCategory
    state: PostingState = PostingState.WAITING
    reference: str = ""
    lines: int = 0
    amount_cents: int = 0
    posted_at: datetime | None = None
    problem: str = ""
    recorded_by: str = ""  # Who entered it in the ERP by hand; empty if we posted it.
    round: int = 1


@dataclass(frozen=True, slots=True)
class PostingReversal:
    """One reversal of what was posted: who asked for it, when and why, and what became of it."""

    at: datetime
    by: str
    reason: str
    references: tuple[str, ...] = ()  # The opposite postings, by their own references.
    entered_at: datetime | None = None  # When the opposite of what was posted by hand was entered.
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SettlementPart:
    """One payment's place in the settlement: what was charged and what the processor kept."""

    payment_id: PaymentId
    number: str
    account_id: str
    account_name: str
    transaction_id: str
    gross_cents: int
    fee_cents: int
    net_cents: int


class SettlementKind(StrEnum):
    """What makes a settlement."""

    DEPOSIT = "deposit"
    MANUAL = "manual"  # Paid out by hand at the processor, which then cannot list its rows.
    NON_CASH = "non_cash"  # A day's movements without cash.


@dataclass(frozen=True, slots=True)
class Settlement:
    """One bank deposit and its proof: gross − fees ± others = net; difference blocks Resolve."""

    settlement_id: SettlementId
    dealer_id: DealerId
    currency: str
    created_at: datetime
    arrives_at: datetime
    deposit_cents: int
    gross_cents: int
    fees_cents: int
    refunds_cents: int
    returns_cents: int
    disputes_cents: int
    adjustments_cents: int
    parts: tuple[SettlementPart, ...]
    unmatched: tuple[str, ...] = ()  # Balance transactions of unknown category or payment.
    postings: tuple[CategoryPosting, ...] = ()
    run: int = 1
    resolved_at: datetime | None = None
    resolved_by: str = ""
    resolved_reason: str = ""
    manual_at: datetime | None = None  # Since when it is posted by hand …
    manual_by: str = ""  # … and who chose that.
    kind: SettlementKind = SettlementKind.DEPOSIT
    movements: tuple[Movement, ...] = ()
    failed_at: datetime | None = None  # The bank sent the deposit back.
    reversals: tuple[PostingReversal, ...] = ()

    @property
    def reversing(self) -> PostingReversal | None:
        """The reversal that is under way, if any."""
        last = self.reversals[-1] if self.reversals else None
        return last if last and last.finished_at is None else None

    @property
    def adjustment_fees_cents(self) -> int:
        """What the processor kept by adjustments; negative if it gave something."""
        kept = (it.net_cents for it in self.movements if it.kind is MovementKind.ADJUSTMENT)
        return -sum(kept)

    @property
    def chargeback_fees_cents(self) -> int:
        """Fees of disputes and returns that their events did not know of."""
        return sum(movement.chargeback_fee_cents for movement in self.movements)

    @property
    def computed_cents(self) -> int:
        """What the proof adds up to."""
        return (
            self.gross_cents
            - self.fees_cents
            - self.refunds_cents
            - self.returns_cents
            - self.disputes_cents
            + self.adjustments_cents
        )

    @property
    def difference_cents(self) -> int:
        """Deposit less the proof; anything but 0 blocks posting and Resolve."""
        return self.deposit_cents - self.computed_cents

    @property
    def is_proven(self) -> bool:
        """True if every cent of the deposit is explained by payments we know."""
        return self.difference_cents == 0 and not self.unmatched


def is_taken(settlement: Settlement, reference: str) -> bool:
    """True if the ERP has taken this posting, or this reversal of one."""
    posted = {row.reference for row in settlement.postings if row.state is PostingState.POSTED}
    undone = {name for reversal in settlement.reversals for name in reversal.references}
    return reference in posted | undone
