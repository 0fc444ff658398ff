"""Money that comes back in the browser: a return after posting, and a chargeback that is lost."""

import re
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


def test_a_payment_returned_after_posting_is_owed_again_and_paid_again(
    run_json: dict[str, Any],
    walk: Walk,
    own: Own,
    invited: Callable[[str], str],
    clerk: StorageState,
) -> None:
    """The payer on a phone, the operator at a desk."""
    run, payer, operator = run_json, walk("phone"), walk("desk", state=clerk)
    people.register(payer, invited("returned"))
    invoice, number = pay_first_invoice(payer, run)
    people.advance(run, "5d")
    people.wait_for_status(payer, receipt(run, number), "Settled")
    post_settlement_of(operator, run, number)

    happens(run, "_return", {"payment": number, "code": "R02"})

    people.wait_for_status(payer, receipt(run, number), "Returned")
    payer.has("The bank sent this payment back")
    payer.has("The bank account is closed.")
    payer.shot("receipt-returned")
    people.wait_for_mail(run, own.email("returned"), sent_back(number))
    operator_sees_the_return(operator, run, number)
    pays_again(payer, run, number, invoice)


def test_a_chargeback_that_is_lost_is_shown_and_owed_again(
    run_json: dict[str, Any],
    walk: Walk,
    own: Own,
    invited: Callable[[str], str],
    clerk: StorageState,
) -> None:
    """Taken by the card's bank, answered, lost."""
    run, payer, operator = run_json, walk("desk"), walk("desk", state=clerk)
    people.register(payer, invited("chargeback"))
    invoice = review(payer, run)
    payer.page.get_by_role("button", name="Pay by card instead").click()
    add(payer, CREDIT)
    number = pay(payer)
    people.wait_for_status(payer, receipt(run, number), "Settled")

    happens(run, "_dispute", {"payment": number, "kind": "chargeback"})
    people.wait_for_status(operator, detail(run, number), "Disputed: funds withdrawn")
    operator.has("Evidence due by")
    operator.shot("payment-disputed")
    people.wait_for_status(payer, receipt(run, number), "Disputed")
    payer.has("counts as paid until that is decided")

    happens(run, "_dispute", {"payment": number, "outcome": "lost"})
    people.wait_for_status(operator, detail(run, number), "Disputed: lost")
    operator.has("Dispute lost")
    operator.shot("payment-dispute-lost")
    people.wait_for_status(payer, receipt(run, number), "Disputed: lost")
    payer.has("The card’s bank took this payment back")
    payer.shot("receipt-dispute-lost")
    people.wait_for_mail(run, own.email("chargeback"), sent_back(number))
    payer.page.get_by_role("link", name="Pay again").click()
    assert review(payer, run) == invoice


def happens(run: dict[str, Any], control: str, what: dict[str, Any]) -> None:
    """Something at the simulated processor."""
    fetch_json(f"{run['sandbox_url']}/stripe/{control}", what)


def receipt(run: dict[str, Any], number: str) -> str:
    return f"{run['portal_url']}/payments/{number}"


def detail(run: dict[str, Any], number: str) -> str:
    return f"{run['console_url']}/payments/{number}"


def sent_back(number: str) -> Callable[[str], bool]:
    return lambda text: number in text and "owed to" in text and "again" in text


def pay_first_invoice(payer: Walker, run: dict[str, Any]) -> tuple[str, str]:
    """Pay the first open invoice from a bank account linked for it; its number, the payment's."""
    invoice = review(payer, run)
    people.link_bank(payer)
    number = people.authorise_and_pay(payer)
    people.wait_until_processing(payer)
    return invoice, number


def post_settlement_of(operator: Walker, run: dict[str, Any], number: str) -> None:
    """The payout comes and is posted."""
    page = operator.page
    people.open_settlement_of(operator, run, number)
    page.get_by_role("button", name="Post", exact=True).click()
    page.get_by_role("button", name="Resolve", exact=True).wait_for(timeout=60_000)
    people.wait_for_status(operator, detail(run, number), "Posted")


def operator_sees_the_return(operator: Walker, run: dict[str, Any], number: str) -> None:
    """In words on the payment, still posted; and the account's priority says why it rose."""
    page = operator.page
    people.wait_for_status(operator, detail(run, number), "Returned")
    operator.has("R02: Account closed")
    assert page.locator("h1 .badge", has_text="Posted").count() == 1
    operator.shot("payment-returned")
    page.goto(f"{run['console_url']}/attention")
    operator.has(f"of {number} came back. R02: Account closed.")


def pays_again(payer: Walker, run: dict[str, Any], number: str, invoice: str) -> None:
    """The closed account can't be chosen any more; another one is linked."""
    payer.page.goto(receipt(run, number))
    payer.page.get_by_role("link", name="Pay again").click()
    payer.page.wait_for_url(re.compile("/outstanding"))
    assert review(payer, run) == invoice
    payer.has("The bank account is closed. Link it again")
    payer.shot("quote-stopped-bank")
    again, second = pay_first_invoice(payer, run)
    people.advance(run, "5d")
    people.wait_for_status(payer, receipt(run, second), "Settled")
    assert again == invoice
