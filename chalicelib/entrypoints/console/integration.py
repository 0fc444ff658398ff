"""Integration: start an import, review what came in, confirm or discard it, and the log."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from chalice.app import Blueprint

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.ids import IngestionId
from chalicelib.domain.ingestions import Ingestion
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.entrypoints.console.chrome import console_chrome
from chalicelib.entrypoints.console.integration_parts import (
    BADGES,
    BASE,
    NO_ERRORS,
    file_kinds,
    log_rows,
    may_act,
    progress_view,
    upload_slots,
)
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import zoned
from chalicelib.entrypoints.responses import Csv, Fragment, Html, Redirect
from chalicelib.rendering.csv_files import csv_text
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import integration as views
from chalicelib.rendering.views.chrome import Action, FieldError
from chalicelib.rendering.views.figures import Pager
from chalicelib.services.check_ingestion import list_problems
from chalicelib.services.confirm_ingestion import confirm_ingestion, discard_ingestion
from chalicelib.services.read_import_files_rows import FILES
from chalicelib.services.view_ingestion import open_ingestion
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ingestions import get_ingestion, list_ingestions

blueprint = Blueprint(__name__)
ONE = BASE + "/{ingestion}"
UNPROCESSABLE = 422
LONGEST_CURSOR = 26  # A ULID.


@page(blueprint, "GET", BASE, area="console")
def integration(visit: Visit) -> Html:
    """GET what the files are, and the ingestion log, newest first."""
    dealer = get_dealer(visit.dealer_id)
    found = list_ingestions(visit.dealer_id, cursor=visit.query.get("after")[:LONGEST_CURSOR])
    rows = log_rows(found.ingestions, dealer)
    view = views.Integration(
        chrome=console_chrome(visit, dealer, "Integration", "Integration"),
        kinds=file_kinds(),
        rows=rows,
        pager=Pager(
            first=1 if rows else 0,
            last=len(rows),
            next_href=f"{BASE}?after={found.cursor}" if found.cursor else "",
        ),
        start=Action(label="New import", url=f"{BASE}/start"),
        drop_prefix=f"drop/{visit.dealer_id}/",
        may_act=may_act(visit),
        auto_import=dealer.auto_import,
    )
    return Html(render_page(view))


@page(blueprint, "GET", BASE + "/template.csv", area="console")
def template(visit: Visit) -> Csv:
    """GET an empty file of one kind with every column, required ones first."""
    kind = visit.query.get("kind") or "accounts"
    file = FILES.get(kind)
    if file is None:
        raise NotFound("There is no such kind of file.")
    return Csv(csv_text((*file.required, *file.optional), ()), f"{kind}.csv")


@page(blueprint, "POST", BASE + "/start", area="console", roles=COLLECTING_ROLES)
def start(visit: Visit) -> Redirect:
    """POST: a new import that waits for its files."""
    opened = open_ingestion(visit.world, visit.dealer_id, operator=visit.signed_in.name)
    return Redirect(f"{BASE}/{opened.ingestion_id}")


@page(blueprint, "GET", ONE, area="console")
def ingestion_page(visit: Visit, ingestion: str) -> Html:
    """GET one import: upload forms, review, progress, result."""
    found = get_ingestion(visit.dealer_id, IngestionId(ingestion))
    return Html(render_page(_view(visit, get_dealer(visit.dealer_id), found)))


@page(blueprint, "GET", ONE + "/progress", area="console")
def ingestion_progress(visit: Visit, ingestion: str) -> Fragment:
    """GET the review alone; the page asks for it again while something runs."""
    found = get_ingestion(visit.dealer_id, IngestionId(ingestion))
    return Fragment(render_page(progress_view(visit, get_dealer(visit.dealer_id), found)))


@page(blueprint, "GET", ONE + "/problems.csv", area="console")
def problems(visit: Visit, ingestion: str) -> Csv:
    """GET every refused cell with its reason."""
    found = get_ingestion(visit.dealer_id, IngestionId(ingestion))
    rows = [
        (problem.file, problem.line or None, problem.column, problem.reason)
        for problem in list_problems(visit.world, found)
    ]
    return Csv(csv_text(("file", "row", "column", "reason"), rows), "problems.csv")


@page(blueprint, "POST", ONE + "/confirm", area="console", roles=COLLECTING_ROLES)
def confirm(visit: Visit, ingestion: str) -> Redirect | Html:
    """POST: import the valid rows of what was reviewed; twice is once."""
    dealer = get_dealer(visit.dealer_id)
    found = get_ingestion(visit.dealer_id, IngestionId(ingestion))
    seen = visit.form.get("seen")
    try:
        confirm_ingestion(
            visit.world,
            visit.dealer_id,
            ingestion_id=found.ingestion_id,
            as_of=_as_of(dealer, visit.form.get("as_of")),
            full=visit.form.get("full") == "yes",
            operator=visit.signed_in.name,
            seen_version=int(seen) if seen.isascii() and seen.isdecimal() else 0,
        )
    except InvalidInput as refusal:
        view = _view(visit, dealer, found, errors=refusal.fields or {"as_of": refusal.sentence})
        return Html(render_page(view), UNPROCESSABLE)
    return Redirect(f"{BASE}/{ingestion}")


@page(blueprint, "POST", ONE + "/discard", area="console", roles=COLLECTING_ROLES)
def discard(visit: Visit, ingestion: str) -> Redirect:
    """POST: give an import up that was not confirmed."""
    discard_ingestion(visit.dealer_id, ingestion_id=IngestionId(ingestion))
    return Redirect(f"{BASE}?done=discarded")


def _view(
    visit: Visit, dealer: Dealer, found: Ingestion, *, errors: Mapping[str, str] = NO_ERRORS
) -> views.Ingestion:
    listed = tuple(FieldError(field=field, message=errors[field]) for field in errors)
    return views.Ingestion(
        chrome=console_chrome(visit, dealer, "Import", "Integration", errors=listed),
        started_at=zoned(dealer, found.created_at),
        started_by=found.created_by,
        slots=upload_slots(visit, found),
        progress=progress_view(visit, dealer, found, errors=errors),
        status=BADGES[found.state],
    )


def _as_of(dealer: Dealer, typed: str) -> datetime:
    """A local date-time of the dealer's zone, as UTC."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise InvalidInput("Say when Spruce wrote these files: a date and a time.") from None
    local = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(dealer.time_zone))
    return local.astimezone(UTC)
