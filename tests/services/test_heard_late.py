"""What is heard late is dated when it happened, by the processor's clock, not when it was heard."""

from datetime import datetime, timedelta

import pytest

from chalicelib.domain.days import moment_told
from chalicelib.domain.payments import Payment
from chalicelib.services.watch_payments import watch_payments
from chalicelib.storage.ledger import list_entries
from tests.crash.road import Road, an_invoice, build_road
from tests.services import disputed
from tests.services.refunding import ask, deliver, now_of, settled_road, sweep
from tests.stage import TODAY, Stage, stage

__all__ = ["stage"]

DAYS_LATE = timedelta(days=3)


def entry_days(road: Road, payment: Payment, event: str) -> list[int]:
    """How many whole days after the payment was submitted the entries of one event are dated."""
    return [
        (entry.at - payment.submitted_at).days for entry in list_entries(road.dealer.dealer_id)
        if entry.event_key.partition("#")[0] == event
    ]  # fmt: skip


def test_a_debit_that_settled_is_dated_the_day_it_did_although_nobody_told_us(
    stage: Stage,
) -> None:
    road = build_road(stage, (an_invoice("INV-1", 100_000),))
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    road.clock.advance(timedelta(days=4, hours=1))
    road.basket.drain()  # Lost.
    road.clock.advance(DAYS_LATE)

    watch_payments(road.world)
    road.machine.run_ready()

    settled = disputed.stored(road, payment)
    assert settled.settled_at is not None
    assert entry_days(road, payment, "settled") == [4]


def test_a_refund_that_came_back_is_dated_the_day_its_money_did(stage: Stage) -> None:
    road, payment = settled_road(stage, kind="card")
    ask(road, payment, 30_000)
    sweep(road)
    deliver(road)
    road.clock.advance(timedelta(days=1))
    came_back = road.clock.now()
    road.stripe.fail_refund(payment.number)
    road.clock.advance(DAYS_LATE)

    deliver(road)

    (refund,) = now_of(road, payment).refunds
    assert refund.failed_at == came_back.replace(microsecond=0)
    assert entry_days(road, payment, "refund_failed") == [(came_back - payment.submitted_at).days]


def test_a_chargeback_that_is_lost_is_dated_the_day_it_was(stage: Stage) -> None:
    road = build_road(stage, (an_invoice("INV-1", 100_000),))
    payment = disputed.pay_by_card(road, INV_1=None)
    road.stripe.open_dispute(payment.number)
    disputed.hear(road)
    road.clock.advance(timedelta(days=9))
    lost = road.clock.now()
    road.stripe.decide_dispute(payment.number, "lost")
    hooks = road.basket.drain()
    road.clock.advance(DAYS_LATE)

    disputed.hear(road, hooks)

    stored = disputed.stored(road, payment)
    assert stored.dispute is not None
    assert stored.dispute.closed_at == lost.replace(microsecond=0)
    assert entry_days(road, payment, "lost") == [(lost - payment.submitted_at).days]


@pytest.mark.parametrize(
    ("told", "is_at"),
    [
        (None, "heard"),
        (TODAY + timedelta(days=1), "told"),
        (TODAY - timedelta(milliseconds=400), "after"),  # Whole seconds of the processor's clock.
        (TODAY + timedelta(days=8), "heard"),  # A clock that is ahead of ours.
    ],
)
def test_nothing_happens_before_what_it_follows_or_after_it_was_heard(
    told: datetime | None, is_at: str
) -> None:
    after, heard = TODAY, TODAY + timedelta(days=7)
    moments = {"heard": heard, "told": told, "after": after}
    assert moment_told(told, heard=heard, after=after) == moments[is_at]
