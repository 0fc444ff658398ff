"""One random history in which the processor's answers get lost and the janitor asks again."""

import random
from datetime import timedelta

from tests.crash.history import Ended, settle_down
from tests.crash.long_road import build_long_road
from tests.crash.owing import PLAIN
from tests.crash.road import DAY
from tests.stage import Stage

SOON, AN_HOUR = timedelta(minutes=6), timedelta(hours=1)


def run_doubtful_history(stage: Stage, seed: int) -> Ended:
    """Every charge is asked for several times, some of it after the debit was taken."""
    rng = random.Random(seed)  # noqa: S311  A history must be repeatable.
    road = build_long_road(stage, PLAIN, seed=seed, auto_post=True)
    lost = [rng.choice(("before", "after")) for _ in range(rng.randint(1, 8))]
    for timeout in lost:
        fault = {"timeout": timeout, "path": "/v1/payment_intents"}
        road.stripe.script.apply({"next_request": fault})
    payment = road.submit(road.quote(**{rng.choice(("INV_1", "INV_2")): None}))
    for pause in (SOON, AN_HOUR, DAY, 5 * DAY, DAY):
        road.machine.run_ready()
        road.clock.advance(pause)
        road.sweep()
        settle_down(road)
    return Ended(seed, road, lost, road.payments(), [payment.payment_id])
