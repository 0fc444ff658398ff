"""R3 of reliability.md for what comes after settling: refunds, disputes and returns."""

import itertools
import os
import random

import pytest

from chalicelib.domain.ids import PayableId
from chalicelib.domain.pricing import owed_on
from chalicelib.services.handle_event import DISPUTE_EVENTS, REFUND_EVENTS
from chalicelib.services.list_payments import list_own_payments
from chalicelib.storage.accounts import get_state
from chalicelib.storage.notices import list_notices
from sandbox.world.stripe.deliveries import SignedWebhook
from tests.figures import Figures, figures
from tests.orders.later_scenes import LATER, Ending
from tests.orders.play import Deliver, Play, at_once, kind_of
from tests.orders.stages import Stages
from tests.orders.test_webhook_orders import SEED, SUITE, three_times
from tests.services.settling import ACCOUNT

__all__ = ["figures"]
SHUFFLES = int(os.environ.get("LATER_SHUFFLES", "1"))
ORDERS = int(os.environ.get("LATER_ORDERS", "6"))  # Of all those of scenes with few events.
FIRST = os.environ.get("LATER_FIRST", "")
MOST = 6  # Events whose every order is tried.
LATER_EVENTS = DISPUTE_EVENTS | REFUND_EVENTS
SCENES = {name: scene for name, (scene, _) in LATER.items()}
EVERY = [
    (name, order)
    for name, (_, ends) in LATER.items()
    if ends.events <= MOST
    for order in itertools.permutations(range(ends.events))
]


def ending(play: Play, events: int) -> Ending:
    """How the play has ended after so many later events."""
    dealer_id = play.world.dealer_id
    (payment,) = list_own_payments(play.world, dealer_id, account_id=ACCOUNT)[0]
    state = get_state(dealer_id, ACCOUNT)
    owed = owed_on(state.payables, state.claims, state.account)
    again = {str(name): owed[PayableId(name)].owed_cents for name in ("B", "C")}
    notices = tuple(sorted(notice.kind for notice in list_notices(dealer_id)))
    back = {name: cents for name, cents in again.items() if cents}
    return Ending(events, payment.status, payment.refunded_cents, back, notices)


def in_order(told: list[str]) -> Deliver:
    """Every webhook at once; the types of those that go back on the payment are kept."""

    def deliver(play: Play) -> None:
        told.extend(kind for kind in map(kind_of, play.waiting) if kind in LATER_EVENTS)
        at_once(play)

    return deliver


def in_this_order(order: tuple[int, ...]) -> Deliver:
    """Those that go back on the payment only at the end, in the given order."""
    kept: list[SignedWebhook] = []

    def deliver(play: Play) -> None:
        kept.extend(hook for hook in play.waiting if kind_of(hook) in LATER_EVENTS)
        play.waiting[:] = [hook for hook in play.waiting if kind_of(hook) not in LATER_EVENTS]
        at_once(play)
        if play.is_over and play.is_later:
            assert len(kept) == len(order)
            for place in order:
                play.give(kept[place])

    return deliver


@pytest.mark.parametrize("scene", SCENES)
def test_in_order_a_scene_ends_as_it_should(stages: Stages, scene: str) -> None:
    told: list[str] = []
    ends: list[Ending] = []

    stages.known(scene, in_order(told), ended=lambda play: ends.append(ending(play, len(told))))

    assert ends == [LATER[scene][1]]


@pytest.mark.parametrize("number", range(SHUFFLES))
@pytest.mark.parametrize("scene", SCENES)
def test_later_webhooks_three_times_in_random_order_make_the_same_ledger(
    stages: Stages, figures: Figures, scene: str, number: int
) -> None:
    print(f"WEBHOOK_SEED={SEED}")  # noqa: T201  pytest shows it when an order fails.
    rng = random.Random(SEED + number)  # noqa: S311

    _, facts = stages.played(scene, three_times(rng))

    differences = stages.differences(scene, facts)
    figures.add(SUITE, crashes=1, wrong_cents=len(differences))
    assert differences == []


def place_of(number: int) -> int:
    """Of a sample by the seed, or counted from FIRST on if that is set."""
    if FIRST:
        return (int(FIRST) + number) % len(EVERY)
    return random.Random(SEED).sample(range(len(EVERY)), ORDERS)[number]  # noqa: S311


@pytest.mark.parametrize("number", range(ORDERS))
def test_later_events_in_every_order_make_the_same_ledger(
    stages: Stages, figures: Figures, number: int
) -> None:
    scene, order = EVERY[place_of(number)]
    print(f"WEBHOOK_SEED={SEED} {scene} {order}")  # noqa: T201

    _, facts = stages.played(scene, in_this_order(order))

    differences = stages.differences(scene, facts)
    figures.add(SUITE, crashes=1, wrong_cents=len(differences))
    assert differences == []
