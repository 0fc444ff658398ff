"""Posting that fails half-way, goes on by itself, is reversed, posted and entered by hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import StorageState

from tests.journeys import people
from tests.journeys.books import books_agree, general_ledger, posting_count
from tests.journeys.walker import Walker, fetch_json

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
WHY = "Posted into the wrong period."


def test_a_posting_that_fails_half_way_goes_on_by_itself_and_is_reversed(
    run_json: dict[str, Any], walk: Walk, payer: StorageState
) -> None:
    """An administrator at a desk; then a clerk without script, who posts by hand."""
    run, dealer = run_json, run_json["dealers"][0]["id"]
    operator = walk("desk")
    people.sign_in_operator(operator, run, dealer, "admin")
    nothing_under_way(run)
    payment = pay_one(run, walk("phone", state=payer))
    before = general_ledger(run, dealer)

    with posting_automatically(operator, run):
        spruce_fails(run, "cash")
        people.advance(run, "5d")
        people.open_settlement_of(operator, run, payment)
        people.reload_until(operator, operator.page.get_by_text("Failed", exact=True).count)
        assert operator.page.get_by_text("Posted", exact=True).count() >= 1
        operator.shot("posting-half-way")
        goes_on_by_itself(operator, run, payment)
    operator.shot("posting-resumed")
    posted = general_ledger(run, dealer)
    assert sum(posted.values()) == 0
    assert posted.get("1050", 0) == before.get("1050", 0)  # What it put into Clearing has left it.

    reverses(operator)
    operator.shot("posting-reversed")
    assert moved(general_ledger(run, dealer)) == moved(before)
    posts(operator, run, payment)
    assert general_ledger(run, dealer) == posted != before
    by_hand(walk("phone", script=False), run, dealer, operator.page.url.split("?")[0])
    people.reload_until(operator, operator.page.get_by_text("recorded by").count)
    operator.shot("posting-by-hand-again")


def pay_one(run: dict[str, Any], payer: Walker) -> str:
    """Pay the first invoice from the linked bank account; the payment's number."""
    payer.page.goto(f"{run['portal_url']}/outstanding")
    payer.page.locator("input[name=payable]:not([disabled])").first.check()
    payer.page.locator("[data-bar-pay]").click()
    payer.page.get_by_role("heading", name="Review payment").wait_for()
    payment = people.authorise_and_pay(payer)
    people.wait_until_processing(payer)
    return payment


def nothing_under_way(run: dict[str, Any]) -> None:
    """Let other payments' money arrive first: their settlement would take the fault instead."""
    people.advance(run, "8d")
    people.until(lambda: books_agree(run))


@contextmanager
def posting_automatically(operator: Walker, run: dict[str, Any]) -> Iterator[None]:
    """The dealer's setting for a while; other journeys press Post themselves."""
    post_automatically(operator, run, on=True)
    try:
        yield
    finally:
        post_automatically(operator, run, on=False)


def post_automatically(operator: Walker, run: dict[str, Any], *, on: bool) -> None:
    """The dealer's setting; back to the page one was on."""
    page, back = operator.page, operator.page.url
    page.goto(f"{run['console_url']}/settings")
    page.get_by_label("Post settlements to Spruce as they arrive").set_checked(on)
    page.get_by_role("button", name="Save settings").click()
    operator.has("saved")
    page.goto(back)


def spruce_fails(run: dict[str, Any], category: str) -> None:
    """Spruce is down for the next posting of a category."""
    fault = {"fault": "unavailable", "category": category}
    fetch_json(f"{run['sandbox_url']}/spruce/_script", {"next": fault})


def goes_on_by_itself(operator: Walker, run: dict[str, Any], payment: str) -> None:
    """Nobody presses anything: the next day's sweep posts what is missing, and only that."""
    dealer = run["dealers"][0]["id"]
    half_way, there = general_ledger(run, dealer), posting_count(run, dealer)
    people.fire(run, "sweep_due")
    assert posting_count(run, dealer) == there  # Not before its time.
    people.advance(run, "25h")
    people.fire(run, "sweep_due")
    badge = operator.page.locator("h1").get_by_text("Posted", exact=True)
    people.reload_until(operator, badge.count)
    assert posting_count(run, dealer) == there + 1
    assert general_ledger(run, dealer)["1200"] == half_way["1200"]
    settlement = operator.page.url.split("?")[0]
    people.wait_for_status(operator, f"{run['console_url']}/payments/{payment}", "Posted")
    operator.page.goto(settlement)


def posts(operator: Walker, run: dict[str, Any], payment: str) -> None:
    """Press Post; the page follows until the payment is Posted."""
    operator.page.get_by_role("button", name="Post", exact=True).click()
    badge = operator.page.locator("h1").get_by_text("Posted", exact=True)
    people.reload_until(operator, badge.count)
    settlement = operator.page.url.split("?")[0]
    people.wait_for_status(operator, f"{run['console_url']}/payments/{payment}", "Posted")
    operator.page.goto(settlement)


def reverses(operator: Walker, *, entered: str = "") -> None:
    """A bare reason is refused at its field; a written one reverses what is posted."""
    page = operator.page
    page.get_by_text("Reverse the posting", exact=True).first.click()
    page.get_by_label("Why").fill("oops")
    if entered:
        page.get_by_label("Opposite entered in Spruce at").fill(entered)
    page.get_by_role("button", name="Reverse the posting").click()
    operator.has("Say why")
    assert "422" in operator.problems.pop()  # Chromium notes the status of the refusal.
    page.get_by_label("Why").fill(WHY)
    if entered:
        page.get_by_label("Opposite entered in Spruce at").fill(entered)
    page.get_by_role("button", name="Reverse the posting").click()
    operator.has("is being reversed")
    people.reload_until(operator, page.locator("h1 .badge", has_text="Not posted").count)
    operator.has(WHY)


def by_hand(clerk: Walker, run: dict[str, Any], dealer: str, settlement: str) -> None:
    """Reverse, enter the files in Spruce oneself, record when."""
    page = clerk.page
    people.sign_in_operator(clerk, run, dealer, "ar")
    page.goto(settlement)
    reverses(clerk)
    page.get_by_role("button", name="Manual post").click()
    clerk.has("Posting by hand is chosen.")
    now = datetime.fromisoformat(people.advance(run, "10m"))
    fields = page.locator("input[type=datetime-local]")
    for number in range(fields.count()):
        fields.nth(number).fill(f"{now.astimezone(ZoneInfo('America/Los_Angeles')):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Record posted times").click()
    clerk.has("The posted times are recorded.")
    clerk.shot("posting-by-hand-recorded")


def moved(balances: dict[str, int]) -> dict[str, int]:
    """The accounts that are not at zero."""
    return {account: cents for account, cents in balances.items() if cents}
