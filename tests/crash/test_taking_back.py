"""R2 for money that comes back: a crash before or after any call of a return or a lost dispute."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import PynamoDBException

from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.payments import Payment
from chalicelib.gateways.processor import ProcessorUnreachable
from chalicelib.services.enter_return import enter_return
from chalicelib.services.watch_later import watch_later
from chalicelib.storage.companies import find_method
from chalicelib.storage.payments import list_events
from chalicelib.storage.transactions import OutcomeUnknown, WritesRefused
from tests.crash.faults import crashing_database
from tests.crash.machine import Crash
from tests.crash.road import COMPANY, Road, an_invoice, build_road
from tests.services.disputed import books, hear, owed, pay_by_card, stored, told, waiting
from tests.stage import Stage, stage

__all__ = ["stage"]
# What the queue delivers again, and what an operator presses again after.
TROUBLE = (
    Crash, DrypowderError, PynamoDBException, BotoCoreError, ProcessorUnreachable, OutcomeUnknown,
    WritesRefused,
)  # fmt: skip
Deed = Callable[[Road, Payment], None]


def returned(road: Road, payment: Payment) -> Deed:
    """The bank sends the debit back; the queue delivers the first webhook until it is handled."""
    road.stripe.return_payment(payment.number, "R02")
    first, *_ = road.basket.drain()
    return lambda road, _: hear(road, [first]) and None


def lost(road: Road, payment: Payment) -> Deed:
    """A chargeback, lost when the first webhook is looked at."""
    road.stripe.open_dispute(payment.number)
    road.stripe.decide_dispute(payment.number, "lost")
    first, *_ = road.basket.drain()
    return lambda road, _: hear(road, [first]) and None


def entered(road: Road, payment: Payment) -> Deed:
    """An operator records the return; pressing again after it is recorded is refused."""
    today = road.clock.now().date()

    def press(road: Road, payment: Payment) -> None:
        if stored(road, payment).returned is None:
            enter_return(
                road.world,
                road.dealer.dealer_id,
                name=payment.number,
                code="R02",
                on=today,
                operator="Ann",
            )

    return press


def paid(road: Road, how: str) -> Payment:
    """$1,500.00, settled."""
    if how == "card":
        return pay_by_card(road, INV_1=None, INV_2=None)
    payment = road.submit(road.quote(INV_1=None, INV_2=None))
    road.machine.run_ready()
    road.clock.advance(timedelta(days=5))
    hear(road)
    road.machine.run_ready()
    return stored(road, payment)


def history(stage: Stage, deed: Callable[..., Deed], how: str, planned: dict[int, str]) -> Any:
    """One history with crashes during the deed; whoever repeats it repeats it, then two sweeps."""
    road = build_road(stage, (an_invoice("INV-1", 100_000), an_invoice("INV-2", 50_000)))
    payment = paid(road, how)
    do = deed(road, payment)
    road.faults.planned, road.faults.armed = dict(planned), True
    with crashing_database(road.faults):
        for _ in range(1 + len(planned)):
            try:
                do(road, payment)
            except TROUBLE:
                continue
    road.faults.armed = False
    calls, crashes = road.faults.calls, list(road.faults.happened)
    for _ in range(2):
        road.clock.advance(timedelta(hours=1))
        watch_later(road.world)
    return road, stored(road, payment), calls, crashes


def facts(road: Road, payment: Payment) -> tuple[Any, ...]:
    """Everything that must be the same whatever crashed."""
    events = [event.name for event in list_events(road.dealer.dealer_id, payment.payment_id)]
    whose = (road.dealer.dealer_id, COMPANY)
    method = find_method(*whose, payment.method.method_id)
    return (
        payment.status,
        books(road),
        owed(road),
        waiting(road),
        sorted(set(told(road))),
        sorted(events),
        bool(method and method.disabled),
        road.state().account.totals.outstanding_cents,
    )


@pytest.mark.parametrize(("deed", "how"), [(returned, "ach"), (entered, "ach"), (lost, "card")])
def test_a_crash_before_or_after_any_call_changes_no_cent(
    stage: Stage, deed: Callable[..., Deed], how: str
) -> None:
    road, payment, calls, _ = history(stage, deed, how, {})
    golden = facts(road, payment)
    assert golden[2] == {"INV-1": 100_000, "INV-2": 50_000}
    assert calls > 15

    wrong = {}
    for number in range(1, calls + 1):
        for crash in ("before", "after"):
            road, payment, _, crashes = history(stage, deed, how, {number: crash})
            assert crashes
            if facts(road, payment) != golden:
                wrong[number, crash] = (crashes, facts(road, payment))

    assert wrong == {}
