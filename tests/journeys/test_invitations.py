"""Invitations for many customers at once: ticked, checked, sent with progress, each once."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import people
from tests.journeys.walker import Walker, fetch_json

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
SMALL = "customers?badge=none&min=1&max=2000"  # Leaves the large accounts to the other journeys.


def test_ticked_customers_are_checked_and_invited_with_progress_that_outlives_the_page(
    run_json: dict[str, Any], walk: Walk, tmp_path: Path
) -> None:
    """With script: tick (on the phone, too), check, send, leave, come back."""
    run, dealer = run_json, run_json["dealers"][0]["id"]
    operator, phone = walk("desk"), walk("phone")
    tick_on_the_phone(phone, run, dealer)
    page = operator.page
    people.sign_in_operator(operator, run, dealer, "ar")
    already = invited(run)
    matching = choose_all_that_match(operator, run)
    operator.has(f"{matching} accounts chosen by")
    operator.has("Cash or inactive account")
    operator.shot("invitations-check")
    phone.page.goto(page.url)
    phone.shot("invitations-check")
    send = page.get_by_role("button", name=re.compile(r"^Send [\d,]+ invitations$"))
    to_send = int(re.sub(r"\D", "", send.inner_text()))
    address = page.url

    send.dblclick()
    page.locator("#progress").wait_for()
    operator.shot("invitations-running")
    page.goto(f"{run['console_url']}/customers")  # Left while it runs.
    page.get_by_role("link", name="Invitations", exact=True).click()
    operator.has("Sent")
    operator.shot("invitations-list")
    page.goto(address)
    done(operator, phone, address, to_send)
    addresses = wait_for_invitations(operator, run, len(already) + to_send)[: -len(already) or None]
    assert sorted(addresses) == sorted(set(addresses))
    assert len(addresses) == to_send
    page.goto(f"{run['console_url']}/customers?badge=pending")
    operator.has("Pending")
    operator.shot("customers-pending")
    a_bounce_shows_and_is_dealt_with(operator, phone, run)
    some_are_sent_again_and_exported(operator, run, tmp_path)


def done(operator: Walker, phone: Walker, address: str, to_send: int) -> None:
    """All were invited, as both see it."""
    operator.page.get_by_role("heading", name="Done").wait_for(timeout=120_000)
    operator.has(f"{to_send} accounts invited")
    operator.shot("invitations-done")
    phone.page.goto(address)
    phone.shot("invitations-done")


def a_bounce_shows_and_is_dealt_with(operator: Walker, phone: Walker, run: dict[str, Any]) -> None:
    """Filter, account, check of an invitation; allowed again, the same address gets a mail."""
    page = operator.page
    page.goto(f"{run['console_url']}/customers?badge=pending")
    page.locator("tbody th a").first.click()
    account, facts = page.url, page.locator("#h-invitation ~ dl")
    email = facts.locator("dt", has_text="Sent to").locator("+ dd").inner_text()
    people.bounce(run, email)
    operator.until("bounced", account)
    operator.has(f"Mails to {email} bounced")
    operator.shot("account-bounced")
    page.goto(f"{run['console_url']}/customers")
    page.get_by_label("Invitation", exact=True).select_option("bounced")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**badge=bounced**")
    assert account.rpartition("/")[2] in page.locator("tbody").inner_text()
    operator.shot("customers-bounced")
    phone.page.goto(page.url)
    phone.shot("customers-bounced")
    page.locator("[data-all]").check()
    page.get_by_role("button", name="Resend…").click()
    operator.has("Address came back")
    operator.has("None of these invitations can be sent again.")
    operator.shot("resend-check-bounced")

    page.goto(account)
    page.get_by_text("Allow mails again…").click()
    page.get_by_role("button", name="Allow mails again").click()
    operator.has("Mails go to this address again")
    page.get_by_role("button", name="Resend", exact=True).click()
    operator.has("A new link is on its way")
    fresh = people.invitation_link(run, email)
    phone.page.goto(fresh)
    phone.page.get_by_role("heading", name="Create your login").wait_for()
    page.goto(account)
    operator.has("opened link")


def some_are_sent_again_and_exported(operator: Walker, run: dict[str, Any], folder: Path) -> None:
    """Two ticked rows of the pending: a file of just these, then a new link for each."""
    page = operator.page
    page.goto(f"{run['console_url']}/customers?badge=pending")
    boxes = page.locator("input[name=account]")
    numbers = [boxes.nth(place).input_value() for place in (0, 2)]
    for place in (0, 2):
        boxes.nth(place).check()
    with page.expect_download() as begun:
        page.get_by_role("button", name="Export", exact=True).click()
    begun.value.save_as(folder / "chosen.csv")
    with (folder / "chosen.csv").open(newline="", encoding="utf-8-sig") as file:
        assert [row["account_id"] for row in csv.DictReader(file)] == numbers

    page.get_by_role("button", name="Resend…").click()
    operator.has("To be sent again")
    operator.shot("resend-check")
    page.get_by_role("button", name="Send 2 invitations again").click()
    page.get_by_role("heading", name="Done").wait_for(timeout=60_000)
    operator.has("2 accounts mailed again")
    operator.shot("resend-done")
    page.goto(f"{run['console_url']}/customers/{numbers[0]}?tab=activity")
    operator.has("Sent the invitation again")


def choose_all_that_match(operator: Walker, run: dict[str, Any]) -> str:
    """Tick some, clear, tick the page, then all that match; how many, as the bar says it."""
    page = operator.page
    page.goto(f"{run['console_url']}/{SMALL}")
    boxes = page.locator("input[name=account]")
    for place in range(3):
        boxes.nth(place).check()
    operator.has("3 selected")
    operator.shot("customers-ticked")
    page.locator("[data-clear]").click()
    assert page.locator(".bulk").is_hidden()

    page.locator("[data-all]").check()
    operator.has(f"{boxes.count()} selected")
    page.get_by_label(re.compile("that match$")).check()
    matching = page.locator("[data-bar-count]").inner_text().split(" ")[0]
    page.get_by_role("button", name="Invite…").click()
    page.get_by_role("heading", name="Check before sending").wait_for()
    return matching


def tick_on_the_phone(phone: Walker, run: dict[str, Any], dealer: str) -> None:
    """Tick one customer; the bar says so."""
    people.sign_in_operator(phone, run, dealer, "admin")
    phone.page.goto(f"{run['console_url']}/{SMALL}")
    phone.page.locator("input[name=account]").first.check()
    phone.has("1 selected")
    phone.shot("customers-ticked")


def wait_for_invitations(operator: Walker, run: dict[str, Any], count: int) -> list[str]:
    """Whom invitations went to, once they are as many as expected and had time to be more."""
    for _ in range(240):
        if len(invited(run)) >= count:
            break
        operator.page.wait_for_timeout(500)
    operator.page.wait_for_timeout(2_000)
    return invited(run)


def invited(run: dict[str, Any]) -> list[str]:
    """The addresses of all invitations in the inbox."""
    letters = fetch_json(f"{run['mail_url']}.json")
    return [x["to"][0] for x in letters if x["subject"].endswith("invites you to pay online")]
