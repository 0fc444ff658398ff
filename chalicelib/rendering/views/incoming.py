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


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """One side of an entry of our ledger; exactly one of the two amounts is above 0."""

    event: str
    account: str
    debit_cents: int = 0
    credit_cents: int = 0


@dataclass(frozen=True, kw_only=True)
class PaymentDetail:
    """GET /console/payments/{payment}; credits_cents and discount_cents negative or 0."""

    chrome: Chrome
    number: str
    status: Badge
    amount_cents: int
    method: str
    payer_name: str
    payer_number: str
    payer_href: str
    initiated_at: str
    allocations: tuple[AllocationRow, ...]
    timeline: tuple[TimelineEntry, ...]
    lines_cents: int = 0
    credits_cents: int = 0
    discount_cents: int = 0
    fee_cents: int = 0
    surplus_cents: int = 0
    processor_fee_cents: int | None = None
    processor_reference: str = ""
    initiated_by: str = ""
    settlement_number: str = ""
    settlement_href: str = ""
    posted: Badge | None = None
    ledger: tuple[LedgerLine, ...] = ()
