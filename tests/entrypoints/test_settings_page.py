"""The settings page as an administrator types into it."""

import pytest

from chalicelib.domain.dealers import Dealer
from chalicelib.entrypoints import guard
from chalicelib.storage.dealers import fresh_dealer
from tests.entrypoints.browser import Browser
from tests.stage import Stage

TYPED = {
    "version": "1", "name": "Ridgeline Lumber", "phone": "", "address": "", "hold_hours": "0",
    "invitation_days": "14", "ach_flat_cents": "0", "refund_limit_cents": "0",
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
    typed = {**TYPED, "version": str(dealer.version), "books_closed_through": closed}
    return browser.post("/console/settings", typed).status


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
