"""Credits that cover everything: used in the browser without a bank account or a card."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys import people
from tests.journeys.walker import Walker, new_walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
EMAIL = "only.credits@example.com"


@pytest.fixture(scope="module")
def invited(run_json: dict[str, Any], browser: Browser) -> tuple[str, str]:
    """The link of an account with one credit, smaller than what it owes, and that credit."""
    run, operator = run_json, new_walker(browser, "desk")
    people.sign_in_operator(operator, run, run["dealers"][0]["id"], "ar")
    number, credit = with_one_credit(operator, run)
    operator.page.goto(f"{run['console_url']}/customers/{number}")
    people.invite(operator, EMAIL)
    operator.context.close()
    return people.invitation_link(run, EMAIL), credit


def with_one_credit(operator: Walker, run: dict[str, Any]) -> tuple[str, str]:
    """Account number and credit of an account nobody was invited for."""
    text = operator.page.request.get(f"{run['console_url']}/customers.csv").text()
    return next(
        (row["account_id"].lstrip("'"), row["credits"].lstrip("'-"))
        for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
        if row["account_kind"] == "credit"
        and row["billing_kind"] == "open_item"
        and not row["invitation"]
        and row["credits_count"] == "1"
        and float(row["invoices"]) > 20 * -float(row["credits"].lstrip("'")) > 0
    )


def test_a_payer_uses_a_credit_and_is_charged_nothing(
    run_json: dict[str, Any], walk: Walk, invited: tuple[str, str]
) -> None:
    link, credit = invited
    payer = walk("phone", script=False)  # Every row is there, none behind its job.
    people.register(payer, link)

    choose(payer, run_json, credit)
    payer.has("Your credits cover it")
    payer.has("Nothing is charged, so neither a bank account nor a card is needed.")
    assert payer.page.locator("dd.total").inner_text() == "$0.00"
    payer.shot("credits-preview")
    payer.page.locator("input[name=authorise]").check()
    payer.page.get_by_role("button", name="Use my credits").click()
    payer.has("Your credits are used. You will get an e-mail.")

    people.wait_for_status(payer, payer.page.url.partition("?")[0], "Settled")
    payer.has("Your credits are used for it; nothing was charged.")
    payer.shot("credits-receipt")
    told = people.wait_for_mail(run_json, EMAIL, lambda text: "has settled" in text)
    assert "nothing was charged" in told["text"]


def choose(payer: Walker, run: dict[str, Any], amount: str) -> None:
    """So much of the first invoice that is large enough."""
    page = payer.page
    page.goto(f"{run['portal_url']}/outstanding")
    for place in range(page.locator("input[name^='amount.']").count()):
        page.locator("input[name^='amount.']").nth(place).fill(amount)
        page.get_by_role("button", name="Pay selected").click()
        if page.get_by_role("heading", name="Review payment").count():
            return
        page.goto(f"{run['portal_url']}/outstanding")
    raise AssertionError(f"no invoice of {amount} or more")
