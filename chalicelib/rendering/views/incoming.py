"""The operator's Incoming Payments and one payment in full."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Badge, Chrome
from .figures import (
    AllocationRow,
    Column,
    HiddenField,
    Link,
    Pager,
    PaymentRow,
    SelectFilter,
    TimelineEntry,
)
from .refunds import Refunds
from .taken_back import ReturnForm, TakenBack


@dataclass(frozen=True, kw_only=True)
class DayVolume:
    """One column of the chart: ISO day, what was initiated, and where it is drawn."""

    on: str
    count: int
    cents: int
    x: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class DailyVolume:
    """Payments initiated per day of the filtered set, oldest first; `width` × `height` units.

    Not `is_exact`: the set is larger than what was read.
    """

    days: tuple[DayVolume, ...]
    most_cents: int
    width: int
    height: int
    is_exact: bool = True


@dataclass(frozen=True, kw_only=True)
class IncomingPayments:
    """GET /console/payments: query parameters q (payer or number), status, from, to, min, max.

    `min_amount`/`max_amount` echo what was typed; total_cents sums the filtered set.
    `tabs` are Incoming Payments and Settlements. `columns` keys: payer, amount, method, status,
    initiated.
    """

    chrome: Chrome
    tabs: tuple[Link, ...]
    rows: tuple[PaymentRow, ...]
    pager: Pager
    total_cents: int
    payment_count: int
    columns: tuple[Column, ...] = ()
    query: str = ""
    filters: tuple[SelectFilter, ...] = ()
    from_on: str = ""
    to_on: str = ""
    min_amount: str = ""
    max_amount: str = ""
    kept: tuple[HiddenField, ...] = ()
    clear_href: str = ""
    csv_href: str = ""
    volume: DailyVolume | None = None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A button of the panel, posted as `action`; `blocked_because`: why not and what instead."""

    value: str
    label: str
    blocked_because: str = ""


@dataclass(frozen=True, kw_only=True)
class Interventions:
    """What an operator can do to the payment: POSTs csrf, reason and action to `url`.

    `heading` is set while (or since) it is stopped, with who, when and why; `held_until` while it
    waits out the dealer's hold.
    """

    csrf: str
    url: str
    choices: tuple[Choice, ...]
    may_act: bool
    heading: str = ""
    held_until: str = ""
    stopped_at: str = ""
    stopped_by: str = ""
    stopped_why: str = ""

    @property
    def is_open(self) -> bool:
        """True if anything can be done."""
        return any(not choice.blocked_because for choice in self.choices)


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """One side of an entry of our ledger; exactly one of the two amounts is above 0."""

    event: str
    account: str
    on: str = ""  # ISO date.
    debit_cents: int = 0
    credit_cents: int = 0


@dataclass(frozen=True, kw_only=True)
class DiscountForm:
    """POSTs csrf and `until` (ISO day) to give a lost discount back; the three days are ISO."""

    csrf: str
    url: str
    discount_cents: int
    until: str
    earliest: str
    latest: str


@dataclass(frozen=True, kw_only=True)
class PaymentDetail:
    """GET /console/payments/{payment}; credits_cents and discount_cents negative or 0."""

    chrome: Chrome
    number: str
    status: Badge
    amount_cents: int
    method: str
    amount_label: str
    payer_name: str
    payer_number: str
    payer_href: str
    initiated_at: str
    allocations: tuple[AllocationRow, ...]
    timeline: tuple[TimelineEntry, ...]
    lines_cents: int = 0
    credits_cents: int = 0
    unapplied_cents: int = 0
    discount_cents: int = 0
    fee_cents: int = 0
    surplus_cents: int = 0
    processor_reference: str = ""
    settlement_number: str = ""
    settlement_href: str = ""
    settlement_note: str = "awaiting payout"  # In place of a settlement that is not there.
    posted: Badge | None = None
    ledger: tuple[LedgerLine, ...] = ()
    interventions: Interventions | None = None
    discount_form: DiscountForm | None = None
    taken_back: tuple[TakenBack, ...] = ()
    return_form: ReturnForm | None = None
    refunds: Refunds | None = None
    refunded_cents: int = 0
