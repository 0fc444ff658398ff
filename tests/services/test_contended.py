"""A write that stayed contended through every retry is not a write that somebody else has made."""

from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.domain.ids import SettlementId
from chalicelib.domain.settlements import PostingCategory
from chalicelib.services.post_settlement import post_category
from chalicelib.services.send_mailing import send_mailing
from chalicelib.storage import transactions
from chalicelib.storage.settlement_work import find_work
from chalicelib.storage.settlements import find_posting
from chalicelib.storage.transactions import Write, WritesRefused
from tests.services.mailing import accounts_of, prepared
from tests.services.settling import SettlingWorld
from tests.services.story import link_bank, open_account, open_dealer, pay, ready_to_post
from tests.services.test_payment_races import COLLIDED
from tests.stage import Stage, stage

__all__ = ["stage"]


@pytest.fixture
def contended(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Writes of these names meet TransactionConflict for as long as they are in the set."""
    names: set[str] = set()
    send = transactions._send

    def sending(writes: Sequence[Write], token: str) -> Any:
        if names & {write.name for write in writes}:
            raise COLLIDED
        return send(writes, token)

    monkeypatch.setattr(transactions, "_send", sending)
    monkeypatch.setattr(transactions, "CONFLICT_PAUSE_SECONDS", 0)
    return names


def test_a_payout_that_could_not_be_noted_comes_again_instead_of_being_forgotten(
    settling: SettlingWorld, contended: set[str]
) -> None:
    open_dealer(settling)
    open_account(settling)
    pay(settling, link_bank(settling), "A", "B")
    settling.advance(days=9)
    for webhook in settling.basket.drain():
        settling.accept(webhook)
    messages = [
        event for event in settling.queues.events if str(event["event_type"]).startswith("payout.r")
    ]
    settling.queues.events = list(messages)

    contended.add("work")
    with pytest.raises(WritesRefused):
        settling.work()
    contended.clear()
    settling.queues.events = list(messages)
    words = settling.work()

    assert words == ["handled"]
    assert find_work(settling.dealer_id, SettlementId(str(messages[0]["object_id"]))) is not None


def test_nothing_is_sent_to_the_erp_that_could_not_be_kept_first(
    settling: SettlingWorld, contended: set[str]
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)

    contended.add("posting")
    with pytest.raises(WritesRefused):
        post_category(
            settling, settling.dealer_id, settlement_id=settlement_id,
            category=PostingCategory.INVOICES,
        )  # fmt: skip

    kept = find_posting(settling.dealer_id, settlement_id, PostingCategory.INVOICES)
    assert (kept, settling.spruce.ledger(settling.dealer_id)["posting_count"]) == (None, 0)


def test_a_mailing_that_could_not_be_started_is_not_called_started(
    stage: Stage, contended: set[str]
) -> None:
    dealer = stage.dealer()
    mailing = prepared(stage, dealer, accounts_of(stage, dealer, 2))

    contended.add("mailing")
    with pytest.raises(WritesRefused):
        send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)
    queued = list(stage.queues.mails)
    contended.clear()
    send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)

    assert queued == []
    assert len(stage.queues.mails) == 1
