"""Whatever can call a person has its place in docs/RUNBOOK.md."""

import re
from pathlib import Path

from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.reconciliation import DifferenceKind
from chalicelib.entrypoints.console.attention import KINDS

RUNBOOK = Path("docs/RUNBOOK.md").read_text()


def test_every_alarm_is_in_the_runbook() -> None:
    resources = (path.read_text() for path in Path("infra/resources").glob("*.yaml"))
    alarms = {name for text in resources for name in re.findall(r"^  (\w+Alarm):", text, re.M)}

    assert alarms
    assert {name for name in alarms if f"`{name}`" not in RUNBOOK} == set()


def test_every_difference_and_every_notice_is_in_the_runbook() -> None:
    differences = {kind for kind in DifferenceKind if f"`{kind}`" not in RUNBOOK}
    notices = {kind for kind in NoticeKind if f"*{KINDS[kind].label}*" not in RUNBOOK}

    assert (differences, notices) == (set(), set())


def test_every_notice_has_its_words() -> None:
    assert set(KINDS) == set(NoticeKind)
