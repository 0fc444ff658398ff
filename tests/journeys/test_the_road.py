"""The story: one invoice from the ERP's ledger to money posted in the GL."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FloatRect

from tests.journeys import people
from tests.journeys.people import cents_of
from tests.journeys.walker import SCREENSHOTS, Walker, fetch_json

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]


def noisy_webhooks(run: dict[str, Any]) -> None:
    """Webhooks come twice and out of order from now on, by seed."""
    script = {"webhooks": {"seed": 7, "duplicate": 0.5, "reorder": True}}
    fetch_json(f"{run['sandbox_url']}/stripe/_script", script)


def test_an_invited_customer_pays_by_ach_and_the_payment_is_posted(
    run_json: dict[str, Any], walk: Walk
) -> None:
    """A demo account: operator at a desk, customer on a phone, with script."""
    run, dealer = run_json, run_json["dealers"][0]["id"]
    noisy_webhooks(run)
    operator, payer = walk("desk"), walk("phone")
    email = people.new_address("pat.demo")

    account_url = invite_the_riskiest(operator, run, dealer, email)
    people.register(payer, people.invitation_link(run, email))
    payer.shot("outstanding")
    operator.page.goto(account_url)
    operator.page.get_by_text("Accepted", exact=True).first.wait_for()
    operator.shot("account-accepted")

    payment = pay_first_job(payer)
    people.wait_until_processing(payer)
    people.wait_for_payment_mail(run, email, payment, "was submitted")
    people.advance(run, "5d")
    receipt_url = f"{run['portal_url']}/payments/{payment}"
    people.wait_for_status(payer, receipt_url, "Settled")
    people.wait_for_payment_mail(run, email, payment, "has settled")
    payer.shot("receipt-settled")
    find_payment(operator, run, payment)

    post_and_resolve(operator, run, payment)
    people.wait_for_status(payer, receipt_url, "Posted")
    print_receipt(payer)
    payer.page.goto(f"{run['portal_url']}/payments")
    payer.shot("payments")


def invite_the_riskiest(operator: Walker, run: dict[str, Any], dealer: str, email: str) -> str:
    """Sign in, invite the customer first in Collection Priority; returns the account's address."""
    people.sign_in_operator(operator, run, dealer, "admin")
    operator.shot("customers")
    scores = operator.page.locator("details.prio summary .num").all_inner_texts()
    assert scores == sorted(scores, key=float, reverse=True)
    operator.page.locator("details.prio summary").first.click()
    operator.has("of the next 30 days")
    operator.shot("customers-why")
    operator.page.goto(f"{run['console_url']}/customers?badge=none")
    number = operator.page.locator("tbody th .under").first.inner_text().split(" ·")[0]
    people.open_account(operator, number)
    operator.shot("account")
    people.invite(operator, email)
    operator.shot("account-pending")
    return operator.page.url.split("?")[0]


def pay_first_job(payer: Walker) -> str:
    """Tick a job, link a bank, authorise and pay; returns the payment's number."""
    total = tick_first_job(payer)
    payer.shot("outstanding-ticked")
    payer.page.locator("[data-bar-pay]").click()
    payer.page.get_by_role("heading", name="Review payment").wait_for()
    assert people.quoted_total(payer) + people.quoted_discount(payer) == total
    payer.shot("quote-no-bank")
    people.link_bank(payer)
    payment = people.authorise_and_pay(payer)
    payer.has("Pending")
    payer.shot("payment-pending")
    return payment


def find_payment(operator: Walker, run: dict[str, Any], payment: str) -> None:
    """The operator finds the payment among the incoming ones and opens it."""
    operator.page.goto(f"{run['console_url']}/payments")
    operator.has(payment)
    operator.shot("incoming-payments")
    operator.page.locator("tr", has_text=payment).get_by_role("link").first.click()
    operator.shot("payment-detail")


def print_receipt(payer: Walker) -> None:
    """The receipt on Letter paper: nothing lies upon anything, from a desk or from a phone."""
    page = payer.page
    page.emulate_media(media="print")
    for width in (390, 720):  # A phone's own print preview, and Letter between its margins.
        page.set_viewport_size({"width": width, "height": 900})
        boxes = [box.bounding_box() for box in page.locator(".card, .panel, h1, .sub").all()]
        shown = [box for box in boxes if box and box["height"]]
        assert len(shown) > 4
        assert [pair for pair in itertools.combinations(shown, 2) if overlap(*pair)] == []
        assert max(box["x"] + box["width"] for box in shown) <= width
    page.pdf(path=SCREENSHOTS / "receipt.pdf", format="Letter")
    page.emulate_media(media="screen")


def overlap(one: FloatRect, other: FloatRect) -> bool:
    """True if two boxes share more than an edge."""
    wide = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    high = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return wide > 1 and high > 1


def tick_first_job(payer: Walker) -> int:
    """Tick the first job; the bar and the button say its amount, in cents."""
    box = payer.page.locator("input[name=job]:not([disabled])").first
    box.check()
    button = payer.page.locator("[data-bar-pay]").inner_text()
    assert re.search(r"Pay \$[\d,]+\.\d\d", button)
    return cents_of(button)


def post_and_resolve(operator: Walker, run: dict[str, Any], payment: str) -> None:
    """Wait for the payment's settlement, check its proof, Post with progress, Resolve."""
    page = operator.page
    people.open_settlement_of(operator, run, payment)
    operator.shot("settlement-proof")
    page.get_by_role("button", name="Post", exact=True).click()
    page.get_by_role("button", name="Resolve", exact=True).wait_for(timeout=60_000)
    operator.shot("settlement-posted")
    page.get_by_role("button", name="Resolve", exact=True).click()
    operator.has("The settlement is resolved.")
    operator.shot("settlement-resolved")
    page.get_by_role("link", name="All settlements").click()
    page.get_by_role("heading", name="Settlements").wait_for()
    operator.shot("settlements")
