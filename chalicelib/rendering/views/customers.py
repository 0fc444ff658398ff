"""The operator's Customers dashboard. Filled from the roster, one page of it at a time."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Badge, Chrome
from .figures import Aging, Column, HiddenField, Pager, Priority, SelectFilter


@dataclass(frozen=True, kw_only=True)
class CustomerStats:
    """Totals of the filtered set; credits_cents is negative or 0."""

    account_count: int
    outstanding_cents: int
    invoice_count: int
    current_cents: int
    past_due_cents: int
    debits_cents: int
    credits_cents: int
    discounts_cents: int
    net_ar_cents: int
    aging: Aging


@dataclass(frozen=True, kw_only=True)
class Attention:
    """Something that needs action now: how many, what, how much, and where to see them."""

    count: int
    label: str
    href: str
    detail: str = ""
    tone: str = "plain"


@dataclass(frozen=True, kw_only=True)
class CustomerRow:
    """One account; `priority` None when it is not ranked (cash and system accounts)."""

    name: str
    number: str
    kind: str
    href: str
    priority: Priority | None
    outstanding_cents: int
    current_cents: int
    past_due_cents: int
    debits_cents: int
    credits_cents: int
    wado_days: int
    days_1_30_cents: int
    days_31_60_cents: int
    days_61_90_cents: int
    days_91_up_cents: int
    badge: Badge | None = None
    last_contact_on: str = ""


@dataclass(frozen=True, kw_only=True)
class Customers:
    """GET /console/customers: query parameters q, the filters' names, sort and cursor.

    `columns` keys: name, priority, badge, outstanding, current, past_due, days_1_30,
    days_31_60, days_61_90, days_91_up, debits, credits, wado, last_contact.
    `min_amount`/`max_amount` echo the bounds typed for what is outstanding.
    `clear_href` is set when any filter is on. `kept` are hidden fields of the filter form, `chosen`
    those of the form that invites (POST /console/invitations: csrf, account …, or all=yes).
    """

    chrome: Chrome
    stats: CustomerStats
    columns: tuple[Column, ...]
    rows: tuple[CustomerRow, ...]
    pager: Pager
    query: str = ""
    filters: tuple[SelectFilter, ...] = ()
    min_amount: str = ""
    max_amount: str = ""
    kept: tuple[HiddenField, ...] = ()
    attention: tuple[Attention, ...] = ()
    clear_href: str = ""
    csv_href: str = "/console/customers.csv"
    chosen: tuple[HiddenField, ...] = ()
    may_invite: bool = False
