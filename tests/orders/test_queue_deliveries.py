"""R7 of reliability.md: queues repeat, reorder and fail in part; poison stays by itself."""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.domain.ids import UserId
from chalicelib.domain.people import User
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.processor import ProcessorUnreachable
from chalicelib.storage.transactions import WritesRefused, transact
from chalicelib.storage.users import user_puts
from tests.figures import Figures, figures
from tests.orders.mailbox import Mailbox
from tests.orders.play import Deliver, Play, at_once
from tests.orders.scenes import SCENES
from tests.orders.stages import Stages
from tests.stage import Outbox

__all__ = ["figures"]
ROUNDS = int(os.environ.get("QUEUE_ROUNDS", "1"))
SEED = int(os.environ.get("QUEUE_SEED", "") or random.SystemRandom().randint(1, 10**9))
SUITE = "R7 queues"
BODIES = ("{", "[]", "", "7")  # Poison: not JSON, or nothing a worker could take apart.


def through(mailbox: Callable[[Play], Mailbox], *, poison: tuple[str, ...] = ()) -> Deliver:
    """Webhooks into the queue at once; the worker gets them at the end, however SQS likes."""

    def deliver(play: Play) -> None:
        while play.waiting:
            play.world.accept(play.waiting.pop(0))
        if not play.is_over:
            return
        queue = mailbox(play)
        for event in play.world.queues.events:
            queue.put(event)
        play.world.queues.events.clear()
        for body in poison:
            queue.put(body)
        queue.work()
        play.works.run_ready()

    return deliver


class Boxes:
    """The mailbox of a play, kept so that a test can look into it."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311
        self.boxes: list[Mailbox] = []

    def __call__(self, play: Play) -> Mailbox:
        assert play.works.app is not None
        self.boxes.append(Mailbox(play.works.app, "handle_event", self.rng))
        return self.boxes[-1]

    @property
    def dead(self) -> list[str]:
        return sorted(message.body for box in self.boxes for message in box.dead)


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("scene", SCENES)
def test_messages_up_to_five_times_in_any_order_with_poison_between_make_the_same_ledger(
    stages: Stages, figures: Figures, scene: str, number: int
) -> None:
    print(f"QUEUE_SEED={SEED}")  # noqa: T201  pytest shows it when a round fails.
    boxes = Boxes(SEED + number)

    _, facts = stages.played(scene, through(boxes, poison=BODIES))

    differences = stages.differences(scene, facts)
    figures.add(SUITE, crashes=1, wrong_cents=len(differences))
    assert differences == []
    assert boxes.dead == sorted(BODIES)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_processor_that_often_does_not_answer_only_makes_messages_come_again(
    stages: Stages, figures: Figures, number: int
) -> None:
    scene, boxes = "two payments in one payout", Boxes(SEED + number)
    rng = random.Random(SEED + number)  # noqa: S311

    _, facts = stages.played(
        scene, through(boxes), before=lambda play: unreliable(play, lambda: rng.random() < 0.4)
    )
    differences = stages.differences(scene, facts)

    figures.add(SUITE, crashes=1, wrong_cents=len(differences))
    assert differences == []


def test_dead_letters_given_back_after_an_outage_make_the_same_ledger(
    stages: Stages, figures: Figures
) -> None:
    scene, boxes = "two payments in one payout", Boxes(SEED)
    is_down = [True]
    died: list[int] = []

    def mend(play: Play) -> None:
        died.append(len(boxes.dead))
        is_down[0] = False
        boxes.boxes[0].redrive()
        boxes.boxes[0].work()
        play.works.run_ready()

    _, facts = stages.played(
        scene, through(boxes), before=lambda play: unreliable(play, lambda: is_down[0]), after=mend
    )
    differences = stages.differences(scene, facts)

    figures.add(SUITE, crashes=1, wrong_cents=len(differences))
    assert died[0] >= 3
    assert boxes.dead == []
    assert differences == []


@pytest.mark.parametrize("worker", ["handle_event", "deliver_mail", "import_files"])
def test_a_worker_names_exactly_the_messages_that_failed(stages: Stages, worker: str) -> None:
    named: dict[str, Any] = {}

    def look(play: Play) -> None:
        assert play.works.app is not None
        box = Mailbox(play.works.app, worker, random.Random(SEED))  # noqa: S311
        good, bad = [box.put(body) for body in harmless(play, worker)], list(map(box.put, BODIES))
        box.rng.shuffle(box.waiting)
        named["failed"] = box.batch(box.waiting)
        named["bad"] = {message.message_id for message in bad}
        named["all fail"] = box.batch(bad)
        named["letters"] = (
            len(play.world.mailer.letters) == len(good) if play.world.mailer else True
        )

    stages.played("one payment", at_once, after=look)

    assert named["failed"] == named["all fail"] == named["bad"]
    assert named["letters"]


def harmless(play: Play, worker: str) -> list[dict[str, Any]]:
    """Messages the worker can do."""
    if worker == "handle_event":
        return [{"event_type": "payout.created"}, {"event_type": "charge.updated"}]
    if worker == "deliver_mail":
        play.world.mailer = Outbox()
        payer = User(UserId("01USER"), "pat@oak.example", "Pat Ruiz", "", wall_now())
        with suppress(WritesRefused):  # Another test has made the payer already.
            transact(list(user_puts(payer)), token=uuid4().hex)
        return list(play.world.queues.mails)
    return []


def unreliable(play: Play, fails: Callable[[], bool]) -> None:
    """Let the worker's questions to the processor go unanswered when `fails` says so."""
    ask = play.world.processor.get_intent

    def asked(acct: str, intent_id: str) -> Any:
        if fails():
            raise ProcessorUnreachable("no answer")
        return ask(acct, intent_id)

    play.world.processor.get_intent = asked
