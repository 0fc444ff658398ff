"""R3 of reliability.md: in whatever order and however often webhooks come, one ledger."""

import itertools
import json
import os
import random
from collections.abc import Iterator

import pytest
from chalice.app import Chalice

from chalicelib.entrypoints import schedules, steps
from chalicelib.services.handle_event import INTENT_EVENTS, PAYOUT_READY
from chalicelib.storage.records import use_table
from sandbox.world.stripe.deliveries import SignedWebhook
from tests.conftest import LocalAws
from tests.entrypoints.conftest import app
from tests.figures import Figures, figures
from tests.orders.play import Deliver, Play, playing
from tests.orders.scenes import SCENES

__all__ = ["app", "figures"]
SHUFFLES = int(os.environ.get("WEBHOOK_SHUFFLES", "2"))
ORDERS = int(os.environ.get("WEBHOOK_ORDERS", "6"))  # Of the 720 of six events; 0 means all.
SEED = int(os.environ.get("WEBHOOK_SEED", "") or random.SystemRandom().randint(1, 10**9))
COPIES, MOST_EVENTS = 3, 6
SUITE = "R3 webhook orders"


@pytest.fixture(scope="module")
def stages(local_aws: LocalAws, app: Chalice) -> Iterator["Stages"]:
    """Plays of this module's scenes, and the hash each has when all goes in order."""
    patch = pytest.MonkeyPatch()
    for name, value in local_aws.environment.items():
        patch.setenv(name, value)
    use_table(local_aws.table_name, "us-east-1")
    yield Stages(app, patch)
    patch.undo()


class Stages:
    """Plays scenes; remembers each scene's ledger when webhooks come in order and once."""

    def __init__(self, app: Chalice, patch: pytest.MonkeyPatch) -> None:
        self._app, self._patch = app, patch
        self._known: dict[str, list[str]] = {}

    def played(self, scene: str, deliver: Deliver) -> tuple[str, list[str]]:
        """The hash and the facts after a scene."""
        with playing(self._app, deliver) as play:
            for room in (schedules, steps):
                self._patch.setattr(room, "world", lambda: play.world)
            SCENES[scene](play)
            deliver(play)
            play.end()
            return play.hash, play.facts

    def in_order(self, scene: str) -> list[str]:
        """The facts of a scene whose webhooks come once, in order, at once."""
        if scene not in self._known:
            self._known[scene] = self.played(scene, at_once)[1]
        return self._known[scene]


def at_once(play: Play) -> None:
    """Everything that waits, in order."""
    while play.waiting:
        play.give(play.waiting.pop(0))


def three_times(rng: random.Random, steps_left: int) -> Deliver:
    """Every webhook three times in random order, early or late."""
    copies: list[SignedWebhook] = []
    left = [steps_left]

    def deliver(play: Play) -> None:
        copies.extend(play.waiting * COPIES)
        play.waiting.clear()
        rng.shuffle(copies)
        left[0] -= 1
        now = len(copies) if left[0] <= 0 else rng.randint(0, len(copies))
        for _ in range(now):
            play.give(copies.pop())

    return deliver


def in_this_order(order: tuple[int, ...]) -> Deliver:
    """All at the end: what has an effect in the given order, the rest before it."""
    calls = [0]

    def deliver(play: Play) -> None:
        calls[0] += 1
        if calls[0] <= STEPS["two payments in one payout"]:
            return
        effective = [hook for hook in play.waiting if _kind(hook) in EFFECTIVE]
        assert len(effective) <= MOST_EVENTS
        for place in order:
            if place < len(effective):
                play.give(effective[place])

    return deliver


EFFECTIVE = INTENT_EVENTS | {PAYOUT_READY, "payout.paid"}
STEPS = dict(zip(SCENES, (3, 4, 4, 6), strict=True))  # How often each scene lets webhooks come.


def _kind(hook: SignedWebhook) -> str:
    return str(json.loads(hook.payload)["type"])


@pytest.mark.parametrize("number", range(SHUFFLES))
@pytest.mark.parametrize("scene", SCENES)
def test_every_webhook_three_times_in_random_order_makes_the_same_ledger(
    stages: Stages, figures: Figures, scene: str, number: int
) -> None:
    print(f"WEBHOOK_SEED={SEED}")  # noqa: T201  pytest shows it when an order fails.
    rng = random.Random(SEED + number)  # noqa: S311

    _, facts = stages.played(scene, three_times(rng, STEPS[scene] + 1))

    differences = sorted(set(facts) ^ set(stages.in_order(scene)))
    figures.add(SUITE, crashes=1, wrong_cents=len(differences))
    assert differences == []
    assert facts == stages.in_order(scene)


def chosen_orders() -> list[tuple[int, ...]]:
    every = list(itertools.permutations(range(MOST_EVENTS)))
    return random.Random(SEED).sample(every, ORDERS) if ORDERS else every  # noqa: S311


@pytest.mark.parametrize("order", chosen_orders(), ids=str)
def test_six_events_in_any_order_make_the_same_ledger(
    stages: Stages, figures: Figures, order: tuple[int, ...]
) -> None:
    scene = "two payments in one payout"

    found, facts = stages.played(scene, in_this_order(order))

    differences = sorted(set(facts) ^ set(stages.in_order(scene)))
    figures.add(SUITE, crashes=1, wrong_cents=len(differences))
    assert differences == []
    assert facts == stages.in_order(scene)
    assert found


def test_the_hash_tells_one_cent_and_one_more_entry_apart(stages: Stages) -> None:
    scenes = [stages.played(scene, at_once)[0] for scene in SCENES]
    again = stages.played("one payment", at_once)[0]

    assert len(set(scenes)) == len(SCENES)
    assert again == scenes[0]
