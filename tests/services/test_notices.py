"""The operators' inbox: who writes a notice, what ends it by itself, and Done."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.errors import NotFound
from chalicelib.domain.interventions import Intervention
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.clear_notices import clear_notices
from chalicelib.services.deal_with_notice import deal_with_notice, list_waiting
from chalicelib.services.keep_event import handle_again, view_event
from chalicelib.services.prove_settlement import prove_settlement
from chalicelib.services.resolve_settlement import resolve_settlement
from chalicelib.services.stop_payment import stop_payment
from chalicelib.services.watch_payments import watch_payments
from chalicelib.storage.dealer_log import list_dealer_log
from chalicelib.storage.notices import notice_put
from chalicelib.storage.transactions import transact
from tests.crash.road import Road, an_invoice, build_road
from tests.services.settling import ACCOUNT, SettlingWorld
from tests.services.story import link_bank, open_account, open_dealer, pay, ready_to_post
from tests.stage import Stage, stage

__all__ = ["stage"]
WEEKS = timedelta(days=14)


@pytest.fixture
def road(stage: Stage) -> Road:
    return build_road(stage, (an_invoice("INV-1", 100_000),))


def told(world: SettlingWorld) -> list[tuple[NoticeKind, str]]:
    found = list_waiting(world, world.dealer_id).notices
    return [(notice.kind, notice.subject) for notice in found]


def told_on(road: Road) -> list[Notice]:
    return list(list_waiting(road.world, road.dealer.dealer_id).notices)


def watched_later(road: Road, by: timedelta) -> None:
    road.clock.advance(by)
    watch_payments(road.world)


def test_a_payment_pending_past_its_limit_is_a_notice_until_it_settles(road: Road) -> None:
    road.stripe.script.apply({"settings": {"ach_days": 40}})
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    watched_later(road, WEEKS)

    before = told_on(road)
    watched_later(road, timedelta(days=30))
    apply_payment(
        road.world,
        road.dealer.dealer_id,
        account_id=payment.account_id,
        payment_id=payment.payment_id,
    )

    assert [(one.kind, one.subject) for one in before] == [(NoticeKind.OVERDUE, payment.number)]
    assert before[0].amount_cents == payment.charged_cents
    assert told_on(road) == []


def test_an_overdue_payment_that_is_dealt_with_is_not_told_again_the_next_day(road: Road) -> None:
    road.stripe.script.apply({"settings": {"ach_days": 40}})
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    watched_later(road, WEEKS)
    done(road, NoticeKind.OVERDUE, payment.number)

    watched_later(road, timedelta(days=2))

    assert told_on(road) == []


def test_a_forgotten_freeze_is_a_notice_until_it_is_terminated(road: Road) -> None:
    payment = road.submit(road.quote(INV_1=None))
    pressed(road, payment.number, Intervention.FREEZE)
    watched_later(road, timedelta(days=7))

    before = [(one.kind, one.subject) for one in told_on(road)]
    pressed(road, payment.number, Intervention.TERMINATE)

    assert before == [(NoticeKind.STOPPED, payment.number)]
    assert told_on(road) == []


def test_done_leaves_who_and_what_in_the_audit_log_and_is_harmless_twice(road: Road) -> None:
    payment = road.submit(road.quote(INV_1=None))
    pressed(road, payment.number, Intervention.FREEZE)
    watched_later(road, timedelta(days=7))

    answers = [done(road, NoticeKind.STOPPED, payment.number) for _ in range(2)]

    line = list_dealer_log(road.dealer.dealer_id)[0]
    assert answers == [True, False]
    assert (line.source, line.text.startswith("Dealt with: Ruiz Builders")) == ("Dana Ortiz", True)


def test_a_record_that_is_not_this_payments_is_a_notice_and_changes_nothing(road: Road) -> None:
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    road.intents()[0]["amount"] += 1

    watched_later(road, timedelta(days=6))

    assert [one.kind for one in told_on(road)] == [NoticeKind.CONTRADICTED]
    assert road.state().account.totals.in_flight_cents == payment.charged_cents


@pytest.mark.parametrize("ending", ["proved", "resolved"])
def test_a_deposit_that_does_not_add_up_is_a_notice_until_it_is_explained(
    settling: SettlingWorld, ending: str
) -> None:
    settlement_id = ready_to_post(settling)
    settling.stripe.hide_row(settlement_id)
    prove_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    before = told(settling)

    if ending == "proved":
        settling.stripe.show_rows()
        prove_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    else:
        resolve_settlement(
            settling,
            settling.dealer_id,
            settlement_id=settlement_id,
            operator="Kim Lee",
            reason="Explained by the bank on the phone",
        )

    assert before == [(NoticeKind.UNPROVEN, settlement_id)]
    assert told(settling) == []


def test_an_event_about_nothing_of_ours_waits_until_it_can_be_handled_again(
    settling: SettlingWorld,
) -> None:
    open_dealer(settling)
    open_account(settling)
    pay(settling, link_bank(settling), "A")
    settling.advance(days=5)
    for webhook in settling.basket.drain():
        settling.accept(webhook)
    wanted = "payment_intent.succeeded"
    event = next(e for e in settling.queues.events if e["event_type"] == wanted)
    settling.queues.events = [{**event, "seal": "another amount's"}]
    settling.work()
    before = told(settling)
    settling.queues.events.clear()

    handle_again(settling, settling.dealer_id, event_id=event["event_id"], operator="Kim Lee")
    first = settling.work()
    settling.queues.events = [{**event, "again": True}]
    second = settling.work()

    assert before == [(NoticeKind.UNMATCHED, event["event_id"])]
    assert (first, second) == (["quarantined"], ["handled"])
    assert told(settling) == []
    assert "handled again" in list_dealer_log(settling.dealer_id)[0].text


def test_a_kind_of_event_nobody_knows_is_told_once_however_often_it_comes(
    settling: SettlingWorld,
) -> None:
    open_dealer(settling)
    strange = {"event_type": "climate.order", "account": settling.acct, "object_id": "co_1"}
    settling.queues.events = [{**strange, "event_id": f"evt_{uuid4().hex}"} for _ in range(3)]

    words = settling.work()

    assert words == ["recorded"] * 3
    assert told(settling) == [(NoticeKind.UNMATCHED, "climate.order")]


def test_another_dealers_event_is_not_there(settling: SettlingWorld, stage: Stage) -> None:
    open_dealer(settling)
    event = {"event_type": "climate.order", "account": settling.acct, "event_id": "evt_mine"}
    settling.queues.events = [event]
    settling.work()
    other = stage.dealer(processor_account=f"acct_{uuid4().hex}")

    with pytest.raises(NotFound):
        view_event(other.dealer_id, event_id="evt_mine")


@pytest.mark.parametrize("kind", [NoticeKind.OVERDUE, NoticeKind.STOPPED, NoticeKind.UNPROVEN])
def test_what_a_crash_left_in_the_inbox_goes_at_night(
    settling: SettlingWorld, kind: NoticeKind
) -> None:
    settlement_id = ready_to_post(settling)
    prove_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    paid = settled_number(settling)
    subject = settlement_id if kind is NoticeKind.UNPROVEN else paid
    notice = Notice(kind, subject, "Left over", settling.clock.now())
    lasting = replace(notice, kind=NoticeKind.RETURNED)
    puts = [notice_put(settling.dealer_id, one) for one in (notice, lasting)]
    transact([replace(put, name=put.record.sk) for put in puts], token=uuid4().hex)

    clear_notices(settling)

    assert told(settling) == [(NoticeKind.RETURNED, subject)]


def settled_number(world: SettlingWorld) -> str:
    from chalicelib.storage.payments import list_payments_of_account

    return list_payments_of_account(world.dealer_id, ACCOUNT)[0][0].number


def done(road: Road, kind: NoticeKind, subject: str) -> bool:
    return deal_with_notice(
        road.world, road.dealer.dealer_id, kind=kind, subject=subject, operator="Dana Ortiz"
    )


def pressed(road: Road, name: str, action: Intervention) -> None:
    stop_payment(
        road.world,
        road.dealer.dealer_id,
        name=name,
        action=action,
        operator="Dana Ortiz",
        reason="Asked by phone",
    )
