"""A request before it is let in: headers, cookies, the session behind them, its form token."""

import secrets

from chalice.app import Request

from chalicelib.domain.ids import AccountId, CompanyId, DealerId, UserId
from chalicelib.domain.people import Face, Stage
from chalicelib.entrypoints import cookies, edge_checks, forms
from chalicelib.entrypoints.visits import Visit, Visitor
from chalicelib.gateways.clock import wall_now
from chalicelib.services.recognise_visitor import recognise_visitor
from chalicelib.services.world import World

FORM_SECRET_BYTES = 24


class Arrival:
    """One request at the door. `trusted` once the front door's secret was right."""

    def __init__(self, world: World, request: Request, reference: str) -> None:
        self.world = world
        self.reference = reference
        self.method = request.method
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        self.path = str(request.context.get("path") or request.path)
        self.cookies = cookies.read_cookies(self.headers.get("cookie", ""))
        self.trusted = False
        self.visitor: Visitor | None = None
        self._request = request
        self._form_secret = self.cookies.get(cookies.FORM, "")
        self._fresh = False

    @property
    def face(self) -> Face:
        """Which face the path belongs to."""
        return Face.OPERATOR if edge_checks.is_console(self._request.path) else Face.PAYER

    @property
    def body(self) -> bytes:
        """The raw bytes of the body."""
        raw = self._request.raw_body
        return raw.encode() if isinstance(raw, str) else raw

    @property
    def csrf(self) -> str:
        """The form token: of the session, else of this browser."""
        if self.visitor is not None:
            return self.visitor.csrf
        if not self._form_secret:
            self._form_secret = secrets.token_urlsafe(FORM_SECRET_BYTES)
            self._fresh = True
        return edge_checks.form_token(self._form_secret)

    def recognise(self) -> None:
        """Find the visitor behind the session cookie; one BatchGet if there is a cookie."""
        value = cookies.parsed_session(self.cookies.get(cookies.SESSION[self.face], ""))
        if value is None:
            return
        found = recognise_visitor(
            user_id=UserId(value.user_id),
            dealer_id=DealerId(value.dealer_id),
            account_id=AccountId(value.account_id),
            secret=value.secret,
            face=self.face,
            wall=wall_now(),
        )
        if found is None or found.session.stage is not Stage.SIGNED_IN:
            return
        session, member = found.session, found.membership
        self.visitor = Visitor(
            user_id=session.user_id,
            dealer_id=session.dealer_id,
            account_id=session.account_id,
            company_id=member.company_id if member else CompanyId(""),
            role=member.role if member else "",
            name=session.name,
            email=session.email,
            csrf=edge_checks.form_token(value.secret),
            is_shut_out=found.is_shut_out,
        )

    def visit(self, form: forms.Form) -> Visit:
        """What the page's handler receives."""
        query = self._request.query_params
        pairs = [(name, v) for name in query for v in query.getlist(name)] if query else []
        return Visit(
            world=self.world,
            visitor=self.visitor,
            query=forms.from_pairs(pairs),
            form=form,
            csrf=self.csrf,
            address=self.headers.get("x-viewer-address", "") if self.trusted else "",
            reference=self.reference,
            path=self.path,
            body=self.body,
            cookies=self.cookies,
            headers=self.headers,
        )

    def new_cookies(self, area: str) -> tuple[cookies.Cookie, ...]:
        """The browser's own form secret, when a signed-out page has just made it."""
        if not self._fresh or area != "public":
            return ()
        return (cookies.Cookie(cookies.FORM, self._form_secret),)
