"""Payers signing in and out, and the terms they accept."""

from chalice.app import Blueprint

from chalicelib.domain.errors import DrypowderError, InvalidInput, Throttled
from chalicelib.domain.people import Face
from chalicelib.entrypoints import cookies
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.entrypoints.signing import end_session_of, entry_chrome, refusal, session_cookie
from chalicelib.gateways.clock import wall_now
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views.entry import SignIn, Terms
from chalicelib.services.open_invitation import open_invitation, parsed_link
from chalicelib.services.sign_in import sign_in

blueprint = Blueprint(__name__)
HOME = "/outstanding"


@page(blueprint, "GET", "/sign-in", area="public")
def sign_in_page(visit: Visit) -> Html | Redirect:
    """The sign-in form; who is signed in goes home, or on to the account being linked."""
    if visit.visitor is not None:
        return Redirect("/register" if _account_to_link(visit) else HOME)
    return _form(visit)


@page(blueprint, "POST", "/sign-in", area="public")
def sign_in_post(visit: Visit) -> Html | Redirect:
    """Check address and password; the session is always a new one."""
    try:
        entered = sign_in(
            face=Face.PAYER,
            email=visit.form.get("email"),
            password=visit.form.raw("password"),
            address=visit.address,
            wall=wall_now(),
        )
    except (InvalidInput, Throttled) as error:
        return _form(visit, error)
    end_session_of(visit, Face.PAYER)
    onwards = "/register" if _account_to_link(visit) else HOME
    return Redirect(onwards, cookies=(session_cookie(entered), cookies.forget(cookies.FORM)))


@page(blueprint, "POST", "/sign-out", shut_out=True)
def sign_out_post(visit: Visit) -> Redirect:
    """End the session in storage and in the browser."""
    end_session_of(visit, Face.PAYER)
    return Redirect("/sign-in", cookies=(cookies.forget(cookies.SESSION[Face.PAYER]),))


@page(blueprint, "GET", "/terms", area="public")
def terms(visit: Visit) -> Html:
    """The words accepted at registration."""
    return Html(render_page(Terms(chrome=entry_chrome(visit, "Terms of use"))))


def _form(visit: Visit, error: DrypowderError | None = None) -> Html:
    chrome = entry_chrome(visit, "Sign in", flash=refusal(error.sentence) if error else None)
    view = SignIn(
        chrome=chrome, email=visit.form.get("email"), linking_account=_account_to_link(visit)
    )
    return Html(render_page(view), status=error.status if error else 200)


def _account_to_link(visit: Visit) -> str:
    """The name of the account an open invitation in this browser would link."""
    value = visit.cookies.get(cookies.INVITATION, "")
    if not value:
        return ""
    try:
        return open_invitation(visit.world, parsed_link(value)).account.name
    except DrypowderError:
        return ""
