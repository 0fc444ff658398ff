"""R2 of reliability.md: the golden flow with a crash before and after each of its calls.

Up to Settled every call is taken; of the whole flow up to Posted every so manieth, beginning
anywhere. The soak takes every call of the whole flow, in each way to pay.
"""

import os
import random

import pytest

from chalicelib.domain.payments import PaymentStatus
from tests.crash.checks import settled_faults_of
from tests.crash.golden import golden_faults_of, run_golden
from tests.crash.tally import count
from tests.figures import Figures, figures
from tests.stage import Stage, stage

__all__ = ["figures", "stage"]
SUITE = "R2 golden flow"
WAYS = ["ach", "visa", "visa_3ds"]
EACH = int(os.environ.get("GOLDEN_EACH", "30"))  # 1 takes every call of the whole flow.
FIRST = int(os.environ.get("GOLDEN_FIRST", "") or random.SystemRandom().randint(1, 10**9))


@pytest.mark.parametrize("way", WAYS)
def test_the_whole_golden_flow_is_posted_in_one_pass_after_a_crash_at_any_call(
    stage: Stage, figures: Figures, way: str
) -> None:
    print(f"GOLDEN_FIRST={FIRST}")  # noqa: T201  pytest shows it when a flow fails.
    golden = run_golden(stage, {}, way=way)
    assert golden_faults_of(golden) == []
    assert golden.posted_by > golden.settled_by + 50

    wrong = {}
    for number in range(1 + (FIRST + WAYS.index(way)) % EACH, golden.posted_by + 1, EACH):
        for how in ("before", "after"):
            ended = run_golden(stage, {number: how}, way=way)
            found = golden_faults_of(ended)
            count(figures, SUITE, ended, found)
            if found:
                wrong[number, how] = (found, ended.crashes)

    assert wrong == {}


@pytest.mark.parametrize("way", WAYS)
def test_its_part_up_to_settled_is_gone_in_one_pass_after_a_crash_at_each_call(
    stage: Stage, figures: Figures, way: str
) -> None:
    golden = run_golden(stage, {}, way=way, ends_settled=True)
    assert golden_faults_of(golden) == []
    assert golden.settled_by > 40

    wrong = {}
    for number in range(1, golden.settled_by + 1):
        for how in ("before", "after"):
            ended = run_golden(stage, {number: how}, way=way, ends_settled=True)
            found = golden_faults_of(ended)
            count(figures, SUITE, ended, found)
            if found:
                wrong[number, how] = (found, ended.crashes)

    assert wrong == {}


def test_terminating_at_any_moment_of_the_road_never_meets_a_charge(stage: Stage) -> None:
    calls = run_golden(stage, {}, ends_settled=True).settled_by

    endings, wrong = set(), {}
    for number in range(1, calls + 1):
        ended = run_golden(stage, {number: "meddle"}, ends_settled=True)
        endings |= {payment.status for payment in ended.payments}
        found = settled_faults_of(ended)
        if found:
            wrong[number] = (found, ended.crashes)

    assert wrong == {}
    assert endings == {PaymentStatus.TERMINATED, PaymentStatus.SETTLED}
