"""R7 of reliability.md: workflow steps retried, timed out and called late change nothing."""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.works import handled
from tests.figures import Figures, figures
from tests.orders.play import Play, at_once
from tests.orders.scenes import SCENES
from tests.orders.stages import Stages

__all__ = ["figures"]
ROUNDS = int(os.environ.get("QUEUE_ROUNDS", "1"))
SEED = int(os.environ.get("QUEUE_SEED", "") or random.SystemRandom().randint(1, 10**9))
SUITE = "R7 workflow retries"
Called = list[tuple[str, dict[str, Any]]]


def shaken(play: Play, rng: random.Random, called: Called) -> None:
    """Every step is called once to three times; some calls time out although they worked."""
    app = play.works.app
    assert app is not None
    handlers = app.handler_map

    def repeated(function: str) -> Callable[[dict[str, Any], object], Any]:
        real = handlers[function]

        def call(event: dict[str, Any], context: object) -> Any:
            called.append((function, event))
            answers = [real(event, context) for _ in range(rng.choice((1, 2, 3)))]
            if rng.random() < 0.2:
                raise TimeoutError("States.Timeout: the answer came too late")
            return answers[-1]

        return call

    steps = {name: repeated(name) for name in ("payment_step", "settlement_step")}
    shaken: Any = type("Shaken", (), {"handler_map": {**handlers, **steps}})
    play.works.app = shaken
    play.works.step = lambda event: steps["payment_step"](event, None)


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("scene", SCENES)
def test_steps_called_twice_timed_out_and_late_make_the_same_ledger(
    stages: Stages, figures: Figures, scene: str, number: int
) -> None:
    print(f"QUEUE_SEED={SEED}")  # noqa: T201  pytest shows it when a round fails.
    rng, called = random.Random(SEED + number), []  # noqa: S311

    def late(play: Play) -> None:
        """Lambdas that were thought dead run to their end after everything is over."""
        play.works.run_ready()
        for function, event in rng.sample(called, len(called)):
            handled(play.works.app, function, event)
        play.works.complete("a token of a step that is over", {"outcome": "failed"})

    _, facts = stages.played(
        scene, at_once, before=lambda play: shaken(play, rng, called), after=late
    )

    differences = stages.differences(scene, facts)
    figures.add(SUITE, crashes=1, wrong_cents=len(differences))
    assert differences == []
    assert {event["step"] for _, event in called} >= {"originate", "apply", "prove", "post"}
