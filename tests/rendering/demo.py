"""Demo names, chrome and shared pieces the example views are made of; hostile text included."""

from __future__ import annotations

from chalicelib.rendering.views.chrome import (
    Badge,
    Chrome,
    FieldError,
    Flash,
    console_nav,
    portal_nav,
)
from chalicelib.rendering.views.figures import (
    Aging,
    AllocationRow,
    Column,
    HiddenField,
    Link,
    Option,
    Pager,
    PaymentRow,
    Priority,
    PriorityStep,
    SelectFilter,
    TimelineEntry,
)

HOSTILE = '<script>alert("x")</script>'
FORMULA = "=1+1"
NOW = "2026-11-22T06:02:00-08:00"
AUTHORISATION = (
    (
        "You authorise Cascade Lumber (demo) to debit the bank account named above once, by ACH, "
        "for the total shown, on or after today."
    ),
    (
        "You may withdraw this authorisation until the payment is sent to the bank by calling "
        "Cascade Lumber. If the debit is returned unpaid, the amount is owed again."
    ),
)


def portal_chrome(title: str, nav: str = "", **changes: object) -> Chrome:
    """A signed-in payer's chrome; `nav` marks the current page, "" means signed out."""
    signed_in = {
        "nav": portal_nav(nav),
        "signed_in_name": "Ridgeline Custom Homes",
        "signed_in_detail": "Acct 104-2280",
    }
    return _chrome(title, "Cascade Lumber", {**(signed_in if nav else {}), **changes})


def console_chrome(title: str, nav: str = "", **changes: object) -> Chrome:
    """A signed-in operator's chrome."""
    signed_in = {
        "nav": console_nav(nav),
        "signed_in_name": "Dana Ortiz",
        "signed_in_detail": "Accounts receivable",
    }
    return _chrome(title, "Cascade Lumber", {**(signed_in if nav else {}), **changes})


def _chrome(title: str, dealer_name: str, changes: dict[str, object]) -> Chrome:
    fields: dict[str, object] = {
        "title": title,
        "dealer_name": dealer_name,
        "csrf": "csrf-token",
        "as_of": NOW,
        "zone": "PST",
        "dealer_phone": "(541) 555-0142",
        "dealer_email": "ar@cascadelumber.example",
        "demo": True,
    }
    return Chrome(**{**fields, **changes})  # type: ignore[arg-type]


def troubled(title: str, nav: str, *fields: str) -> Chrome:
    """A portal chrome with a flash message and an error for each of `fields`."""
    errors = tuple(FieldError(field=name, message=f"Enter the {name} again") for name in fields)
    return portal_chrome(title, nav, errors=errors, flash=Flash(text="Not saved", tone="warn"))


AGING = Aging(
    current_cents=1894891,
    days_1_30_cents=2050311,
    days_31_60_cents=514495,
    days_61_90_cents=83315,
    days_91_up_cents=505000,
)

PRIORITY = Priority(
    score_tenths=88,
    why="About $18,000 expected late, 26 of the next 30 days (12 invoices so far, paid 35 days "
    "late on average); two promises broken.",
    steps=(
        PriorityStep(label="Expected late", value="8.0", detail="$18,000 for 26 days each"),
        PriorityStep(label="Promises broken", value="+0.8", detail="2 of 3 in 12 months"),
        PriorityStep(label="Contacted recently", value="× 1.0"),
    ),
)

PAGER = Pager(first=1, last=50, total=1284, next_href="?cursor=b", previous_href="?cursor=a")
NO_PAGER = Pager(first=0, last=0, total=0)
PENDING = Badge(label="Pending", tone="info")
SETTLED = Badge(label="Settled", tone="good")
FAILED = Badge(label="Failed", tone="bad")

PAYMENT_TABS = (
    Link(label="Incoming Payments", href="/console/payments", current=True),
    Link(label="Settlements", href="/console/settlements"),
    Link(label="Reconciliation", href="/console/reconciliation"),
    Link(label="Needs attention", href="/console/attention", count=3),
)
STATUS_FILTER = SelectFilter(
    name="status",
    label="Status",
    options=(
        Option(value="", label="Any status", selected=True),
        Option(value="pending", label="Pending"),
    ),
)
KEPT = (HiddenField(name="sort", value="priority"),)


def columns(*labels: str, sorted_by: str = "") -> tuple[Column, ...]:
    """Column heads from "key:Label"; the one named `sorted_by` is sorted descending."""
    pairs = (label.split(":", 1) for label in labels)
    return tuple(
        Column(
            key=key,
            label=words,
            href=f"?sort={key}",
            sorted="descending" if key == sorted_by else "",
        )
        for key, words in pairs
    )


ALLOCATIONS = (
    AllocationRow(
        number="I-448120",
        amount_cents=418255,
        job_name="Lot 14, Alder Creek",
        po_number="A-1193",
        due_on="2026-10-02",
        credit_cents=-38650,
    ),
    AllocationRow(
        number="I-449801",
        amount_cents=1284003,
        job_name="Lot 14, Alder Creek",
        po_number="A-1210",
        due_on="2026-11-10",
    ),
    AllocationRow(
        number="DM-3310", amount_cents=4500, kind="Debit", job_name=HOSTILE, due_on="2026-11-30"
    ),
)

TIMELINE = (
    TimelineEntry(
        at="2026-11-22T06:10:00-08:00", label="Submitted", source="Maya Chen", tone="info"
    ),
    TimelineEntry(
        at="2026-11-22T06:10:04-08:00",
        label="Processing at the bank",
        source="Stripe, payment_intent.processing",
        tone="info",
    ),
    TimelineEntry(
        at="2026-11-25T09:00:00-08:00",
        label="Settled",
        source="Stripe, payment_intent.succeeded",
        detail="Awaiting payout",
        tone="good",
    ),
)


def payment_row(number: int, status: Badge = SETTLED, **changes: object) -> PaymentRow:
    """A payment in a list, DP-<number>."""
    fields: dict[str, object] = {
        "number": f"DP-{number}",
        "href": f"/console/payments/P{number}",
        "amount_cents": 1668108,
        "method": "ACH, First Cascade Bank •••• 6789",
        "status": status,
        "initiated_at": "2026-11-22T06:10:00-08:00",
        "payer_name": "Ridgeline Custom Homes",
        "payer_number": "104-2280",
        "payer_href": "/console/customers/104-2280",
        "covers": "3 documents",
    }
    return PaymentRow(**{**fields, **changes})  # type: ignore[arg-type]
