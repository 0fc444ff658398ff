"""The guard: where a request comes from, whose form it carries, how every answer leaves."""

from dataclasses import replace

import pytest
from chalice.app import Chalice

from chalicelib.entrypoints import cookies, guard
from chalicelib.entrypoints.responses import Redirect
from chalicelib.services.change_portal_access import disable_portal_access, enable_portal_access
from chalicelib.storage.records import Record
from tests.entrypoints.browser import Browser
from tests.stage import Stage

HEADERS = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
}


def _payer(browser: Browser, stage: Stage) -> Browser:
    return browser.signed_in(stage.payer(stage.account(stage.dealer())))


def test_every_route_has_a_policy(app: Chalice) -> None:
    routes = {(method, path) for path, methods in app.routes.items() for method in methods}

    assert routes == set(guard.POLICIES)


@pytest.mark.parametrize("path", ["/sign-in", "/outstanding", "/i?i=a.b.c", "/health", "/register"])
def test_every_answer_carries_the_security_headers(browser: Browser, path: str) -> None:
    page = browser.get(path)

    expected = {**HEADERS, **({"referrer-policy": "no-referrer"} if path[:3] == "/i?" else {})}
    assert {name: page.headers.get(name) for name in expected} == expected
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://bank.example" in policy
    assert "unsafe" not in policy


def test_chalices_own_refusals_carry_them_too(browser: Browser) -> None:
    wrong_method = browser.post("/terms")
    wrong_type = browser.post("/sign-in", Content_Type="text/plain")

    assert (wrong_method.status, wrong_type.status) == (405, 415)
    for page in (wrong_method, wrong_type):
        assert HEADERS.items() <= page.headers.items()
        assert "content-security-policy" in page.headers


@pytest.mark.parametrize("secret", ["", "wrong", "only the front door know"])
def test_nothing_is_served_past_the_front_door(browser: Browser, secret: str) -> None:
    browser.headers["X-Origin-Secret"] = secret

    pages = [browser.get("/sign-in"), browser.get("/health"), browser.post("/webhooks/plaid")]

    assert [page.status for page in pages] == [403, 403, 403]


def test_separate_hosts_answer_for_their_own_pages_only(browser: Browser, stage: Stage) -> None:
    stage.config = replace(
        stage.config, portal_url="https://pay.example", console_url="https://ar.example"
    )
    statuses = {}

    for host in ("pay.example", "ar.example", "evil.example", ""):
        browser.headers["X-Viewer-Host"] = host
        statuses[host] = (
            browser.get("/sign-in").status,
            browser.get("/console/sign-in").status,
            browser.get("/health").status,
        )

    assert statuses == {
        "pay.example": (200, 404, 200),
        "ar.example": (404, 200, 200),
        "evil.example": (404, 404, 200),
        "": (404, 404, 200),
    }


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8080"}, 403),
        ({"Sec-Fetch-Site": "", "Origin": "http://localhost:8080"}, 403),
    ],
)
def test_a_form_post_must_come_from_our_own_page(
    browser: Browser, stage: Stage, headers: dict[str, str], status: int
) -> None:
    _payer(browser, stage)
    browser.csrf = _token(browser)

    assert browser.post("/sign-out", **headers).status == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:8080", 303),
        ("http://localhost:8080.evil.example", 403),
        ("https://localhost:8080", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_an_older_browser_is_known_by_its_origin(
    browser: Browser, stage: Stage, monkeypatch: pytest.MonkeyPatch, origin: str, status: int
) -> None:
    _payer(browser, stage)
    browser.csrf = _token(browser)
    send = browser._send

    def without_metadata(method: str, path: str, body: str, headers: dict[str, str]) -> object:
        kept = {name: value for name, value in headers.items() if name != "Sec-Fetch-Site"}
        return send(method, path, body, kept)

    monkeypatch.setattr(browser, "_send", without_metadata)

    assert browser.post("/sign-out", Origin=origin).status == status


def test_a_form_needs_the_token_of_its_own_session(browser: Browser, stage: Stage) -> None:
    other = _token(_payer(Browser(browser.app), stage))
    _payer(browser, stage)
    own = _token(browser)
    statuses = []

    for token in ("", other, own[:-1], own.upper() + "é", own):
        browser.csrf = token
        statuses.append(browser.post("/sign-out").status)

    assert statuses == [403, 403, 403, 403, 303]


def test_a_sign_in_form_is_bound_to_the_browser_that_asked_for_it(browser: Browser) -> None:
    browser.get("/sign-in")
    stranger = Browser(browser.app, csrf=browser.csrf)

    assert stranger.post("/sign-in", {"email": "a@b.example", "password": "x"}).status == 403
    assert browser.post("/sign-in", {"email": "a@b.example", "password": "x"}).status == 422


def test_cookies_are_host_bound_secure_and_hidden_from_script(browser: Browser) -> None:
    (line,) = browser.get("/sign-in").set_cookies

    assert line.startswith("__Host-form=")
    assert line.endswith("; Path=/; Secure; HttpOnly; SameSite=Lax")


@pytest.mark.parametrize(
    "body", ["csrf=%00", "csrf=%ff", "x=1&" * 30_000, "a" * 1_000_001, "csrf=é"]
)
def test_a_form_that_cannot_be_read_is_refused(browser: Browser, stage: Stage, body: str) -> None:
    _payer(browser, stage)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}

    page = browser._send("POST", "/sign-out", body, headers)

    assert page.status in {403, 422}
    assert "Traceback" not in page.text


def test_what_we_did_not_foresee_is_told_by_its_reference_only(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*said: object, **more: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("chalicelib.entrypoints.portal.identity._form", broken)

    page = browser.get("/sign-in")

    assert page.status == 500
    assert "secret detail" not in page.text
    assert "RuntimeError" not in page.text
    assert HEADERS.items() <= page.headers.items()


def test_a_database_that_does_not_answer_is_a_request_to_try_again(
    browser: Browser, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _payer(browser, stage)

    def down(*said: object, **more: object) -> None:
        raise Record.DoesNotExist("no such table at 10.0.0.9")

    monkeypatch.setattr("chalicelib.entrypoints.arrivals.recognise_visitor", down)

    page = browser.get("/sign-in")

    assert page.status == 503
    assert "10.0.0.9" not in page.text


@pytest.mark.parametrize(
    "value", ["", "a", "....", "a.b.c.d", "%", "é.é.é.é", "x" * 5000, "YQ.YQ.YQ.secret"]
)
def test_a_made_up_session_cookie_is_no_session(browser: Browser, value: str) -> None:
    browser.cookies["__Host-payer"] = value

    page = browser.get("/outstanding")

    assert (page.status, page.location) == (303, "/sign-in")


def test_script_that_asks_after_the_session_ended_reloads_into_signing_in(
    browser: Browser,
) -> None:
    part = browser.get("/console/customers", Hx_Request="true")

    assert (part.status, part.headers.get("hx-refresh")) == (401, "true")


def test_a_cookie_cannot_choose_another_dealer_or_account(browser: Browser, stage: Stage) -> None:
    dealer = stage.dealer()
    own, other = stage.account(dealer), stage.account(dealer)
    _ = browser.signed_in(stage.payer(own))
    value = cookies.parsed_session(browser.cookies["__Host-payer"])
    assert value

    browser.cookies["__Host-payer"] = replace(value, account_id=other.account_id).text()

    assert browser.get("/outstanding").location == "/sign-in"


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", ""])
def test_a_redirect_never_leaves_our_pages(path: str) -> None:
    with pytest.raises(ValueError, match="stays on our pages"):
        Redirect(path)


def test_a_host_header_never_reaches_a_link(browser: Browser, stage: Stage) -> None:
    browser.headers |= {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}

    page = browser.get("/sign-in")

    assert "evil.example" not in page.text + str(page.headers)


def test_identity_headers_of_a_client_mean_nothing(browser: Browser) -> None:
    browser.headers |= {"X-User": "admin", "X-Dealer": "d1", "Authorization": "Bearer x"}

    assert browser.get("/outstanding").location == "/sign-in"
    assert browser.get("/console/customers").location == "/console/sign-in"


def _token(browser: Browser) -> str:
    from chalicelib.entrypoints.edge_checks import form_token

    value = cookies.parsed_session(browser.cookies["__Host-payer"])
    assert value
    return form_token(value.secret)


@pytest.mark.parametrize("path", ["/outstanding", "/payments", "/outstanding.csv"])
def test_payers_of_a_disabled_account_read_why_and_whom_to_call(
    browser: Browser, stage: Stage, path: str
) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    browser.signed_in(stage.payer(account))
    where = {"account_id": account.account_id, "operator": "Ann"}

    before = browser.get(path).status
    disable_portal_access(stage, dealer.dealer_id, **where)
    during = browser.get(path)
    enable_portal_access(stage, dealer.dealer_id, **where)

    assert (before, during.status, browser.get(path).status) == (200, 403, 200)
    assert "Ridgeline Lumber has switched off online access" in during.text
    assert "Call 555-0100." in during.text
    assert 'action="/sign-out"' in during.text


def test_a_payer_who_is_shut_out_can_still_sign_out(browser: Browser, stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    browser.signed_in(stage.payer(account))
    disable_portal_access(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    browser.get("/outstanding")

    page = browser.post("/sign-out")

    assert page.status == 303
    assert browser.get("/outstanding").location == "/sign-in"
