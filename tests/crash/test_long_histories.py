"""R1 of reliability.md, the whole life of payments: every cent right after two passes.

With ELSEWHERE=1, as in `make soak`, the counter, imports, the bank and closed books meddle too.
"""

import os
import random

import pytest

from tests.crash.accidents import ANYTHING, WITHIN
from tests.crash.long_checks import long_faults_of, long_wrong_cents
from tests.crash.long_history import run_long_history
from tests.crash.seeds import LIVES
from tests.figures import Figures, figures
from tests.stage import Stage, stage

__all__ = ["figures", "stage"]
HISTORIES = int(os.environ.get("LONG_HISTORIES", "30"))
CHUNK = 30
THEME = ANYTHING if os.environ.get("ELSEWHERE") else WITHIN
SEED = int(os.environ.get("HISTORY_SEED", "") or random.SystemRandom().randint(1, 10**9))


@pytest.mark.parametrize("first", range(0, HISTORIES, CHUNK))
def test_random_lives_of_payments_with_crashes_end_with_every_cent_right(
    stage: Stage, figures: Figures, first: int
) -> None:
    print(f"HISTORY_SEED={SEED}")  # noqa: T201  pytest shows it when a history fails.
    wrong, crashed, chunk = {}, 0, min(CHUNK, HISTORIES - first)
    for seed in range(SEED + first, SEED + first + chunk):
        ended = run_long_history(stage, seed, THEME)
        crashed += bool(ended.crashes)
        found = long_faults_of(ended)
        figures.add(
            "R1 histories", crashes=bool(ended.crashes), lost="lost" in found,
            double=bool({"double", "refunded twice"} & set(found)),
            wrong_cents=long_wrong_cents(ended),
        )  # fmt: skip
        if found:
            befell = ended.accidents.befell, ended.elsewhere.befell
            wrong[seed] = (found, ended.crashes, *befell)

    assert wrong == {}
    assert crashed >= chunk // 2


@pytest.mark.parametrize("seed", LIVES)
def test_a_life_that_once_failed_ends_with_every_cent_right(stage: Stage, seed: int) -> None:
    ended = run_long_history(stage, seed, LIVES[seed])

    assert long_faults_of(ended) == []
