"""Statements in the browser: toggle, search, one-click payment, its discount, and what is lost."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys import people
from tests.journeys.people import cents_of, quoted_discount, quoted_total
from tests.journeys.walker import Walker, new_walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
WALKS = (("desk", True), ("phone", True), ("desk", False))


@pytest.fixture(scope="module")
def links(run_json: dict[str, Any], browser: Browser) -> list[str]:
    """Invitations of three demo accounts whose statements earn a discount, one for each walk."""
    run, dealer = run_json, run_json["dealers"][0]["id"]
    operator = new_walker(browser, "desk")
    people.sign_in_operator(operator, run, dealer, "ar")
    found = discounted(operator, run)
    opened = []
    for place, number in enumerate(found[-len(WALKS) :]):
        email = f"statement.{place}.{number.lower()}@example.com"
        operator.page.goto(f"{run['console_url']}/customers/{number}")
        people.invite(operator, email)
        opened.append(people.invitation_link(run, email))
    operator.context.close()
    return opened


def discounted(operator: Walker, run: dict[str, Any]) -> list[str]:
    """Accounts nobody was invited for, with a statement discount, a credit and a choice.

    What is past due is older than the close, so two of them are two documents on the statement.
    """
    text = operator.page.request.get(f"{run['console_url']}/customers.csv").text()
    return [
        row["account_id"].lstrip("'")
        for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
        if float(row["statement_discount"] or 0) > 0
        and (row["account_kind"], row["status"]) == ("credit", "active")
        and not row["invitation"]
        and 2 <= int(row["invoices_past_due_count"]) < int(row["invoices_count"]) <= 30
        and int(row["credits_count"])
    ]


@pytest.mark.parametrize("place", range(len(WALKS)), ids=["desk", "phone", "no-script"])
def test_a_payer_pays_the_statement_with_its_discount(
    run_json: dict[str, Any], walk: Walk, links: list[str], place: int
) -> None:
    size, script = WALKS[place]
    payer = walk(size, script=script)
    name = f"statement-{'' if script else 'no-script-'}"
    people.register(payer, links[place])
    payer.has("Current statement S")
    payer.has("You save $")
    payer.has("11:59 PM P")
    payer.shot(f"{name}all")

    find_one(payer, run_json)
    payer.page.get_by_role("link", name="Current Statement").click()
    payer.page.wait_for_url(re.compile("view=statement"))
    lose_and_keep_the_discount(payer, name, script=script)
    if script:
        offered_in_all(payer, run_json, name)

    payer.page.goto(f"{run_json['portal_url']}/outstanding")
    button = payer.page.get_by_role("button", name="Pay statement")
    asked = cents_of(button.inner_text())
    button.click()
    payer.page.get_by_role("heading", name="Review payment").wait_for()
    assert quoted_total(payer) == asked
    assert quoted_discount(payer) > 0
    people.link_bank(payer)
    number = people.authorise_and_pay(payer)
    payer.has("Pending")
    payer.page.goto(f"{run_json['portal_url']}/outstanding?view=statement")
    payer.has("Nothing on it is left to pay.")
    payer.shot(f"{name}paid")
    assert number.startswith("DP-")


def find_one(payer: Walker, run: dict[str, Any]) -> None:
    """Search for a document, narrow by age, and see the totals of what was found."""
    page = payer.page
    document = page.locator("input[name=payable]").first.get_attribute("value") or ""
    page.get_by_label("Search invoice, PO or job").fill(document)
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("q="))
    payer.has("1 document,")
    assert page.locator("input[name=payable]").count() == 1
    page.get_by_label("Search invoice, PO or job").fill("no such thing")
    page.get_by_role("button", name="Show").click()
    payer.has("Nothing matches")
    page.goto(f"{run['portal_url']}/outstanding?age=late&view=new")
    page.get_by_role("heading", name="Outstanding").wait_for()
    page.goto(f"{run['portal_url']}/outstanding")


def lose_and_keep_the_discount(payer: Walker, name: str, *, script: bool) -> None:
    """A part of the statement loses its discount and says so; one click takes the whole."""
    page = payer.page
    if page.locator("input[name=payable]:not([disabled]):visible").count() == 0:
        page.locator("[data-expand]").first.click()
    boxes = page.locator("input[name=payable]:not([disabled]):not([data-cents^='-']):visible")
    boxes.first.check()
    bar = page.locator("[data-bar-pay]")
    said = cents_of(bar.inner_text()) if script else 0
    if script:
        assert "the whole saves $" in page.locator("[data-bar-count]").inner_text()
        payer.shot(f"{name}part-ticked")
    bar.click()
    page.get_by_role("heading", name="Review payment").wait_for()
    payer.has("is lost")
    assert quoted_discount(payer) == 0
    assert not script or quoted_total(payer) == said
    payer.shot(f"{name}part")
    edit_the_amount(payer)
    page.get_by_role("button", name="Take the whole statement").click()
    page.get_by_role("heading", name="Review payment").wait_for()
    assert quoted_discount(payer) > 0
    untick_a_credit(payer)
    payer.shot(f"{name}whole")


def edit_the_amount(payer: Walker) -> None:
    """Pay a part of the one document; a wrong amount is refused in words, nothing is lost."""
    page = payer.page
    page.get_by_text("Change amounts").click()
    page.locator("input[name^='amount.']").fill("99999999")
    page.get_by_role("button", name="Update the preview").click()
    payer.has("is more than is owed on it.")
    payer.problems.clear()  # Chromium notes every answer of 422, which this one has to be.
    page.locator("input[name^='amount.']").fill("1.00")
    for box in page.locator("input[name=credit]").all():
        box.uncheck()
    page.get_by_role("button", name="Update the preview").click()
    page.get_by_role("heading", name="Review payment").wait_for()
    payer.has("$1.00")
    assert quoted_total(payer) == 100


def untick_a_credit(payer: Walker) -> None:
    """Without a credit the total rises by what it took off, less the discount it now earns."""
    page = payer.page
    used = page.locator("input[name=credit]:checked")
    if not used.count():
        return
    before = quoted_total(payer)
    used.first.uncheck()
    page.get_by_role("button", name="Update the preview").click()
    page.get_by_role("heading", name="Review payment").wait_for()
    assert quoted_total(payer) > before


def offered_in_all(payer: Walker, run: dict[str, Any], name: str) -> None:
    """Everything ticked in All: the preview offers to pay it as the statement."""
    page = payer.page
    page.goto(f"{run['portal_url']}/outstanding")
    page.get_by_label("Select everything").check()
    said = cents_of(page.locator("[data-bar-pay]").inner_text())
    page.locator("[data-bar-pay]").click()
    page.get_by_role("heading", name="Review payment").wait_for()
    assert quoted_total(payer) == said
    payer.shot(f"{name}offer")
    page.get_by_role("button", name=re.compile(r"Pay as statement, save \$")).click()
    page.get_by_role("heading", name="Review payment").wait_for()
    assert quoted_discount(payer) > 0
