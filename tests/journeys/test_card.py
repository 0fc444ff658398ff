"""Paying by card in the browser: added on the hosted page, confirmed, refused, not saved."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys import people
from tests.journeys.people import cents_of, quoted_total
from tests.journeys.walker import Walker, new_walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
WALKS = (("desk", True), ("phone", True), ("desk", False))
CREDIT, SECURE = "Visa credit, ending 4242", "Visa credit, ending 3220"
DEBIT, PREPAID = "Visa debit, ending 5556", "Mastercard prepaid, ending 5100"
DECLINED = "Visa credit, ending 0002"


@pytest.fixture(scope="module")
def links(run_json: dict[str, Any], browser: Browser) -> list[tuple[str, str]]:
    """Addresses and links of demo accounts that owe enough for several payments, one a walk."""
    run, dealer = run_json, run_json["dealers"][0]["id"]
    operator = new_walker(browser, "desk")
    people.sign_in_operator(operator, run, dealer, "ar")
    opened = []
    for number in without_credits(operator, run)[: len(WALKS)]:
        email = f"card.{number.lower()}@example.com"
        operator.page.goto(f"{run['console_url']}/customers/{number}")
        people.invite(operator, email)
        opened.append((email, people.invitation_link(run, email)))
    operator.context.close()
    return opened


def without_credits(operator: Walker, run: dict[str, Any]) -> list[str]:
    """Account numbers nobody was invited for that owe several invoices and have no credits."""
    text = operator.page.request.get(f"{run['console_url']}/customers.csv").text()
    return [
        row["account_id"].lstrip("'")
        for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
        if row["account_kind"] == "credit"
        and not row["invitation"]
        and 6 <= int(row["invoices_count"]) <= 40
        and not int(row["credits_count"])
    ]


@pytest.mark.parametrize("place", range(len(WALKS)), ids=["desk", "phone", "no-script"])
def test_a_payer_pays_by_card(
    run_json: dict[str, Any], walk: Walk, links: list[tuple[str, str]], place: int
) -> None:
    size, script = WALKS[place]
    email, link = links[place]
    payer, name = walk(size, script=script), "card-" if script else "card-no-script-"
    people.register(payer, link)

    pays_with_a_new_card(payer, run_json, name)
    declined = is_declined_and_pays_again(payer, run_json, name)
    people.wait_for_payment_mail(run_json, email, declined, "did not go through")
    confirms_with_the_bank(payer, run_json, name)
    refuses_at_the_bank(payer, run_json, name)
    does_not_save_the_card(payer, run_json, name)

    payer.page.goto(f"{run_json['portal_url']}/payments")
    if size == "desk":  # A phone's list has two columns: what and how much.
        payer.has("Visa credit card ••4242")
    payer.shot(f"{name}payments")


def pays_with_a_new_card(payer: Walker, run: dict[str, Any], name: str) -> None:
    """The first card: added on the hosted page, then the total for it, then paid at once."""
    review(payer, run)
    payer.page.get_by_role("button", name="Pay by card instead").click()
    payer.page.get_by_role("heading", name="Add a card").wait_for()
    payer.shot(f"{name}none-yet")
    payer.page.get_by_role("button", name="Add a card").click()
    payer.page.get_by_role("heading", name="Add a card").wait_for()
    payer.shot(f"{name}hosted-page")
    payer.page.get_by_role("button", name="Cancel").click()
    payer.has("No card was added. Nothing was charged.")
    add(payer, CREDIT)
    payer.has("Your card is added.")
    payer.has("Visa credit card")
    payer.shot(f"{name}confirm")
    total = quoted_total(payer)
    number = pay(payer)
    people.wait_for_status(payer, f"{run['portal_url']}/payments/{number}", "Settled")
    payer.has("Visa credit card ••4242")
    assert cents_of(payer.page.locator("dd.total").inner_text()) == total
    payer.shot(f"{name}receipt")


def is_declined_and_pays_again(payer: Walker, run: dict[str, Any], name: str) -> str:
    """A clear sentence, nothing charged, the same invoice can be paid again; the first's number."""
    document = review(payer, run)
    payer.page.get_by_role("button", name="Pay by card instead").click()
    add(payer, DECLINED)
    declined = pay(payer)
    payer.page.locator("h1 .badge", has_text="Failed").wait_for()
    payer.has("The card was declined. Nothing was charged.")
    payer.shot(f"{name}declined")
    payer.page.get_by_role("link", name="Pay again").click()
    payer.page.get_by_role("heading", name="Outstanding").wait_for()
    assert review(payer, run) == document
    payer.page.get_by_role("button", name="Pay by card instead").click()
    add(payer, PREPAID)
    payer.has("Mastercard prepaid card")
    number = pay(payer)
    people.wait_for_status(payer, f"{run['portal_url']}/payments/{number}", "Settled")
    return declined


def confirms_with_the_bank(payer: Walker, run: dict[str, Any], name: str) -> None:
    """3-D Secure: to the bank's page and back; who closes it can come back to it."""
    review(payer, run)
    payer.page.get_by_role("button", name="Pay by card instead").click()
    add(payer, SECURE)
    press(payer)
    payer.page.get_by_role("heading", name=re.compile("Is it you who pays")).wait_for()
    payer.shot(f"{name}bank-asks")
    payer.page.goto(f"{run['portal_url']}/payments")
    payer.page.locator("tbody a").first.click()
    payer.has("Not yet paid: the card’s bank has not confirmed it.")
    payer.shot(f"{name}waits-for-bank")
    payer.page.get_by_role("link", name="Continue to your bank").click()
    payer.page.get_by_role("button", name="Yes, confirm the payment").click()
    payer.page.locator("h1 .badge", has_text="Settled").wait_for()
    payer.shot(f"{name}confirmed")


def refuses_at_the_bank(payer: Walker, run: dict[str, Any], name: str) -> None:
    """3-D Secure answered with no: failed in words, nothing charged."""
    review(payer, run)
    payer.page.get_by_role("button", name="Pay by card instead").click()
    if payer.page.locator("p.strong", has_text="3220").count() == 0:
        payer.page.get_by_role("button", name=re.compile("Use .*3220")).click()
    payer.has("•••• 3220")
    press(payer)
    payer.page.get_by_role("button", name="No, refuse it").click()
    payer.page.locator("h1 .badge", has_text="Failed").wait_for()
    payer.has("could not confirm that it was you. Nothing was charged.")
    payer.shot(f"{name}refused")


def does_not_save_the_card(payer: Walker, run: dict[str, Any], name: str) -> None:
    """A card not to be saved is paid with and then offered no more."""
    review(payer, run)
    payer.page.get_by_role("button", name="Pay by card instead").click()
    add(payer, DEBIT)
    payer.has("Visa debit card")
    payer.page.locator("input[name=forget]").check()
    number = pay(payer)
    people.wait_for_status(payer, f"{run['portal_url']}/payments/{number}", "Settled")
    review(payer, run)
    payer.page.get_by_role("button", name="Pay by card instead").click()
    payer.page.get_by_role("heading", name="Pay by card").wait_for()
    assert payer.page.get_by_text("5556").count() == 0
    assert payer.page.get_by_role("button", name=re.compile("^Use ")).count() > 0
    payer.shot(f"{name}saved-ones")


def review(payer: Walker, run: dict[str, Any]) -> str:
    """Tick the first open invoice and ask for its preview; the document's number."""
    page = payer.page
    page.goto(f"{run['portal_url']}/outstanding")
    boxes = page.locator("input[name=payable]:not([disabled]):not([data-cents^='-'])")
    if boxes.locator("visible=true").count() == 0:
        page.locator("[data-expand]").first.click()
    box = boxes.locator("visible=true").first
    box.check()
    number = box.get_attribute("value") or ""
    page.locator("[data-bar-pay]").click()
    page.get_by_role("heading", name="Review payment").wait_for()
    return number


def add(payer: Walker, card: str) -> None:
    """From the preview to the hosted card page and back with a card."""
    page = payer.page
    page.get_by_role("button", name=re.compile("^Add a(nother)? card$")).click()
    page.get_by_role("radio", name=card).check()
    page.get_by_role("button", name="Save card").click()
    page.get_by_role("heading", name="Review payment").wait_for()


def press(payer: Walker) -> None:
    """Authorise the payment and press the button."""
    payer.page.locator("input[name=authorise]").check()
    payer.page.get_by_role("button", name=re.compile(r"^Pay .* by card$")).click()


def pay(payer: Walker) -> str:
    """Authorise and pay; the payment's number."""
    press(payer)
    payer.page.wait_for_url(re.compile(r"/payments/DP-\d+(\?|$)"))
    return re.search(r"/payments/([^?]+)", payer.page.url).group(1)
