"""The whole road of the demo dealer, from the ERP's files to Posted, without a line of script."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import people
from tests.journeys.books import general_ledger
from tests.journeys.plain_road import (
    balance_shown,
    import_files,
    pay_everything,
    post_and_resolve,
)
from tests.journeys.test_receipts_and_manual_post import downloaded
from tests.journeys.test_the_tutorial import badge_shown, new_ledger
from tests.journeys.tutorial_ledger import CUSTOMERS, TutorialLedger
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
RECEIVABLE = "1200"
PLACE = 0  # Of the ledger's customers, the one who pays.
# $1,840.00 + $960.00 + $425.00, a credit of $100.00 off.
BALANCE_CENTS = 312_500


def test_files_come_in_a_customer_pays_and_the_books_are_posted_without_script(
    run_json: dict[str, Any], walk: Walk, tmp_path: Path
) -> None:
    """Operator at a desk, customer on a phone; neither browser runs script. Never skipped."""
    run, ledger = run_json, new_ledger(run_json)
    dealer, number = run["dealers"][0]["id"], ledger.account(PLACE)
    operator, payer = walk("desk", script=False), walk("phone", script=False)

    people.sign_in_operator(operator, run, dealer, "ar")
    import_files(operator, ledger.files, tmp_path, accounts=len(CUSTOMERS))
    invite_from_the_list(operator, run, ledger)
    people.register(payer, people.invitation_link(run, ledger.email(PLACE)))
    assert list_badge(operator, run, number) == "Accepted"
    payment = pay_everything(payer, BALANCE_CENTS)
    receipt = f"{run['portal_url']}/payments/{payment}"
    assert list_badge(operator, run, payment, "payments") == "Pending"
    people.wait_until_processing(payer)
    people.advance(run, "5d")
    people.wait_for_status(payer, receipt, "Settled")
    assert downloaded(payer, "Download PDF")[1].startswith(b"%PDF-")
    payer.shot("plain-receipt")

    before = general_ledger(run, dealer)
    gross = post_and_resolve(operator, run, payment)
    after = general_ledger(run, dealer)

    assert gross >= BALANCE_CENTS  # Its deposit may carry others' payments, too.
    assert after[RECEIVABLE] - before.get(RECEIVABLE, 0) == -gross
    people.wait_for_status(payer, receipt, "Posted")
    people.wait_for_status(operator, f"{run['console_url']}/payments/{payment}", "Posted")
    payer.page.goto(f"{run['portal_url']}/outstanding")
    payer.has("Nothing is owed")
    operator.page.goto(f"{run['console_url']}/customers/{number}")
    assert balance_shown(operator, "Outstanding") == 0


def invite_from_the_list(operator: Walker, run: dict[str, Any], ledger: TutorialLedger) -> None:
    """Search, tick one of those found, check, send; the page is loaded again until it is done."""
    page = operator.page
    page.goto(f"{run['console_url']}/customers")
    page.get_by_label("Search name or account number").fill(ledger.stamp)
    page.get_by_role("button", name="Search").click()
    rows = page.locator("tbody tr")
    assert rows.count() == len(CUSTOMERS)
    rows.filter(has_text=ledger.account(PLACE)).locator("input[name=account]").check()
    page.get_by_role("button", name="Invite…").click()
    page.get_by_role("heading", name="Check before sending").wait_for()
    page.get_by_role("button", name="Send 1 invitation").click()
    people.reload_until(operator, page.get_by_role("heading", name="Done").count)


def list_badge(operator: Walker, run: dict[str, Any], wanted: str, where: str = "customers") -> str:
    """The badge of one row of a list of the console."""
    operator.page.goto(f"{run['console_url']}/{where}?q={wanted}")
    return badge_shown(operator.page.locator("tbody tr", has_text=wanted))
