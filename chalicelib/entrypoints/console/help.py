"""Help for operators, and the console's own address."""

from chalice.app import Blueprint

from chalicelib.entrypoints.console.chrome import console_chrome
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views.plain import Help
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)


@page(blueprint, "GET", "/console", area="console")
def console(visit: Visit) -> Redirect:  # noqa: ARG001  Every page receives its visit.
    """Customers is home."""
    return Redirect("/console/customers")


@page(blueprint, "GET", "/console/help", area="console")
def help_page(visit: Visit) -> Html:
    """What each screen is for."""
    dealer = get_dealer(visit.dealer_id)
    return Html(
        render_page(Help(chrome=console_chrome(visit, dealer, "Help", "Help"), face="console"))
    )
