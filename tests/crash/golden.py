"""The golden flow: submit, settle, deposit, Post (all four categories), Resolve, Posted.

One crash on the way, then one pass of the janitor; nothing else is ever done a second time but by
those who do so anyway: queues, workflows, webhooks, and people who saw no answer.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.domain.interventions import Intervention
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.settlements import PostingCategory, PostingState
from chalicelib.services.confirm_card import check_card
from sandbox.world.stripe.checkout import answer_challenge
from tests.crash.checks import faults_of, settled_faults_of
from tests.crash.faults import crashing_database
from tests.crash.history import Ended, settle_down
from tests.crash.long_road import LongRoad, build_long_road
from tests.crash.operators import Operators
from tests.crash.owing import DEBIT, Owing
from tests.crash.paying import Payer, tried
from tests.crash.road import add_card
from tests.stage import Stage

OWING = Owing(
    {"INV-1": 100_000, "INV-2": 50_000, DEBIT: 30_000}, credit_cents=10_000, ach_fee_cents=300,
    has_surcharge=True,
)  # fmt: skip
DECIDED, DEPOSITED = timedelta(days=4, hours=1), timedelta(days=3)
# A payment is looked at five minutes after submit, everything else at the latest after a day.
SOON, IN_A_DAY = timedelta(minutes=6), timedelta(days=1, minutes=6)
END_IT = (Intervention.FREEZE, Intervention.TERMINATE)


@dataclass
class Golden(Ended):
    """A golden flow that has ended, and after how many calls each part of it was done."""

    settled_by: int = 0
    posted_by: int = 0
    is_passed: bool = False

    def take_pass(self, patience: timedelta) -> None:
        """The janitor comes, once, when what has just crashed is due."""
        if not self.crashes or self.is_passed:
            return
        self.is_passed = True
        self.road.clock.advance(patience)
        self.road.sweep()
        self.road.machine.run_ready()
        _answer(self.road)
        settle_down(self.road)


def run_golden(
    stage: Stage, planned: dict[int, str], *, way: str = "ach", ends_settled: bool = False
) -> Golden:
    """Live through it with the `planned` faults; `way` is "ach" or the name of a demo card.

    Where it `ends_settled`, the processor pays nothing out.
    """
    road = build_long_road(stage, OWING, seed=7)
    road.stripe.script.apply({"settings": {"automatic_payouts": not ends_settled}})
    operators = Operators(road, random.Random(7))  # noqa: S311  Nothing is left to its dice.
    payer = Payer(road, operators.rng, OWING)
    method = road.method if way == "ach" else add_card(road, way)
    road.basket.drain()
    road.faults.planned = dict(planned)
    road.faults.meddle = lambda: operators.intervene(END_IT)
    golden = Golden(7, road, road.faults.happened, [], payer.seen, OWING, payer.amiss)
    with crashing_database(road.faults):
        road.faults.armed = True
        payer.press(dict.fromkeys(OWING.documents), method)
        _hear(road)
        golden.take_pass(SOON)
        road.clock.advance(DECIDED)
        _hear(road)
        golden.settled_by = road.faults.calls
        golden.take_pass(IN_A_DAY)
        if not ends_settled:
            road.clock.advance(DEPOSITED)
            _hear(road)
            _close(road, operators)
            golden.posted_by = road.faults.calls
            golden.take_pass(IN_A_DAY)
        road.faults.armed = False
    for rest in (DECIDED, DEPOSITED):  # What went on late is decided and deposited late.
        road.clock.advance(rest)
        settle_down(road)
    if not ends_settled:
        _close(road, operators)
    golden.payments = road.payments()
    return golden


def _hear(road: LongRoad) -> None:
    """Workflows, payers, webhooks and queues, each taking up what it has; once."""
    jobs: list[Callable[[], Any]] = [
        lambda: _answer(road), road.machine.run_ready, road.receive, road.work_queue,
        road.machine.run_ready,
    ]  # fmt: skip
    for job in jobs:
        tried(job)


def _answer(road: LongRoad) -> None:
    """The payer confirms at his bank and comes back."""
    for intent in road.intents():
        if intent["status"] == "requires_action":
            answer_challenge(road.stripe.desk, intent["id"], confirmed=True)
            check_card(
                road.world, road.dealer.dealer_id, account_id=road.account.account_id,
                name=intent["metadata"]["payment"],
            )  # fmt: skip


def _close(road: LongRoad, operators: Operators) -> None:
    """An operator posts what waits, looks again and resolves what is posted."""
    operators.post()
    tried(road.machine.run_ready)
    operators.resolve()


def golden_faults_of(golden: Golden) -> list[str]:
    """What is wrong, and what of the flow was not done to its end."""
    statuses = [payment.status for payment in golden.payments]
    if not golden.posted_by:
        is_done = statuses == [PaymentStatus.SETTLED]
        return settled_faults_of(golden) + ([] if is_done else ["undone"])
    (settlement,) = golden.road.settlements() or (None,)
    rows = settlement.postings if settlement else ()
    written = [row.category for row in rows if row.state is PostingState.POSTED]
    checks = {
        "undone": statuses == [PaymentStatus.POSTED],
        "categories": written == list(PostingCategory),
        "unresolved": settlement is not None and settlement.resolved_at is not None,
    }
    return faults_of(golden) + [name for name, holds in checks.items() if not holds]
