"""The public ledger's largest account is paid to the cent, on a phone, without script."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys import people
from tests.journeys.books import general_ledger, our_ledger
from tests.journeys.people import cents_of
from tests.journeys.plain_road import balance_shown, pay_everything, post_and_resolve
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
DEALER = "ibm-demo"


@pytest.fixture
def public_run(run_json: dict[str, Any]) -> dict[str, Any]:
    """The run, if the public ledger was there when it was seeded."""
    if DEALER not in [dealer["id"] for dealer in run_json["dealers"]]:
        pytest.skip("the public ledger is not there: ../shared/data/ibm_ar")
    return run_json


def test_the_largest_account_is_paid_to_the_cent_without_script(
    public_run: dict[str, Any], walk: Walk
) -> None:
    """From the largest balance of the list to $0.00 on both sides and equal books."""
    run = public_run
    operator, payer = walk("desk", script=False), walk("phone", script=False)
    before = our_ledger(run, DEALER)

    people.sign_in_operator(operator, run, DEALER, "ar")
    account, balance = largest_account(operator)
    email = people.new_address("public")
    people.invite(operator, email)
    people.register(payer, people.invitation_link(run, email))
    payment = pay_everything(payer, balance)
    receipt = f"{run['portal_url']}/payments/{payment}"
    people.wait_until_processing(payer)
    people.advance(run, "5d")
    people.wait_for_status(payer, receipt, "Settled")
    payer.shot("plain-receipt")
    settlement = post_and_resolve(operator, run, payment)
    people.wait_for_status(payer, receipt, "Posted")

    assert settlement == balance
    payer.page.goto(f"{run['portal_url']}/outstanding")
    assert balance_shown(payer, "Balance") == 0
    payer.has("Nothing is owed")
    payer.shot("plain-nothing-owed")
    operator.page.goto(f"{run['console_url']}/customers/{account}")
    assert balance_shown(operator, "Outstanding") == 0
    assert_books(run, before, balance)


def largest_account(operator: Walker) -> tuple[str, int]:
    """Sort by what is outstanding and open the first; its number and balance in cents."""
    page = operator.page
    page.get_by_role("columnheader", name="Outstanding").get_by_role("link").click()
    shown = [cents_of(text) for text in page.locator("tbody td.strong").all_inner_texts()]
    assert shown == sorted(shown, reverse=True)
    operator.shot("plain-customers")
    number = page.locator("tbody th .under").first.inner_text().split(" ·")[0]
    page.locator("tbody th a").first.click()
    assert balance_shown(operator, "Outstanding") == shown[0]
    return number, shown[0]


def assert_books(run: dict[str, Any], before: dict[str, int], balance: int) -> None:
    """Our ledger moved by exactly the balance, and the ERP's GL says the same as ours."""
    ours, theirs = our_ledger(run, DEALER), general_ledger(run, DEALER)
    receivable, clearing, bank, fees = "1200", "1050", "1010", "6150"
    moved = {number: ours[number] - before.get(number, 0) for number in ours}
    assert moved[receivable] == -balance
    assert moved[bank] + moved[fees] == balance
    assert ours[clearing] == 0
    assert sum(ours.values()) == 0
    assert {number: cents for number, cents in ours.items() if cents} == {
        number: cents for number, cents in theirs.items() if cents
    }
