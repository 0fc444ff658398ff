"""The Customers CSV: one row per account of the current view, columns of docs/CUSTOMERS_CSV.md."""

from collections.abc import Callable, Container, Iterable, Iterator
from datetime import datetime, timedelta

from chalicelib.domain.ids import DealerId
from chalicelib.domain.priority import explain
from chalicelib.rendering.csv_files import DecimalText, csv_text, decimal_text
from chalicelib.services.list_customers import Customer, CustomerQuery, each_customer
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.roster_row import EPOCH, moment_of

Cell = str | int | None


def _money(column: str) -> Callable[[Customer], Cell]:
    return lambda customer: decimal_text(getattr(customer.row, column))


def _credit(column: str) -> Callable[[Customer], Cell]:
    return lambda customer: decimal_text(-getattr(customer.row, column))


def _plain(column: str) -> Callable[[Customer], Cell]:
    return lambda customer: _as_cell(getattr(customer.row, column))


def _as_cell(value: str | int) -> Cell:
    return value


def _moment(column: str) -> Callable[[Customer], Cell]:
    return lambda customer: _iso(moment_of(getattr(customer.row, column)))


def _iso(at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else ""


def _day(column: str) -> Callable[[Customer], Cell]:
    return lambda customer: _iso_day(getattr(customer.row, column))


def _iso_day(number: int) -> str:
    return (EPOCH + timedelta(days=number)).isoformat() if number else ""


def _tenths(column: str) -> Callable[[Customer], Cell]:
    return lambda customer: DecimalText(f"{getattr(customer.row, column) / 10:.1f}")


COLUMNS: dict[str, Callable[[Customer], Cell]] = {
    "account_id": _plain("account_id"),
    "name": _plain("name"),
    "account_kind": _plain("account_kind"),
    "billing_kind": _plain("billing_kind"),
    "status": _plain("status"),
    "collection_priority": _tenths("score_tenths"),
    "collection_priority_base": _tenths("base_tenths"),
    "collection_priority_lift": _tenths("lift_tenths"),
    "collection_priority_why": lambda customer: explain(customer.row.priority),
    "expected_late_amount": _money("expected_late_cents"),
    "expected_late_days": _plain("expected_late_days"),
    "paid_invoices": _plain("own_invoices"),
    "average_days_late": _plain("own_average_days_late"),
    "outstanding": _money("outstanding_cents"),
    "current": _money("current_cents"),
    "past_due": _money("past_due_cents"),
    "past_due_1_30": _money("days_1_30_cents"),
    "past_due_31_60": _money("days_31_60_cents"),
    "past_due_61_90": _money("days_61_90_cents"),
    "past_due_91_up": _money("days_91_up_cents"),
    "invoices": _money("invoices_cents"),
    "invoices_count": _plain("invoices"),
    "invoices_current": _money("invoices_current_cents"),
    "invoices_current_count": lambda customer: (
        customer.row.invoices - customer.row.invoices_past_due
    ),
    "invoices_past_due": _money("invoices_past_due_cents"),
    "invoices_past_due_count": _plain("invoices_past_due"),
    "debits": _money("debits_cents"),
    "debits_count": _plain("debits"),
    "debits_past_due": _money("debits_past_due_cents"),
    "credits": _credit("credits_cents"),
    "credits_count": _plain("credits"),
    "in_flight": _money("in_flight_cents"),
    "wado_days": _plain("wado_days"),
    "available_discounts": _money("discounts_cents"),
    "credit_limit": _money("credit_limit_cents"),
    "credit_use_percent": _plain("credit_use_percent"),
    "statement_balance": _money("statement_balance_cents"),
    "statement_due_date": _day("statement_due_day"),
    "statement_discount": _money("statement_discount_cents"),
    "statement_discount_date": _day("statement_discount_day"),
    "invitation": lambda customer: customer.badge.value,
    "invitation_delivery": lambda customer: customer.delivery,
    "invited_at": _moment("invited_at"),
    "last_contact_at": _moment("last_contact_at"),
    "currency": lambda _: "",
}


def export_customers(
    world: World,
    dealer_id: DealerId,
    *,
    query: CustomerQuery,
    only: Container[str] | None = None,
) -> str:
    """CSV text of everything the query's filter keeps, in its order; amounts with two decimals.

    `only` some of these, by account number; None means all.
    """
    currency = get_dealer(dealer_id).currency
    customers = each_customer(world, dealer_id, query=query, only=only)
    return csv_text(tuple(COLUMNS), _rows(customers, currency))


def _rows(customers: Iterable[Customer], currency: str) -> Iterator[list[Cell]]:
    cells: dict[str, Callable[[Customer], Cell]] = {**COLUMNS, "currency": lambda _: currency}
    for customer in customers:
        yield [cell(customer) for cell in cells.values()]
