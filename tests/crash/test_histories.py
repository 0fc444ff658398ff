"""R1 and R2 of reliability.md: whatever crashes, every cent is right after two sweeps.

The whole life of payments, with what is taken back later, is in test_long_histories.py.
"""

import os
import random

import pytest

from chalicelib.domain.payments import PaymentStatus
from tests.crash.history import faults_of, run_history
from tests.crash.tally import count
from tests.figures import Figures, figures
from tests.stage import Stage, stage

__all__ = ["figures", "stage"]
HISTORIES = int(os.environ.get("HISTORIES", "270"))
CHUNK = 50
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
    # Over many chunks it is well over a half, as `make soak` shows; one chunk may have bad luck.
    assert crashed >= chunk * 2 // 5


@pytest.mark.parametrize("way", ["ach", "visa", "visa_3ds"])
def test_the_golden_flow_survives_a_crash_before_and_after_each_of_its_calls(
    stage: Stage, figures: Figures, way: str
) -> None:
    golden = run_history(stage, 7, planned={}, way=way)
    calls = golden.road.faults.calls
    assert faults_of(golden) == []

    wrong = {}
    for number in range(1, calls + 1):
        for how in ("before", "after"):
            ended = run_history(stage, 7, planned={number: how}, way=way)
            found = faults_of(ended)
            count(figures, "R2 golden flow", ended, found)
            if found:
                wrong[number, how] = (found, ended.crashes)

    assert wrong == {}
    assert calls > 25


def test_terminating_at_any_moment_of_the_road_never_meets_a_charge(stage: Stage) -> None:
    golden = run_history(stage, 7, planned={})
    calls = golden.road.faults.calls

    endings, wrong = set(), {}
    for number in range(1, calls + 1):
        ended = run_history(stage, 7, planned={number: "meddle"})
        endings |= {payment.status for payment in ended.payments}
        found = faults_of(ended)
        if found:
            wrong[number] = (found, ended.crashes)

    assert wrong == {}
    assert endings == {PaymentStatus.TERMINATED, PaymentStatus.SETTLED}
