"""The payment processor, as the product needs it; the Stripe adapter is in stripe_processor.py."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.ids import MethodId
from chalicelib.domain.payments import Authorization, Method
from chalicelib.domain.settlements import BalanceTransaction


class ProcessorUnreachable(Exception):
    """No answer: the request may or may not have taken effect. Never a failure of the payment."""


class ProcessorRefused(Exception):
    """A definite no. `code` is the processor's, `sentence` ours."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment at the processor.

    `state`: processing, requires_action (the payer confirms at `action_url`, 3-D Secure),
    succeeded, failed or canceled.
    """

    intent_id: str
    state: str
    amount_cents: int
    currency: str
    failure_code: str = ""
    created_at: datetime | None = None
    payment_reference: str = ""  # Our payment id as sent in metadata; compared, never trusted.
    action_url: str = ""
    charge_id: str = ""  # py_… or ch_…, the newest try.
    funded_at: datetime | None = None  # When its money came into the balance.


@dataclass(frozen=True, slots=True)
class AddedCard:
    """A visit to the page where a card is added; `method` is None until the payer is through."""

    company: str  # As given when the page was asked for.
    method: Method | None


@dataclass(frozen=True, slots=True)
class Payout:
    """A deposit to the dealer's bank."""

    payout_id: str
    amount_cents: int
    currency: str
    state: str
    automatic: bool
    created_at: datetime
    arrives_at: datetime
    is_reconciled: bool = False  # It says what it consists of.


@dataclass(frozen=True, slots=True)
class ProcessorRefund:
    """A refund at the processor; `state`: pending, succeeded, failed."""

    processor_id: str  # re_…
    intent_id: str
    amount_cents: int
    currency: str
    state: str
    created_at: datetime
    refund_reference: str = ""  # Our refund id as sent in metadata; "" if made elsewhere.
    failure_code: str = ""
    failed_at: datetime | None = None  # When its money came back into the balance.


@dataclass(frozen=True, slots=True)
class ProcessorDispute:
    """A dispute of a charge, or an ACH debit's late return, which the processor reports as one.

    `state`: inquiry, inquiry_closed, withdrawn, won or lost. `withdrawn_cents` and `fee_cents` are
    what its balance transactions took (0 for an inquiry).
    """

    dispute_id: str  # du_…
    intent_id: str
    amount_cents: int
    currency: str
    state: str
    reason: str
    created_at: datetime
    is_debit: bool  # Of an ACH debit: it came back and cannot be contested.
    network_code: str = ""  # Nacha's R01 …, or the card network's reason code.
    withdrawn_cents: int = 0
    fee_cents: int = 0
    answer_by: datetime | None = None
    withdrawn_at: datetime | None = None
    reinstated_at: datetime | None = None
    closed_at: datetime | None = None  # Lost, or an inquiry that ended.


class Processor(Protocol):
    """Everything is on the dealer's connected account (`acct`)."""

    def ensure_customer(self, acct: str, *, key: str, name: str, email: str) -> str:
        """The processor's customer for a company; `key` makes a repeat the same customer."""

    def attach_bank(
        self, acct: str, *, customer: str, bank_token: str, authorization: Authorization, key: str
    ) -> Method:
        """Save a bank account from a one-time token and take its mandate."""

    def card_page(
        self, acct: str, *, customer: str, company: str, back_url: str, cancel_url: str, key: str
    ) -> str:
        """The hosted page where a payer adds a card; it returns to `back_url` + the visit's id."""

    def added_card(self, acct: str, visit_id: str) -> AddedCard:
        """What became of a visit. Raises ProcessorRefused for an unknown one."""

    def charge(
        self,
        acct: str,
        *,
        method: Method,
        amount_cents: int,
        currency: str,
        payment_reference: str,
        number: str,
        key: str,
        return_url: str = "",
    ) -> Intent:
        """Create and confirm: a bank debit off session, a card with its payer present.

        A declined card is an intent that failed. A card's payer comes back to `return_url`.
        Raises ProcessorUnreachable or ProcessorRefused.
        """

    def cancel_intent(self, acct: str, intent_id: str) -> Intent:
        """The intent, canceled if it still could be."""

    def get_intent(self, acct: str, intent_id: str) -> Intent:
        """The intent as it is now."""

    def find_intent(self, acct: str, *, customer: str, payment_reference: str) -> Intent | None:
        """The intent made for our payment, or None if the processor never made one."""

    def get_payout(self, acct: str, payout_id: str) -> Payout:
        """The payout as it is now."""

    def balance_transactions(self, acct: str, payout_id: str) -> Iterator[BalanceTransaction]:
        """Every balance transaction of a payout, all pages."""

    def list_payouts(self, acct: str, *, since: datetime) -> Iterator[Payout]:
        """Payouts created at or after `since`, newest first, all pages."""

    def list_intents(self, acct: str, *, since: datetime, until: datetime) -> Iterator[Intent]:
        """Intents created from `since` to before `until`, newest first, all pages."""

    def list_movements(
        self, acct: str, *, since: datetime, until: datetime
    ) -> Iterator[BalanceTransaction]:
        """Balance transactions created from `since` to before `until`, payouts included."""

    def refund(
        self,
        acct: str,
        *,
        intent_id: str,
        amount_cents: int,
        refund_reference: str,
        number: str,
        key: str,
    ) -> ProcessorRefund:
        """Give money back. Raises ProcessorUnreachable or ProcessorRefused."""

    def get_refund(self, acct: str, processor_id: str) -> ProcessorRefund:
        """The refund as it is now."""

    def refunds_of(self, acct: str, paid_id: str) -> Iterator[ProcessorRefund]:
        """Every refund of a payment (pi_…) or of its charge, newest first."""

    def get_dispute(self, acct: str, dispute_id: str) -> ProcessorDispute:
        """The dispute as it is now."""

    def disputes_of(self, acct: str, intent_id: str) -> Iterator[ProcessorDispute]:
        """Every dispute of a payment, newest first."""

    def get_late_failure(self, acct: str, charge_id: str) -> ProcessorDispute | None:
        """A debit that failed after it had succeeded, in a dispute's words; None if it did not."""

    def has_mandate(self, acct: str, method: Method) -> bool:
        """True while a bank account may still be debited under its own mandate."""

    def balance_cents(self, acct: str, currency: str) -> int:
        """What the processor holds for the dealer, available and pending, in cents."""

    def detach(self, acct: str, method_id: MethodId) -> None:
        """Forget a saved method."""
