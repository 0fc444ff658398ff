"""A part of a card payment goes back, is owed again, and comes back days later."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import StorageState

from tests.journeys import people
from tests.journeys.own_accounts import Own
from tests.journeys.test_card import CREDIT, add, pay, review
from tests.journeys.walker import Walker, fetch_json

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
BACK = "40.00"


def test_a_part_of_a_card_payment_is_refunded_and_the_refund_fails_days_later(
    run_json: dict[str, Any],
    walk: Walk,
    own: Own,
    invited: Callable[[str], str],
    clerk: StorageState,
) -> None:
    """The clerk at a desk, the payer on a phone."""
    run, email = run_json, own.email("refund")
    payer, operator = walk("phone"), walk("desk", state=clerk)
    people.register(payer, invited("refund"))
    document = review(payer, run)
    payer.page.get_by_role("button", name="Pay by card instead").click()
    add(payer, CREDIT)
    number = pay(payer)
    receipt, page = (f"{run[at]}/payments/{number}" for at in ("portal_url", "console_url"))
    people.wait_for_status(payer, receipt, "Settled")

    refund(operator, page)
    reads_of_it(payer, run, receipt, email, document)

    people.advance(run, "2d")
    failure = {"payment": number, "reason": "lost_or_stolen_card"}
    fetch_json(f"{run['sandbox_url']}/stripe/_refund_fails", failure)
    comes_back(operator, run, page, number)
    reads_that_it_did_not_arrive(payer, run, receipt, email, document)


def refund(operator: Walker, url: str) -> None:
    """Preview, then confirm, pressed twice as impatient people do."""
    page = operator.page
    page.goto(url)
    page.get_by_text("Give money back").click()
    page.get_by_label("Amount", exact=True).fill(BACK)
    page.get_by_label("Why it goes back").fill("Two boards were split")
    page.get_by_role("button", name="Preview refund").click()
    operator.has("Nothing is sent until you confirm.")
    operator.has("is owed again")
    operator.shot("refund-preview")
    page.get_by_role("button", name=f"Refund ${BACK}").dblclick()
    operator.has("Refunded. The payer is told.")
    page.locator("h1 .badge", has_text=f"refunded ${BACK}").wait_for()
    assert page.locator(".refund").count() == 1
    operator.shot("payment-refunded-part")


def reads_of_it(
    payer: Walker, run: dict[str, Any], receipt: str, email: str, document: str
) -> None:
    """Page, history and mail say it; the invoice is owed again by that much, never why."""
    payer.page.goto(receipt)
    payer.has(f"A refund of ${BACK} went to Visa credit card ••4242.")
    assert payer.page.get_by_text("Two boards were split").count() == 0
    payer.shot("receipt-refunded-part")
    told = people.wait_for_mail(run, email, lambda text: f"refunded ${BACK}" in text)
    assert f"{document} is owed again: ${BACK}" in told["text"]
    payer.page.goto(f"{run['portal_url']}/payments")
    payer.has(f"refunded ${BACK}")
    payer.page.goto(f"{run['portal_url']}/outstanding")
    assert payable(payer, document).get_attribute("data-cents") == "4000"


def comes_back(operator: Walker, run: dict[str, Any], url: str, number: str) -> None:
    """Paid again, said on the page and in the inbox."""
    operator.page.goto(url)
    people.reload_until(operator, lambda: operator.page.locator(".refund .badge.bad").count())
    assert "refunded" not in operator.page.locator("h1").inner_text()
    operator.has("The card was reported lost or stolen")
    operator.shot("payment-refund-failed")
    operator.page.goto(f"{run['console_url']}/attention")
    operator.has("Refund failed")
    operator.has(f"of {number} came back")
    operator.shot("attention-refund-failed")


def reads_that_it_did_not_arrive(
    payer: Walker, run: dict[str, Any], receipt: str, email: str, document: str
) -> None:
    """The money counts as paid again, so the invoice is gone again."""
    payer.page.goto(receipt)
    payer.has("did not reach you: the card was reported lost or stolen.")
    payer.shot("receipt-refund-failed")
    people.wait_for_mail(run, email, lambda text: "came back" in text and BACK in text)
    payer.page.goto(f"{run['portal_url']}/outstanding")
    payer.page.get_by_role("heading", name="Outstanding").wait_for()
    assert payable(payer, document).count() == 0


def payable(payer: Walker, document: str) -> Any:
    """The box of a document on Outstanding, its job opened; there is none once it is paid."""
    for button in payer.page.locator("[data-expand][aria-expanded=false]").all():
        button.click()
    return payer.page.locator(f"input[name=payable][value='{document}']")
