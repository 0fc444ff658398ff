"""Incoming Payments: the list with its filters, and one payment in full."""

from collections.abc import Mapping

from chalice.app import Blueprint

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.payments import CHARGED, OFF_THE_ROAD, Payment, PaymentStatus
from chalicelib.entrypoints.console import interventions, refunds
from chalicelib.entrypoints.console.chrome import console_chrome, payment_tabs
from chalicelib.entrypoints.console.discounts import discount_form
from chalicelib.entrypoints.console.ledger_lines import ledger_lines
from chalicelib.entrypoints.console.list_parts import (
    choice,
    is_ascending,
    kept_order,
    sorting_columns,
)
from chalicelib.entrypoints.console.remembering import RememberedList
from chalicelib.entrypoints.console.taken_back import return_form, taken_back
from chalicelib.entrypoints.console.volume import daily_volume
from chalicelib.entrypoints.filters import cents_typed, day_typed, href
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import (
    allocation_rows,
    method_words,
    payment_badge,
    payment_row,
    timeline,
    zoned,
)
from chalicelib.entrypoints.responses import Csv, Html, Redirect
from chalicelib.rendering.csv_files import csv_text, decimal_text
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import incoming as views
from chalicelib.rendering.views.chrome import Badge
from chalicelib.rendering.views.figures import Pager
from chalicelib.services.list_payments import (
    PaymentFilters,
    PaymentPage,
    export_payments,
    list_payments,
)
from chalicelib.services.view_payment import PaymentView, view_payment
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)
BASE = "/console/payments"
TYPED = ("q", "status", "from", "to", "min", "max", "sort", "order")
COLUMNS = (
    ("payer", "Payer", ""),
    ("method", "Method", ""),
    ("status", "Status", ""),
    ("initiated", "Date initiated", "time"),
    ("amount", "Amount", "amount"),
)
STATUSES = (("", "Any status"), *((status.value, status.capitalize()) for status in PaymentStatus))


@page(blueprint, "GET", BASE, area="console")
def incoming(visit: Visit) -> Html | Redirect:
    """GET the dealer's payments as filtered and sorted, newest first; opens as it was left."""
    if away := LIST.elsewhere(visit):
        return away
    dealer = get_dealer(visit.dealer_id)
    typed = {name: visit.query.get(name) for name in TYPED}
    found = list_payments(
        visit.world,
        visit.dealer_id,
        filters=_filters(typed),
        cursor=visit.query.get("after"),
    )
    view = views.IncomingPayments(
        chrome=console_chrome(visit, dealer, "Incoming Payments", "Payments"),
        tabs=payment_tabs(visit, "incoming"),
        rows=tuple(
            payment_row(payment, dealer, base=BASE, payer=True) for payment in found.payments
        ),
        pager=_pager(found, typed, paged=bool(visit.query.get("after"))),
        total_cents=found.total_cents,
        payment_count=found.count,
        columns=sorting_columns(BASE, typed, COLUMNS, chosen=typed["sort"] or "time"),
        query=typed["q"],
        filters=(choice("status", "Status", STATUSES, typed["status"]),),
        from_on=typed["from"],
        to_on=typed["to"],
        min_amount=typed["min"],
        max_amount=typed["max"],
        kept=kept_order(typed),
        clear_href=LIST.clear_href if any(typed.values()) else "",
        csv_href=href(BASE + ".csv", typed),
        volume=daily_volume(found),
    )
    return Html(render_page(view), cookies=LIST.remember(visit, typed))


@page(blueprint, "GET", BASE + ".csv", area="console")
def export(visit: Visit) -> Csv:
    """GET the page's filtered payments as CSV."""
    dealer = get_dealer(visit.dealer_id)
    typed = {name: visit.query.get(name) for name in TYPED}
    found = export_payments(visit.world, visit.dealer_id, filters=_filters(typed))
    header = (
        "payment", "account_id", "account_name", "amount", "method", "status", "initiated",
        "refunded",
    )  # fmt: skip
    rows = [
        (
            payment.number,
            payment.account_id,
            payment.account_name,
            decimal_text(payment.charged_cents),
            method_words(payment),
            payment.status.value,
            zoned(dealer, payment.submitted_at),
            decimal_text(payment.refunded_cents),
        )
        for payment in found
    ]
    return Csv(csv_text(header, rows), "payments.csv")


@page(blueprint, "GET", BASE + "/{payment}", area="console")
def payment_page(visit: Visit, payment: str) -> Html:
    """GET one payment: allocations, timeline, ledger."""
    dealer = get_dealer(visit.dealer_id)
    found = view_payment(visit.world, visit.dealer_id, name=payment)
    return Html(render_page(_detail(visit, dealer, found)))


def _filters(typed: Mapping[str, str]) -> PaymentFilters:
    return PaymentFilters(
        status=_status(typed["status"]),
        since=day_typed(typed["from"], "from"),
        until=day_typed(typed["to"], "to"),
        min_cents=cents_typed(typed["min"], "min"),
        max_cents=cents_typed(typed["max"], "max"),
        text=typed.get("q", ""),
        sort="amount" if typed["sort"] == "amount" else "time",
        descending=not is_ascending(typed),
    )


LIST = RememberedList("payments", BASE, kept=TYPED[1:], check=_filters)


def _status(word: str) -> PaymentStatus | None:
    if not word:
        return None
    try:
        return PaymentStatus(word)
    except ValueError as error:
        raise InvalidInput("There is no such status.", {"status": "Choose one."}) from error


def _pager(found: PaymentPage, typed: dict[str, str], *, paged: bool) -> Pager:
    return Pager(
        first=1 if found.payments else 0,
        last=len(found.payments),
        total=found.count if found.is_exact and not paged else None,
        previous_href=href(BASE, typed) if paged else "",
        next_href=href(BASE, typed, after=found.cursor) if found.cursor else "",
    )


def _detail(visit: Visit, dealer: Dealer, found: PaymentView) -> views.PaymentDetail:
    payment = found.payment
    settled_in = payment.settlement_id or ""
    return views.PaymentDetail(
        chrome=console_chrome(visit, dealer, payment.number, "Payments"),
        number=payment.number,
        status=payment_badge(payment),
        amount_cents=payment.charged_cents,
        amount_label="Charged" if payment.status in CHARGED else "Amount",
        method=method_words(payment),
        payer_name=payment.account_name,
        payer_number=payment.account_id,
        payer_href=f"/console/customers/{payment.account_id}",
        initiated_at=zoned(dealer, payment.submitted_at),
        allocations=allocation_rows(payment),
        timeline=timeline(found.events, dealer),
        lines_cents=payment.allocations_cents,
        credits_cents=-payment.erp_credits_cents,
        unapplied_cents=-payment.unapplied_used_cents,
        discount_cents=-payment.discount_cents,
        fee_cents=payment.fee_cents,
        surplus_cents=payment.surplus_cents,
        processor_reference=payment.processor_id,
        settlement_number=settled_in,
        settlement_href=f"/console/settlements/{settled_in}" if settled_in else "",
        settlement_note=_without_settlement(payment),
        posted=Badge(label="Posted", tone="good") if payment.posted_at else None,
        ledger=tuple(line for entry in found.entries for line in ledger_lines(entry, dealer)),
        interventions=interventions.panel(visit, dealer, payment, found.settlement),
        discount_form=discount_form(visit, dealer, payment),
        taken_back=taken_back(dealer, payment),
        return_form=return_form(visit, dealer, payment),
        refunds=refunds.panel(visit, dealer, payment),
        refunded_cents=payment.refunded_cents,
    )


def _without_settlement(payment: Payment) -> str:
    if payment.status in OFF_THE_ROAD:
        return "none, nothing was charged"
    return "none yet" if payment.status is PaymentStatus.PENDING else "awaiting payout"
