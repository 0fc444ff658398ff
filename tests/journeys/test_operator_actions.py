"""An operator stops payments: freeze and release, freeze and terminate, hold posting."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys import people
from tests.journeys.test_the_road import tick_first_job
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
EMAIL = "sam.demo@example.com"
EVERYWHERE_SECONDS = 31.0  # Settings are cached for half a minute.


def test_payments_are_frozen_released_terminated_and_kept_from_posting(
    run_json: dict[str, Any], walk: Walk
) -> None:
    """The administrator at a desk, a colleague and the customer on phones, one without script."""
    run, dealer = run_json, run_json["dealers"][0]["id"]
    admin, colleague, payer = walk("desk"), walk("phone", script=False), walk("phone")
    people.sign_in_operator(admin, run, dealer, "admin")
    set_hold(admin, run, 0, 24)
    everywhere_at = time.monotonic() + EVERYWHERE_SECONDS
    admin.shot("settings")
    invite_a_large_customer(admin, run, payer)
    people.sign_in_operator(colleague, run, dealer, "ar")
    admin.page.wait_for_timeout(max(0.0, everywhere_at - time.monotonic()) * 1000)

    first = pay_first_job(payer, with_bank=False)
    freeze_and_release(admin, payer, run, first)
    freeze_and_terminate(colleague, payer, run)
    set_hold(admin, run, 24, 0)  # The other journeys' payments leave at once.
    people.advance(run, "25h")
    people.fire(run, "sweep_due")
    payer.page.goto(receipt(run, first))
    people.wait_until_processing(payer)
    cannot_be_frozen_any_more(admin, run, first)
    press(admin, run, first, "Hold posting")
    admin.shot("payment-posting-held")
    people.advance(run, "5d")
    people.wait_for_status(payer, receipt(run, first), "Settled")

    hold_blocks_post_and_resolve(admin, run, first)


def set_hold(admin: Walker, run: dict[str, Any], before: int, after: int) -> None:
    """The administrator sets the hold; the change is kept with their name."""
    page = admin.page
    page.goto(f"{run['console_url']}/settings")
    page.get_by_label("Hold ACH payments, hours").fill(str(after))
    page.get_by_role("button", name="Save settings").click()
    admin.has(f"hold hours {before} → {after}")


def invite_a_large_customer(admin: Walker, run: dict[str, Any], payer: Walker) -> None:
    """Somebody with several jobs whom the other journeys leave alone."""
    admin.page.goto(f"{run['console_url']}/customers")
    admin.page.get_by_role("columnheader", name="Outstanding").get_by_role("link").click()
    admin.page.locator("th[aria-sort=descending]", has_text="Outstanding").wait_for()
    names = admin.page.locator("tbody th .under")
    people.open_account(admin, names.nth(4).inner_text().split(" ·")[0])
    people.invite(admin, EMAIL)
    people.register(payer, people.invitation_link(run, EMAIL))


def pay_first_job(payer: Walker, *, with_bank: bool) -> str:
    """Tick, preview, link a bank if there is none, submit; the payment's number."""
    tick_first_job(payer)
    payer.page.locator("[data-bar-pay]").click()
    payer.page.get_by_role("heading", name="Review payment").wait_for()
    if not with_bank:
        people.link_bank(payer)
    return people.authorise_and_pay(payer)


def receipt(run: dict[str, Any], number: str) -> str:
    return f"{run['portal_url']}/payments/{number}"


def press(operator: Walker, run: dict[str, Any], number: str, button: str) -> None:
    """Give a reason on the payment's page and press one of its buttons."""
    page = operator.page
    page.goto(f"{run['console_url']}/payments/{number}")
    page.get_by_label("Reason").fill("Asked by phone")
    page.get_by_role("button", name=button, exact=True).click()
    page.locator("p.notice.good, p.notice[role=status]").first.wait_for()


def freeze_and_release(admin: Walker, payer: Walker, run: dict[str, Any], number: str) -> None:
    """The payer is told honestly while it is frozen, and never why."""
    admin.page.goto(f"{run['console_url']}/payments/{number}")
    admin.has("Goes to the payment processor on")
    admin.shot("payment-held")
    press(admin, run, number, "Freeze")
    admin.has("Frozen. Nothing was charged; release or terminate it.")
    admin.shot("payment-frozen")
    people.wait_for_status(payer, receipt(run, number), "Frozen")
    payer.has("Nothing was charged")
    assert payer.page.get_by_text("Asked by phone").count() == 0
    payer.shot("receipt-frozen")
    press(admin, run, number, "Release")
    people.wait_for_status(payer, receipt(run, number), "Pending")


def freeze_and_terminate(colleague: Walker, payer: Walker, run: dict[str, Any]) -> None:
    """Final, nothing charged, the payer told, the documents open again."""
    payer.page.goto(f"{run['portal_url']}/outstanding")
    total = tick_first_job(payer)
    payer.page.goto(f"{run['portal_url']}/outstanding")
    number = pay_first_job(payer, with_bank=True)
    press(colleague, run, number, "Freeze")
    colleague.shot("payment-frozen")
    press(colleague, run, number, "Terminate")
    colleague.has("Terminated. Nothing was charged")
    colleague.shot("payment-terminated")
    people.wait_for_status(payer, receipt(run, number), "Terminated")
    payer.shot("receipt-terminated")
    people.wait_for_mail(run, EMAIL, lambda text: number in text and "Nothing was charged" in text)
    payer.page.goto(f"{run['portal_url']}/outstanding")
    assert tick_first_job(payer) == total


def cannot_be_frozen_any_more(admin: Walker, run: dict[str, Any], number: str) -> None:
    """The button is not there; why, and what to do instead, is."""
    admin.page.goto(f"{run['console_url']}/payments/{number}")
    admin.has("It has been handed to the payment processor")
    assert admin.page.get_by_role("button", name="Freeze", exact=True).count() == 0
    admin.shot("payment-handed-over")


def hold_blocks_post_and_resolve(admin: Walker, run: dict[str, Any], number: str) -> None:
    """Neither button while the hold lasts; after its release the settlement is posted."""
    page = admin.page
    page.goto(f"{run['console_url']}/payments")
    admin.has("Initiated per day")
    admin.shot("incoming-payments-volume")
    people.open_settlement_of(admin, run, number)
    admin.has(f"Posting of {number} is on hold")
    assert page.get_by_role("button", name=re.compile("^(Post|Resolve)$")).count() == 0
    admin.shot("settlement-held")
    settlement = page.url
    press(admin, run, number, "Release posting")
    page.goto(settlement)
    page.get_by_role("button", name="Post", exact=True).click()
    page.get_by_role("button", name="Resolve", exact=True).wait_for(timeout=60_000)
    people.wait_for_status(admin, f"{run['console_url']}/payments/{number}", "Posted")
    admin.shot("payment-posted")
