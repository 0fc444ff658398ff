"""Customers: who owes what, whom to chase first; any sort, any filters, and the same as CSV."""

from collections.abc import Mapping

from chalice.app import Blueprint

from chalicelib.domain.accounts import Badge as AccountBadge
from chalicelib.domain.aging import Bucket
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.entrypoints.console.chrome import console_chrome
from chalicelib.entrypoints.console.customer_parts import (
    SORT_COLUMNS,
    attention,
    customer_row,
    filter_boxes,
    stats,
)
from chalicelib.entrypoints.console.list_parts import kept_order
from chalicelib.entrypoints.console.remembering import RememberedList
from chalicelib.entrypoints.filters import cents_typed, href
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Csv, Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import customers as views
from chalicelib.rendering.views.figures import Column, HiddenField, Pager
from chalicelib.services.deal_with_notice import list_waiting
from chalicelib.services.export_customers import export_customers
from chalicelib.services.list_customers import CustomerPage, CustomerQuery, list_customers
from chalicelib.services.list_customers_selection import SORTS, CustomerFilter
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)
BASE = "/console/customers"
TYPED = ("q", "badge", "kind", "age", "active", "min", "max", "sort", "order")
FILTERS = TYPED[:-2]
LATE_ANY = "late"
NEVER_INVITED = "none"
PENDING_LONG = "pending-7"
PENDING_LONG_DAYS = 7
CAME_BACK = "bounced"


@page(blueprint, "GET", BASE, area="console")
def customers(visit: Visit) -> Html | Redirect:
    """GET one page of the dealer's accounts, Collection Priority first; opens as it was left."""
    if away := LIST.elsewhere(visit):
        return away
    dealer = get_dealer(visit.dealer_id)
    typed = {name: visit.query.get(name) for name in TYPED}
    query = customer_query(typed, visit.query.get("page"))
    found = list_customers(visit.world, visit.dealer_id, query=query)
    view = _view(visit, dealer, typed, found)
    return Html(render_page(view), cookies=LIST.remember(visit, typed))


@page(blueprint, "POST", BASE + ".csv", area="console")
def export_chosen(visit: Visit) -> Csv:
    """POST the ticked accounts, or all the filters keep: the same file of these alone."""
    query = chosen_query(visit)
    only = None if visit.form.get("all") == "yes" else frozenset(visit.form.all("account"))
    if only is not None and not only:
        raise InvalidInput("Tick at least one customer first.")
    text = export_customers(visit.world, visit.dealer_id, query=query, only=only)
    return Csv(text, "customers-chosen.csv")


def chosen_query(visit: Visit) -> CustomerQuery:
    """The list's filters and order, as the form of the ticked rows carries them."""
    return customer_query({name: visit.form.get(name) for name in TYPED}, "")


@page(blueprint, "GET", BASE + ".csv", area="console")
def export(visit: Visit) -> Csv:
    """GET every account the filters keep, one row each."""
    typed = {name: visit.query.get(name) for name in TYPED}
    text = export_customers(visit.world, visit.dealer_id, query=customer_query(typed, ""))
    return Csv(text, "customers.csv")


def customer_query(typed: Mapping[str, str], cursor: str) -> CustomerQuery:
    """What the filters' words ask for. Raises InvalidInput for words that mean nothing."""
    sort = typed["sort"] or "priority"
    ascending = typed["order"] == "ascending" or (sort in ("name", "kind") and not typed["order"])
    return CustomerQuery(
        filter=CustomerFilter(
            search=typed.get("q", ""),
            badge=_badge(typed["badge"]),
            pending_days=PENDING_LONG_DAYS if typed["badge"] == PENDING_LONG else 0,
            came_back=typed["badge"] == CAME_BACK,
            account_kind=typed["kind"],
            bucket=_bucket(typed["age"]),
            past_due=typed["age"] == LATE_ANY,
            least_cents=cents_typed(typed["min"], "min"),
            most_cents=cents_typed(typed["max"], "max"),
            active={"yes": True, "no": False}.get(typed["active"]),
        ),
        sort=sort,
        descending=not ascending,
        cursor=cursor,
    )


def _check(typed: Mapping[str, str]) -> None:
    if customer_query(typed, "").sort not in SORTS:
        raise InvalidInput("The list cannot be sorted by that.")


LIST = RememberedList("customers", BASE, kept=TYPED[1:], check=_check)


def _badge(word: str) -> AccountBadge | None:
    if word in ("", PENDING_LONG, CAME_BACK):
        return None
    try:
        return AccountBadge.NONE if word == NEVER_INVITED else AccountBadge(word)
    except ValueError as error:
        raise InvalidInput("There is no such invitation status.") from error


def _bucket(word: str) -> Bucket | None:
    if word in ("", LATE_ANY):
        return None
    try:
        return Bucket(word)
    except ValueError as error:
        raise InvalidInput("There is no such age.") from error


def _view(
    visit: Visit, dealer: Dealer, typed: dict[str, str], found: CustomerPage
) -> views.Customers:
    return views.Customers(
        chrome=console_chrome(visit, dealer, "Customers", "Customers", as_of=found.as_of),
        stats=stats(found.totals),
        columns=_columns(typed),
        rows=tuple(customer_row(customer, dealer) for customer in found.customers),
        pager=_pager(typed, found),
        query=typed["q"],
        filters=filter_boxes(typed, found.kinds),
        min_amount=typed["min"],
        max_amount=typed["max"],
        kept=kept_order(typed),
        attention=attention(found.everything, list_waiting(visit.world, visit.dealer_id), BASE),
        clear_href=LIST.clear_href if any(typed.values()) else "",
        csv_href=href(BASE + ".csv", typed),
        chosen=tuple(HiddenField(name=name, value=typed[name]) for name in TYPED if typed[name]),
        may_invite=visit.signed_in.role in COLLECTING_ROLES,
    )


def _columns(typed: dict[str, str]) -> tuple[Column, ...]:
    query = customer_query(typed, "")
    direction = "descending" if query.descending else "ascending"
    other = "ascending" if query.descending else "descending"
    return tuple(
        Column(
            key=key,
            label=label,
            href=href(BASE, typed, sort=key, order=other if key == query.sort else ""),
            sorted=direction if key == query.sort else "",
            hint=hint,
        )
        for key, label, hint in SORT_COLUMNS
    )


def _pager(typed: dict[str, str], found: CustomerPage) -> Pager:
    shown = len(found.customers)
    return Pager(
        first=found.first,
        last=found.first + shown - 1 if shown else 0,
        total=found.totals.accounts,
        previous_href=href(BASE, typed, page=found.previous_cursor)
        if found.previous_cursor
        else "",
        next_href=href(BASE, typed, page=found.next_cursor) if found.next_cursor else "",
    )
