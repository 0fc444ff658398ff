"""Every way through the two workflows is a way along the lifecycle's road, and the other way."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.lifecycle import TRANSITIONS, Event, Next, State
from tests.infra.machine_walk import Walk, walked
from tests.infra.test_state_machines import read_machine

ROAD_STATES = (
    State.SUBMITTED, State.UNKNOWN, State.PROCESSING, State.FROZEN, State.AWAITING_PAYOUT,
    State.IN_SETTLEMENT,
)  # fmt: skip
ROAD_EVENTS = (
    Event.HANDED_OVER, Event.ORIGINATED, Event.SUCCEEDED, Event.FAILED, Event.FROZEN,
    Event.RELEASED, Event.TERMINATED, Event.PAID_OUT, Event.POSTED,
)  # fmt: skip
ROAD = {edge for edge in TRANSITIONS if edge[0] in ROAD_STATES and edge[1] in ROAD_EVENTS}
BEGINS = {"payment": State.SUBMITTED, "settlement": State.AWAITING_PAYOUT}
DEFINITIONS = {name: read_machine(name) for name in BEGINS}
TRUE = {name: walked(DEFINITIONS[name], TRANSITIONS, begins) for name, begins in BEGINS.items()}


def what_is_wrong(walks: dict[str, Walk]) -> set[str]:
    """Everything that keeps the machines and the table from being the same road."""
    covered = {edge for walk in walks.values() for edge in walk.edges}
    wrong = {problem for walk in walks.values() for problem in walk.wrong}
    wrong |= {f"no path takes {event} from {state}" for state, event in ROAD - covered}
    for name, walk in walks.items():
        missed = {edge[:2] for edge in edges(DEFINITIONS[name])} - walk.followed
        wrong |= {f"{name}: {state} never follows its {way}" for state, way in missed}
    return wrong


def edges(machine: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every edge a definition draws: state, which one, where it leads."""
    for name, state in machine["States"].items():
        for way in ("Next", "Default"):
            if way in state:
                yield name, way, state[way]
        for number, choice in enumerate(state.get("Choices", ())):
            yield name, f"Choices {number}", choice["Next"]
        for caught in state.get("Catch", ()):
            yield name, "Catch", caught["Next"]


def test_every_path_of_the_machines_is_on_the_road_and_takes_all_of_it() -> None:
    assert what_is_wrong(TRUE) == set()


def redrawn(machine: dict[str, Any], state: str, way: str, to: str) -> dict[str, Any]:
    """The definition with one edge leading elsewhere."""
    changed = copy.deepcopy(machine)
    kind, _, number = way.partition(" ")
    if kind in ("Choices", "Catch"):
        changed["States"][state][kind][int(number or 0)]["Next"] = to
    else:
        changed["States"][state][kind] = to
    return changed


EDGES = [(name, *edge) for name in BEGINS for edge in edges(DEFINITIONS[name])]


@pytest.mark.parametrize(("name", "state", "way", "leads"), EDGES)
def test_an_edge_that_leads_elsewhere_is_noticed(
    name: str, state: str, way: str, leads: str
) -> None:
    unnoticed = []
    for to in DEFINITIONS[name]["States"].keys() - {leads}:
        other = redrawn(DEFINITIONS[name], state, way, to)
        walks = {**TRUE, name: walked(other, TRANSITIONS, BEGINS[name])}
        if not what_is_wrong(walks):
            unnoticed.append(to)

    assert unnoticed == []


@pytest.mark.parametrize(("state", "event"), sorted(ROAD))
def test_a_row_of_the_table_that_is_altered_is_noticed(state: State, event: Event) -> None:
    leads = TRANSITIONS[state, event].state
    missing = {edge: coming for edge, coming in TRANSITIONS.items() if edge != (state, event)}
    altered = [missing, *({**missing, (state, event): Next(to)} for to in State if to is not leads)]

    for table in altered:
        again = [name for name in BEGINS if (state, event) in TRUE[name].edges]
        walks = {name: walked(DEFINITIONS[name], table, BEGINS[name]) for name in again}
        assert what_is_wrong({**TRUE, **walks}), table.get((state, event))
