"""R1b of reliability.md: every planted money bug is caught by a few random histories.

Most by the histories of R1 themselves, short or long; what these seldom come by has histories of
its own, in which it happens all the time.
"""

import os
from collections.abc import Callable, Iterable

import pytest

from chalicelib.domain.duties import DutyNeglected
from chalicelib.domain.ledger import UnbalancedEntry
from tests.crash.accidents import CHAINS, DISPUTES, REFUNDS, RETURNS, Theme
from tests.crash.checks import faults_of
from tests.crash.history import run_history
from tests.crash.long_checks import long_faults_of
from tests.crash.long_history import run_long_history
from tests.figures import Figures, figures
from tests.mutants.doubts import run_doubtful_history
from tests.mutants.mutants import BY_HISTORIES, IN_DOUBT, TAMPERED, TO_THE_LEDGER, Mutant
from tests.mutants.payouts import run_payout_history, run_tampered_history
from tests.mutants.taken_back import LIVELY, TAKEN_BACK
from tests.stage import Stage, stage

__all__ = ["figures", "stage"]
MOST_HISTORIES = int(os.environ.get("MUTANT_HISTORIES", "10"))
FIRST_SEED = 1
LEAST_BY_HISTORIES = 10  # Each is caught below; reliability.md wants so many.
SUITE = "R1b mutants"
Found = Callable[[int], Iterable[str]]


def caught_after(found: Found, mutant: Mutant, figures: Figures, *, first: int = FIRST_SEED) -> int:
    """How many histories it took, counted from the `first` seed on; 0 if none of them noticed."""
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        for number in range(1, MOST_HISTORIES + 1):
            if _notices(found, first + number):
                figures.add(SUITE, runs=number, crashes=1)
                return number
    figures.add(SUITE, runs=MOST_HISTORIES, lost=1)
    return 0


def _notices(found: Found, seed: int) -> bool:
    try:
        return bool(list(found(seed)))
    except (UnbalancedEntry, DutyNeglected):
        return True  # The ledger or the lifecycle itself refuses to be wrong.


def named(mutant: Mutant) -> str:
    return mutant.__name__.replace("_", " ")


def test_at_least_ten_bugs_are_caught_by_the_short_histories_alone() -> None:
    assert len(set(BY_HISTORIES)) >= LEAST_BY_HISTORIES


@pytest.mark.parametrize("mutant", BY_HISTORIES, ids=named)
def test_a_bug_is_caught_by_the_histories_of_r1(
    stage: Stage, figures: Figures, mutant: Mutant
) -> None:
    def found(seed: int) -> list[str]:
        return faults_of(run_history(stage, seed))

    assert caught_after(found, mutant, figures)


def test_without_a_bug_the_same_histories_end_with_every_cent_right(stage: Stage) -> None:
    seeds = range(FIRST_SEED + 1, FIRST_SEED + 1 + MOST_HISTORIES)

    assert [seed for seed in seeds if faults_of(run_history(stage, seed))] == []


@pytest.mark.parametrize("mutant", IN_DOUBT, ids=named)
def test_a_bug_in_handling_what_is_unknown_is_caught(
    stage: Stage, figures: Figures, mutant: Mutant
) -> None:
    def found(seed: int) -> list[str]:
        return faults_of(run_doubtful_history(stage, seed))

    assert caught_after(found, mutant, figures)


@pytest.mark.parametrize("seed", range(MOST_HISTORIES))
def test_without_a_bug_a_doubtful_history_ends_with_every_cent_right(
    stage: Stage, seed: int
) -> None:
    assert faults_of(run_doubtful_history(stage, seed)) == []


@pytest.mark.parametrize(
    ("mutant", "theme"), TAKEN_BACK, ids=[named(mutant) for mutant, _ in TAKEN_BACK]
)
def test_a_bug_in_what_is_taken_back_is_caught(
    stage: Stage, figures: Figures, mutant: Mutant, theme: Theme
) -> None:
    def found(seed: int) -> list[str]:
        return long_faults_of(run_long_history(stage, seed, theme))

    assert caught_after(found, mutant, figures, first=LIVELY[theme.kinds])


@pytest.mark.parametrize("theme", [RETURNS, CHAINS, REFUNDS, DISPUTES], ids=lambda it: it.kinds[0])
def test_without_a_bug_the_same_lives_end_with_every_cent_right(stage: Stage, theme: Theme) -> None:
    first = LIVELY[theme.kinds] + 1

    assert long_faults_of(run_long_history(stage, first, theme)) == []


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("mutant", TO_THE_LEDGER, ids=named)
def test_a_bug_in_prices_settlement_or_posting_is_caught(figures: Figures, mutant: Mutant) -> None:
    assert caught_after(run_payout_history, mutant, figures)


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("mutant", TAMPERED, ids=named)
def test_a_bug_that_trusts_a_foreign_payment_is_caught(figures: Figures, mutant: Mutant) -> None:
    assert caught_after(run_tampered_history, mutant, figures)
