"""Help for payers, and the portal's own address."""

from chalice.app import Blueprint

from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.portal.chrome import portal_chrome
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views.plain import Help
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)


@page(blueprint, "GET", "/")
def home(visit: Visit) -> Redirect:  # noqa: ARG001  Every page receives its visit.
    """Outstanding is home."""
    return Redirect("/outstanding")


@page(blueprint, "GET", "/help")
def help_page(visit: Visit) -> Html:
    """What each page is for, and whom to ask."""
    dealer = get_dealer(visit.dealer_id)
    return Html(render_page(Help(chrome=portal_chrome(visit, dealer, "Help", "Help"))))
