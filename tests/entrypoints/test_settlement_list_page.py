"""The settlements' list and its CSV as an operator asks for them."""

from uuid import uuid4

import pytest

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import SettlementId
from chalicelib.domain.settlements import (
    CategoryPosting,
    PostingCategory,
    PostingState,
    Settlement,
)
from chalicelib.entrypoints import guard
from chalicelib.services import list_settlements
from chalicelib.storage.settlements import settlement_put
from chalicelib.storage.transactions import transact
from tests.entrypoints.browser import Browser
from tests.stage import TODAY, Stage

ROWS = tuple(CategoryPosting(it, PostingState.WAITING) for it in PostingCategory)


@pytest.fixture
def dealer(stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Dealer:
    """A dealer with one deposit of $1,361.00 to post, and an operator at the console."""
    monkeypatch.setattr(guard, "product_world", lambda: stage)
    dealer = stage.dealer()
    deposit = Settlement(
        SettlementId("po_1"), dealer.dealer_id, "USD", TODAY, TODAY, deposit_cents=136_100,
        gross_cents=140_200, fees_cents=4_100, refunds_cents=0, returns_cents=0,
        disputes_cents=0, adjustments_cents=0, parts=(), postings=ROWS,
    )  # fmt: skip
    transact([settlement_put(deposit, read_version=None)], token=uuid4().hex)
    browser.signed_in(stage.operator(dealer))
    return dealer


@pytest.mark.usefixtures("dealer")
def test_the_export_holds_the_rows_of_the_page(browser: Browser) -> None:
    header, row = browser.get("/console/settlements.csv?state=to-post").text.strip().splitlines()

    assert header.startswith("settlement,created,payments,gross,fees,taken_back,net_deposit,")
    assert row.split(",")[3:7] == ["1402.00", "-41.00", "0.00", "1361.00"]
    assert row.split(",")[7:] == ["waiting"] * 4 + [""]


@pytest.mark.usefixtures("dealer")
def test_a_filter_that_nothing_matches_offers_the_whole_list(browser: Browser) -> None:
    page = browser.get("/console/settlements?state=resolved&sort=net").text

    assert "No settlement matches" in page
    assert 'href="/console/settlements?clear=yes"' in page
    assert 'name="sort" value="net"' in page


@pytest.mark.usefixtures("dealer")
@pytest.mark.parametrize("asked", ["state=lost", "from=yesterday"])
def test_a_filter_that_is_none_is_refused_in_words(browser: Browser, asked: str) -> None:
    assert browser.get(f"/console/settlements?{asked}").status == 422


@pytest.mark.usefixtures("dealer")
def test_an_export_that_would_lack_settlements_is_refused(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_settlements, "MOST", 0)

    refused = browser.get("/console/settlements.csv")

    assert refused.status == 422
    assert "Choose fewer days and export again." in refused.text
