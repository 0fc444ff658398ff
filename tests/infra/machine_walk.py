"""Walks a workflow's definition along every edge, with everything that can happen on the way.

The definition is interpreted as Step Functions would; what its steps do is in `machine_steps`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.domain.lifecycle import Event, State
from tests.infra.machine_steps import (
    ACTS,
    ENDED,
    ERROR,
    FAILS,
    FOLLOWS,
    GOALS,
    LEAVES,
    POSTED_AS,
    REFUSED,
    SETTLED,
    UNHEARD_OF,
    Act,
    Position,
    Table,
)


@dataclass
class Walk:
    """What was seen on every way through a definition."""

    states: Mapping[str, Mapping[str, Any]]
    table: Table
    edges: set[tuple[State, Event]] = field(default_factory=set)
    followed: set[tuple[str, str]] = field(default_factory=set)  # (state, what was followed)
    wrong: set[str] = field(default_factory=set)
    reached: dict[Position, set[Position]] = field(default_factory=dict)


def walked(machine: Mapping[str, Any], table: Table, begins: State) -> Walk:
    """Every position that can be reached, and what is wrong: as far as the first wrong thing."""
    walk, read = Walk(machine["States"], table), _read(machine)
    waiting = [Position(machine["StartAt"], begins)]
    while waiting and not walk.wrong:
        at = waiting.pop()
        if at not in walk.reached:
            after = {replace(it, told=_kept(it, read)) for it in _after(at, walk)}
            walk.reached[at] = after
            waiting += after
    if not walk.wrong:
        _look_for_traps(walk)
    return walk


def _read(machine: Mapping[str, Any]) -> set[str]:
    """The names of the answers that any choice reads."""
    choices = [it for state in machine["States"].values() for it in state.get("Choices", ())]
    rules = [rule for choice in choices for rule in choice.get("And", [choice])]
    return {_named(rule) for rule in rules}


def _named(rule: Mapping[str, str]) -> str:
    return rule["Variable"].removeprefix("$.").removesuffix(".outcome")


def _kept(at: Position, read: set[str]) -> frozenset[tuple[str, str]]:
    return frozenset(it for it in at.told if it[0] in read)


def _after(at: Position, walk: Walk) -> Iterator[Position]:
    state = walk.states.get(at.name)
    if at.name.endswith(ENDED):
        return
    if state is None:
        walk.wrong.add(f"there is no state {at.name}")
    elif state["Type"] == "Choice":
        way, name = _chosen(state, at, walk)
        walk.followed.add((at.name, way))
        yield replace(at, name=name)
    elif state["Type"] == "Task":
        payload = state["Parameters"]["Payload"]
        for act in ACTS[payload["step"]](at, payload):
            yield from _acted(state, at, act, walk)


def _acted(state: Mapping[str, Any], at: Position, act: Act, walk: Walk) -> Iterator[Position]:
    reached = at.state
    for event in act.events:
        coming = walk.table.get((reached, event))
        if coming is None or coming.state is not LEAVES[event]:
            walk.wrong.add(f"{at.name}: {event} does not lead on from {reached}")
            return
        walk.edges.add((reached, event))
        reached = coming.state
    # An edge takes in what was known; until then it stays known.
    known = act.known or ("" if {Event.SUCCEEDED, Event.FAILED} & set(act.events) else at.known)
    after = replace(at, state=reached, known=known, posted=at.posted | act.posts)
    for it in _going_on(state, after, act, walk):
        if not it.name.endswith(ENDED):
            _check_next(state, it, act, walk)
        yield it


def _going_on(
    state: Mapping[str, Any], after: Position, act: Act, walk: Walk
) -> Iterator[Position]:
    """Where the answer (or the error) leads."""
    if act.answer == ERROR:
        walk.followed.add((after.name, "Catch"))
        yield replace(after, name=state["Catch"][0]["Next"])
    elif state.get("End"):
        if act.answer not in GOALS.get(after.name, "").split():
            walk.wrong.add(f"{after.name} ends well and answers {act.answer}")
        yield replace(after, name=after.name + ENDED, told=frozenset({("", act.answer)}))
    else:
        kept = state["ResultPath"].removeprefix("$.")
        told = frozenset({*(it for it in after.told if it[0] != kept), (kept, act.answer)})
        walk.followed.add((after.name, "Next"))
        yield replace(after, name=state["Next"], told=told)


def _check_next(state: Mapping[str, Any], at: Position, act: Act, walk: Walk) -> None:
    """The step that comes after this answer, past any choice, is the one that has to."""
    step, answer = _step(state), act.answer
    all_posted = {told for name, told in at.told if name in POSTED_AS} == {"posted"}
    if step == "post cash" and answer == "posted" and all_posted:
        answer = "all posted"
    wanted = FOLLOWS[step].get(answer, FOLLOWS[step].get("", "wait_post"))
    for _ in range(len(walk.states)):
        reached = walk.states.get(at.name, {"Type": "Fail"})
        if reached["Type"] != "Choice":
            break
        at = replace(at, name=_chosen(reached, at, walk)[1])
    else:
        walk.wrong.add(f"{at.name} goes round in circles")
    found = _step(reached) if reached["Type"] == "Task" else None
    if found != wanted:
        walk.wrong.add(f"after {step} says {act.answer or 'nothing'} comes {found}, not {wanted}")


def _step(state: Mapping[str, Any]) -> str:
    """The step a task runs, with its category."""
    payload = state["Parameters"]["Payload"]
    return f"{payload['step']} {payload.get('category', '')}".strip()


def _chosen(state: Mapping[str, Any], at: Position, walk: Walk) -> tuple[str, str]:
    told = dict(at.told)
    for number, choice in enumerate(state["Choices"]):
        rules = choice.get("And", [choice])
        missing = {_named(rule) for rule in rules} - set(told)
        if missing:
            walk.wrong.add(f"{at.name} reads {sorted(missing)}, which nobody has answered")
        if all(told.get(_named(rule)) == rule["StringEquals"] for rule in rules):
            return f"Choices {number}", choice["Next"]
    return "Default", state["Default"]


def _look_for_traps(walk: Walk) -> None:
    """What is open can still end as it should, whatever happened; nothing known stays undone."""
    ends = {at for at in walk.reached if at.name.endswith(ENDED)}
    for at in _unable(walk, ends) - ends:
        if not _has_failed(at):
            walk.wrong.add(f"from {at.name} ({at.state}) no good end is reached")
    for at in _unable(walk, {it for it in walk.reached if it.state in SETTLED}):
        is_open = at.state in (State.SUBMITTED, State.UNKNOWN, State.PROCESSING)
        if is_open and at.known != REFUSED and not _has_failed(at):
            walk.wrong.add(f"from {at.name} ({at.state}) it can be paid no more")
    for at in ends:
        if at.known:
            walk.wrong.add(f"{at.name} and leaves {at.known} undone")


def _has_failed(at: Position) -> bool:
    return at.name in FAILS or UNHEARD_OF in dict(at.told).values()


def _unable(walk: Walk, goals: set[Position]) -> set[Position]:
    """Positions from which none of the goals is reached."""
    before: dict[Position, set[Position]] = {}
    for at, after in walk.reached.items():
        for it in after:
            before.setdefault(it, set()).add(at)
    able, waiting = set(goals), list(goals)
    while waiting:
        for at in before.get(waiting.pop(), set()) - able:
            able.add(at)
            waiting.append(at)
    return set(walk.reached) - able
