"""The surcharge page as an administrator types into it, and what a payer then reads."""

import re

import pytest

from chalicelib.domain.attestations import SURCHARGE_VERSION
from chalicelib.domain.dealers import Dealer
from chalicelib.storage.dealers import fresh_dealer
from tests.entrypoints.browser import Browser, Page
from tests.stage import Stage

PATH = "/console/settings/surcharge"
TYPED = {
    "asked_percent": "3.0", "asked_flat": "", "state": "CO",
    "cost_percent": "2.9 %", "cost_flat": "$0.30", "version": "1",
}  # fmt: skip


@pytest.fixture
def dealer(stage: Stage, browser: Browser) -> Dealer:
    """A dealer whose administrator has the page open."""
    dealer = stage.dealer()
    browser.signed_in(stage.operator(dealer, role="admin"))
    browser.get(PATH)
    return dealer


def words(page: Page) -> str:
    """What a reader sees, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_a_preview_says_what_a_payer_would_pay_and_saves_nothing(
    browser: Browser, dealer: Dealer
) -> None:
    page = browser.post(PATH, {**TYPED, "do": "preview"})

    assert page.status == 200
    assert "3.00 % asked. At most: Visa 3.00 %, Mastercard 4.00 %, Colorado 2.00 %" in words(page)
    assert "$1,000.00, Visa Colorado allows no more $20.00" in words(page)
    assert 'name="asked_percent" type="text" autocomplete="off" value="3.0"' in page.text
    assert fresh_dealer(dealer.dealer_id) == dealer


def test_it_is_switched_on_with_the_statement_and_off_again(
    browser: Browser, dealer: Dealer
) -> None:
    done = browser.post(PATH, {**TYPED, "attest": SURCHARGE_VERSION})
    shown = words(browser.get(PATH))
    off = browser.post(f"{PATH}/off", {"version": "2"})

    assert (done.status, done.location) == (303, f"{PATH}?done=surcharge-on")
    assert "On. Kim Lee, u" in shown
    assert f"({SURCHARGE_VERSION})" in shown
    assert off.location == f"{PATH}?done=surcharge-off"
    assert "Off. Customers pay by card without a surcharge." in words(browser.get(PATH))
    assert "Card surcharge on: 3.00 % asked in CO" in words(browser.get("/console/settings"))
    assert fresh_dealer(dealer.dealer_id).fees.surcharge_on is False


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"state": "CT"}, "state", "Connecticut forbids surcharges on credit cards."),
        ({"state": ""}, "state", "Choose the state"),
        ({"asked_percent": "three"}, "asked_percent", "Type a percent like 3 or 2.95."),
        ({"asked_percent": "1e1"}, "asked_percent", "Type a percent like 3 or 2.95."),
        ({"asked_percent": "11"}, "asked_percent", "From 0.01 to 10.00 percent."),
        ({"cost_flat": "9"}, "cost_flat", "From 0.00 to 5.00."),
        ({"attest": ""}, "attest", "Read the statement and tick the box."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    browser: Browser, dealer: Dealer, change: dict[str, str], field: str, sentence: str
) -> None:
    page = browser.post(PATH, {**TYPED, "attest": SURCHARGE_VERSION, **change})

    assert page.status == 422
    assert sentence in words(page)
    assert f'id="e-{field}"' in page.text
    assert 'value="2.9 %"' in page.text
    assert fresh_dealer(dealer.dealer_id) == dealer


def test_a_form_without_its_version_changes_nothing(browser: Browser, dealer: Dealer) -> None:
    statuses = [
        browser.post(path, {**TYPED, "attest": SURCHARGE_VERSION, "version": "²"}).status
        for path in (PATH, f"{PATH}/off")
    ]

    assert statuses == [422, 422]
    assert fresh_dealer(dealer.dealer_id) == dealer


def test_who_is_no_administrator_sees_it_without_a_form(browser: Browser, stage: Stage) -> None:
    browser.signed_in(stage.operator(stage.dealer(), role="ar"))

    page = browser.get(PATH)

    assert page.status == 200
    assert "Only an administrator can switch it on or off." in words(page)
    assert 'name="attest"' not in page.text
