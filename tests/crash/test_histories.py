"""R1 of reliability.md: whatever crashes, every cent is right after two passes of the janitor.

The whole life of payments, with what is taken back later, is in test_long_histories.py.
"""

import os
import random

import pytest

from tests.crash.checks import faults_of
from tests.crash.history import run_history
from tests.crash.tally import count
from tests.figures import Figures, figures
from tests.stage import Stage, stage

__all__ = ["figures", "stage"]
HISTORIES = int(os.environ.get("HISTORIES", "270"))
CHUNK = 54
SEED = int(os.environ.get("HISTORY_SEED", "") or random.SystemRandom().randint(1, 10**9))


@pytest.mark.parametrize("first", range(0, HISTORIES, CHUNK))
def test_random_histories_with_crashes_end_with_every_cent_right(
    stage: Stage, figures: Figures, first: int
) -> None:
    print(f"HISTORY_SEED={SEED}")  # noqa: T201  pytest shows it when a history fails.
    crashed, wrong = 0, {}
    chunk = min(CHUNK, HISTORIES - first)
    for seed in range(SEED + first, SEED + first + chunk):
        ended = run_history(stage, seed)
        crashed += bool(ended.crashes)
        found = faults_of(ended)
        count(figures, "R1 histories", ended, found)
        if found:
            wrong[seed] = (found, ended.crashes)

    assert wrong == {}
    assert crashed >= chunk // 2
