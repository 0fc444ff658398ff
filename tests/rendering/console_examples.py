"""A full and an empty example of every view an operator sees."""

from __future__ import annotations

from functools import partial

from chalicelib.rendering.views.chrome import Badge
from chalicelib.rendering.views.console_entry import OperatorCode, OperatorSignIn
from chalicelib.rendering.views.incoming import (
    Choice,
    DailyVolume,
    DayVolume,
    DiscountForm,
    IncomingPayments,
    Interventions,
    LedgerLine,
    PaymentDetail,
)
from chalicelib.rendering.views.plain import ErrorPage, Help
from chalicelib.rendering.views.settings import Settings

from . import demo
from .account_examples import account_examples
from .attention_examples import attention_examples
from .customers_examples import customers, no_customers
from .demo import console_chrome
from .integration_examples import integration_examples
from .reconciliation_examples import reconciliation_examples
from .refund_examples import refund_examples
from .settings_examples import SETTINGS_TABS, settings_examples
from .settlement_examples import settlement_examples
from .taken_back_examples import taken_back_examples


def _incoming(**changes: object) -> IncomingPayments:
    fields: dict[str, object] = {
        "chrome": console_chrome("Incoming Payments", "Payments"),
        "tabs": demo.PAYMENT_TABS,
        "rows": tuple(
            demo.payment_row(100482 - n, (demo.PENDING, demo.SETTLED, demo.FAILED)[n % 3])
            for n in range(9)
        ),
        "pager": demo.PAGER,
        "total_cents": 15012972,
        "payment_count": 9,
        "filters": (demo.STATUS_FILTER,),
        "kept": demo.KEPT,
        "columns": demo.columns(
            "payer:Payer",
            "method:Method",
            "status:Status",
            "initiated:Initiated",
            "amount:Amount",
            sorted_by="initiated",
        ),
        "csv_href": "/console/payments.csv",
        "volume": _volume(),
    }
    return IncomingPayments(**{**fields, **changes})  # type: ignore[arg-type]


def _detail(**changes: object) -> PaymentDetail:
    fields: dict[str, object] = {
        "chrome": console_chrome("Payment DP-100482", "Payments"),
        "number": "DP-100482",
        "status": demo.SETTLED,
        "amount_cents": 1668108,
        "amount_label": "Charged",
        "method": "ACH, First Cascade Bank •••• 6789",
        "payer_name": demo.HOSTILE,
        "payer_number": "104-2280",
        "payer_href": "/console/customers/104-2280",
        "initiated_at": demo.NOW,
        "allocations": demo.ALLOCATIONS,
        "timeline": demo.TIMELINE,
        "lines_cents": 1706758,
        "credits_cents": -38650,
    }
    return PaymentDetail(**{**fields, **changes})  # type: ignore[arg-type]


def _panel(**changes: object) -> Interventions:
    fields: dict[str, object] = {
        "csrf": "csrf-token",
        "url": "/console/payments/DP-100482/stop",
        "choices": (
            Choice(value="freeze", label="Freeze"),
            Choice(value="terminate", label="Terminate", blocked_because="Freeze it first."),
        ),
        "may_act": True,
        "held_until": demo.NOW,
    }
    return Interventions(**{**fields, **changes})  # type: ignore[arg-type]


def _discount_form() -> DiscountForm:
    return DiscountForm(
        csrf="csrf-token",
        url="/console/payments/DP-100482/discount",
        discount_cents=2_800,
        until="2026-12-06",
        earliest="2026-11-22",
        latest="2027-01-21",
    )


def _volume() -> DailyVolume:
    days = tuple(
        DayVolume(
            on=f"2026-11-{n + 1:02}", count=n % 3, cents=(n % 3) * 120_000, x=n * 85, width=81,
            height=(n % 3) * 40,
        )
        for n in range(14)
    )  # fmt: skip
    return DailyVolume(days=days, most_cents=240_000, width=1190, height=96)


def _settings(**changes: object) -> Settings:
    fields: dict[str, object] = {
        "chrome": console_chrome("Settings", "Settings"),
        "tabs": SETTINGS_TABS,
        "version": 3,
        "name": demo.HOSTILE,
        "phone": "555-0100",
        "address": "2400 Mill Road",
        "time_zone": "America/Los_Angeles",
        "zones": ("America/Denver", "America/New_York"),
        "hold_hours": 24,
        "invitation_days": 14,
        "ach_fee": "0.00",
        "refund_limit": "500.00",
        "auto_post": True,
        "statements_on": False,
        "books_closed_through": "2026-10-31",
        "may_change": True,
        "audit": demo.TIMELINE,
    }
    return Settings(**{**fields, **changes})  # type: ignore[arg-type]


def _payment_examples() -> dict[str, object]:
    ledger = (
        LedgerLine(event="settled", account="Clearing", debit_cents=1668108),
        LedgerLine(event="settled", account="AR", credit_cents=1668108),
    )
    full = _detail(
        processor_reference="pi_demo",
        settlement_number="ST-2048",
        settlement_href="/console/settlements/S1",
        posted=Badge(label="Posted", tone="good"),
        ledger=ledger,
    )
    return {
        "incoming": _incoming(),
        "incoming_empty": _incoming(
            rows=(), pager=demo.NO_PAGER, columns=(), csv_href="", volume=None
        ),
        "incoming_no_match": _incoming(
            rows=(), pager=demo.NO_PAGER, query=demo.HOSTILE, clear_href="/console/payments"
        ),
        "payment_detail": full,
        "payment_detail_pending": _detail(status=demo.PENDING, interventions=_panel()),
        "payment_detail_frozen": _detail(
            status=Badge(label="Frozen", tone="warn"),
            interventions=_panel(
                heading="Frozen. It keeps its claim on the documents until it is released.",
                stopped_at=demo.NOW,
                stopped_by="Maya Chen",
                stopped_why=demo.HOSTILE,
            ),
        ),
        **refund_examples(_detail, partial(console_chrome, "Refund of DP-100482", "Payments")),
        **taken_back_examples(_detail, discount=_discount_form(), panel=_panel()),
        "payment_detail_viewer": _detail(interventions=_panel(may_act=False)),
    }


def console_examples() -> dict[str, object]:
    """Every view of the console by a name that can be a file name."""
    return {
        "console_sign_in": OperatorSignIn(chrome=console_chrome("Sign in")),
        "console_code": OperatorCode(chrome=console_chrome("Code"), email="dana@x.example"),
        "customers": customers(),
        "customers_empty": no_customers(),
        "customers_no_match": no_customers(query=demo.HOSTILE, clear_href="/console/customers"),
        **account_examples(),
        **_payment_examples(),
        **attention_examples(),
        **reconciliation_examples(),
        **settlement_examples(),
        **integration_examples(),
        **settings_examples(),
        "settings": _settings(),
        "settings_viewer": _settings(may_change=False, audit=()),
        "console_help": Help(chrome=console_chrome("Help", "Help"), face="console"),
        "console_error": ErrorPage(
            chrome=console_chrome("Error"), status=403, face="console", reference="01K-DEMO"
        ),
    }
