"""The pages of signing in and registering, as a browser walks them without script."""

import pyotp
import pytest

from chalicelib.domain.accounts import Badge
from chalicelib.services.create_operator import create_operator
from chalicelib.services.invite_customer import (
    invite_customer,
    resend_invitation,
    revoke_invitation,
)
from chalicelib.services.send_mail import send_mail
from chalicelib.storage.accounts import get_account
from tests.entrypoints.browser import Browser
from tests.stage import PASSWORD, Stage, code_in, link_in

TOTP = pyotp.random_base32()
FORM = {
    "full_name": "Pat Ruiz",
    "password": PASSWORD,
    "accept_terms": "yes",
    "terms_version": "2026-11",
}


class _Invited:
    """An account with an invitation in somebody's mailbox."""

    def __init__(self, stage: Stage) -> None:
        self.dealer = stage.dealer()
        self.account = stage.account(self.dealer)
        self.email = self.account.contacts[0].email
        dealer_id, account_id = self.dealer.dealer_id, self.account.account_id
        invite_customer(stage, dealer_id, account_id=account_id, operator="Ann")
        send_mail(stage, stage.queues.mails.pop())
        self.path = f"/i?i={link_in(stage.mailer.letters[-1])}"

    def badge(self) -> Badge:
        return get_account(self.dealer.dealer_id, self.account.account_id).badge


def test_a_customer_registers_from_the_mail_and_is_signed_in(
    browser: Browser, stage: Stage
) -> None:
    invited = _Invited(stage)

    exchanged = browser.get(invited.path)
    form = browser.get(exchanged.location)
    done = browser.post("/register", {**FORM, "email": invited.email})

    assert (exchanged.status, exchanged.location) == (303, "/register")
    assert exchanged.headers["referrer-policy"] == "no-referrer"
    assert invited.email in form.text
    assert "Ruiz Builders" in form.text
    assert (done.status, done.location) == (303, "/outstanding")
    assert set(browser.cookies) == {"__Host-payer"}
    assert invited.badge() is Badge.ACCEPTED


def test_a_scanner_that_fetches_the_link_consumes_nothing(browser: Browser, stage: Stage) -> None:
    invited = _Invited(stage)
    for _ in range(3):
        Browser(browser.app).get(invited.path)
        Browser(browser.app)._send("HEAD", invited.path, "", {})

    browser.get(invited.path)
    browser.get("/register")
    done = browser.post("/register", {**FORM, "email": invited.email})

    assert done.location == "/outstanding"


def test_another_address_is_verified_by_its_code_first(browser: Browser, stage: Stage) -> None:
    invited = _Invited(stage)
    email = f"own.{invited.email}"
    browser.get(invited.path)
    browser.get("/register")

    sent = browser.post("/register", {**FORM, "email": email})
    send_mail(stage, stage.queues.mails.pop())
    asked = browser.get(sent.location)
    wrong = browser.post("/register/verify", {"code": "not it"})
    done = browser.post("/register/verify", {"code": code_in(stage.mailer.letters[-1])})

    assert sent.location == "/register/verify"
    assert email in asked.text
    assert wrong.status == 422
    assert done.location == "/outstanding"
    assert stage.mailer.letters[-1].to == email


def test_the_terms_must_be_accepted_in_their_current_version(
    browser: Browser, stage: Stage
) -> None:
    invited = _Invited(stage)
    browser.get(invited.path)
    browser.get("/register")
    form = {**FORM, "email": invited.email}

    refused = [
        browser.post("/register", {**form, "accept_terms": ""}),
        browser.post("/register", {**form, "terms_version": "1999-01"}),
    ]

    assert [page.status for page in refused] == [422, 422]
    assert invited.badge() is Badge.PENDING


def test_someone_with_a_login_signs_in_and_only_links(browser: Browser, stage: Stage) -> None:
    person = stage.payer(stage.account(stage.dealer()))
    invited = _Invited(stage)
    browser.get(invited.path)
    form = browser.get("/sign-in")

    entered = browser.post("/sign-in", {"email": person.session.email, "password": PASSWORD})
    link = browser.get(entered.location)
    done = browser.post("/register", {"accept_terms": "yes", "terms_version": "2026-11"})

    assert "Ruiz Builders" in form.text
    assert entered.location == "/register"
    assert 'name="password"' not in link.text
    assert done.location == "/outstanding"
    assert invited.badge() is Badge.ACCEPTED


def test_declining_asks_first(browser: Browser, stage: Stage) -> None:
    invited = _Invited(stage)

    exchanged = browser.get(f"{invited.path}&to=decline")
    browser.get(exchanged.location)
    before = invited.badge()
    done = browser.post("/decline", {"reason": "wrong company"})

    assert exchanged.location == "/decline"
    assert (before, invited.badge()) == (Badge.PENDING, Badge.DECLINED)
    assert done.status == 200
    assert browser.get(invited.path).status == 410


def test_dead_links_are_designed_pages(browser: Browser, stage: Stage) -> None:
    revoked, replaced = _Invited(stage), _Invited(stage)
    where = {"operator": "Ann"}
    revoke_invitation(
        stage, revoked.dealer.dealer_id, account_id=revoked.account.account_id, **where
    )
    resend_invitation(
        stage, replaced.dealer.dealer_id,
        account_id=replaced.account.account_id, email="sam@build.example", **where,
    )  # fmt: skip

    pages = {
        "withdrawn": browser.get(revoked.path),
        "newer invitation": browser.get(replaced.path),
        "not complete": browser.get(replaced.path[:-4]),
    }

    for words, page in pages.items():
        assert page.status == 410
        assert words in page.text
        assert "__Host-invitation" not in browser.cookies
    assert "s•••@build.example" in pages["newer invitation"].text
    assert "Ridgeline" not in pages["not complete"].text


def test_registering_without_an_invitation_shows_a_designed_page(browser: Browser) -> None:
    browser.get("/sign-in")

    pages = [browser.get("/register"), browser.get("/decline"), browser.post("/register", FORM)]

    assert [page.status for page in pages] == [410, 410, 410]


def test_an_operator_signs_in_with_password_and_code(browser: Browser, stage: Stage) -> None:
    dealer = stage.dealer()
    email = f"ann.{dealer.dealer_id}@dealer.example"
    create_operator(
        stage, dealer.dealer_id,
        email=email, name="Ann", role="ar", password=PASSWORD, totp_secret=TOTP,
    )  # fmt: skip
    browser.get("/console/sign-in")

    first = browser.post("/console/sign-in", {"email": email, "password": PASSWORD})
    half = dict(browser.cookies)
    locked = browser.get("/console")
    browser.get(first.location)
    done = browser.post("/console/sign-in/code", {"code": pyotp.TOTP(TOTP).now()})

    assert first.location == "/console/sign-in/code"
    assert locked.location == "/console/sign-in"
    assert done.location == "/console/customers"
    assert browser.cookies["__Host-operator"] != half["__Host-operator"]
    assert browser.get("/console").location == "/console/customers"


def test_the_code_page_alone_leads_to_the_password(browser: Browser) -> None:
    browser.get("/console/sign-in")

    assert browser.get("/console/sign-in/code").location == "/console/sign-in"
    assert browser.post("/console/sign-in/code", {"code": "123456"}).status == 401


def test_signing_out_ends_the_session_everywhere(browser: Browser, stage: Stage) -> None:
    person = stage.payer(stage.account(stage.dealer()))
    browser.signed_in(person)
    browser.get("/help")
    held = dict(browser.cookies)

    done = browser.post("/sign-out")

    assert (done.location, browser.cookies) == ("/sign-in", {})
    browser.cookies = held
    assert browser.get("/outstanding").location == "/sign-in"


def test_signing_in_again_replaces_the_session(browser: Browser, stage: Stage) -> None:
    person = stage.payer(stage.account(stage.dealer()))
    browser.get("/sign-in")
    form = {"email": person.session.email.upper(), "password": PASSWORD}

    first = browser.post("/sign-in", form)
    held = browser.cookies["__Host-payer"]

    assert first.location == "/outstanding"
    assert browser.get("/sign-in").location == "/outstanding"
    assert held != person.secret


@pytest.mark.parametrize("path", ["/sign-in", "/console/sign-in"])
def test_the_page_answers_alike_for_known_and_unknown_addresses(
    browser: Browser, stage: Stage, path: str
) -> None:
    person = stage.payer(stage.account(stage.dealer()))
    texts = set()

    for email in (person.session.email, "nobody@people.example"):
        browser.get(path)
        page = browser.post(path, {"email": email, "password": "not-the-password"})
        assert page.status == 422
        texts.add(page.text.replace(email, "").replace(browser.csrf, ""))

    assert len(texts) == 1


def test_a_password_is_never_shown_again(browser: Browser, stage: Stage) -> None:
    invited = _Invited(stage)
    browser.get(invited.path)
    browser.get("/register")

    page = browser.post("/register", {**FORM, "email": "no address"})

    assert page.status == 422
    assert PASSWORD not in page.text
