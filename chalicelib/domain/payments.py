"""A payment as stored: what was asked, with what, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.claims import Effect
from chalicelib.domain.ids import (
    AccountId,
    CompanyId,
    DealerId,
    MethodId,
    PaymentId,
    QuoteId,
    SettlementId,
    UserId,
)
from chalicelib.domain.quotes import PricedLines, QuoteLine


class PaymentStatus(StrEnum):
    """The words everybody sees; lifecycle.py says which may follow which."""

    PENDING = "pending"
    SETTLED = "settled"
    POSTED = "posted"
    FAILED = "failed"


class Stage(StrEnum):
    """Where a pending payment is; unknown is not failed."""

    SUBMITTED = "submitted"  # Stored; the processor may or may not have been asked.
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


@dataclass(frozen=True, slots=True)
class Method:
    """A saved way to pay, on the dealer's connected account."""

    method_id: MethodId
    kind: str  # "ach"
    label: str  # "First Platypus Bank"
    last4: str
    customer: str  # The processor's customer on the connected account.
    mandate: str = ""


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


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """One line of a payment's history (the `E#n` item)."""

    sequence: int
    name: str  # Past tense: submitted, originated, settled, failed, posted …
    at: datetime  # Business time.
    source: str  # payer, operator, processor, workflow, janitor
    detail: str = ""
    processor_event_id: str = ""
