"""Random histories from quote to general ledger: every cent where money.md wants it."""

import os
import random

import pytest

from chalicelib.storage.records import use_table
from tests.conftest import LocalAws
from tests.figures import Figures, figures
from tests.mutants.payouts import run_payout_history, run_tampered_history

__all__ = ["figures"]
HISTORIES = int(os.environ.get("PAYOUT_HISTORIES", "5"))
SEED = int(os.environ.get("PAYOUT_SEED", "") or random.SystemRandom().randint(1, 10**9))


@pytest.fixture(autouse=True)
def database(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in local_aws.environment.items():
        monkeypatch.setenv(name, value)
    use_table(local_aws.table_name, "us-east-1")


@pytest.mark.parametrize("number", range(HISTORIES))
def test_a_random_payout_is_charged_proven_and_posted_to_the_cent(
    figures: Figures, number: int
) -> None:
    print(f"PAYOUT_SEED={SEED}")  # noqa: T201  pytest shows it when a history fails.

    wrongs = run_payout_history(SEED + number)

    figures.add(
        "R9 payouts", double=wrongs.get("double", 0), wrong_cents=sum(map(abs, wrongs.values()))
    )
    assert wrongs == {}


@pytest.mark.parametrize("number", range(HISTORIES))
def test_a_payment_that_is_not_the_one_we_asked_for_settles_nothing(
    figures: Figures, number: int
) -> None:
    wrongs = run_tampered_history(SEED + number)

    figures.add("R9 payouts", wrong_cents=sum(wrongs.values()))
    assert wrongs == {}
