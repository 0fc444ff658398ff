"""From the mail link to a linked account: exchange, register, verify the address, decline."""

from chalice.app import Blueprint

from chalicelib.domain.days import dealer_day
from chalicelib.domain.email_addresses import masked_address
from chalicelib.domain.errors import AlreadyDone, InvalidInput, LinkRefused
from chalicelib.entrypoints import cookies
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.portal.identity import HOME
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.entrypoints.signing import entry_chrome, refusal, session_cookie
from chalicelib.gateways.clock import wall_now
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views.chrome import Flash
from chalicelib.rendering.views.entry import (
    TERMS_VERSION,
    Decline,
    LinkProblem,
    Register,
    VerifyAddress,
)
from chalicelib.services.decline_invitation import decline_invitation
from chalicelib.services.open_invitation import (
    SUPERSEDED,
    Link,
    Opened,
    note_opened,
    open_invitation,
    parsed_link,
    refused_invitation,
)
from chalicelib.services.register_payer import Waiting, link_account, register_payer
from chalicelib.services.sign_in import SignedIn
from chalicelib.services.verify_address import (
    CODE_LASTS,
    send_new_code,
    verify_address,
    waiting_registration,
)

blueprint = Blueprint(__name__)
_DONE_WITH = (
    cookies.forget(cookies.INVITATION),
    cookies.forget(cookies.REGISTRATION),
    cookies.forget(cookies.FORM),
)


@page(blueprint, "GET", "/i", area="public", referrer="no-referrer")
def mail_link(visit: Visit) -> Html | Redirect:
    """Exchange the secret for a short-lived cookie; consumes nothing (scanners come here)."""
    text = visit.query.get("i")
    try:
        link = parsed_link(text)
        note_opened(visit.world, open_invitation(visit.world, link))
    except LinkRefused as error:
        return link_problem(visit, text, error)
    to = "/decline" if visit.query.get("to") == "decline" else "/register"
    kept = cookies.Cookie(cookies.INVITATION, link.text(), cookies.INVITATION_LASTS)
    return Redirect(to, cookies=(kept,))


@page(blueprint, "GET", "/register", area="public")
def register_page(visit: Visit) -> Html:
    """The form, filled from the invitation."""
    try:
        _, opened = _invited(visit)
    except LinkRefused as error:
        return link_problem(visit, visit.cookies.get(cookies.INVITATION, ""), error)
    return _register_form(visit, opened)


@page(blueprint, "POST", "/register", area="public")
def register_post(visit: Visit) -> Html | Redirect:
    """Create the login and link the account, or mail a code to another address first."""
    try:
        link, opened = _invited(visit)
        try:
            return _entered(_register(visit, link))
        except (InvalidInput, AlreadyDone) as error:
            return _register_form(visit, opened, error)
    except LinkRefused as error:
        return link_problem(visit, visit.cookies.get(cookies.INVITATION, ""), error)


@page(blueprint, "GET", "/register/verify", area="public")
def verify_page(visit: Visit) -> Html | Redirect:
    """The form for the mailed code."""
    return _verifying(visit, None)


@page(blueprint, "POST", "/register/verify", area="public")
def verify_post(visit: Visit) -> Html | Redirect:
    """Check the code, or send another."""
    try:
        link = parsed_link(visit.cookies.get(cookies.INVITATION, ""))
        secret = visit.cookies.get(cookies.REGISTRATION, "")
        if visit.form.get("resend") == "yes":
            send_new_code(visit.world, link, secret=secret, wall=wall_now())
            return Redirect("/register/verify?sent=yes")
        code = visit.form.get("code")
        return _entered(
            verify_address(visit.world, link, secret=secret, code=code, wall=wall_now())
        )
    except (InvalidInput, AlreadyDone) as error:
        return _verifying(visit, error)
    except LinkRefused as error:
        return link_problem(visit, visit.cookies.get(cookies.INVITATION, ""), error)


@page(blueprint, "GET", "/decline", area="public")
def decline_page(visit: Visit) -> Html:
    """Ask before declining."""
    return _declining(visit, done=False)


@page(blueprint, "POST", "/decline", area="public")
def decline_post(visit: Visit) -> Html:
    """Decline."""
    return _declining(visit, done=True)


def link_problem(visit: Visit, text: str, error: LinkRefused) -> Html:
    """A designed page for a link that opens nothing; details only for who holds its secret."""
    try:
        refused = refused_invitation(visit.world, parsed_link(text), error.reason)
    except LinkRefused:
        view = LinkProblem(chrome=entry_chrome(visit, "Invitation"), reason="unknown")
        return Html(render_page(view), status=error.status)
    expired, dealer, newer = refused.invitation.expires_at, refused.dealer, refused.newer
    view = LinkProblem(
        chrome=entry_chrome(visit, "Invitation", dealer=dealer),
        reason=SUPERSEDED if newer else error.reason,
        masked_address=masked_address(newer.email) if newer else "",
        expired_on=dealer_day(expired, dealer.time_zone).isoformat() if expired else "",
    )
    return Html(render_page(view), status=error.status)


def _invited(visit: Visit) -> tuple[Link, Opened]:
    link = parsed_link(visit.cookies.get(cookies.INVITATION, ""))
    return link, open_invitation(visit.world, link)


def _register(visit: Visit, link: Link) -> SignedIn | Waiting:
    form = visit.form
    if form.get("accept_terms") != "yes" or form.get("terms_version") != TERMS_VERSION:
        sentence = "Accept the current terms of use to go on."
        raise InvalidInput(sentence, {"accept_terms": sentence})
    if visit.visitor is not None:
        return link_account(
            visit.world,
            link,
            user_id=visit.visitor.user_id,
            terms_version=TERMS_VERSION,
            address=visit.address,
            wall=wall_now(),
        )
    return register_payer(
        visit.world,
        link,
        email=form.get("email"),
        full_name=form.get("full_name"),
        password=form.raw("password"),
        terms_version=TERMS_VERSION,
        address=visit.address,
        wall=wall_now(),
    )


def _entered(outcome: SignedIn | Waiting) -> Redirect:
    if isinstance(outcome, SignedIn):
        return Redirect(HOME, cookies=(session_cookie(outcome), *_DONE_WITH))
    lasts = cookies.INVITATION_LASTS
    waiting = cookies.Cookie(cookies.REGISTRATION, outcome.secret, lasts)
    return Redirect("/register/verify", cookies=(waiting,))


def _register_form(
    visit: Visit, opened: Opened, error: InvalidInput | AlreadyDone | None = None
) -> Html:
    dealer, invitation = opened.dealer, opened.invitation
    ends = invitation.expires_at
    fields = error.fields if isinstance(error, InvalidInput) else {}
    view = Register(
        chrome=entry_chrome(
            visit,
            "Register",
            dealer=dealer,
            flash=refusal(error.sentence) if error and not fields else None,
            fields=fields,
        ),
        account_name=opened.account.name,
        account_number=opened.account.account_id,
        email=visit.form.get("email", invitation.email),
        full_name=visit.form.get("full_name", invitation.contact_name),
        expires_on=dealer_day(ends, dealer.time_zone).isoformat() if ends else "",
        signed_in_as=visit.visitor.email if visit.visitor else "",
    )
    return Html(render_page(view), status=error.status if error else 200)


def _verifying(visit: Visit, error: InvalidInput | AlreadyDone | None) -> Html | Redirect:
    try:
        link = parsed_link(visit.cookies.get(cookies.INVITATION, ""))
        secret = visit.cookies.get(cookies.REGISTRATION, "")
        opened, waiting = waiting_registration(visit.world, link, secret=secret)
    except LinkRefused as refused:
        return link_problem(visit, visit.cookies.get(cookies.INVITATION, ""), refused)
    except InvalidInput:
        return Redirect("/register")
    sent = Flash(text="A new code is on its way.", tone="good") if visit.query.get("sent") else None
    fields = error.fields if isinstance(error, InvalidInput) else {}
    view = VerifyAddress(
        chrome=entry_chrome(
            visit,
            "Confirm your e-mail",
            dealer=opened.dealer,
            flash=refusal(error.sentence) if error and not fields else sent,
            fields=fields,
        ),
        email=waiting.email,
        valid_minutes=int(CODE_LASTS.total_seconds() // 60),
    )
    return Html(render_page(view), status=error.status if error else 200)


def _declining(visit: Visit, *, done: bool) -> Html:
    try:
        link, opened = _invited(visit)
        if done:
            decline_invitation(visit.world, link, reason=visit.form.get("reason"))
    except LinkRefused as error:
        return link_problem(visit, visit.cookies.get(cookies.INVITATION, ""), error)
    chrome = entry_chrome(visit, "Decline the invitation", dealer=opened.dealer)
    page_cookies = _DONE_WITH[:2] if done else ()
    text = render_page(Decline(chrome=chrome, account_name=opened.account.name, done=done))
    return Html(text, cookies=page_cookies)
