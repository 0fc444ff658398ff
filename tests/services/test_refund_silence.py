"""The processor does not answer a refund, or says it late: asked again, never made twice."""

import pytest

from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import RefundState
from chalicelib.storage.notices import list_notices
from tests.crash.road import DAY, Road
from tests.services.refunding import A, ask, at_processor, books, only_refund, settled_road, sweep
from tests.stage import Stage, stage

__all__ = ["stage"]
Settled = tuple[Road, Payment]


@pytest.fixture
def paid(stage: Stage) -> Settled:
    return settled_road(stage)


def test_a_lost_reply_is_asked_again_with_the_same_key(paid: Settled) -> None:
    road, payment = paid
    road.stripe.script.apply({"next_request": {"timeout": "after", "path": "/v1/refunds"}})

    ask(road, payment, 70_000, A)
    waiting = only_refund(road, payment).state
    sweep(road)

    assert waiting is RefundState.SENDING
    assert len(at_processor(road)) == 1
    assert only_refund(road, payment).state is RefundState.PENDING


@pytest.mark.parametrize("timeout", ["before", "after"])
def test_once_the_key_may_be_forgotten_it_is_only_looked_for(paid: Settled, timeout: str) -> None:
    road, payment = paid
    before = books(road, payment)
    road.stripe.script.apply({"next_request": {"timeout": timeout, "path": "/v1/refunds"}})
    ask(road, payment, 70_000, A)
    road.basket.drain()

    sweep(road, 2 * DAY)

    made = 1 if timeout == "after" else 0
    assert len(at_processor(road)) == made
    assert only_refund(road, payment).is_taken_out is bool(made)
    assert (books(road, payment) == before) is not bool(made)


def test_a_webhook_that_never_comes_is_made_up_for_by_the_sweep(paid: Settled) -> None:
    road, payment = paid
    ask(road, payment, 70_000, A)
    sweep(road)
    road.clock.advance(4 * DAY)
    road.basket.drain()

    sweep(road)

    assert only_refund(road, payment).state is RefundState.SUCCEEDED


def test_a_refund_of_another_amount_than_ours_is_set_aside(paid: Settled) -> None:
    road, payment = paid
    road.stripe.script.apply({"next_request": {"timeout": "after", "path": "/v1/refunds"}})
    ask(road, payment, 70_000, A)
    (made,) = at_processor(road)
    made["amount"] = 1
    road.basket.drain()

    sweep(road, 2 * DAY)

    assert only_refund(road, payment).state is RefundState.SENDING
    assert [it.kind for it in list_notices(road.dealer.dealer_id)] == [NoticeKind.CONTRADICTED]
