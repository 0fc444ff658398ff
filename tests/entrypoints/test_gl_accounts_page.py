"""The account numbers as an administrator types them."""

from dataclasses import asdict

import pytest

from chalicelib.domain.dealers import Dealer, GlAccounts
from chalicelib.storage.dealers import fresh_dealer
from tests.entrypoints.browser import Browser
from tests.stage import Stage

PATH = "/console/settings/accounts"
TYPED = {**asdict(GlAccounts()), "clearing": "10-1050", "version": "1"}


@pytest.fixture
def dealer(stage: Stage, browser: Browser) -> Dealer:
    """A dealer whose administrator has the page open."""
    dealer = stage.dealer()
    browser.signed_in(stage.operator(dealer, role="admin"))
    browser.get(PATH)
    return dealer


def test_the_numbers_are_saved_and_the_change_is_listed(browser: Browser, dealer: Dealer) -> None:
    done = browser.post(PATH, TYPED)

    assert (done.status, done.location) == (303, f"{PATH}?done=settings")
    assert fresh_dealer(dealer.dealer_id).gl == GlAccounts(clearing="10-1050")
    assert 'value="10-1050"' in browser.get(PATH).text
    assert "General ledger: clearing 1050 → 10-1050" in browser.get("/console/settings").text


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"returns": ""}, ["returns"]),
        ({"bank": "=1010"}, ["bank"]),
        ({"bank": "10-1050"}, ["bank", "clearing"]),
    ],
)
def test_a_wrong_number_is_told_beside_its_field_and_what_was_typed_stays(
    browser: Browser, dealer: Dealer, change: dict[str, str], fields: list[str]
) -> None:
    page = browser.post(PATH, {**TYPED, **change})

    assert page.status == 422
    assert [name for name in asdict(GlAccounts()) if f'id="e-{name}"' in page.text] == sorted(
        fields, key=list(TYPED).index
    )
    assert 'value="10-1050"' in page.text
    assert fresh_dealer(dealer.dealer_id) == dealer


def test_who_is_no_administrator_sees_them_without_a_form(browser: Browser, stage: Stage) -> None:
    browser.signed_in(stage.operator(stage.dealer(), role="viewer"))

    page = browser.get(PATH)

    assert page.status == 200
    assert "1050" in page.text
    assert "<input" not in page.text.partition("<main")[2]
