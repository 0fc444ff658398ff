"""A customer is shut out and let in again; a part is typed on its line; a balance is paid whole."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import StorageState

from tests.journeys import people
from tests.journeys.own_accounts import JOBS, Own
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]


def test_a_disabled_account_is_neither_seen_nor_paid_until_it_is_enabled(
    run_json: dict[str, Any],
    walk: Walk,
    own: Own,
    clerk: StorageState,
    invited: Callable[[str], str],
) -> None:
    """The operator at a desk, the customer on a phone without script."""
    operator, payer = walk("desk", state=clerk), walk("phone", script=False)
    people.register(payer, invited("shut"))
    types_a_part(payer, own)
    preview = payer.page.url
    page = operator.page
    page.goto(f"{run_json['console_url']}/customers/{own.account('shut')}")
    page.get_by_text("Disable portal access…").click()
    operator.shot("account-disable-asks")
    page.get_by_role("button", name="Disable portal access").click()
    operator.has("Nobody sees or pays this account online.")
    operator.shot("account-disabled")

    for address in (preview, f"{run_json['portal_url']}/outstanding"):
        payer.page.goto(address)
        payer.page.get_by_role("heading", name="Online access is switched off").wait_for()
    payer.shot("shut-out", status=403)
    page.goto(f"{run_json['console_url']}/customers?badge=disabled")
    operator.has(own.account("shut"))

    page.goto(f"{run_json['console_url']}/customers/{own.account('shut')}")
    page.get_by_role("button", name="Enable portal access").click()
    operator.has("Portal access is enabled again.")
    payer.page.goto(preview)
    assert people.quoted_total(payer) == 5_000


def types_a_part(payer: Walker, own: Own) -> None:
    """A wrong amount is said at its line and stays there; then $50.00 of one invoice."""
    page, number = payer.page, f"{own.stamp}-shut-000"
    amount = page.get_by_label(f"Amount to pay on {number}")
    amount.fill("50.005")
    page.get_by_role("button", name="Pay selected").click()
    payer.has("Type an amount like 1250 or 1250.50. Nothing was charged.")
    payer.shot("outstanding-refused", status=422)
    assert amount.input_value() == "50.005"
    amount.fill("50.00")
    page.get_by_role("button", name="Pay selected").click()
    page.get_by_role("heading", name="Review payment").wait_for()
    assert people.quoted_total(payer) == 5_000


def test_an_account_billed_by_balance_is_paid_whole_and_posted_without_documents(
    run_json: dict[str, Any], walk: Walk, clerk: StorageState, invited: Callable[[str], str]
) -> None:
    """From Pay the whole balance to Posted; people read jobs, never the documents."""
    operator, payer = walk("desk", state=clerk), walk("phone")
    people.register(payer, invited("balance"))
    payer.has("This account is paid by its balance")
    assert payer.page.locator("input[name=payable]").count() == 0
    payer.shot("balance-outstanding")
    payer.page.get_by_role("button", name="Pay the whole balance").click()
    payer.page.get_by_role("heading", name="Review payment").wait_for()
    payer.has(JOBS[0])
    people.link_bank(payer)
    payer.shot("balance-preview")
    number = people.authorise_and_pay(payer)
    people.wait_until_processing(payer)
    people.advance(run_json, "5d")
    people.wait_for_status(payer, f"{run_json['portal_url']}/payments/{number}", "Settled")

    people.open_settlement_of(operator, run_json, number)
    operator.page.get_by_role("button", name="Post", exact=True).click()
    operator.page.get_by_role("button", name="Resolve", exact=True).wait_for(timeout=60_000)

    people.wait_for_status(payer, f"{run_json['portal_url']}/payments/{number}", "Posted")
    payer.has("Account balance")
    payer.shot("balance-receipt")
