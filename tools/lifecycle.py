"""docs/LIFECYCLE.md from the lifecycle's own table: `python -m tools.lifecycle` writes it."""

from pathlib import Path

from chalicelib.domain.lifecycle import (
    MEANINGS,
    STATUS,
    TRANSITIONS,
    Duty,
    Event,
    Next,
    State,
    is_final,
)

TARGET = Path("docs/LIFECYCLE.md")
HEAD = """\
# Lifecycle of a payment

Made by `python -m tools.lifecycle` from `chalicelib/domain/lifecycle.py`; a test compares them.
Events are hints: what is not listed here is ignored, so nothing moves back. Events that leave a
payment where it is are only in the table.

```mermaid
stateDiagram-v2
"""
TAIL = """
**Freeze** is only possible while a payment's stage is Submitted: inside the dealer's hold of
0–72 hours (`hold_hours`), or before the workflow reached it. The step that asks the processor first
stores the stage Sending; freezing writes the same item at the same version, so exactly one of the
two happens and a payment is never both terminated and charged. **Terminate** follows a freeze, is
final, gives the claim back in the same transaction and tells the payer.

**Hold posting** is not a status: the money still arrives, the claim stays, and Post and Resolve of
the payment's settlement wait until it is released. It can't begin once posting has. The way back is
a refund. Freeze and Hold alarm after three business days.

**What must follow** drives the services: a payment settles or fails through `finish_payment`,
whatever comes later passes `record_later`. Both take the status from the table and refuse to write
an event whose ledger entry, claims or notice are not what it asks; telling the payer, judging the
bank account and watching follow from the same column (`carry_out_duties`, the sweeps).

**Posted is a field of its own**: a payment that was posted and then returned shows Returned, and
its page still says when it was posted. A won dispute (or a closed inquiry) goes on as Settled or
Posted.
"""


def drawn() -> str:
    """The whole document."""
    arrows = [
        f"    {_id(before)} --> {_id(coming.state)}: {event.value}"
        for (before, event), coming in TRANSITIONS.items()
        if coming.state is not before
    ]
    named = [f'    state "{_words(state)}" as {_id(state)}' for state in State]
    ends = [f"    {_id(state)} --> [*]" for state in State if is_final(state)]
    diagram = [*named, "    [*] --> submitted", *arrows, *ends, "```", ""]
    return HEAD + "\n".join([*diagram, *_table()]) + TAIL


def _table() -> list[str]:
    rows = [
        f"| {_words(before)} | {event.value} | {_words(coming.state)} | {_duties(coming)} |"
        for (before, event), coming in TRANSITIONS.items()
    ]
    meanings = [f"| {event.value} | {MEANINGS[event]} |" for event in Event]
    return [
        "| From | Event | To | What must follow |", "|---|---|---|---|", *rows, "",
        "| Event | Meaning |", "|---|---|", *meanings, "",
    ]  # fmt: skip


def _duties(coming: Next) -> str:
    return ", ".join(duty.value for duty in Duty if duty in coming.duties) or "–"


def _words(state: State) -> str:
    """ "Settled: awaiting payout"; one word where they are the same."""
    status = STATUS[state].value.capitalize()
    return status if status.lower() == state.value else f"{status}: {state.value}"


def _id(state: State) -> str:
    return state.name.lower()


if __name__ == "__main__":
    TARGET.write_text(drawn(), "utf-8")
