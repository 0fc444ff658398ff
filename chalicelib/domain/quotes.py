"""Quotes: the preview of a payment, line by line, frozen for fifteen minutes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.cards import CardFacts
from chalicelib.domain.claims import Effect
from chalicelib.domain.ids import AccountId, DealerId, PayableId, QuoteId
from chalicelib.domain.payables import PayableKind

QUOTE_LIFETIME = timedelta(minutes=15)


class View(StrEnum):
    """Which selection of what is owed the payer chose from."""

    ALL = "all"
    STATEMENT = "statement"
    NEW_CHARGES = "new"


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One invoice or debit being paid. allocation = cash + credit + discount, cents."""

    payable_id: PayableId
    kind: PayableKind
    job_id: str
    job_name: str
    due_day: date | None
    owed_cents: int
    allocation_cents: int
    credit_cents: int = 0
    discount_cents: int = 0
    transaction_day: date | None = None  # None in payments made before this was kept.

    @property
    def cash_cents(self) -> int:
        """What of the allocation is paid in money."""
        return self.allocation_cents - self.credit_cents - self.discount_cents


class PricedLines:
    """What the lines of a quote, or of the payment made from it, add up to; cents."""

    __slots__ = ()
    lines: tuple[QuoteLine, ...]
    credits_used: tuple[Effect, ...]

    @property
    def allocations_cents(self) -> int:
        """Σ allocations to invoices and debits."""
        return sum(line.allocation_cents for line in self.lines)

    @property
    def credits_cents(self) -> int:
        """Σ credits used."""
        return sum(effect.amount_cents for effect in self.credits_used)

    @property
    def unapplied_used_cents(self) -> int:
        """The part of the credits used that is cash on account."""
        return sum(effect.amount_cents for effect in self.credits_used if effect.is_unapplied)

    @property
    def erp_credits_cents(self) -> int:
        """The credits used that are the ERP's own."""
        return self.credits_cents - self.unapplied_used_cents

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What the payment takes off each payable, credits included."""
        taken = tuple(Effect(line.payable_id, line.allocation_cents) for line in self.lines)
        return taken + self.credits_used

    @property
    def discount_cents(self) -> int:
        """Σ discount shares of the lines."""
        return sum(line.discount_cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class Quote(PricedLines):
    """A priced payment of one account; `signature` covers everything else in it."""

    quote_id: QuoteId
    dealer_id: DealerId
    account_id: AccountId
    number: str  # The payment's short number, DP-100482.
    view: View
    method_kind: str  # "ach" or "card"
    lines: tuple[QuoteLine, ...]
    credits_used: tuple[Effect, ...]
    fee_cents: int
    surplus_cents: int
    created_at: datetime
    expires_at: datetime
    money_version: int
    dealer_version: int
    priced_on: date  # The dealer's day: discounts and aging moved if it is another.
    card: CardFacts | None = None  # The saved card it is priced for; None until one is chosen.
    statement_id: str = ""  # The statement whose discount it takes, "" if none.
    signature: str = ""

    @property
    def charged_cents(self) -> int:
        """allocations + surplus − credits − discount + fee (money.md, Quote 1)."""
        return (
            self.allocations_cents
            + self.surplus_cents
            - self.credits_cents
            - self.discount_cents
            + self.fee_cents
        )
