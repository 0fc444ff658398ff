"""Who may do what with whose things: every route × every person × own, foreign and missing ids."""

import re
from urllib.parse import urlencode

import pytest
from chalice.app import Chalice

from chalicelib.domain.people import Face
from chalicelib.entrypoints.guard import POLICIES, Policy
from chalicelib.gateways.processor import ProcessorRefused
from tests.entrypoints.browser import Browser, Page
from tests.entrypoints.cast import Cast, Person, Things, gathered
from tests.entrypoints.matrix_rows import ROWS, Row
from tests.stage import Stage

RETURNS = {"/banks/return", "/cards/return"}  # From a visit that an empty tenant never began.
WHICH = ("own", "neighbour", "foreign", "missing")
FACES = {"portal": Face.PAYER, "console": Face.OPERATOR}
_VARYING = re.compile(r"\b[0-9A-F]{10}\b|name=\"csrf\" value=\"\w*\"")
_seeded: list[Cast] = []


class _HostedPage:
    """The bank link's hosted page, as far as a redirect goes."""

    def start(self, **asked: str) -> object:
        from chalicelib.gateways.bank_link import LinkSession

        return LinkSession("link-token", "https://bank.example/session")

    def webhook_key(self, key_id: str) -> object:
        raise AssertionError("an unsigned webhook names no key")


class _CardPage:
    """The processor's hosted page, as far as a redirect goes; it knows no visit."""

    def card_page(self, acct: str, **asked: str) -> str:
        return "https://cards.example/visit"

    def added_card(self, acct: str, visit_id: str) -> object:
        raise ProcessorRefused("resource_missing", "There is no such visit.")


@pytest.fixture
def cast(stage: Stage) -> Cast:
    """The people and their things, stored once for all routes."""
    stage.bank_link = _HostedPage()
    stage.processor = _CardPage()
    if not _seeded:
        _seeded.append(gathered(stage))
    return _seeded[0]


def test_every_route_has_a_row_and_a_policy(app: Chalice) -> None:
    routes = {(method, path) for path, methods in app.routes.items() for method in methods}

    assert routes - set(ROWS) == set(), "a route without a row in matrix_rows.py"
    assert set(ROWS) - routes == set(), "a row without a route"
    assert routes == set(POLICIES)


@pytest.mark.parametrize(("method", "path"), sorted(ROWS))
def test_everybody_gets_what_is_theirs_and_nothing_else(
    browser: Browser, cast: Cast, method: str, path: str
) -> None:
    policy = POLICIES[(method, path)]

    for row in ROWS[(method, path)]:
        for person in cast.people:
            pages = {
                which: _asked(browser, person, (method, path), row, cast.named(person, which))
                for which in WHICH
            }
            _check(pages, cast, person=person, route=(method, path), policy=policy, row=row)


@pytest.mark.parametrize("face", list(Face))
def test_an_empty_tenant_sees_its_empty_pages(browser: Browser, stage: Stage, face: Face) -> None:
    dealer, area = stage.dealer(), {value: name for name, value in FACES.items()}[face]
    browser.signed_in(
        stage.operator(dealer) if face is Face.OPERATOR else stage.payer(stage.account(dealer))
    )
    plain = [
        path
        for (method, path), policy in POLICIES.items()
        if method == "GET" and policy.area == area and "{" not in path and path not in RETURNS
    ]

    statuses = {path: browser.get(path).status for path in plain}

    assert set(statuses.values()) <= {200, 303}, statuses


def _check(
    pages: dict[str, Page],
    cast: Cast,
    *,
    person: Person,
    route: tuple[str, str],
    policy: Policy,
    row: Row,
) -> None:
    where = f"{route} as {person.name}"
    for which, page in pages.items():
        expected = _expected(person, policy, row, which, route)
        assert page.status in expected, f"{where}, {which}: {page.status}, not {set(expected)}"
    turned_away = person.face is not FACES.get(policy.area)
    if policy.area in FACES and turned_away and route[0] == "GET":
        signing_in = "/console/sign-in" if policy.area == "console" else "/sign-in"
        assert {page.location for page in pages.values()} == {signing_in}, where
    if _names_things(row, route):
        told = {which: _told(page, cast, person, which) for which, page in pages.items()}
        assert told["foreign"] == told["missing"], f"{where}: foreign and missing differ"
        if person.face is Face.PAYER:
            assert told["neighbour"] == told["missing"], f"{where}: a neighbour's shows"


def _expected(
    person: Person, policy: Policy, row: Row, which: str, route: tuple[str, str]
) -> frozenset[int]:
    if policy.area in FACES:
        if person.face is not FACES[policy.area]:
            return frozenset({303}) if route[0] == "GET" else frozenset({401})
        if person.role not in policy.roles:
            return frozenset({403})
    theirs = which == "own" or (which == "neighbour" and _shares(person, policy))
    return row.allowed if theirs or not _names_things(row, route) else row.refused


def _shares(person: Person, policy: Policy) -> bool:
    """An operator of dealer 1 works for both its accounts; dealer 2 has one only."""
    return policy.area == "console" and person.own == "a"


def _names_things(row: Row, route: tuple[str, str]) -> bool:
    return bool(row.form) or "{" in route[1]


def _asked(
    browser: Browser, person: Person, route: tuple[str, str], row: Row, things: Things
) -> Page:
    method, pattern = route
    fresh = Browser(browser.app)
    entered = person.sign_in()
    if entered:
        fresh.signed_in(entered)
    fresh.headers["X-Viewer-Address"] = f"198.51.100.{len(person.name)}"
    address = re.sub(
        r"\{(\w+)\}",
        lambda found: str(getattr(things, row.path.get(found[1], found[1]))),
        pattern,
    )
    if row.query:
        address += "?" + urlencode({name: getattr(things, n) for name, n in row.query.items()})
    if method == "GET":
        return fresh.get(address)
    _token_for(fresh, pattern, signed_in=entered is not None)
    form = {name: getattr(things, thing) for name, thing in row.form.items()}
    return fresh.post(address, {**row.said, **form})


def _token_for(browser: Browser, pattern: str, *, signed_in: bool) -> None:
    """The token of a form this person has really been shown."""
    console = pattern.startswith("/console")
    own_face = ("__Host-operator" if console else "__Host-payer") in browser.cookies
    if signed_in and own_face:
        browser.get("/console/help" if console else "/help")
    else:
        browser.get("/console/sign-in" if console else "/sign-in")


def _told(page: Page, cast: Cast, person: Person, which: str) -> tuple[int, str, str]:
    """An answer without what may differ: the reference, the token, the ids asked for."""
    text = page.text
    for value in vars(cast.named(person, which)).values():
        text = text.replace(value, "…")
    return page.status, _VARYING.sub("…", text), page.location
