"""A refund survives a crash before and after each of its calls: one refund, the right ledger."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.domain.refunds import EVERYTHING
from chalicelib.services.watch_later import watch_later
from tests.crash.faults import crashing_database
from tests.crash.machine import Crash
from tests.crash.road import Road
from tests.services.refunding import (
    A,
    ask,
    at_processor,
    books,
    deliver,
    now_of,
    owed,
    settled_road,
)
from tests.stage import Stage, stage

__all__ = ["stage"]
Books = tuple[dict[str, int], dict[str, int]]
Run = Callable[[Stage, dict[int, str]], tuple[int, list[str]]]
CENTS = 70_000  # Of a card payment, which carries no fee here.
SETTLED: Books = ({}, {"clearing": 140_000, "accounts_receivable": -140_000})
REFUNDED: Books = ({"A": CENTS}, {"clearing": 70_000, "accounts_receivable": -70_000})


def crashing(road: Road, planned: dict[int, str], work: Callable[[], object]) -> int:
    """Do the work with its crash, if it comes to it; how many calls it made."""
    road.faults.calls, road.faults.planned, road.faults.armed = 0, dict(planned), True
    try:
        with crashing_database(road.faults):
            work()
    except Crash:
        pass
    except Exception:
        if not planned:
            raise
    finally:
        road.faults.armed = False
    return road.faults.calls


def recover(road: Road) -> None:
    """Two sweeps, as the schedule makes them."""
    for _ in range(2):
        road.clock.advance(timedelta(minutes=6))
        watch_later(road.world)


def run_refund(stage: Stage, planned: dict[int, str]) -> tuple[int, list[str]]:
    """One refund asked for once and never pressed again; its calls, and what is wrong after it."""
    road, payment = settled_road(stage, kind="card")

    calls = crashing(road, planned, lambda: ask(road, payment, CENTS, A, agreed_cents=CENTS))
    recover(road)

    is_stored = bool(now_of(road, payment).refunds)
    wrong = []
    made = [one["amount"] for one in at_processor(road)]
    if made != ([CENTS] if is_stored else []):
        wrong.append(f"made {made}, stored {is_stored}")
    if (owed(road), books(road, payment)) != (REFUNDED if is_stored else SETTLED):
        wrong.append(f"owed {owed(road)}, ledger {books(road, payment)}")
    told = {mail["mail"] for mail in road.world.queues.mails}
    if told != ({"payment_refunded"} if is_stored else set()):
        wrong.append(f"told {told}")
    return calls, wrong


def run_failure(stage: Stage, planned: dict[int, str]) -> tuple[int, list[str]]:
    """The webhook of a whole refund that failed, delivered again after its crash."""
    road, payment = settled_road(stage, kind="card")
    ask(road, payment, 140_000, EVERYTHING)
    deliver(road)
    road.stripe.fail_refund(payment.number)

    calls = crashing(road, planned, lambda: deliver(road, only="refund.failed"))
    recover(road)
    deliver(road)

    wrong = []
    if (owed(road), books(road, payment)) != SETTLED:
        wrong.append(f"owed {owed(road)}, ledger {books(road, payment)}")
    told = {mail["mail"] for mail in road.world.queues.mails}
    if told != {"payment_refunded", "refund_failed"}:
        wrong.append(f"told {told}")
    return calls, wrong


@pytest.mark.parametrize(
    ("run", "hows"),
    [(run_refund, ("before", "after", "lost")), (run_failure, ("before", "after"))],
)
def test_a_refund_survives_a_crash_at_each_of_its_calls(
    stage: Stage, run: Run, hows: tuple[str, ...]
) -> None:
    calls, wrong = run(stage, {})
    assert wrong == []

    found = {}
    for number in range(1, calls + 1):
        for how in hows:
            _, wrong = run(stage, {number: how})
            if wrong:
                found[number, how] = wrong

    assert found == {}
    assert calls > 15
