"""The list of settlements: by their state and days, in any column's order, and as CSV."""

from collections.abc import Mapping

from chalice.app import Blueprint

from chalicelib.domain.errors import InvalidInput
from chalicelib.entrypoints.console.chrome import console_chrome, payment_tabs
from chalicelib.entrypoints.console.list_parts import (
    choice,
    is_ascending,
    kept_order,
    sorting_columns,
)
from chalicelib.entrypoints.console.remembering import RememberedList
from chalicelib.entrypoints.console.settlement_parts import CATEGORY_WORDS, settlement_row
from chalicelib.entrypoints.filters import day_typed, href
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import zoned
from chalicelib.entrypoints.responses import Csv, Html, Redirect
from chalicelib.rendering.csv_files import csv_text, decimal_text
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import settlements as views
from chalicelib.rendering.views.figures import Pager
from chalicelib.services.list_settlements import (
    MOST,
    SORTS,
    SettlementFilters,
    SettlementPage,
    Standing,
    list_settlements,
)
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)
BASE = "/console/settlements"
TYPED = ("state", "from", "to", "sort", "order")
STATES = (
    ("", "Any state"),
    (Standing.TO_POST, "To post"),
    (Standing.TO_RESOLVE, "To resolve"),
    (Standing.DIFFERENCE, "With a difference"),
    (Standing.RESOLVED, "Resolved"),
)
COLUMNS = (
    ("id", "Settlement"), ("created", "Created"), ("payments", "Payments"), ("gross", "Gross"),
    ("fees", "Fees"), ("returns", "Taken back"), ("net", "Net deposit"), ("invoices", "Invoices"),
    ("credits", "Credits"), ("debits", "Debits"), ("cash", "Cash and other"),
    ("resolved", "Resolved"),
)  # fmt: skip
HEADS = tuple((key, label, key if key in SORTS else "") for key, label in COLUMNS)


@page(blueprint, "GET", BASE, area="console")
def settlements(visit: Visit) -> Html | Redirect:
    """GET the dealer's settlements as filtered and sorted, newest first; opens as it was left."""
    if away := LIST.elsewhere(visit):
        return away
    dealer = get_dealer(visit.dealer_id)
    typed = {name: visit.query.get(name) for name in TYPED}
    after = visit.query.get("after")
    filters = _filters(typed)
    found = list_settlements(visit.world, visit.dealer_id, filters=filters, cursor=after)
    view = views.Settlements(
        chrome=console_chrome(visit, dealer, "Settlements", "Payments"),
        tabs=payment_tabs(visit, "settlements"),
        rows=tuple(settlement_row(settlement, dealer) for settlement in found.settlements),
        pager=_pager(found, typed, paged=bool(after)),
        columns=sorting_columns(BASE, typed, HEADS, chosen=filters.sort),
        filters=(choice("state", "State", STATES, typed["state"]),),
        from_on=typed["from"],
        to_on=typed["to"],
        kept=kept_order(typed),
        clear_href=LIST.clear_href if any(typed.values()) else "",
        csv_href=href(BASE + ".csv", typed),
        is_exact=found.is_exact,
    )
    return Html(render_page(view), cookies=LIST.remember(visit, typed))


@page(blueprint, "GET", BASE + ".csv", area="console")
def export(visit: Visit) -> Csv:
    """GET the page's filtered settlements as CSV; more than MOST are refused, not cut off."""
    dealer = get_dealer(visit.dealer_id)
    typed = {name: visit.query.get(name) for name in TYPED}
    found = list_settlements(visit.world, visit.dealer_id, filters=_filters(typed), limit=MOST)
    if not found.is_exact:
        raise InvalidInput(
            f"These days hold more than {MOST} settlements. Choose fewer days and export again."
        )
    header = (
        "settlement", "created", "payments", "gross", "fees", "taken_back", "net_deposit",
        *(words.lower().replace(" ", "_") for words in CATEGORY_WORDS.values()), "resolved",
    )  # fmt: skip
    rows = []
    for one in found.settlements:
        row = settlement_row(one, dealer)
        amounts = (row.gross_cents, row.fees_cents, row.returns_cents, row.net_cents)
        states = (posting.state.value for posting in one.postings)
        created = zoned(dealer, one.created_at)
        rows.append(
            (row.number, created, str(row.payment_count), *map(decimal_text, amounts), *states,
             row.resolved_at)
        )  # fmt: skip
    return Csv(csv_text(header, rows), "settlements.csv")


def _filters(typed: Mapping[str, str]) -> SettlementFilters:
    return SettlementFilters(
        standing=_standing(typed["state"]),
        since=day_typed(typed["from"], "from"),
        until=day_typed(typed["to"], "to"),
        sort=typed["sort"] if typed["sort"] in SORTS else "created",
        descending=not is_ascending(typed),
    )


LIST = RememberedList("settlements", BASE, kept=TYPED, check=_filters)


def _standing(word: str) -> Standing | None:
    if not word:
        return None
    try:
        return Standing(word)
    except ValueError as error:
        raise InvalidInput("There is no such state.", {"state": "Choose one."}) from error


def _pager(found: SettlementPage, typed: dict[str, str], *, paged: bool) -> Pager:
    return Pager(
        first=1 if found.settlements else 0,
        last=len(found.settlements),
        previous_href=href(BASE, typed) if paged else "",
        next_href=href(BASE, typed, after=found.cursor) if found.cursor else "",
    )
