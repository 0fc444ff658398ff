"""Quotes: the preview of a payment, line by line, frozen for fifteen minutes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.cards import CardFacts
from chalicelib.domain.claims import Effect
from chalicelib.domain.ids import AccountId, DealerId, PayableId, QuoteId
from chalicelib.domain.payables import PayableKind

QUOTE_LIFETIME = timedelta(minutes=15)
NO_DOCUMENT = PayableId("")


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
    po_number: str = ""

    @property
    def cash_cents(self) -> int:
        """What of the allocation is paid in money."""
        return self.allocation_cents - self.credit_cents - self.discount_cents


class PricedLines:
    """What the lines of a quote, or of the payment made from it, add up to; cents."""

    __slots__ = ()
    lines: tuple[QuoteLine, ...]
    credits_used: tuple[Effect, ...]
    is_on_balance: bool

    @property
    def lines_as_billed(self) -> tuple[QuoteLine, ...]:
        """The lines as people read them: one a job, without a document, if the balance is paid."""
        return _by_job(self.lines) if self.is_on_balance else self.lines

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
    is_on_balance: bool = False  # Pays a balance-forward account: no documents for its payer.
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


def _by_job(lines: Iterable[QuoteLine]) -> tuple[QuoteLine, ...]:
    jobs: dict[str, QuoteLine] = {}
    for line in lines:
        known = jobs.get(line.job_id)
        jobs[line.job_id] = _sum(known, line) if known else _nameless(line)
    return tuple(jobs.values())


def _nameless(line: QuoteLine) -> QuoteLine:
    without_days = replace(line, due_day=None, transaction_day=None)
    return replace(without_days, payable_id=NO_DOCUMENT, kind=PayableKind.INVOICE)


def _sum(one: QuoteLine, other: QuoteLine) -> QuoteLine:
    return replace(
        one,
        owed_cents=one.owed_cents + other.owed_cents,
        allocation_cents=one.allocation_cents + other.allocation_cents,
        credit_cents=one.credit_cents + other.credit_cents,
        discount_cents=one.discount_cents + other.discount_cents,
    )
