"""Posting by hand: choose it, download its files, record the times, or go back."""

from chalice.app import Blueprint

from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.ids import SettlementId
from chalicelib.domain.manual_posting import ManualFile
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.domain.settlements import PostingCategory
from chalicelib.entrypoints.console.settlements import BASE, settlement_html
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Csv, Html, Redirect
from chalicelib.rendering.views.chrome import FieldError
from chalicelib.services.export_settlement import manual_posting_csv, settlement_summary_csv
from chalicelib.services.post_by_hand import (
    choose_manual_posting,
    record_posted_times,
    return_to_automatic,
)

blueprint = Blueprint(__name__)
ONE = BASE + "/{settlement}"


@page(blueprint, "POST", ONE + "/manual", area="console", roles=COLLECTING_ROLES)
def choose_by_hand(visit: Visit, settlement: str) -> Redirect:
    """POST: a person posts this settlement."""
    choose_manual_posting(
        visit.world,
        visit.dealer_id,
        settlement_id=SettlementId(settlement),
        operator=visit.signed_in.name,
    )
    return Redirect(f"{BASE}/{settlement}?done=by-hand#posting")


@page(blueprint, "POST", ONE + "/manual/withdraw", area="console", roles=COLLECTING_ROLES)
def withdraw(visit: Visit, settlement: str) -> Html | Redirect:
    """POST: nothing was entered, so it may be posted automatically after all."""
    try:
        return_to_automatic(
            visit.world,
            visit.dealer_id,
            settlement_id=SettlementId(settlement),
            nothing_entered=visit.form.get("nothing_entered") == "yes",
            operator=visit.signed_in.name,
        )
    except InvalidInput as refused:
        return _with_errors(visit, settlement, refused)
    return Redirect(f"{BASE}/{settlement}?done=automatic#posting")


@page(blueprint, "POST", ONE + "/manual/times", area="console", roles=COLLECTING_ROLES)
def record_times(visit: Visit, settlement: str) -> Html | Redirect:
    """POST the minutes, in the dealer's zone, at which categories were entered in Spruce."""
    try:
        record_posted_times(
            visit.world,
            visit.dealer_id,
            settlement_id=SettlementId(settlement),
            typed={category: visit.form.get(f"at_{category}") for category in PostingCategory},
            operator=visit.signed_in.name,
        )
    except InvalidInput as refused:
        return _with_errors(visit, settlement, refused)
    return Redirect(f"{BASE}/{settlement}?done=recorded#posting")


@page(blueprint, "GET", ONE + "/manual.csv", area="console")
def download_file(visit: Visit, settlement: str) -> Csv:
    """GET one file (`file`: a ManualFile), with `header=no` without its header row."""
    try:
        file = ManualFile(visit.query.get("file") or ManualFile.PAYMENTS)
    except ValueError as error:
        raise NotFound("There is no such file.") from error
    with_header = visit.query.get("header") != "no"
    text = manual_posting_csv(
        visit.world,
        visit.dealer_id,
        settlement_id=SettlementId(settlement),
        file=file,
        with_header=with_header,
    )
    mark = "" if with_header else "-no-header"
    return Csv(text, f"{settlement}-{file}{mark}.csv")


@page(blueprint, "GET", ONE + "/summary.csv", area="console")
def download_summary(visit: Visit, settlement: str) -> Csv:
    """GET the settlement's proof, categories and payments."""
    text = settlement_summary_csv(
        visit.world, visit.dealer_id, settlement_id=SettlementId(settlement)
    )
    return Csv(text, f"{settlement}-summary.csv")


def _with_errors(visit: Visit, settlement: str, refused: InvalidInput) -> Html:
    errors = tuple(FieldError(field=name, message=said) for name, said in refused.fields.items())
    return Html(settlement_html(visit, SettlementId(settlement), errors=errors), status=422)
