"""A full and an empty example of every view a payer sees."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.rendering.views.figures import Aging, Link
from chalicelib.rendering.views.outstanding import (
    Bar,
    JobRow,
    JobRows,
    Outstanding,
    PayableRow,
    StatementStrip,
)
from chalicelib.rendering.views.plain import ErrorPage, Help
from chalicelib.rendering.views.quote import (
    AmountField,
    BankChoice,
    CardChoice,
    CreditField,
    Quote,
    QuoteChange,
    StatementOffer,
)

from . import demo
from .demo import portal_chrome
from .entry_examples import entry_examples
from .payment_examples import STOPPED_BANK, payment_examples


def payable(number: str, cents: int, due_on: str = "2026-12-10", **changes: object) -> PayableRow:
    """An open payable with nothing in flight."""
    fields: dict[str, object] = {
        "payable": number,
        "number": number,
        "open_cents": cents,
        "available_cents": cents,
        "due_on": due_on,
    }
    return PayableRow(**{**fields, **changes})  # type: ignore[arg-type]


def _alder_creek() -> JobRow:
    return JobRow(
        job="lot-14",
        name="Lot 14, Alder Creek",
        balance_cents=1988264,
        available_cents=1988264,
        past_due_cents=1798498,
        days_31_60_cents=514495,
        credits_cents=-38650,
        invoice_count=4,
        credit_count=1,
        oldest_days_past_due=51,
        expanded=True,
        payables=(
            payable("I-448120", 418255, "2026-10-02", po_number="A-1193", days_past_due=51),
            payable("I-448377", 96240, "2026-10-20", po_number="A-1193", days_past_due=33),
            payable("I-449801", 1284003, "2026-11-10", po_number="A-1210", days_past_due=12),
            payable("I-451066", 228416, po_number="A-1231"),
            payable("CM-20418", -38650, "2026-11-10", kind="credit", po_number="A-1193"),
        ),
    )


def _summit() -> JobRow:
    return JobRow(
        job="summit",
        name="2210 Summit Dr, remodel",
        balance_cents=921971,
        available_cents=179781,
        past_due_cents=742190,
        invoice_count=3,
        oldest_days_past_due=12,
        expanded=True,
        payables=(
            payable(
                "I-449902",
                742190,
                "2026-11-10",
                po_number="SD-77",
                days_past_due=12,
                available_cents=0,
                in_flight_cents=742190,
                in_flight_href="/payments/P1",
            ),
            payable("I-450733", 118804, po_number="SD-79", pdf_href="/static/x.pdf"),
            payable("I-451120", 60977, po_number=demo.FORMULA),
        ),
    )


def _harper() -> JobRow:
    return JobRow(
        job="harper",
        name=f"Harper Barn {demo.HOSTILE}",
        balance_cents=588315,
        available_cents=588315,
        past_due_cents=588315,
        days_61_90_cents=83315,
        days_91_up_cents=505000,
        invoice_count=1,
        debit_count=1,
        oldest_days_past_due=104,
        open_href="/outstanding?open=harper#job-harper",
        payables=(
            payable("I-446001", 505000, "2026-08-10", days_past_due=104, po_number="HB-3"),
            payable("D-447233", 83315, "2026-09-10", days_past_due=73, kind="debit"),
        ),
    )


def _riverbend() -> JobRow:
    return JobRow(
        job="riverbend",
        name="Riverbend Townhomes, phase 2",
        balance_cents=1525365,
        available_cents=1525365,
        invoice_count=2602,
        rows_href="/outstanding/jobs/riverbend",
        open_href="/outstanding?open=riverbend#job-riverbend",
    )


def outstanding(**changes: object) -> Outstanding:
    """The demo account of the design's pictures; with `views` and a statement."""
    views = (
        Link(label="All", href="?view=all", current=True),
        Link(label="Current Statement", href="?view=statement"),
        Link(label="New Charges", href="?view=new"),
    )
    fields: dict[str, object] = {
        "chrome": portal_chrome("Outstanding", "Outstanding"),
        "balance_cents": 5048033,
        "past_due_cents": 3153121,
        "credits_cents": -38650,
        "in_flight_cents": 742190,
        "aging": demo.AGING,
        "jobs": (_alder_creek(), _summit(), _harper(), _riverbend()),
        "account_name": "Ridgeline Custom Homes",
        "account_number": "104-2280",
        "views": views,
        "statement": StatementStrip(
            number="S202610-104-2280",
            closed_on="2026-10-31",
            balance_cents=1412900,
            open_cents=1312900,
            difference_cents=-100000,
            in_flight_cents=742190,
            in_query_cents=60977,
            pay_cents=1284642,
            due_on="2026-12-10",
            discount_cents=28258,
            discount_until="2026-11-30T23:59:59-08:00",
            discount_zone="PST",
        ),
        "query": "",
        "filters": (demo.STATUS_FILTER,),
    }
    return Outstanding(**{**fields, **changes})  # type: ignore[arg-type]


def _statement_view() -> Outstanding:
    """$400 left of a statement of $1,000 with $20, a credit of $100 beside it, a $3 ACH fee."""
    job = JobRow(
        job="-",
        name="No job",
        balance_cents=40000,
        available_cents=40000,
        preselected_cents=10000,
        invoice_count=3,
        expanded=True,
        payables=(payable("I-1", 25000), payable("I-2", 15000), payable("I-3", 500, in_query=True)),
    )
    return outstanding(
        view="statement",
        jobs=(job,),
        bar=Bar(
            fee_cents=300, frozen_discount_cents=2000, frozen_base_cents=100000, saving_cents=600
        ),
    )


def _empty_outstanding(query: str | None = None) -> Outstanding:
    return outstanding(
        balance_cents=0,
        past_due_cents=0,
        credits_cents=0,
        in_flight_cents=0,
        aging=Aging(),
        jobs=(),
        views=(),
        statement=None,
        query=query,
        filters=(demo.STATUS_FILTER,),
    )


CARDS = (
    CardChoice(method="c1", name="Visa credit card", last4="4242", selected=True),
    CardChoice(method="c2", name="Mastercard prepaid card", last4="5100"),
)


def _change() -> QuoteChange:
    return QuoteChange(
        url="/quotes/Q1/change",
        amounts=tuple(
            AmountField(payable=row.number, value="10.00", available_cents=row.amount_cents)
            for row in demo.ALLOCATIONS
        ),
        credits_open=(
            CreditField(payable="CM-20418", available_cents=38650, used_cents=38650),
            CreditField(payable=demo.HOSTILE, available_cents=500, job_name="Harper Barn"),
        ),
        surplus="1.00",
    )


def _offer() -> StatementOffer:
    return StatementOffer(
        saving_cents=28258,
        until="2026-11-30T23:59:59-08:00",
        zone="PST",
        url="/quotes/Q1/as-statement",
        later=2,
    )


def quote(**changes: object) -> Quote:
    """A quote of three documents with a credit, paid from one of two saved banks."""
    fields: dict[str, object] = {
        "chrome": portal_chrome("Review payment", "Outstanding"),
        "quote": "Q1",
        "signature": "signed",
        "account_name": "Ridgeline Custom Homes",
        "account_number": "104-2280",
        "lines": demo.ALLOCATIONS,
        "lines_cents": 1706758,
        "credits_cents": -38650,
        "discount_cents": -28258,
        "unapplied_cents": -100,
        "surplus_cents": 100,
        "fee_cents": 100,
        "fee_label": "ACH fee",
        "total_cents": 1639950,
        "expires_at": "2026-11-22T06:25:00-08:00",
        "submit_url": "/quotes/Q1/submit",
        "renew_url": "/quotes",
        "payment_href": "/payments/P1",
        "authorisation": demo.AUTHORISATION,
        "expected_on": "2026-11-27",
        "change": _change(),
        "offer": _offer(),
        "banks": (
            BankChoice(method="m1", bank_name="First Cascade Bank", last4="6789", selected=True),
            BankChoice(method="m2", bank_name="Deschutes Credit Union", last4="0011"),
        ),
    }
    return Quote(**{**fields, **changes})  # type: ignore[arg-type]


def portal_examples() -> dict[str, object]:
    """Every view of the portal by a name that can be a file name."""
    return {
        **entry_examples(),
        "outstanding": outstanding(),
        "outstanding_statement": _statement_view(),
        "outstanding_read_only": outstanding(read_only=True, query="alder", narrowed=True),
        "outstanding_empty": _empty_outstanding(),
        "outstanding_no_match": _empty_outstanding(query=demo.HOSTILE),
        "job_rows": JobRows(job="lot-14", payables=_alder_creek().payables),
        "job_rows_empty": JobRows(job="-", payables=()),
        "quote": quote(),
        "quote_stopped_bank": quote(banks=(), stopped_banks=(STOPPED_BANK,)),
        "quote_first_bank": quote(banks=(), offer=replace(_offer(), holds_it=False)),
        "quote_expired": quote(state="expired"),
        "quote_card": quote(pay_by="card", cards=CARDS, fee_label="Credit card surcharge"),
        "quote_credits": quote(pay_by="credits", total_cents=0, fee_cents=0, banks=(), offer=None),
        "quote_first_card": quote(pay_by="card", banks=()),
        "quote_used": quote(state="used"),
        **payment_examples(),
        "help": Help(chrome=portal_chrome("Help", "Help")),
        **{
            f"error_{status}": ErrorPage(
                chrome=portal_chrome("Error"), status=status, reference="01K-DEMO"
            )
            for status in (400, 403, 404, 409, 429, 500)
        },
        "error_charged_nothing": ErrorPage(
            chrome=portal_chrome("Error"), status=409, money_untouched=True, heading=demo.HOSTILE
        ),
    }
