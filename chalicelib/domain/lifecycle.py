"""The payment's lifecycle as data: (status, event) → status. What is not listed is ignored."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.payments import PaymentStatus


class Event(StrEnum):
    """What can happen to a payment; past tense, whoever reports it."""

    ORIGINATED = "originated"  # The processor accepted the request.
    SUCCEEDED = "succeeded"  # The processor confirmed the funds.
    FAILED = "failed"  # A definite no; a timeout is never this.
    POSTED = "posted"  # Its settlement is written to the ERP.


TRANSITIONS: Mapping[tuple[PaymentStatus, Event], PaymentStatus] = MappingProxyType(
    {
        (PaymentStatus.PENDING, Event.ORIGINATED): PaymentStatus.PENDING,
        (PaymentStatus.PENDING, Event.SUCCEEDED): PaymentStatus.SETTLED,
        (PaymentStatus.PENDING, Event.FAILED): PaymentStatus.FAILED,
        (PaymentStatus.SETTLED, Event.POSTED): PaymentStatus.POSTED,
    }
)

# How the processor gateway words an intent (gateways/processor.py, Intent.state).
_EVENTS_BY_PROCESSOR_STATE = MappingProxyType(
    {
        "processing": Event.ORIGINATED,
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
