"""R7 of reliability.md for what comes after settling: each message 1 to 5 times, in any order."""

import pytest

from tests.figures import Figures, figures
from tests.orders.later_scenes import LATER
from tests.orders.stages import Stages
from tests.orders.test_queue_deliveries import BODIES, ROUNDS, SEED, SUITE, Boxes, through

__all__ = ["figures"]
SCENES = {name: scene for name, (scene, _) in LATER.items()}
AT_ONCE = 3  # Scenes a round; with three rounds all have been played.


@pytest.mark.parametrize("number", range(ROUNDS * AT_ONCE))
def test_later_messages_up_to_five_times_in_any_order_make_the_same_ledger(
    stages: Stages, figures: Figures, number: int
) -> None:
    scene = sorted(SCENES)[(SEED + number) % len(SCENES)]
    print(f"QUEUE_SEED={SEED} {scene}")  # noqa: T201  pytest shows it when a round fails.
    boxes = Boxes(SEED + number)

    _, facts = stages.played(scene, through(boxes, poison=BODIES))

    differences = stages.differences(scene, facts)
    figures.add(SUITE, crashes=1, wrong_cents=len(differences))
    assert differences == []
    assert len(boxes.boxes) > 1
    assert boxes.dead == sorted(BODIES * len(boxes.boxes))
