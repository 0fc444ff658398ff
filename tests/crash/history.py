"""One random history of the road, any method and view: payers, faults, crashes, up to Spruce."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chalicelib.domain.ids import PaymentId
from chalicelib.domain.interventions import Intervention
from chalicelib.domain.payments import CHARGED, Payment, PaymentStatus
from chalicelib.services.confirm_card import check_card
from sandbox.world.stripe.checkout import answer_challenge
from tests.crash.faults import crashing_database
from tests.crash.long_road import LongRoad, build_long_road
from tests.crash.operators import Operators
from tests.crash.owing import PLAIN, Owing, dealt
from tests.crash.paying import Payer, tried
from tests.crash.road import DAY, add_card
from tests.services.reconciling import reconciled
from tests.stage import Stage

SPANS = (30, 80, 180, 180)  # Calls from the beginning on among which a crash is planned.
CARDS = ("visa", "visa", "visa_3ds", "visa_3ds", "chargeDeclined")
# The janitor looks 5 minutes and an hour after submit, while the processor still knows the key.
PAUSES = (timedelta(0), timedelta(minutes=6), timedelta(hours=1, minutes=1))
UNDECIDED = (PaymentStatus.PENDING, PaymentStatus.FROZEN)
ANYTHING = tuple(Intervention)
FUNDS = timedelta(days=5)


@dataclass
class Ended:
    """What a history left behind, in cents and counts."""

    seed: int
    road: LongRoad
    crashes: list[str]
    payments: list[Payment]
    seen: list[PaymentId] = field(default_factory=list)  # What payers were told is submitted.
    owing: Owing = PLAIN
    amiss: list[str] = field(default_factory=list)  # Previews whose sums were not right.

    @property
    def paid(self) -> "Paid":
        """What its charged payments come to."""
        return Paid.of([payment for payment in self.payments if payment.status in CHARGED])


@dataclass
class Paid:
    """Sums over payments, cents."""

    charged: int
    documents: int
    credits: int
    discount: int
    fee: int

    @staticmethod
    def of(payments: Sequence[Payment]) -> "Paid":
        """As they are stored."""
        return Paid(
            sum(it.charged_cents for it in payments),
            sum(it.allocations_cents for it in payments),
            sum(it.credits_cents for it in payments),
            sum(it.discount_cents for it in payments),
            sum(it.fee_cents for it in payments),
        )


def run_history(stage: Stage, seed: int) -> Ended:
    """Live through one history, from the quote to the general ledger."""
    rng = random.Random(seed)  # noqa: S311  A history must be repeatable.
    owing = dealt(rng)
    road = build_long_road(
        stage, owing, seed=seed, hold_hours=rng.choice((0, 0, 24)), auto_post=rng.random() < 0.6
    )
    operators = Operators(road, rng)
    road.faults.meddle = lambda: operators.intervene(ANYTHING)
    is_silent = _script(road, rng)
    way = rng.choice(("ach",) * len(CARDS) + CARDS)
    method = road.method if way == "ach" else add_card(road, way)
    road.basket.drain()
    road.faults.planned = _planned(rng)
    road.machine.dies_on_crash = rng.random() < 0.4
    payer = Payer(road, rng, owing)
    with crashing_database(road.faults):
        road.faults.armed = True
        for _ in range(rng.choice((1, 1, 2))):
            payer.pay(method)
            _live(road, rng, operators)
        for days in (5, 2):
            road.clock.advance(days * DAY)
            _live(road, rng, operators)
        road.faults.armed = False
    for payment in road.payments():
        operators.let_go(payment)
    two_passes(road, operators, compares=is_silent)
    crashes = [what for what in road.faults.happened if not what.startswith("meddle")]
    return Ended(seed, road, crashes, road.payments(), payer.seen, owing, payer.amiss)


def _planned(rng: random.Random) -> dict[int, str]:
    """Crashes early, later and last: some histories make 20 calls, some 200."""
    count = rng.choice((0, 1, 2, 3, 3, 4, 4, 5, 5))
    hows = ("before", "after", "after", "lost", "lost", "meddle")
    return {rng.randint(1, rng.choice(SPANS)): rng.choice(hows) for _ in range(count)}


def _script(road: LongRoad, rng: random.Random) -> bool:
    """The processor's own misbehaviour: returns, lost answers, webhooks twice, late or never.

    True if no webhook comes at all.
    """
    if rng.random() < 0.25:
        code = rng.choice(("R01", "R03", "R29"))
        road.stripe.script.apply({"next_payment": {"failure_code": code}})
    if rng.random() < 0.25:
        fault = {"timeout": rng.choice(("before", "after")), "path": "/v1/payment_intents"}
        road.stripe.script.apply({"next_request": fault})
    is_silent = rng.random() < 0.1
    noise = {"seed": rng.randint(0, 999), "duplicate": 0.4, "reorder": True, "never": is_silent}
    road.stripe.script.apply({"webhooks": noise})
    return is_silent


def _answer(road: LongRoad, rng: random.Random) -> None:
    """Payers answer their banks, or close the page; whoever answered comes back to us."""
    for intent in road.intents():
        if intent["status"] != "requires_action" or rng.random() < 0.3:
            continue
        answer_challenge(road.stripe.desk, intent["id"], confirmed=rng.random() < 0.7)
        check_card(
            road.world, road.dealer.dealer_id, account_id=road.account.account_id,
            name=intent["metadata"]["payment"],
        )  # fmt: skip


def _live(road: LongRoad, rng: random.Random, operators: Operators) -> None:
    """Workflows, webhooks, operators and now and then the sweep, in any order."""
    jobs: list[Callable[[], Any]] = [
        lambda: _answer(road, rng),
        road.machine.run_ready, road.receive, road.work_queue, road.machine.run_ready,
        lambda: road.clock.advance(rng.choice(PAUSES)),
    ]  # fmt: skip
    if rng.random() < 0.5:
        jobs.append(operators.post)
    if rng.random() < 0.2:
        jobs.append(road.sweep)
    if rng.random() < 0.3:
        jobs.append(lambda: operators.intervene(rng.sample(ANYTHING, 2)))
    rng.shuffle(jobs)
    for job in jobs:
        tried(job)


def two_passes(road: LongRoad, operators: Operators, *, compares: bool = False) -> None:
    """Nothing fails any more; webhooks still come or not. Two sweeps must mend everything.

    Whom no webhook reaches hears of deposits by comparing at night; else nothing needs it.
    """
    for _ in range(2):
        # A sweep that met trouble looks at that payment again within a day.
        road.clock.advance(DAY + timedelta(minutes=6))
        if compares:
            reconciled(road.world, road.dealer.dealer_id)
        road.sweep()
        settle_down(road)
        for _ in range(2):  # Debits are decided; what they brought is paid out; people post it.
            road.clock.advance(FUNDS)
            settle_down(road)
        operators.post()
        settle_down(road)


def settle_down(road: LongRoad) -> None:
    """Everything that is under way arrives."""
    for job in (road.machine.run_ready, road.receive, road.work_queue, road.machine.run_ready):
        job()
