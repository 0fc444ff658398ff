"""Freeze, Release, Terminate and Hold posting: who may stop what, and what it does to the money."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.days import business_days_after
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.ids import DealerId
from chalicelib.domain.interventions import Intervention
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.payments import Stage as Progress
from chalicelib.services.request_posting import request_posting
from chalicelib.services.resolve_settlement import resolve_settlement
from chalicelib.services.stop_payment import stop_payment
from chalicelib.services.view_payment import view_payment
from chalicelib.services.view_settlement import view_settlement
from chalicelib.services.watch_payments import watch_payments
from chalicelib.storage.accounts import list_log
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.payments import get_payment
from tests.crash.road import DAY, Road, an_invoice, build_road
from tests.services.settling import SettlingWorld
from tests.services.story import ready_to_post
from tests.services.test_payments import settle
from tests.services.test_posting import states
from tests.stage import Stage, stage

__all__ = ["stage"]
WHY = "Looks like a duplicate"


@pytest.fixture
def road(stage: Stage) -> Road:
    return build_road(stage, (an_invoice("INV-1", 100_000), an_invoice("INV-2", 50_000)))


@pytest.fixture
def held_road(stage: Stage) -> Road:
    """A dealer that holds payments for a day."""
    return build_road(stage, (an_invoice("INV-1", 100_000),), hold_hours=24)


def act(road: Road, payment: Payment, action: Intervention, reason: str = WHY) -> Payment:
    return stop_payment(
        road.world, road.dealer.dealer_id, name=payment.number, action=action,
        operator="Dana Ortiz", reason=reason,
    )  # fmt: skip


def now_of(road: Road, payment: Payment) -> Payment:
    return get_payment(road.dealer.dealer_id, road.account.account_id, payment.payment_id)


def sweep(road: Road) -> Any:
    watch = watch_payments(road.world)
    road.machine.run_ready()
    return watch


def test_a_held_payment_is_handed_over_when_its_hold_is_over(held_road: Road) -> None:
    payment = held_road.submit(held_road.quote(INV_1=None))
    held_road.machine.run_ready()
    held_road.clock.advance(timedelta(hours=23))
    sweep(held_road)
    assert held_road.intents() == []

    held_road.clock.advance(timedelta(hours=2))
    sweep(held_road)
    (intent,) = held_road.intents()
    settle(held_road)

    assert intent["amount"] == 100_000
    assert now_of(held_road, payment).status is PaymentStatus.SETTLED


def test_a_frozen_payment_keeps_its_claim_and_is_never_sent(held_road: Road) -> None:
    payment = held_road.submit(held_road.quote(INV_1=None))
    held_road.machine.run_ready()

    act(held_road, payment, Intervention.FREEZE)
    held_road.clock.advance(3 * DAY)
    sweep(held_road)

    assert now_of(held_road, payment).status is PaymentStatus.FROZEN
    assert held_road.intents() == []
    assert held_road.state().account.totals.in_flight_cents == 100_000


def test_a_released_payment_goes_on_and_settles(held_road: Road) -> None:
    payment = held_road.submit(held_road.quote(INV_1=None))
    held_road.machine.run_ready()
    act(held_road, payment, Intervention.FREEZE)
    held_road.clock.advance(2 * DAY)

    act(held_road, payment, Intervention.RELEASE, "The customer confirmed it")
    settle(held_road)

    assert now_of(held_road, payment).status is PaymentStatus.SETTLED
    assert len(held_road.intents()) == 1


def test_a_payment_released_within_its_hold_waits_for_its_end(held_road: Road) -> None:
    payment = held_road.submit(held_road.quote(INV_1=None))
    held_road.machine.run_ready()
    act(held_road, payment, Intervention.FREEZE)

    act(held_road, payment, Intervention.RELEASE)
    held_road.machine.run_ready()
    assert held_road.intents() == []
    held_road.clock.advance(DAY)
    sweep(held_road)

    assert len(held_road.intents()) == 1


def test_a_terminated_payment_gives_its_claim_back_and_the_payer_is_told(held_road: Road) -> None:
    payment = held_road.submit(held_road.quote(INV_1=None))
    held_road.machine.run_ready()
    act(held_road, payment, Intervention.FREEZE)

    act(held_road, payment, Intervention.TERMINATE)
    totals = held_road.state().account.totals
    held_road.machine.run_ready()

    assert now_of(held_road, payment).status is PaymentStatus.TERMINATED
    assert (totals.in_flight_cents, totals.outstanding_cents) == (0, 100_000)
    assert held_road.state().claims == ()
    assert trial_balance(held_road.dealer.dealer_id) == {}
    assert held_road.world.queues.mails[-1]["mail"] == "payment_terminated"
    assert {run.status for run in held_road.machine.executions.values()} == {"SUCCEEDED"}
    held_road.clock.advance(10 * DAY)
    sweep(held_road)
    assert held_road.intents() == []


def test_what_was_terminated_can_be_paid_again(held_road: Road) -> None:
    first = held_road.submit(held_road.quote(INV_1=None))
    act(held_road, first, Intervention.FREEZE)
    act(held_road, first, Intervention.TERMINATE)

    again = held_road.quote(INV_1=None)

    assert again.charged_cents == 100_000


def test_every_action_is_kept_with_who_when_and_why(held_road: Road) -> None:
    payment = held_road.submit(held_road.quote(INV_1=None))

    act(held_road, payment, Intervention.FREEZE)

    view = view_payment(held_road.world, held_road.dealer.dealer_id, name=payment.number)
    event = view.events[-1]
    log, _ = list_log(held_road.dealer.dealer_id, held_road.account.account_id)
    assert (event.name, event.source, event.detail) == ("frozen", "operator", f"Dana Ortiz: {WHY}")
    assert event.at == held_road.clock.now()
    assert f"{payment.number} frozen by Dana Ortiz: {WHY}" in log[0].text


def test_a_payment_handed_over_cannot_be_frozen_and_the_refusal_says_what_to_do(
    road: Road,
) -> None:
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()

    for action in (Intervention.FREEZE, Intervention.TERMINATE):
        with pytest.raises(Conflict, match="Hold its posting; the way back is a refund"):
            act(road, payment, action)

    assert now_of(road, payment).status is PaymentStatus.PENDING


def test_terminate_asks_for_a_freeze_first(held_road: Road) -> None:
    payment = held_road.submit(held_road.quote(INV_1=None))

    with pytest.raises(Conflict, match="Freeze it first"):
        act(held_road, payment, Intervention.TERMINATE)


def test_an_action_without_a_reason_changes_nothing(held_road: Road) -> None:
    payment = held_road.submit(held_road.quote(INV_1=None))

    with pytest.raises(InvalidInput):
        act(held_road, payment, Intervention.FREEZE, reason=" ")

    assert now_of(held_road, payment).status is PaymentStatus.PENDING


def test_another_dealers_payment_is_not_there(held_road: Road) -> None:
    payment = held_road.submit(held_road.quote(INV_1=None))

    with pytest.raises(NotFound):
        stop_payment(
            held_road.world, DealerId("somebody-else"), name=payment.number,
            action=Intervention.FREEZE, operator="Eve", reason=WHY,
        )  # fmt: skip


def test_a_freeze_after_handing_over_began_is_refused_though_the_processor_is_silent(
    road: Road,
) -> None:
    road.stripe.script.apply({"next_request": {"timeout": "before", "path": "/v1/payment_intents"}})
    payment = road.submit(road.quote(INV_1=None))
    road.run_step_once("originate", payment)

    assert now_of(road, payment).stage is Progress.SENDING
    with pytest.raises(Conflict):
        act(road, payment, Intervention.FREEZE)


def test_a_payment_stopped_for_three_business_days_is_flagged_once_in_its_history(
    held_road: Road,
) -> None:
    payment = held_road.submit(held_road.quote(INV_1=None))
    act(held_road, payment, Intervention.FREEZE)
    start = held_road.clock.now()
    held_road.clock.advance(business_days_after(start, 3) - start - timedelta(minutes=1))
    assert payment.payment_id not in sweep(held_road).stopped

    held_road.clock.advance(timedelta(minutes=2))
    first = sweep(held_road).stopped
    held_road.clock.advance(DAY)
    second = sweep(held_road).stopped

    view = view_payment(held_road.world, held_road.dealer.dealer_id, name=payment.number)
    assert payment.payment_id in first
    assert payment.payment_id in second
    assert [event.name for event in view.events].count("stopped") == 1


def test_a_posting_on_hold_still_alarms_after_the_money_arrived(road: Road) -> None:
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    act(road, payment, Intervention.HOLD_POSTING)
    settle(road)

    road.clock.advance(timedelta(minutes=6))
    flagged = sweep(road).stopped

    assert now_of(road, payment).status is PaymentStatus.SETTLED
    assert payment.payment_id in flagged
    assert payment.payment_id not in sweep(road).looked_at  # Not again before tomorrow.


def held_settlement(settling: SettlingWorld) -> tuple[Any, str]:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    (payment, *_) = view_settlement(
        settling, settling.dealer_id, settlement_id=settlement_id
    ).payments
    hold(settling, payment.number, Intervention.HOLD_POSTING)
    return settlement_id, payment.number


def hold(settling: SettlingWorld, number: str, action: Intervention) -> None:
    stop_payment(
        settling, settling.dealer_id, name=number, action=action, operator="Ann", reason=WHY
    )


def test_a_posting_on_hold_blocks_post_resolve_and_the_steps(settling: SettlingWorld) -> None:
    settlement_id, number = held_settlement(settling)

    with pytest.raises(Conflict, match=number):
        request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")
    with pytest.raises(Conflict, match=number):
        resolve_settlement(
            settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann", reason=""
        )
    settling.run_postings(settlement_id)

    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 0
    assert "posted" not in states(settling, settlement_id).values()


def test_a_settlement_free_to_post_again_is_posted(settling: SettlingWorld) -> None:
    settlement_id, number = held_settlement(settling)

    hold(settling, number, Intervention.RELEASE_POSTING)
    request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")
    settling.run_postings(settlement_id)

    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 3


def test_no_hold_begins_once_its_settlement_is_being_posted(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    payments = view_settlement(settling, settling.dealer_id, settlement_id=settlement_id).payments
    request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")

    with pytest.raises(Conflict, match="refund"):
        hold(settling, payments[0].number, Intervention.HOLD_POSTING)
