"""The payment's lifecycle as data: (status, event) → status. What is not listed is ignored."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.payments import PaymentStatus


class Event(StrEnum):
    """What can happen to a payment; past tense, whoever reports it."""

    ORIGINATED = "originated"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    POSTED = "posted"
    FROZEN = "frozen"
    RELEASED = "released"
    TERMINATED = "terminated"


MEANINGS: Mapping[Event, str] = MappingProxyType(
    {
        Event.ORIGINATED: "the processor accepted the request",
        Event.SUCCEEDED: "the processor confirmed the funds",
        Event.FAILED: "a definite no; a timeout is never this",
        Event.POSTED: "its settlement is written to the ERP",
        Event.FROZEN: "an operator stopped it before it was handed to the processor",
        Event.RELEASED: "an operator let it go on",
        Event.TERMINATED: "an operator ended it for good; nothing was charged",
    }
)

TRANSITIONS: Mapping[tuple[PaymentStatus, Event], PaymentStatus] = MappingProxyType(
    {
        (PaymentStatus.PENDING, Event.ORIGINATED): PaymentStatus.PENDING,
        (PaymentStatus.PENDING, Event.SUCCEEDED): PaymentStatus.SETTLED,
        (PaymentStatus.PENDING, Event.FAILED): PaymentStatus.FAILED,
        (PaymentStatus.SETTLED, Event.POSTED): PaymentStatus.POSTED,
        # Only in stage Submitted (interventions.py): once it is being handed over, nobody can
        # know that nothing will be charged.
        (PaymentStatus.PENDING, Event.FROZEN): PaymentStatus.FROZEN,
        (PaymentStatus.FROZEN, Event.RELEASED): PaymentStatus.PENDING,
        (PaymentStatus.FROZEN, Event.TERMINATED): PaymentStatus.TERMINATED,
    }
)

# How the processor gateway words an intent (gateways/processor.py, Intent.state).
_EVENTS_BY_PROCESSOR_STATE = MappingProxyType(
    {
        "processing": Event.ORIGINATED,
        "requires_action": Event.ORIGINATED,  # 3-D Secure: the payer confirms at the bank.
        "succeeded": Event.SUCCEEDED,
        "failed": Event.FAILED,
        "canceled": Event.FAILED,
    }
)


def after(status: PaymentStatus, event: Event) -> PaymentStatus | None:
    """The status that follows, or None: the event is old, repeated or impossible here."""
    return TRANSITIONS.get((status, event))


def event_of(processor_state: str) -> Event | None:
    """The event a processor's state stands for; None for a state we do not know."""
    return _EVENTS_BY_PROCESSOR_STATE.get(processor_state)


def is_final(status: PaymentStatus) -> bool:
    """True if no event leads on from this status."""
    return all(before is not status for before, _ in TRANSITIONS)
