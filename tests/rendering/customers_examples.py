"""Examples of the operator's Customers dashboard."""

from __future__ import annotations

from chalicelib.rendering.views.chrome import Badge
from chalicelib.rendering.views.customers import Attention, CustomerRow, Customers, CustomerStats
from chalicelib.rendering.views.figures import Aging, Priority

from . import demo
from .demo import console_chrome

NAMES = (
    "Metolius Cabin Restoration LLC",
    "Pahlisch Site Services",
    "Juniper & Sons Remodeling",
    "Three Sisters Construction",
    "Crux Interiors",
    "NorthWest Crossing HOA",
    f"Deschutes Roofing {demo.HOSTILE}",
    f"{demo.FORMULA} Framing Co.",
)
BADGES = (
    Badge(label="Accepted", tone="good"),
    Badge(label="Pending", tone="info", detail="delivered"),
    Badge(label="Declined", tone="warn"),
    Badge(label="Expired", detail="bounced"),
    None,
)
COLUMNS = demo.columns(
    "name:Customer",
    "priority:Priority",
    "badge:Portal",
    "outstanding:Outstanding",
    "current:Current",
    "past_due:Past due",
    "days_1_30:1–30",
    "days_31_60:31–60",
    "days_61_90:61–90",
    "days_91_up:91+",
    "debits:Debits",
    "credits:Credits",
    "wado:WADO",
    "last_contact:Contact",
    sorted_by="priority",
)


def _customer(place: int) -> CustomerRow:
    late = 1350194 - place * 20616
    return CustomerRow(
        name=NAMES[place % len(NAMES)],
        number=f"104-{2416 - place}",
        kind="credit" if place % 4 else "cash",
        href=f"/console/customers/104-{2416 - place}",
        priority=Priority(
            score_tenths=max(0, 88 - place * 7), why=demo.PRIORITY.why, steps=demo.PRIORITY.steps
        )
        if place % 4
        else None,
        outstanding_cents=late + 2873699,
        current_cents=2873699,
        past_due_cents=late,
        debits_cents=4500 if place % 3 == 0 else 0,
        credits_cents=-38650 if place % 2 else 0,
        wado_days=41 - place,
        days_1_30_cents=late - 812000,
        days_31_60_cents=620000,
        days_61_90_cents=0,
        days_91_up_cents=192000,
        badge=BADGES[place % len(BADGES)],
        last_contact_on="2026-11-12" if place % 2 else "",
    )


STATS = CustomerStats(
    account_count=1284,
    outstanding_cents=481240618,
    invoice_count=4031,
    current_cents=301240618,
    past_due_cents=180000000,
    debits_cents=450000,
    credits_cents=-3865000,
    discounts_cents=1250000,
    net_ar_cents=477825618,
    aging=Aging(
        current_cents=301240618,
        days_1_30_cents=90000000,
        days_31_60_cents=50000000,
        days_61_90_cents=18705993,
        days_91_up_cents=21294007,
    ),
)
NO_STATS = CustomerStats(
    account_count=0,
    outstanding_cents=0,
    invoice_count=0,
    current_cents=0,
    past_due_cents=0,
    debits_cents=0,
    credits_cents=0,
    discounts_cents=0,
    net_ar_cents=0,
    aging=Aging(),
)


def customers() -> Customers:
    """Sixteen ranked accounts out of 1,284 with something that needs attention."""
    attention = (
        Attention(count=3, label="ACH returns", href="?a=1", detail="$14,208.11", tone="bad"),
        Attention(count=18, label="Over 90 days", href="?a=2", detail="$212,940.07", tone="bad"),
        Attention(count=7, label="Invitations expiring", href="?a=3", detail="within 3 days"),
    )
    return Customers(
        chrome=console_chrome("Customers", "Customers"),
        stats=STATS,
        columns=COLUMNS,
        rows=tuple(_customer(place) for place in range(1, 17)),
        pager=demo.PAGER,
        filters=(demo.STATUS_FILTER,),
        kept=demo.KEPT,
        attention=attention,
        chosen=demo.KEPT,
        may_invite=True,
    )


def no_customers(query: str = "", clear_href: str = "") -> Customers:
    """The dashboard with no row: nothing imported, or nothing found."""
    return Customers(
        chrome=console_chrome("Customers", "Customers", as_of=""),
        stats=NO_STATS,
        columns=COLUMNS,
        rows=(),
        pager=demo.NO_PAGER,
        query=query,
        clear_href=clear_href,
    )
