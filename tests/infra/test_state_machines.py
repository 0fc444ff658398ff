"""The two workflows: valid, all states reachable, all ends real; test_machine_paths walks them."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.settlements import PostingCategory

MACHINES = sorted(Path("infra/state_machines").glob("*.asl.json"))
MOST_PAYMENT_TRANSITIONS = 6


def read_machine(name: str) -> dict[str, Any]:
    """A machine's definition."""
    definition: dict[str, Any] = json.loads(
        Path(f"infra/state_machines/{name}.asl.json").read_text()
    )
    return definition


def followers(state: dict[str, Any]) -> set[str]:
    """Names of every state that can come next."""
    branches = [*state.get("Choices", []), *state.get("Catch", [])]
    named = [state.get("Next"), state.get("Default"), *(branch["Next"] for branch in branches)]
    return {name for name in named if name}


def reachable(machine: dict[str, Any]) -> set[str]:
    """Names of every state that can be entered."""
    found: set[str] = set()
    waiting = [machine["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += followers(machine["States"][name])
    return found


def longest_way(machine: dict[str, Any], name: str, seen: frozenset[str] = frozenset()) -> int:
    """States entered on the longest way without errors or a hold from `name` to an end."""
    quiet = {**machine["States"][name], "Catch": []}
    nexts = followers(quiet) - seen - {name}
    return 1 + max((longest_way(machine, after, seen | {name}) for after in nexts), default=0)


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_every_state_is_reachable_and_every_follower_exists(path: Path) -> None:
    machine = json.loads(path.read_text())

    assert reachable(machine) == set(machine["States"])


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_every_state_goes_on_or_ends(path: Path) -> None:
    machine = json.loads(path.read_text())

    dead_ends = [
        name
        for name, state in machine["States"].items()
        if not followers({**state, "Catch": []})
        and not state.get("End")
        and state["Type"] not in ("Succeed", "Fail")
    ]

    assert dead_ends == []


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_every_task_has_a_limit_and_every_choice_a_default(path: Path) -> None:
    states = json.loads(path.read_text())["States"].values()

    assert all("TimeoutSeconds" in state for state in states if state["Type"] == "Task")
    assert all("Default" in state for state in states if state["Type"] == "Choice")
    assert not any("HeartbeatSeconds" in state for state in states)


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_outcomes_are_told_apart_by_value_never_by_exception(path: Path) -> None:
    states = json.loads(path.read_text())["States"].values()

    named = {
        error
        for state in states
        for rule in [*state.get("Catch", []), *state.get("Retry", [])]
        for error in rule["ErrorEquals"]
    }

    assert named <= {"States.ALL", "States.Timeout"}


def test_a_payment_takes_at_most_six_transitions() -> None:
    machine = read_machine("payment")

    assert longest_way(machine, machine["StartAt"]) + 1 <= MOST_PAYMENT_TRANSITIONS


def test_an_unknown_outcome_releases_nothing() -> None:
    states = read_machine("payment")["States"]

    ways_to_release = [name for name, state in states.items() if "Release" in followers(state)]
    decisions = {choice["StringEquals"]: choice["Next"] for choice in states["Decide"]["Choices"]}

    assert ways_to_release == ["Decide"]
    assert decisions == {
        "settled": "Apply", "failed": "Release", "terminated": "Release", "originate": "Originate"
    }  # fmt: skip
    assert states[states["Decide"]["Default"]]["Type"] == "Fail"


def test_only_a_settlement_posted_in_every_category_is_marked_posted() -> None:
    states = read_machine("settlement")["States"]

    checked = {rule["Variable"] for rule in states["CheckPosted"]["Choices"][0]["And"]}

    assert checked == {
        "$.invoices.outcome", "$.credits.outcome", "$.debits.outcome", "$.cash.outcome"
    }  # fmt: skip
    assert states["CheckPosted"]["Default"] == "WaitPost"
    assert all(states[name]["Catch"][0]["Next"] == "WaitPost" for name in states
               if name.startswith("Post"))  # fmt: skip


def test_every_posting_category_has_its_own_step() -> None:
    states = read_machine("settlement")["States"].values()

    payloads = [state["Parameters"]["Payload"] for state in states if state["Type"] == "Task"]
    posted = [payload["category"] for payload in payloads if payload["step"] == "post"]

    assert sorted(posted) == sorted(PostingCategory)
