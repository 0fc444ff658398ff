"""R3 of reliability.md: in whatever order and however often webhooks come, one ledger."""

import itertools
import os
import random

import pytest

from chalicelib.services.handle_event import INTENT_EVENTS, PAYOUT_READY
from sandbox.world.stripe.deliveries import SignedWebhook
from tests.figures import Figures, figures
from tests.orders.play import Deliver, Play, at_once, kind_of
from tests.orders.scenes import SCENES
from tests.orders.stages import Stages

__all__ = ["figures"]
SHUFFLES = int(os.environ.get("WEBHOOK_SHUFFLES", "2"))
ORDERS = int(os.environ.get("WEBHOOK_ORDERS", "6"))  # Of the 720 that six events have.
FIRST = os.environ.get("WEBHOOK_FIRST", "")
SEED = int(os.environ.get("WEBHOOK_SEED", "") or random.SystemRandom().randint(1, 10**9))
COPIES, EVENTS = 3, 6
SUITE = "R3 webhook orders"


def three_times(rng: random.Random) -> Deliver:
    """Every webhook three times in random order, early or late."""
    copies: list[SignedWebhook] = []

    def deliver(play: Play) -> None:
        copies.extend(play.waiting * COPIES)
        play.waiting.clear()
        rng.shuffle(copies)
        for _ in range(len(copies) if play.is_over else rng.randint(0, len(copies))):
            play.give(copies.pop())

    return deliver


def in_this_order(order: tuple[int, ...]) -> Deliver:
    """Only at the end, and only the six that have an effect, in the given order."""

    def deliver(play: Play) -> None:
        if play.is_over:
            effective = [hook for hook in play.waiting if kind_of(hook) in EFFECTIVE]
            assert len(effective) == len(order)
            for place in order:
                play.give(effective[place])

    return deliver


EFFECTIVE = INTENT_EVENTS | {PAYOUT_READY, "payout.paid"}


@pytest.mark.parametrize("number", range(SHUFFLES))
@pytest.mark.parametrize("scene", SCENES)
def test_every_webhook_three_times_in_random_order_makes_the_same_ledger(
    stages: Stages, figures: Figures, scene: str, number: int
) -> None:
    print(f"WEBHOOK_SEED={SEED}")  # noqa: T201  pytest shows it when an order fails.
    rng = random.Random(SEED + number)  # noqa: S311

    _, facts = stages.played(scene, three_times(rng))

    differences = stages.differences(scene, facts)
    figures.add(SUITE, crashes=1, wrong_cents=len(differences))
    assert differences == []


def order_of(number: int) -> tuple[int, ...]:
    """An order of six events: of a sample by the seed, or counted from FIRST on if that is set."""
    every = list(itertools.permutations(range(EVENTS)))
    if FIRST:
        return every[(int(FIRST) + number) % len(every)]
    return random.Random(SEED).sample(every, ORDERS)[number]  # noqa: S311


@pytest.mark.parametrize("number", range(ORDERS))
def test_six_events_in_any_order_make_the_same_ledger(
    stages: Stages, figures: Figures, number: int
) -> None:
    print(f"WEBHOOK_SEED={SEED} {order_of(number)}")  # noqa: T201
    scene = "two payments in one payout"

    found, facts = stages.played(scene, in_this_order(order_of(number)))

    differences = stages.differences(scene, facts)
    figures.add(SUITE, crashes=1, wrong_cents=len(differences))
    assert differences == []
    assert found


def test_the_hash_tells_one_cent_and_one_more_entry_apart(stages: Stages) -> None:
    scenes = [stages.played(scene, at_once)[0] for scene in SCENES]
    again = stages.played("one payment", at_once)[0]

    assert len(set(scenes)) == len(SCENES)
    assert again == scenes[0]
