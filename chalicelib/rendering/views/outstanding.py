"""The payer's Outstanding: strip, jobs, payables. Filled from the one Query of the account."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Chrome
from .figures import Aging, HiddenField, Link, SelectFilter


@dataclass(frozen=True, kw_only=True)
class PayableRow:
    """An open invoice, debit or credit (`open_cents` negative for a credit).

    `available_cents` is what may be paid now (open − in flight; negative for credits).
    `days_past_due` 0 means not past due. `payable` is the value the form posts back; an amount
    typed on the line is posted as amount.<payable>. After a refusal `typed` and `selected` are what
    was sent and `problem` is what is wrong with it.
    """

    payable: str
    number: str
    open_cents: int
    available_cents: int
    kind: str = "invoice"
    po_number: str = ""
    due_on: str = ""
    days_past_due: int = 0
    in_flight_cents: int = 0
    in_flight_href: str = ""
    pdf_href: str = ""
    selected: bool = False
    in_query: bool = False
    typed: str = ""
    problem: str = ""
    is_on_account: bool = False


@dataclass(frozen=True, kw_only=True)
class JobRow:
    """A job (or "No job", `job` = "-") with its sums; credits_cents is negative or 0.

    past_due_cents is everything 1+ days late; the three columns after it are 31–60, 61–90, 91+.
    `payables` is empty when `rows_href` is set: then the rows load from there on expand
    (beyond about 200 payables). `open_href` shows the page with this job expanded.
    `credits_available_cents` are its shown credits that can be ticked, `preselected_cents` all its
    credits that a preview uses by itself; both positive.
    """

    job: str
    name: str
    balance_cents: int
    available_cents: int
    credits_available_cents: int = 0
    preselected_cents: int = 0
    past_due_cents: int = 0
    days_31_60_cents: int = 0
    days_61_90_cents: int = 0
    days_91_up_cents: int = 0
    credits_cents: int = 0
    invoice_count: int = 0
    debit_count: int = 0
    credit_count: int = 0
    oldest_days_past_due: int = 0
    payables: tuple[PayableRow, ...] = ()
    rows_href: str = ""
    open_href: str = ""
    expanded: bool = False
    selected: bool = False


@dataclass(frozen=True, kw_only=True)
class StatementStrip:
    """The current statement: frozen balance, due day, what is left and what paying it whole saves.

    `open_cents` is what its documents come to now, `difference_cents` that less the balance.
    `pay_cents` is what one click charges, None if nothing of it can be paid; `discount_until` is an
    ISO date-time in the dealer's zone, `discount_zone` its short name.
    """

    balance_cents: int
    due_on: str
    number: str = ""
    closed_on: str = ""
    open_cents: int = 0
    difference_cents: int = 0
    in_flight_cents: int = 0
    in_query_cents: int = 0
    other_credits_cents: int = 0
    pay_cents: int | None = None
    discount_cents: int = 0
    discount_until: str = ""
    discount_zone: str = ""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """For the running total: the ACH fee, and the statement's frozen discount and its base.

    The three discount figures stay 0 unless the whole statement is on the page and in time.
    """

    fee_cents: int = 0
    frozen_discount_cents: int = 0
    frozen_base_cents: int = 0
    saving_cents: int = 0


@dataclass(frozen=True, kw_only=True)
class Outstanding:
    """GET /outstanding. POSTs to /quotes: csrf, `kept`, payable, job (repeated), amount.<payable>.

    A posted `job` means every available payable shown of that job, which `kept` says; the union
    with `payable` counts, and a typed amount pays a part of its payable, ticked or not. Paying the
    statement POSTs whole ("statement"), paying an amount POSTs amount. `views` stays empty without
    statements. `credits_cents` is negative or 0. The sums are of what is shown, of `shown_count`
    documents; `account_cents` is the whole account's balance. `by_balance`: documents are not
    ticked but listed; the whole balance POSTs whole ("account").
    """

    chrome: Chrome
    balance_cents: int
    past_due_cents: int
    credits_cents: int
    in_flight_cents: int
    aging: Aging
    jobs: tuple[JobRow, ...]
    account_name: str = ""
    account_number: str = ""
    views: tuple[Link, ...] = ()
    view: str = "all"
    kept: tuple[HiddenField, ...] = ()
    bar: Bar = Bar()
    statement: StatementStrip | None = None
    shown_count: int = 0
    account_cents: int = 0
    narrowed: bool = False
    query: str | None = None
    filters: tuple[SelectFilter, ...] = ()
    csv_href: str = "/outstanding.csv"
    read_only: bool = False
    by_balance: bool = False


@dataclass(frozen=True, kw_only=True)
class JobRows:
    """GET /outstanding/jobs/{job}: the table rows of one job, a fragment without chrome."""

    job: str
    payables: tuple[PayableRow, ...]
    currency: str = "USD"
    read_only: bool = False
