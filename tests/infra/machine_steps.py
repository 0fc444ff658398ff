"""What the workflows' steps may do to a payment, what they answer and what must come next."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.lifecycle import Event, Next, State

Table = Mapping[tuple[State, Event], Next]
FUNDED, REFUSED = "funded", "refused"
ERROR = ""  # A step that failed in every attempt: its Catch decides.
UNHEARD_OF = "a word that no step says today"
POSTED_AS = ("invoices", "credits", "debits", "cash")  # The names their answers are kept under.
CATEGORIES = ("invoices", "credit_adjustments", "debit_adjustments", "cash")
RESOLVED = frozenset({"resolved"})  # By a person, although it could not be proven.
GOALS = {"Apply": "settled", "Release": "failed terminated", "MarkPosted": "posted resolved"}
FAILS = ("Unresolved", "Unposted")  # Nothing is undone; the sweep goes on and an operator is told.
ENDED = " ended"  # Added to the name of the state an execution ended in.
# Where an event leaves a payment that is on the road, as the steps take it to be.
LEAVES = {
    Event.HANDED_OVER: State.UNKNOWN, Event.ORIGINATED: State.PROCESSING,
    Event.SUCCEEDED: State.AWAITING_PAYOUT, Event.FAILED: State.FAILED,
    Event.FROZEN: State.FROZEN, Event.RELEASED: State.SUBMITTED,
    Event.TERMINATED: State.TERMINATED, Event.PAID_OUT: State.IN_SETTLEMENT,
    Event.POSTED: State.POSTED,
}  # fmt: skip
# What must come next after a step's answer; "" is any other, None a failure that tells a person.
FOLLOWS: Mapping[str, Mapping[str, str | None]] = {
    "originate": {"": "wait_funds"},
    "wait_funds": {
        "settled": "apply", "failed": "release", "terminated": "release",
        "originate": "originate", "": None,
    },
    "apply": {"": None},
    "release": {"": None},
    "prove": {"auto": "post invoices", "wait": "wait_post", "": None},
    "wait_post": {
        "post": "post invoices", "posted": "mark_posted", "reverse": "wait_post", "": None,
    },
    "post invoices": dict.fromkeys(("posted", "failed"), "post credit_adjustments"),
    "post credit_adjustments": dict.fromkeys(("posted", "failed"), "post debit_adjustments"),
    "post debit_adjustments": dict.fromkeys(("posted", "failed"), "post cash"),
    "post cash": {"all posted": "mark_posted"},
    "mark_posted": {"": None},
}  # fmt: skip
SETTLED = (State.AWAITING_PAYOUT, State.IN_SETTLEMENT, State.POSTED)


@dataclass(frozen=True)
class Position:
    """Where an execution and its payment are.

    `known` is what the processor has said and no edge has taken in yet, `told` the answers that a
    choice reads, by the name they are kept under, `posted` the categories the ERP has.
    """

    name: str
    state: State
    known: str = ""
    posted: frozenset[str] = frozenset()
    told: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Act:
    """One thing a step may do: events in their order, then what is answered (or ERROR)."""

    answer: str
    events: tuple[Event, ...] = ()
    known: str = ""
    posts: frozenset[str] = frozenset()


def originate(at: Position, _: Mapping[str, Any]) -> Iterator[Act]:
    """Handed over unless it is held or stopped; then whatever the processor says, or nothing."""
    yield Act(ERROR)
    if at.state is State.SUBMITTED and not at.known:
        yield Act("processing")  # Held by the dealer's hold.
        yield Act("failed", known=REFUSED)  # Its bank account was disabled meanwhile.
        yield Act(ERROR, (Event.HANDED_OVER,))  # No answer: it may have it or not.
        yield Act("processing", (Event.HANDED_OVER, Event.ORIGINATED))
        for known, answer in ((FUNDED, "settled"), (REFUSED, "failed")):
            yield Act(answer, (Event.HANDED_OVER,), known=known)
            yield Act(answer, (Event.HANDED_OVER, Event.ORIGINATED), known=known)
    elif at.state is State.UNKNOWN and not at.known:
        yield Act("processing", (Event.ORIGINATED,))
    else:
        yield Act(outcome(at))


def wait_funds(at: Position, _: Mapping[str, Any]) -> Iterator[Act]:
    """While it waits: webhooks, the janitor and operators; or two weeks go by."""
    yield Act(ERROR)
    yield Act(UNHEARD_OF)
    if at.known or at.state in (State.TERMINATED, State.FAILED, *SETTLED):
        yield Act(outcome(at))
    elif at.state in (State.UNKNOWN, State.PROCESSING):
        first = (Event.ORIGINATED,) if at.state is State.UNKNOWN else ()
        for known, answer in ((FUNDED, "settled"), (REFUSED, "failed")):
            yield Act(answer, known=known)
            yield Act(answer, first, known=known)
    elif at.state is State.SUBMITTED:
        yield Act("originate")  # The hold is over.
        yield Act("originate", (Event.FROZEN, Event.RELEASED))
        yield Act("terminated", (Event.FROZEN, Event.TERMINATED))


def apply(at: Position, _: Mapping[str, Any]) -> Iterator[Act]:
    yield Act(ERROR)
    yield Act("settled", (Event.SUCCEEDED,)) if at.known == FUNDED else Act(outcome(at))


def release(at: Position, _: Mapping[str, Any]) -> Iterator[Act]:
    yield Act(ERROR)
    yield Act("failed", (Event.FAILED,)) if at.known == REFUSED else Act(outcome(at))


def prove(at: Position, _: Mapping[str, Any]) -> Iterator[Act]:
    """Proven now or before; or not, which waits for a person."""
    yield Act(ERROR)
    taken = (Event.PAID_OUT,) if at.state is State.AWAITING_PAYOUT else ()
    yield Act("auto", taken)
    yield Act("wait", taken)
    if taken:
        yield Act("wait")


def wait_post(at: Position, _: Mapping[str, Any]) -> Iterator[Act]:
    """Post, or times recorded by hand, or a reversal that was asked for; or 90 days go by."""
    yield Act(ERROR)
    yield Act("reverse")
    if at.state is State.IN_SETTLEMENT:
        yield Act("post")
        yield Act("posted", posts=frozenset(CATEGORIES))
    if at.state is State.AWAITING_PAYOUT:
        yield Act("post", (Event.PAID_OUT,))  # What was missing has come.
        yield Act("posted", posts=RESOLVED)


def post(at: Position, payload: Mapping[str, Any]) -> Iterator[Act]:
    """What the ERP has is never sent again and never fails."""
    category = payload["category"]
    yield Act(ERROR)
    yield Act("posted", posts=frozenset({category}))
    if category not in at.posted:
        yield Act("failed")


def mark_posted(at: Position, _: Mapping[str, Any]) -> Iterator[Act]:
    """Refuses (by an error) unless every category is in the ERP."""
    yield Act(ERROR)
    if at.posted == frozenset(CATEGORIES):
        yield Act("posted", (Event.POSTED,))
    if at.posted == RESOLVED:
        yield Act("resolved")


ACTS: Mapping[str, Callable[[Position, Mapping[str, Any]], Iterator[Act]]] = {
    "originate": originate, "wait_funds": wait_funds, "apply": apply, "release": release,
    "prove": prove, "wait_post": wait_post, "post": post, "mark_posted": mark_posted,
}  # fmt: skip


def outcome(at: Position) -> str:
    """As record_outcome.outcome_of words it."""
    if at.state in SETTLED or at.known == FUNDED:
        return "settled"
    if at.state is State.TERMINATED:
        return "terminated"
    return "failed" if at.state is State.FAILED or at.known == REFUSED else "processing"
