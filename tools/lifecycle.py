"""docs/LIFECYCLE.md from the lifecycle's own table: `python -m tools.lifecycle` writes it."""

from pathlib import Path

from chalicelib.domain.lifecycle import MEANINGS, TRANSITIONS, is_final
from chalicelib.domain.payments import PaymentStatus

TARGET = Path("docs/LIFECYCLE.md")
HEAD = """\
# Lifecycle of a payment

Made by `python -m tools.lifecycle` from `chalicelib/domain/lifecycle.py`; a test compares them.
Events are hints: what is not an arrow here is ignored, so nothing moves back.

```mermaid
stateDiagram-v2
    [*] --> Pending
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
"""


def drawn() -> str:
    """The whole document."""
    arrows = [
        f"    {_name(before)} --> {_name(later)}: {event.value}"
        for (before, event), later in TRANSITIONS.items()
    ]
    ends = [f"    {_name(status)} --> [*]" for status in PaymentStatus if is_final(status)]
    rows = [
        f"| {_name(before)} | {event.value} | {_name(later)} | {MEANINGS[event]} |"
        for (before, event), later in TRANSITIONS.items()
    ]
    table = ["| From | Event | To | Meaning |", "|---|---|---|---|", *rows]
    return HEAD + "\n".join([*arrows, *ends, "```", "", *table]) + "\n" + TAIL


def _name(status: PaymentStatus) -> str:
    return status.value.capitalize()


if __name__ == "__main__":
    TARGET.write_text(drawn(), "utf-8")
