"""What happened first is taken first, although nobody told us of it when it happened."""

from datetime import timedelta

import pytest

from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.reversals import DisputePhase, RefundState
from tests.crash.road import an_invoice, build_road
from tests.services import disputed
from tests.services.refunding import at_processor, deliver, elsewhere, now_of, owed, settled_road
from tests.stage import Stage, stage

__all__ = ["stage"]


@pytest.mark.parametrize("is_opening_heard", [False, True])
def test_a_dispute_decided_unheard_is_recorded_before_the_one_that_followed(
    stage: Stage, *, is_opening_heard: bool
) -> None:
    road = build_road(stage, (an_invoice("INV-1", 100_000),))
    payment = disputed.pay_by_card(road, INV_1=None)
    road.stripe.open_dispute(payment.number, amount_cents=30_000)
    if is_opening_heard:
        disputed.hear(road)
    road.stripe.decide_dispute(payment.number, "won")
    road.basket.drain()
    road.clock.advance(timedelta(days=1))
    road.stripe.open_dispute(payment.number)
    road.stripe.decide_dispute(payment.number, "lost")

    words = disputed.hear(road)

    stored = disputed.stored(road, payment)
    assert set(words) == {"handled"}
    assert [it.phase for it in stored.earlier_disputes] == [DisputePhase.WON]
    assert stored.dispute.phase is DisputePhase.LOST
    assert disputed.owed(road) == {"INV-1": 100_000}
    assert disputed.books(road)[LedgerAccount.CHARGEBACK_FEES] == 2 * disputed.FEE


def test_a_refund_that_came_back_unheard_is_taken_again_before_the_next_one(stage: Stage) -> None:
    road, payment = settled_road(stage, kind="card")
    elsewhere(road, payment, 100_000)
    deliver(road)
    road.stripe.fail_refund(payment.number)
    road.basket.drain()
    elsewhere(road, payment, 90_000)

    deliver(road)

    stored = now_of(road, payment)
    standing_cents = 140_000 - at_processor(road)[-1]["amount"]
    assert [it.state for it in stored.refunds] == [RefundState.FAILED, RefundState.SUCCEEDED]
    assert stored.refunds[-1].reversal.loss_cents == 0
    assert stored.status is PaymentStatus.SETTLED
    assert sum(owed(road).values()) == 140_000 - standing_cents
