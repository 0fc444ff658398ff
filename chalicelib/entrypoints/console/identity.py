"""Operators signing in: password, then the code of their authenticator; and signing out."""

from chalice.app import Blueprint

from chalicelib.domain.errors import DrypowderError, InvalidInput, NotSignedIn, Throttled
from chalicelib.domain.ids import AccountId, DealerId, UserId
from chalicelib.domain.people import Face, Session, Stage
from chalicelib.entrypoints import cookies
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.entrypoints.signing import end_session_of, entry_chrome, refusal, session_cookie
from chalicelib.gateways.clock import wall_now
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views.console_entry import OperatorCode, OperatorSignIn
from chalicelib.services.check_code import check_code
from chalicelib.services.recognise_visitor import recognise_visitor
from chalicelib.services.sign_in import sign_in

blueprint = Blueprint(__name__)
HOME = "/console/customers"
SIGN_IN = "/console/sign-in"
CODE = SIGN_IN + "/code"


@page(blueprint, "GET", SIGN_IN, area="public")
def operator_sign_in_page(visit: Visit) -> Html | Redirect:
    """The sign-in form; who is signed in goes home."""
    if visit.visitor is not None:
        return Redirect(HOME)
    return _form(visit)


@page(blueprint, "POST", SIGN_IN, area="public")
def operator_sign_in_post(visit: Visit) -> Html | Redirect:
    """Check address and password; the session they make opens only the code page."""
    try:
        entered = sign_in(
            face=Face.OPERATOR,
            email=visit.form.get("email"),
            password=visit.form.raw("password"),
            address=visit.address,
            wall=wall_now(),
        )
    except (InvalidInput, Throttled) as error:
        return _form(visit, error)
    end_session_of(visit, Face.OPERATOR)
    return Redirect(CODE, cookies=(session_cookie(entered),))


@page(blueprint, "GET", CODE, area="public")
def code_page(visit: Visit) -> Html | Redirect:
    """The form for the six digits, after the password only."""
    half = _half_session(visit)
    return _code_form(visit, half[0]) if half else Redirect(SIGN_IN)


@page(blueprint, "POST", CODE, area="public")
def code_post(visit: Visit) -> Html | Redirect:
    """Check the code; the session is a new one."""
    half = _half_session(visit)
    if half is None:
        raise NotSignedIn("The password step is over. Sign in again.")
    session, secret = half
    try:
        entered = check_code(
            visit.world,
            session=session,
            secret=secret,
            code=visit.form.get("code"),
            address=visit.address,
            wall=wall_now(),
        )
    except (InvalidInput, Throttled) as error:
        return _code_form(visit, session, error)
    return Redirect(HOME, cookies=(session_cookie(entered), cookies.forget(cookies.FORM)))


@page(blueprint, "POST", "/console/sign-out", area="console")
def operator_sign_out(visit: Visit) -> Redirect:
    """End the session in storage and in the browser."""
    end_session_of(visit, Face.OPERATOR)
    return Redirect(SIGN_IN, cookies=(cookies.forget(cookies.SESSION[Face.OPERATOR]),))


def _half_session(visit: Visit) -> tuple[Session, str] | None:
    value = cookies.parsed_session(visit.cookies.get(cookies.SESSION[Face.OPERATOR], ""))
    if value is None:
        return None
    found = recognise_visitor(
        user_id=UserId(value.user_id),
        dealer_id=DealerId(value.dealer_id),
        account_id=AccountId(value.account_id),
        secret=value.secret,
        face=Face.OPERATOR,
        wall=wall_now(),
    )
    if found is None or found.session.stage is not Stage.CODE:
        return None
    return found.session, value.secret


def _form(visit: Visit, error: DrypowderError | None = None) -> Html:
    chrome = entry_chrome(visit, "Sign in", flash=refusal(error.sentence) if error else None)
    view = OperatorSignIn(chrome=chrome, email=visit.form.get("email"))
    return Html(render_page(view), status=error.status if error else 200)


def _code_form(visit: Visit, session: Session, error: DrypowderError | None = None) -> Html:
    fields = error.fields if isinstance(error, InvalidInput) else {}
    said = refusal(error.sentence) if error else None
    chrome = entry_chrome(visit, "Enter your code", flash=said, fields=fields)
    view = OperatorCode(chrome=chrome, email=session.email)
    return Html(render_page(view), status=error.status if error else 200)
