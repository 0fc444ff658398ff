"""A payment as stored: what was asked, with what, and how far it has come."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.cards import CardFacts
from chalicelib.domain.claims import Effect
from chalicelib.domain.ids import (
    AccountId,
    CompanyId,
    DealerId,
    MethodId,
    PayableId,
    PaymentId,
    QuoteId,
    SettlementId,
    UserId,
)
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.quotes import PricedLines, QuoteLine
from chalicelib.domain.reversals import Dispute, DisputePhase, Refund, Return

ACH_BUSINESS_DAYS = 4  # https://docs.stripe.com/payments/ach-direct-debit: up to four.


class PaymentStatus(StrEnum):
    """The words everybody sees; lifecycle.py says which may follow which."""

    PENDING = "pending"
    SETTLED = "settled"
    POSTED = "posted"
    FAILED = "failed"
    FROZEN = "frozen"
    TERMINATED = "terminated"
    RETURNED = "returned"
    DISPUTED = "disputed"
    REFUNDED = "refunded"


OFF_THE_ROAD = frozenset({PaymentStatus.FAILED, PaymentStatus.FROZEN, PaymentStatus.TERMINATED})
# Their funds were confirmed once, whatever came of them later.
CHARGED = frozenset(PaymentStatus) - OFF_THE_ROAD - {PaymentStatus.PENDING}


class Stage(StrEnum):
    """Where a pending payment is; unknown is not failed."""

    SUBMITTED = "submitted"  # Stored; nobody has asked the processor, so it can be stopped.
    SENDING = "sending"  # Being handed over: the processor may or may not have been asked.
    PROCESSING = "processing"  # The processor has it.
    FUNDED = "funded"  # The processor confirmed the funds; not yet applied and in the ledger.
    REFUSED = "refused"  # A definite no; the claim is not yet released.
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Authorization:
    """The mandate's evidence: the words shown, when, from where (Nacha; kept with the payment)."""

    text: str
    version: str
    accepted_at: datetime
    address: str


CREDITS = "credits"


@dataclass(frozen=True, slots=True)
class Method:
    """A saved way to pay, on the dealer's connected account. Card numbers never reach us."""

    method_id: MethodId
    kind: str  # "ach", "card", or CREDITS where nothing is charged.
    label: str  # "First Platypus Bank", "Visa"
    last4: str
    customer: str  # The processor's customer on the connected account.
    mandate: str = ""
    card: CardFacts | None = None
    disabled: str = ""  # Why it can't be used any more, as its payer reads it.

    @property
    def words(self) -> str:
        """ "ACH · First Bank ••6789", "Visa credit card ••4242", "Credits"."""
        if self.kind == CREDITS:
            return self.label
        if self.card is None:
            return f"ACH · {self.label} ••{self.last4}"
        funding = "" if self.card.funding == "unknown" else f"{self.card.funding} "
        return f"{self.label} {funding}card ••{self.last4}"


BY_CREDITS = Method(MethodId(CREDITS), CREDITS, "Credits", last4="", customer="")


@dataclass(frozen=True, slots=True)
class Stop:
    """Who stopped a payment (or its posting), when and why."""

    at: datetime  # Business time.
    operator: str
    reason: str


@dataclass(frozen=True, slots=True)
class Excess:
    """What of a document's allocation no longer fitted: it was paid elsewhere meanwhile; cents.

    With `gone_credit`, that credit was used up elsewhere instead, and the document stays open.
    """

    payable_id: PayableId
    cash_cents: int
    credit_cents: int = 0
    discount_cents: int = 0
    kind: PayableKind = PayableKind.INVOICE
    is_late: bool = False  # Found when it was posted, not when it was settled.
    gone_credit: PayableId | None = None


@dataclass(frozen=True, slots=True)
class AsSettled:
    """What a payment paid when it was settled, kept once a refund that failed fits it no more."""

    lines: tuple[QuoteLine, ...]
    credits_used: tuple[Effect, ...]
    surplus_cents: int
    excess: tuple[Excess, ...]


@dataclass(frozen=True, slots=True)
class Payment(PricedLines):
    """One payment of one customer account; amounts in cents, never negative."""

    payment_id: PaymentId
    number: str
    dealer_id: DealerId
    account_id: AccountId
    account_name: str
    company_id: CompanyId
    payer_id: UserId
    quote_id: QuoteId
    method: Method
    lines: tuple[QuoteLine, ...]
    credits_used: tuple[Effect, ...]
    fee_cents: int
    surplus_cents: int
    charged_cents: int
    currency: str
    authorization: Authorization
    submitted_at: datetime
    status: PaymentStatus = PaymentStatus.PENDING
    stage: Stage = Stage.SUBMITTED
    version: int = 0  # Rises with every stored change; the number of the newest event.
    run: int = 1  # Workflow run; execution name is <payment id>-<run>.
    processor_id: str = ""  # pi_…
    failure_code: str = ""
    failure_sentence: str = ""
    expected_at: datetime | None = None
    settled_at: datetime | None = None
    settlement_id: SettlementId | None = None
    posted_at: datetime | None = None
    statement_id: str = ""  # The statement whose discount it took, "" if none.
    forgets_method: bool = False  # The payer said: do not save this card.
    held_until: datetime | None = None  # Not handed over before (dealer's hold, or a release).
    sent_at: datetime | None = None  # When handing over began; the processor's key counts from it.
    stopped: Stop | None = None  # While Frozen, for ever once Terminated, or: posting is held.
    excess: tuple[Excess, ...] = ()  # Paid elsewhere meanwhile: its cash is in the surplus.
    refunds: tuple[Refund, ...] = ()
    dispute: Dispute | None = None
    earlier_disputes: tuple[Dispute, ...] = ()  # Decided before `dispute` was opened.
    returned: Return | None = None
    undone: tuple[Effect, ...] = ()  # Credits it used that were another payment's, taken back.
    as_settled: AsSettled | None = None  # None: as it is.
    is_on_balance: bool = False  # The account is balance forward: posted without documents.

    @property
    def refunded_cents(self) -> int:
        """Money refunded and not come back, fee shares included."""
        return sum(it.reversal.money_cents for it in self.refunds if it.is_taken_out)

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """All of them, oldest first; only the last one may be undecided."""
        return (*self.earlier_disputes, *((self.dispute,) if self.dispute else ()))

    @property
    def dispute_phase(self) -> DisputePhase | None:
        """Where its dispute is: a part that is lost stays lost when a later dispute is won."""
        phases = [dispute.phase for dispute in self.disputes]
        is_open = bool(phases) and phases[-1] in (DisputePhase.INQUIRY, DisputePhase.WITHDRAWN)
        if DisputePhase.LOST in phases and not is_open:
            return DisputePhase.LOST
        return phases[-1] if phases else None

    @property
    def is_taken_back(self) -> bool:
        """True once the bank has the money again: returned, or a dispute lost (of a part too)."""
        return self.returned is not None or self.dispute_phase is DisputePhase.LOST

    @property
    def settled(self) -> "Payment":
        """The payment as its settling entered it, which is what its own posting writes."""
        was = self.as_settled
        if was is None:
            return self
        return replace(
            self,
            lines=was.lines,
            credits_used=was.credits_used,
            surplus_cents=was.surplus_cents,
            excess=was.excess,
        )

    @property
    def is_posting_held(self) -> bool:
        """True while an operator keeps this payment's settlement from posting and Resolve."""
        return self.stopped is not None and self.status not in OFF_THE_ROAD

    def waits_at(self, now: datetime) -> bool:
        """True while it must not be handed to the processor."""
        is_held = self.held_until is not None and now < self.held_until
        return self.stage is Stage.SUBMITTED and (self.status is PaymentStatus.FROZEN or is_held)


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """One line of a payment's history (the `E#n` item)."""

    sequence: int
    name: str  # Past tense: submitted, originated, settled, failed, posted …
    at: datetime  # Business time.
    source: str  # payer, operator, processor, workflow, janitor
    detail: str = ""
    processor_event_id: str = ""
