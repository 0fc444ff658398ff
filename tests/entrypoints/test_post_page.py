"""Post as operators press it: each is answered with a page and a sentence, also the second."""

from dataclasses import replace
from uuid import uuid4

import pytest
from chalice.app import Chalice

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import SettlementId
from chalicelib.domain.settlements import (
    CategoryPosting,
    PostingCategory,
    PostingState,
    Settlement,
)
from chalicelib.storage.settlement_work import Phase, SettlementWork, change_work, start_work
from chalicelib.storage.settlements import settlement_put
from chalicelib.storage.transactions import transact
from tests.entrypoints.browser import Browser
from tests.stage import TODAY, Stage

PAGE = "/console/settlements/po_1"
ROWS = tuple(CategoryPosting(it, PostingState.WAITING) for it in PostingCategory)


@pytest.fixture
def dealer(stage: Stage) -> Dealer:
    """A dealer with one proven deposit of $1,361.00 to post, its workflow waiting."""
    dealer = stage.dealer()
    settlement_id = SettlementId("po_1")
    deposit = Settlement(
        settlement_id, dealer.dealer_id, "USD", TODAY, TODAY, deposit_cents=136_100,
        gross_cents=140_200, fees_cents=4_100, refunds_cents=0, returns_cents=0,
        disputes_cents=0, adjustments_cents=0, parts=(), postings=ROWS,
    )  # fmt: skip
    transact([settlement_put(deposit, read_version=None)], token=uuid4().hex)
    start_work(SettlementWork(dealer.dealer_id, settlement_id, TODAY))
    change_work(
        dealer.dealer_id,
        settlement_id,
        lambda work: replace(work, phase=Phase.WAITING, token="token"),
    )
    return dealer


def test_the_second_of_two_operators_reads_that_posting_is_under_way(
    app: Chalice, browser: Browser, stage: Stage, dealer: Dealer
) -> None:
    ann = browser.signed_in(stage.operator(dealer))
    bob = Browser(app).signed_in(stage.operator(dealer))
    for operator in (ann, bob):
        operator.get(PAGE)

    answers = [operator.post(f"{PAGE}/post") for operator in (ann, bob)]

    said = [ann.get(answers[0].location).text, bob.get(answers[1].location).text]
    assert [answer.status for answer in answers] == [303, 303]
    assert "Posting has started." in said[0]
    assert "Posting was under way already. Nothing is posted twice." in said[1]
