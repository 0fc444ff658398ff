"""What people do, one act a function; the words they look for are the product's own."""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import pyotp
from playwright.sync_api import Browser, StorageState

from tests.journeys.walker import Walker, fetch_json, new_walker

PASSWORD = "ladder gravel window nine"  # A demo payer's.
WAIT_SECONDS = 60
CODE = re.compile(r"\b\d{6}\b")


def new_address(name: str) -> str:
    """An address nobody has used before."""
    return f"{name}.{time.time_ns() % 10**9}@example.com"


_codes_used: dict[str, str] = {}
_browsers: dict[tuple[str, str, str], Sequence[Any]] = {}  # Cookies of who is signed in already.


def login_of(run: dict[str, Any], dealer: str, role: str) -> dict[str, str]:
    """The demo login of a role at a dealer."""
    return next(x for x in run["logins"] if x["dealer"] == dealer and x["role"] == role)


def sign_in_operator(walker: Walker, run: dict[str, Any], dealer: str, role: str) -> None:
    """On Customers: in the browser where this operator is signed in, or with a code.

    A code opens one session and there is one every 30 seconds, so its session is walked in again.
    """
    who, page = (run["console_url"], dealer, role), walker.page
    walker.context.add_cookies(_browsers.get(who, []))
    page.goto(f"{run['console_url']}/customers")
    if page.get_by_role("heading", name="Customers").count():
        return
    _enter_code(walker, run, login_of(run, dealer, role))
    _browsers[who] = walker.context.cookies()


def _enter_code(walker: Walker, run: dict[str, Any], login: dict[str, str]) -> None:
    """E-mail, password, code; lands on Customers."""
    page = walker.page
    page.goto(run["console_url"])
    walker.shot("console-sign-in")
    page.get_by_label("E-mail").fill(login["email"])
    page.get_by_label("Password").fill(login["password"])
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code").fill(_fresh_code(walker, login["totp_secret"]))
    walker.shot("console-code")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Customers").wait_for()


def _fresh_code(walker: Walker, secret: str) -> str:
    """A code nobody used yet: each opens one session, so a quick second sign-in waits for one."""
    while (code := pyotp.TOTP(secret).now()) == _codes_used.get(secret):
        walker.page.wait_for_timeout(500)
    _codes_used[secret] = code
    return code


def open_account(walker: Walker, number: str) -> None:
    """Search by account number and open the account."""
    page = walker.page
    page.get_by_label("Search name or account number").fill(number)
    page.get_by_role("button", name="Search").click()
    page.locator("tbody").get_by_text(number).first.wait_for()
    row = page.locator("tbody tr", has=page.get_by_text(re.compile(rf"^{re.escape(number)}\b")))
    row.get_by_role("link").first.click()
    page.get_by_text(re.compile(rf"{re.escape(number)} ·")).first.wait_for()


def invite_contact(
    browser: Browser, run: dict[str, Any], clerk: StorageState, account: str
) -> None:
    """A clerk invites the contact on file."""
    walker = new_walker(browser, "desk", state=clerk)
    walker.page.goto(f"{run['console_url']}/customers/{account}")
    walker.page.get_by_role("button", name="Invite").click()
    walker.page.get_by_text("Pending", exact=True).first.wait_for()
    walker.close()


def invite(walker: Walker, email: str) -> None:
    """Invite a typed address from the account's page."""
    page = walker.page
    other = page.get_by_label("Another address, typed below")
    if other.count():
        other.check()
    page.locator("input[name=email]").fill(email)
    page.get_by_role("button", name="Invite").click()
    page.get_by_text("Pending", exact=True).first.wait_for()


def invitation_link(run: dict[str, Any], email: str) -> str:
    """The newest mail's register link, as it arrives in the inbox."""
    letter = wait_for_mail(run, email, lambda text: "/i?i=" in text)
    return re.search(r"http\S+/i\?i=[^\s&]+", letter["text"]).group(0)


def wait_for_mail(run: dict[str, Any], email: str, wanted: Any) -> dict[str, Any]:
    """The newest mail to an address whose text satisfies `wanted`."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        for letter in fetch_json(f"{run['mail_url']}.json?to={email}"):
            if wanted(letter["text"]):
                return letter
        time.sleep(0.25)
    raise AssertionError(f"no such mail to {email} within {WAIT_SECONDS} s")


def wait_for_payment_mail(run: dict[str, Any], email: str, number: str, says: str) -> None:
    """A mail about a payment has come to an address and says what became of it."""
    wait_for_mail(run, email, lambda text: number in text and says in text)


def bounce(run: dict[str, Any], email: str) -> None:
    """The newest mail to an address comes back for good, as SES would tell it."""
    fetch_json(f"{run['mail_url']}/_bounce", {"to": email})


def register(walker: Walker, link: str) -> None:
    """Follow the mail, create the login, accept the terms, link the company."""
    fill_registration(walker, link)
    walker.page.get_by_role("heading", name="Outstanding").wait_for()


def fill_registration(walker: Walker, link: str, *, email: str = "") -> None:
    """Fill and send the form; with `email`, another address than the invited one."""
    page = walker.page
    page.goto(link)
    page.get_by_role("heading", name="Create your login").wait_for()
    page.get_by_label("Your name").fill("Demo Payer")
    if email:
        page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("input[name=accept_terms]").check()
    page.get_by_role("button", name="Create login and link account").click()


def mailed_code(run: dict[str, Any], email: str) -> str:
    """The code in the newest mail to an address."""
    letter = wait_for_mail(run, email, CODE.search)
    return CODE.search(letter["text"]).group(0)


def link_bank(walker: Walker) -> None:
    """From the preview to the bank's page and back."""
    page = walker.page
    page.get_by_role("button", name="Link a bank account").click()
    page.get_by_role("heading", name=re.compile("Link a bank account to")).wait_for()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Review payment").wait_for()


def authorise_and_pay(walker: Walker) -> str:
    """Tick the authorisation, submit; returns the payment's number."""
    page = walker.page
    page.locator("input[name=authorise]").check()
    walker.shot("quote")
    page.get_by_role("button", name=re.compile(r"^Pay .* by ACH")).click()
    page.wait_for_url(re.compile(r"/payments/"))
    return re.search(r"/payments/([^?]+)", page.url).group(1)


def advance(run: dict[str, Any], by: str) -> str:
    """Move the sandbox's business time."""
    moved: dict[str, str] = fetch_json(f"{run['sandbox_url']}/clock", {"advance": by})
    return moved["now"]


def fire(run: dict[str, Any], schedule: str) -> None:
    """Run one of the deployed schedules now."""
    fetch_json(f"{run['sandbox_url']}/schedules/{schedule}", {})


def wait_until_processing(walker: Walker) -> None:
    """Reload the receipt until the processor has the payment."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not walker.page.get_by_text("Accepted by the payment processor").count():
        assert time.monotonic() < deadline, "the payment never reached the processor"
        walker.page.wait_for_timeout(300)
        walker.page.reload()


def wait_for_status(walker: Walker, url: str, status: str) -> None:
    """Reload a page until it shows a status badge."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        walker.page.goto(url)
        if walker.page.locator("h1 .badge", has_text=status).count():
            return
        time.sleep(0.3)
    raise AssertionError(f"{url} never showed {status}")


def cents_of(text: str) -> int:
    """ "$1,234.56" → 123456."""
    return int(re.sub(r"[^0-9]", "", text))


def quoted_total(walker: Walker) -> int:
    """The preview's total, in cents."""
    return cents_of(walker.page.locator("dd.total").first.inner_text())


def quoted_discount(walker: Walker) -> int:
    """The preview's discount, 0 without one; the bar on Outstanding does not know it yet."""
    line = walker.page.locator("dl.sum dt", has_text="Discount")
    return cents_of(line.locator("+ dd").inner_text()) if line.count() else 0


def reload_until(walker: Walker, true: Callable[[], object]) -> None:
    """Reload the page, as a person without script would, until it shows something."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < deadline, f"{walker.page.url} never showed it"
        time.sleep(0.3)
        walker.page.reload()


def until(true: Callable[[], object]) -> None:
    """Wait until something is so; 60 s at most."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < deadline, f"not within {WAIT_SECONDS} s"
        time.sleep(0.3)


def open_settlement_of(walker: Walker, run: dict[str, Any], payment: str) -> None:
    """Let the payout come, and follow the payment's link to the settlement that carries it."""
    page = walker.page
    settlement = page.get_by_role("link", name=re.compile("^po_"))
    advance(run, "3d")
    page.goto(f"{run['console_url']}/payments")
    page.get_by_role("row").filter(has_text=payment).get_by_role("link").first.click()
    reload_until(walker, settlement.count)
    settlement.click()
    page.get_by_role("heading", name="Proof").wait_for()
