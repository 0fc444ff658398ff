"""The processor falls silent: the reconciliation finds and repairs it, the inbox says the rest."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator

from tests.journeys import people
from tests.journeys.own_accounts import Own
from tests.journeys.walker import Walker, fetch_json

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
SUCCEEDED = "payment_intent.succeeded"


def test_a_lost_webhook_is_repaired_zero_is_proof_and_a_notice_is_dealt_with(
    run_json: dict[str, Any], walk: Walk, own: Own, invited: Callable[[str], str]
) -> None:
    """The customer on a phone; an administrator at a desk, a clerk on a phone without script."""
    run, dealer = run_json, run_json["dealers"][0]["id"]
    admin, clerk, payer = walk("desk"), walk("phone", script=False), walk("phone")
    people.sign_in_operator(admin, run, dealer, "admin")
    people.sign_in_operator(clerk, run, dealer, "ar")
    people.register(payer, invited("unheard"))

    first = pay_first_invoice(payer, with_bank=False)
    script(run, {"webhooks": {"never": True}})
    people.advance(run, "5d")
    script(run, {"reset": True})

    a_lost_deposit_is_found_and_repaired(admin, run)
    people.wait_for_status(payer, receipt(run, first), "Settled")
    zero_is_shown_as_proof(admin, run)
    a_clerk_reads_but_cannot_check(clerk, run)

    payer.page.goto(f"{run['portal_url']}/outstanding")
    pay_first_invoice(payer, with_bank=True)
    script(run, {"next_webhook": {"type": SUCCEEDED, "amount_cents": 1}})
    people.advance(run, "5d")
    a_notice_appears_and_is_done(clerk, admin, run)


def script(run: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Tell the simulated processor what to do."""
    fetch_json(f"{run['sandbox_url']}/stripe/_script", wanted)


def receipt(run: dict[str, Any], number: str) -> str:
    return f"{run['portal_url']}/payments/{number}"


def pay_first_invoice(payer: Walker, *, with_bank: bool) -> str:
    """Tick one invoice and pay it; the payment's number, once the processor has it."""
    payer.page.locator("input[name=payable]:not([disabled])").first.check()
    payer.page.locator("[data-bar-pay]").click()
    payer.page.get_by_role("heading", name="Review payment").wait_for()
    if not with_bank:
        people.link_bank(payer)
    number = people.authorise_and_pay(payer)
    people.wait_until_processing(payer)
    return number


def a_lost_deposit_is_found_and_repaired(admin: Walker, run: dict[str, Any]) -> None:
    """From Payments to the tab; Check now, leave it running, and read what was found.

    The payment's own lost message may have been noticed by the sweep first; the deposit's is not.
    """
    page = admin.page
    page.goto(f"{run['console_url']}/payments")
    page.get_by_role("link", name="Reconciliation").click()
    page.get_by_role("heading", name="Reconciliation").wait_for()
    admin.shot("reconciliation-before")
    page.get_by_role("button", name="Check now").click()
    page.locator("p.notice[role=status]").wait_for()
    found = row(admin, "The processor made a deposit of which no message came.")
    people.reload_until(admin, found.count)
    assert "Repaired" in found.inner_text()
    assert page.get_by_text("Open", exact=True).count() == 0
    admin.shot("reconciliation-repaired")


def zero_is_shown_as_proof(admin: Walker, run: dict[str, Any]) -> None:
    """A second check names the payment no more; both sides stand beside their tick."""
    page = admin.page
    runs = page.get_by_role("table", name="Earlier runs").locator("tbody tr")
    before = runs.count()
    page.get_by_role("button", name="Check now").click()
    people.reload_until(admin, lambda: runs.count() > before)
    admin.shot("reconciliation-proof")
    for check in ("Trial balance", "Charges", "Balance", "Clearing", "Postings"):
        assert "✓ equal" in row(admin, check).inner_text(), check


def a_clerk_reads_but_cannot_check(clerk: Walker, run: dict[str, Any]) -> None:
    clerk.page.goto(f"{run['console_url']}/reconciliation")
    clerk.has("Both sides")
    assert clerk.page.get_by_role("button", name="Check now").count() == 0


def a_notice_appears_and_is_done(clerk: Walker, admin: Walker, run: dict[str, Any]) -> None:
    """A claimed amount that is not the object's: told on the home page, looked at, dealt with."""
    page = clerk.page
    page.goto(f"{run['console_url']}/attention")
    told = row(clerk, "the event's amount or currency is not the object's")
    people.reload_until(clerk, told.count)
    clerk.shot("attention")
    page.goto(f"{run['console_url']}/customers")
    clerk.has("need attention")
    page.get_by_role("link", name="need attention").click()
    told.get_by_role("link").click()
    clerk.shot("event-set-aside")
    page.get_by_role("button", name="Handle again").click()
    clerk.has("The event is being handled again.")
    # Handled again it is refused again, which may bring the notice back after the first Done.
    people.reload_until(clerk, lambda: is_done_with(clerk, told))
    admin.page.goto(f"{run['console_url']}/settings")
    admin.has("Dealt with:")


def is_done_with(clerk: Walker, told: Locator) -> bool:
    """Press Done if the notice is there; True once the list comes without it."""
    if told.count():
        told.get_by_role("button", name="Done").click()
        clerk.has("Done. Your name and the time are kept in the audit log.")
    return told.count() == 0


def row(walker: Walker, text: str) -> Locator:
    """The table row that says it."""
    return walker.page.locator("tbody tr").filter(has_text=re.compile(re.escape(text))).first
