"""One random history of the whole life of payments: paid, deposited, posted, taken back, crashes.

Then nothing fails any more, the outside world comes to rest, and two passes of the janitor must
have mended everything; `long_checks.py` says what is still wrong.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.domain.payments import CHARGED
from tests.crash.accidents import ANYTHING, Accidents, Theme
from tests.crash.elsewhere import Elsewhere
from tests.crash.faults import crashing_database
from tests.crash.history import PAUSES
from tests.crash.long_road import LongRoad, build_long_road
from tests.crash.owing import Owing, dealt
from tests.crash.paying import Payer, tried
from tests.crash.road import DAY, add_card
from tests.services.reconciling import reconciled
from tests.stage import Stage

CALLS = 350  # About as many calls as a history makes before it comes to rest.
REST_DAYS = 3 * (timedelta(days=2),)


@dataclass
class LongEnded:
    """What a long history left behind."""

    seed: int
    road: LongRoad
    owing: Owing
    crashes: list[str]
    payer: Payer
    accidents: Accidents
    elsewhere: Elsewhere


def run_long_history(stage: Stage, seed: int, theme: Theme = ANYTHING) -> LongEnded:
    """Live through one."""
    rng = random.Random(seed)  # noqa: S311  A history must be repeatable.
    owing = theme.owing or dealt(rng)
    settings = {"auto_post": rng.random() < 0.7, "refund_limit_cents": rng.choice((0, 0, 20_000))}
    road = build_long_road(stage, owing, seed=seed, **settings)
    methods = [it for it in (road.method, add_card(road, "visa")) if it.kind in theme.methods]
    road.basket.drain()
    is_silent = rng.random() < 0.15
    noise = {"seed": seed % 1_000, "duplicate": 0.3, "reorder": True, "never": is_silent}
    road.stripe.script.apply({"webhooks": noise})
    payer, accidents = Payer(road, rng, owing, may_add=True), Accidents(road, rng, theme)
    elsewhere = Elsewhere(road, random.Random(f"{seed} elsewhere"), owing)  # noqa: S311
    road.faults.planned = _planned(rng)
    road.machine.dies_on_crash = rng.random() < 0.4
    with crashing_database(road.faults):
        road.faults.armed = True
        for _ in range(rng.choice(theme.payments)):
            payer.pay(rng.choice(methods))
            _live(road, rng, accidents)
        road.clock.advance(5 * DAY)
        _live(road, rng, accidents)
        for _ in range(rng.choice(theme.rounds)):
            _happen(road, rng, accidents)
            if theme.has_elsewhere:
                tried(elsewhere.happen)
            if rng.random() < 0.25:
                payer.pay(rng.choice(methods))
        road.faults.armed = False
        elsewhere.come_to_rest()
        _come_to_rest(road, accidents)
        for _ in range(2):
            if theme.has_elsewhere:
                elsewhere.charge_a_fee()
            _pass(road, accidents, compares=is_silent)
        if theme.has_elsewhere:
            elsewhere.bring_in_everything()
    return LongEnded(seed, road, owing, road.faults.happened, payer, accidents, elsewhere)


def _planned(rng: random.Random) -> dict[int, str]:
    count = rng.choice((0, 1, 2, 2, 3, 4, 5))
    hows = ("before", "after", "after", "lost")
    return {rng.randint(1, CALLS): rng.choice(hows) for _ in range(count)}


def _happen(road: LongRoad, rng: random.Random, accidents: Accidents) -> None:
    """Something befalls a payment; people, webhooks and sweeps take notice or not."""
    settled = [it for it in tried(road.payments) or () if it.status in CHARGED]
    if settled:
        accidents.befall(rng.choice(settled))
    _live(road, rng, accidents)
    if rng.random() < 0.5:
        accidents.go_on()
    road.clock.advance(rng.choice((0, 1, 2, 4)) * DAY)
    _live(road, rng, accidents)


def _live(road: LongRoad, rng: random.Random, accidents: Accidents) -> None:
    """Workflows, webhooks, operators and now and then a sweep, in any order."""
    jobs: list[Callable[[], Any]] = [
        road.machine.run_ready, road.receive, road.work_queue, road.machine.run_ready,
    ]  # fmt: skip
    if rng.random() < 0.4:
        jobs.append(lambda: road.clock.advance(rng.choice(PAUSES)))
        jobs.append(road.sweep)
    if rng.random() < 0.2:
        jobs.append(road.midnight)
    if rng.random() < 0.2:
        jobs.append(accidents.operators.post)
    rng.shuffle(jobs)
    for job in jobs:
        tried(job)


def _come_to_rest(road: LongRoad, accidents: Accidents) -> None:
    """Banks decide, refunds arrive or fail, deposits are made; whoever is told takes notice."""
    _settle_down(road)
    for days in REST_DAYS:
        road.sweep()
        accidents.decide_refunds()
        accidents.decide_disputes()
        road.clock.advance(days)
        _settle_down(road)


def _pass(road: LongRoad, accidents: Accidents, *, compares: bool) -> None:
    """A day of the schedules: midnight, a sweep, an operator.

    Whom no webhook reaches hears of deposits by comparing at night; else nothing needs it.
    """
    road.clock.advance(DAY + timedelta(minutes=6))
    road.midnight()
    if compares:
        reconciled(road.world, road.dealer.dealer_id)
    road.sweep()
    _settle_down(road)
    for _ in range(2):  # What has to wait for another posting is pressed again after that.
        accidents.operators.post()
        _settle_down(road)


def _settle_down(road: LongRoad) -> None:
    for job in (road.machine.run_ready, road.receive, road.work_queue, road.machine.run_ready):
        job()
