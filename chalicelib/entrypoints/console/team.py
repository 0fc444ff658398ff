"""Settings, team: who works for the dealer."""

from chalice.app import Blueprint

from chalicelib.entrypoints.console.chrome import ROLE_WORDS, console_chrome
from chalicelib.entrypoints.console.settings_tabs import settings_tabs
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import zoned
from chalicelib.entrypoints.responses import Html
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import team as views
from chalicelib.services.view_team import view_team
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)
BASE = "/console/settings/team"


@page(blueprint, "GET", BASE, area="console")
def team(visit: Visit) -> Html:
    """GET the operators with role and last sign-in."""
    dealer = get_dealer(visit.dealer_id)
    view = views.Team(
        chrome=console_chrome(visit, dealer, "Team", "Settings"),
        tabs=settings_tabs(BASE),
        rows=tuple(
            views.TeamRow(
                name=member.name,
                email=member.email,
                role=ROLE_WORDS[member.role],
                joined_at=zoned(dealer, member.joined_at),
                signed_in_at=zoned(dealer, member.signed_in_at),
                is_you=member.user_id == visit.signed_in.user_id,
            )
            for member in view_team(visit.world, visit.dealer_id)
        ),
    )
    return Html(render_page(view))
