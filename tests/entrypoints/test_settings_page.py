"""The settings page as an administrator types into it."""

import pytest

from chalicelib.domain.dealers import Dealer
from chalicelib.entrypoints import guard
from chalicelib.storage.dealers import fresh_dealer
from tests.entrypoints.browser import Browser, Page
from tests.stage import Stage

TYPED = {
    "version": "1", "name": "Ridgeline Lumber", "phone": "", "address": "", "hold_hours": "0",
    "time_zone": "America/Los_Angeles", "invitation_days": "14", "ach_flat_cents": "0",
    "refund_limit_cents": "0",
}  # fmt: skip


@pytest.fixture
def dealer(stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Dealer:
    """A dealer whose administrator has the page open."""
    monkeypatch.setattr(guard, "product_world", lambda: stage)
    dealer = stage.dealer()
    browser.signed_in(stage.operator(dealer, role="admin"))
    browser.get("/console/settings")
    return dealer


def post(browser: Browser, dealer: Dealer, closed: str) -> int:
    return sent(browser, dealer, books_closed_through=closed).status


def sent(browser: Browser, dealer: Dealer, **typed: str) -> Page:
    return browser.post("/console/settings", {**TYPED, "version": str(dealer.version), **typed})


@pytest.mark.parametrize("closed", ["2026-10-31", ""])
def test_the_books_are_closed_through_the_day_that_is_typed(
    browser: Browser, dealer: Dealer, closed: str
) -> None:
    status = post(browser, dealer, closed)

    assert status in (302, 303)
    assert fresh_dealer(dealer.dealer_id).books_closed_through == closed


@pytest.mark.parametrize("closed", ["2030-01-01", "31.10.2026"])
def test_a_day_to_come_or_no_day_closes_nothing(
    browser: Browser, dealer: Dealer, closed: str
) -> None:
    status = post(browser, dealer, closed)

    assert status == 422
    assert fresh_dealer(dealer.dealer_id) == dealer


def test_a_time_zone_is_typed_and_the_page_shows_its_hours(
    browser: Browser, dealer: Dealer
) -> None:
    page = sent(browser, dealer, time_zone="America/New_York")

    assert page.status == 303
    assert fresh_dealer(dealer.dealer_id).time_zone == "America/New_York"
    shown = browser.get("/console/settings").text
    assert "time zone America/Los_Angeles → America/New_York" in shown
    assert "T13:00:00-05:00" in shown  # The stage's 18:00 UTC.


def test_what_was_typed_is_shown_again_with_what_to_correct(
    browser: Browser, dealer: Dealer
) -> None:
    page = sent(browser, dealer, hold_hours="<many>", address="12 Mill Road", auto_post="yes")

    assert page.status == 422
    assert 'id="e-hold_hours"' in page.text
    assert 'value="&lt;many&gt;"' in page.text
    assert 'value="12 Mill Road"' in page.text
    assert 'name="auto_post" value="yes" checked' in page.text
    assert f'name="version" value="{dealer.version}"' in page.text


@pytest.mark.parametrize("typed", ["", "America", "Mars/Olympus", "../etc/passwd"])
def test_what_is_no_time_zone_is_refused_beside_its_field(
    browser: Browser, dealer: Dealer, typed: str
) -> None:
    page = sent(browser, dealer, time_zone=typed)

    assert page.status == 422
    assert 'id="e-time_zone"' in page.text
    assert fresh_dealer(dealer.dealer_id) == dealer
