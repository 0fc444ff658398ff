"""What both faces' sign-in pages share: chrome without a session, cookies of a new one."""

from collections.abc import Mapping

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.people import Face
from chalicelib.entrypoints import cookies
from chalicelib.entrypoints.guard import Visit
from chalicelib.rendering.views.chrome import Chrome, FieldError, Flash
from chalicelib.services.sign_in import SignedIn
from chalicelib.services.sign_out import sign_out

PRODUCT = "Drypowder"


def entry_chrome(
    visit: Visit,
    title: str,
    *,
    dealer: Dealer | None = None,
    flash: Flash | None = None,
    fields: Mapping[str, str] | None = None,
) -> Chrome:
    """Chrome of a page outside a session; `dealer` is known only behind an invitation."""
    errors = tuple(FieldError(field=name, message=said) for name, said in (fields or {}).items())
    return Chrome(
        title=title,
        dealer_name=dealer.name if dealer else PRODUCT,
        csrf=visit.csrf,
        flash=flash,
        errors=errors,
        dealer_phone=dealer.phone if dealer else "",
        demo=dealer.is_demo if dealer else False,
    )


def refusal(sentence: str) -> Flash:
    """A sentence about what was wrong."""
    return Flash(text=sentence, tone="bad")


def session_cookie(entered: SignedIn) -> cookies.Cookie:
    """The cookie of a new session; it replaces whatever the browser held."""
    session = entered.session
    value = cookies.SessionValue(
        session.user_id, session.dealer_id, session.account_id, entered.secret
    )
    return cookies.session_cookie(session.face, value)


def end_session_of(visit: Visit, face: Face) -> None:
    """End the session the browser holds, if it is one."""
    value = cookies.parsed_session(visit.cookies.get(cookies.SESSION[face], ""))
    if value is not None and visit.visitor is not None:
        sign_out(user_id=visit.visitor.user_id, secret=value.secret)
