"""The card surcharge: switched on with a statement, paid by a credit card only, refunded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import people
from tests.journeys.own_dealer import ACCOUNT, open_dealer
from tests.journeys.test_card import CREDIT, DEBIT, add, pay, review
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
BEFORE, FEE = 100_000, 2_000  # Colorado: 2 % at most.


def test_a_surcharge_is_switched_on_paid_refunded_and_switched_off(
    run_json: dict[str, Any], walk: Walk, tmp_path: Path
) -> None:
    """An administrator at a desk, a payer on a phone, at a dealer of their own."""
    run = open_dealer(run_json, tmp_path)
    admin, payer = walk("desk"), walk("phone")
    people.sign_in_operator(admin, run, run["dealers"][0]["id"], "admin")
    email = people.new_address("surcharge")
    admin.page.goto(f"{run['console_url']}/customers/{ACCOUNT}")
    people.invite(admin, email)
    people.register(payer, people.invitation_link(run, email))

    is_refused_where_it_is_forbidden(admin, run)
    switches_it_on(admin)
    number = pays_by_card(payer, run)
    refunds_a_part(admin, payer, run, number)
    switches_it_off(admin, run)


def is_refused_where_it_is_forbidden(admin: Walker, run: dict[str, Any]) -> None:
    """A sentence beside the field, whatever else was typed."""
    admin.page.goto(f"{run['console_url']}/settings")
    admin.page.get_by_role("link", name="Card surcharge").click()
    admin.has("Off. Customers pay by card without a surcharge.")
    admin.page.get_by_label("Percent of the payment").fill("3")
    admin.page.get_by_label("State of your place of business").select_option("Connecticut")
    admin.page.get_by_role("button", name="Preview").click()
    admin.has("Connecticut forbids surcharges on credit cards.")
    admin.problems.clear()  # The console's echo of the 422.


def switches_it_on(admin: Walker) -> None:
    """Previewed, then stated and switched on; who stated it is shown."""
    page = admin.page
    page.get_by_label("State of your place of business").select_option("Colorado")
    page.get_by_role("button", name="Preview").click()
    admin.has("3.00 % asked. At most: Visa 3.00 %, Mastercard 4.00 %, Colorado 2.00 %")
    admin.has("Off. Customers pay by card without a surcharge.")
    admin.shot("surcharge-preview")
    page.locator("input[name=attest]").check()
    page.get_by_role("button", name="Switch on").click()
    admin.has("The card surcharge is on within half a minute.")
    admin.has("On. Alma Reyes, admin@")
    admin.shot("surcharge-on")


def pays_by_card(payer: Walker, run: dict[str, Any]) -> str:
    """By bank and debit card the total is the invoice; a credit card adds a line."""
    assert quoted_by(payer, run, DEBIT) == BEFORE
    assert payer.page.get_by_text("Credit card surcharge").count() == 0
    assert payer.page.get_by_text("The total includes").count() == 0
    people.until(lambda: quoted_by(payer, run, CREDIT) == BEFORE + FEE)  # 30 s of cached settings.
    line = payer.page.locator("dl.sum dt", has_text="Credit card surcharge").locator("+ dd")
    assert people.cents_of(line.inner_text()) == FEE
    payer.has("The total includes $20.00 for paying by credit card.")
    payer.shot("surcharge-quote")
    number = pay(payer)
    people.wait_for_status(payer, f"{run['portal_url']}/payments/{number}", "Settled")
    payer.has("Credit card surcharge")
    assert people.cents_of(payer.page.locator("dd.total").inner_text()) == BEFORE + FEE
    return number


def quoted_by(payer: Walker, run: dict[str, Any], card: str) -> int:
    """The total for a newly added card; by bank account it was the invoice alone."""
    review(payer, run)
    assert people.quoted_total(payer) == BEFORE
    payer.page.get_by_role("button", name="Pay by card instead").click()
    add(payer, card)
    return people.quoted_total(payer)


def refunds_a_part(admin: Walker, payer: Walker, run: dict[str, Any], number: str) -> None:
    """$500.00 of $1,000.00 goes back with half of the surcharge."""
    page = admin.page
    page.goto(f"{run['console_url']}/payments/{number}")
    page.get_by_text("Give money back").click()
    page.get_by_label("Amount", exact=True).fill("500.00")
    page.get_by_label("Why it goes back").fill("Goods returned")
    page.get_by_role("button", name="Preview refund").click()
    page.get_by_role("button", name="Refund $510.00").click()
    admin.has("Refunded. The payer is told.")
    payer.page.goto(f"{run['portal_url']}/payments/{number}")
    payer.has("A refund of $510.00 went to Visa credit card ••4242.")


def switches_it_off(admin: Walker, run: dict[str, Any]) -> None:
    """Off, and both changes stand in the audit log."""
    admin.page.goto(f"{run['console_url']}/settings/surcharge")
    admin.page.get_by_role("button", name="Switch off").click()
    admin.has("The card surcharge is off within half a minute.")
    admin.page.goto(f"{run['console_url']}/settings")
    admin.has("Card surcharge off")
    admin.has("attested to surcharge-2026-11")
