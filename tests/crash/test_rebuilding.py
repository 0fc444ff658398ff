"""R10 of reliability.md: whatever happened on the way, every projection folds out equal."""

import os
import random

import pytest

from tests.crash.history import run_history
from tests.figures import Figures, figures
from tests.services.rebuilding import rebuilt
from tests.stage import Stage, stage

__all__ = ["figures", "stage"]
SUITE = "R10 rebuild"
HISTORIES = int(os.environ.get("REBUILT_HISTORIES", "20"))
CHUNK = 20
SEED = int(os.environ.get("HISTORY_SEED", "") or random.SystemRandom().randint(1, 10**9))


@pytest.mark.parametrize("first", range(0, HISTORIES, CHUNK))
def test_what_random_histories_with_crashes_leave_is_what_their_events_make(
    stage: Stage, first: int, figures: Figures
) -> None:
    print(f"HISTORY_SEED={SEED}")  # noqa: T201  pytest shows it when a history fails.
    unequal, crashed, payments, events = {}, 0, 0, 0
    count = min(CHUNK, HISTORIES - first)
    for seed in range(SEED + first, SEED + first + count):
        ended = run_history(stage, seed)
        crashed += bool(ended.crashes)
        account = rebuilt(ended.road.world, ended.road.account)
        payments, events = payments + account.payments, events + account.events
        if account.unequal:
            unequal[seed] = account.unequal
    figures.add(SUITE, runs=count, crashes=crashed, lost=len(unequal))

    assert unequal == {}
    assert events > payments > 0
