"""Settings: what an administrator can change, and who changed what."""

from dataclasses import replace

from chalice.app import Blueprint

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput
from chalicelib.entrypoints.console.chrome import console_chrome
from chalicelib.entrypoints.console.settings_tabs import (
    ADMINS,
    audit_lines,
    settings_tabs,
    version_read,
)
from chalicelib.entrypoints.filters import cents_typed, day_typed
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.rendering.csv_files import decimal_text
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import settings as views
from chalicelib.rendering.views.chrome import FieldError
from chalicelib.services.change_settings import Settings, change_settings, view_settings

blueprint = Blueprint(__name__)
BASE = "/console/settings"
MOST_DIGITS = 9
ZONES = (  # Offered; every other one of the IANA database can be typed.
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
    "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu",
)  # fmt: skip


@page(blueprint, "GET", BASE, area="console")
def settings(visit: Visit) -> Html:
    """GET the dealer's settings and its audit log."""
    dealer, _ = view_settings(visit.world, visit.dealer_id)
    return Html(render_page(_view(visit, dealer)))


@page(blueprint, "POST", BASE, area="console", roles=ADMINS)
def change(visit: Visit) -> Html | Redirect:
    """POST: save what was typed, or show it again with what to correct."""
    read_version = version_read(visit)
    try:
        change_settings(
            visit.world,
            visit.dealer_id,
            settings=_typed(visit),
            read_version=read_version,
            operator=visit.signed_in.name,
        )
    except InvalidInput as problem:
        dealer, _ = view_settings(visit.world, visit.dealer_id)
        errors = tuple(FieldError(field=f, message=m) for f, m in problem.fields.items())
        view = replace(_as_typed(visit, _view(visit, dealer)), version=read_version)
        return Html(
            render_page(replace(view, chrome=replace(view.chrome, errors=errors))), problem.status
        )
    return Redirect(f"{BASE}?done=settings")


def _typed(visit: Visit) -> Settings:
    form = visit.form
    closed = day_typed(form.get("books_closed_through"), "books_closed_through")
    return Settings(
        name=form.get("name"),
        phone=form.get("phone"),
        address=form.get("address"),
        time_zone=form.get("time_zone"),
        hold_hours=_number(visit, "hold_hours"),
        invitation_days=_number(visit, "invitation_days"),
        ach_flat_cents=cents_typed(form.get("ach_flat_cents"), "ach_flat_cents") or 0,
        refund_limit_cents=cents_typed(form.get("refund_limit_cents"), "refund_limit_cents") or 0,
        auto_post=form.get("auto_post") == "yes",
        statements_on=form.get("statements_on") == "yes",
        books_closed_through=closed.isoformat() if closed else "",
    )


def _as_typed(visit: Visit, view: views.Settings) -> views.Settings:
    """The page with what was typed, to be corrected."""
    form = visit.form
    return replace(
        view,
        name=form.get("name"),
        phone=form.get("phone"),
        address=form.get("address"),
        time_zone=form.get("time_zone"),
        hold_hours=form.get("hold_hours"),
        invitation_days=form.get("invitation_days"),
        ach_fee=form.get("ach_flat_cents"),
        refund_limit=form.get("refund_limit_cents"),
        auto_post=form.get("auto_post") == "yes",
        statements_on=form.get("statements_on") == "yes",
        books_closed_through=form.get("books_closed_through"),
    )


def _number(visit: Visit, name: str) -> int:
    text = visit.form.get(name)
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise InvalidInput("Type a whole number.", {name: "Type a whole number."})
    return int(text)


def _view(visit: Visit, dealer: Dealer) -> views.Settings:
    _, log = view_settings(visit.world, visit.dealer_id)
    return views.Settings(
        chrome=console_chrome(visit, dealer, "Settings", "Settings"),
        tabs=settings_tabs(BASE),
        version=dealer.version,
        name=dealer.name,
        phone=dealer.phone,
        address=dealer.address,
        time_zone=dealer.time_zone,
        zones=ZONES,
        hold_hours=dealer.hold_hours,
        invitation_days=dealer.invitation_days,
        ach_fee=decimal_text(dealer.fees.ach_flat_cents),
        refund_limit=decimal_text(dealer.refund_limit_cents),
        auto_post=dealer.auto_post,
        statements_on=dealer.statements_on,
        books_closed_through=dealer.books_closed_through,
        may_change=visit.signed_in.role in ADMINS,
        audit=audit_lines(dealer, log),
    )
