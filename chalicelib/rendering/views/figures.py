"""Pieces several pages share: aging, priority, lists, timelines. Amounts are integer cents."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Badge


@dataclass(frozen=True, kw_only=True)
class Aging:
    """Invoices and debits by days past due, before credits and money in flight."""

    current_cents: int = 0
    days_1_30_cents: int = 0
    days_31_60_cents: int = 0
    days_61_90_cents: int = 0
    days_91_up_cents: int = 0


@dataclass(frozen=True, kw_only=True)
class PriorityStep:
    """One line of the priority's arithmetic: what, in words, and its contribution as text."""

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Priority:
    """Collection Priority: 0..100 tenths, one sentence why, and the arithmetic line by line."""

    score_tenths: int
    why: str
    steps: tuple[PriorityStep, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Link:
    """A labelled address; `current` marks the chosen tab or view."""

    label: str
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Option:
    """One choice of a select box."""

    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True, kw_only=True)
class SelectFilter:
    """A select box of a filter form; `name` is the query parameter."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class HiddenField:
    """A query parameter that a filter form keeps (the sort order, say)."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column head. `href` sorts by it; `sorted` is "", "ascending" or "descending"."""

    key: str
    label: str
    href: str = ""
    sorted: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Pager:
    """Which rows are shown of how many (`total` None: not known); empty hrefs show no link."""

    first: int
    last: int
    total: int | None = None
    previous_href: str = ""
    next_href: str = ""


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """One thing that happened: ISO date-time in the dealer's zone, what, and who said so."""

    at: str
    label: str
    source: str = ""
    detail: str = ""
    tone: str = "plain"


@dataclass(frozen=True, kw_only=True)
class AllocationRow:
    """A part of a payment on one payable, with the credit and discount used on it."""

    number: str
    amount_cents: int
    kind: str = "Invoice"
    job_name: str = ""
    po_number: str = ""
    due_on: str = ""
    credit_cents: int = 0
    discount_cents: int = 0
    noun: str = "document"  # What the rows are counted as.


@dataclass(frozen=True, kw_only=True)
class PaymentRow:
    """A payment in a list. `initiated_at` is an ISO date-time in the dealer's zone."""

    number: str
    href: str
    amount_cents: int
    method: str
    status: Badge
    initiated_at: str
    payer_name: str = ""
    payer_number: str = ""
    payer_href: str = ""
    covers: str = ""
    expected_on: str = ""
    pay_again_href: str = ""
