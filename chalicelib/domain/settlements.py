"""Settlements: one payout of the processor, proven from its balance transactions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.ids import DealerId, PaymentId, SettlementId


class ReportingCategory(StrEnum):
    """Stripe's reporting categories we know; any other blocks posting."""

    CHARGE = "charge"
    FEE = "fee"
    REFUND = "refund"
    PAYMENT_FAILURE = "payment_failure_refund"
    DISPUTE = "dispute"
    DISPUTE_REVERSAL = "dispute_reversal"
    OTHER_ADJUSTMENT = "other_adjustment"
    PAYOUT = "payout"  # The deposit itself, listed among its own transactions.


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """One movement of the processor's balance, cents; net = amount − fee."""

    transaction_id: str
    category: str  # A ReportingCategory, or a word we do not know.
    amount_cents: int
    fee_cents: int
    net_cents: int
    currency: str
    source_id: str  # ch_…, py_…, re_…
    intent_id: str  # pi_… behind it, if any
    created_at: datetime


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


@dataclass(frozen=True, slots=True)
class CategoryPosting:
    """One category's posting; `reference` is what makes the ERP accept it once."""

    category: PostingCategory
    state: PostingState = PostingState.WAITING
    reference: str = ""
    lines: int = 0
    amount_cents: int = 0
    posted_at: datetime | None = None
    problem: str = ""
    recorded_by: str = ""  # Who entered it in the ERP by hand; empty if we posted it.


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
