"""The phases of a card dispute, in order and never back, and the words for its reasons."""

from collections.abc import Mapping
from types import MappingProxyType

from chalicelib.domain.lifecycle import Event
from chalicelib.domain.reversals import DisputePhase

OPEN_PHASES = frozenset({DisputePhase.INQUIRY, DisputePhase.WITHDRAWN})
EVENTS: Mapping[DisputePhase, Event] = MappingProxyType(
    {
        DisputePhase.INQUIRY: Event.INQUIRED,
        DisputePhase.WITHDRAWN: Event.WITHDRAWN,
        DisputePhase.WON: Event.WON,
        DisputePhase.CLOSED: Event.WON,
        DisputePhase.LOST: Event.LOST,
    }
)
_FOLLOWING: Mapping[DisputePhase | None, frozenset[DisputePhase]] = MappingProxyType(
    {
        None: OPEN_PHASES,
        DisputePhase.INQUIRY: frozenset({DisputePhase.WITHDRAWN, DisputePhase.CLOSED}),
        DisputePhase.WITHDRAWN: frozenset({DisputePhase.WON, DisputePhase.LOST}),
    }
)
# What comes before a phase of which we hear first: money can't be won that was never taken.
_BEFORE: Mapping[DisputePhase, DisputePhase] = MappingProxyType(
    {
        DisputePhase.WON: DisputePhase.WITHDRAWN,
        DisputePhase.LOST: DisputePhase.WITHDRAWN,
        DisputePhase.CLOSED: DisputePhase.INQUIRY,
    }
)
REASON_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "bank_cannot_process": "the bank could not process it",
        "credit_not_processed": "a promised refund did not come",
        "customer_initiated": "the customer asked their bank",
        "debit_not_authorized": "the debit was not authorised",
        "duplicate": "it was charged twice",
        "fraudulent": "the card’s owner did not make it (fraud)",
        "general": "no particular reason was given",
        "noncompliant": "it broke the card network’s rules",
        "product_not_received": "the goods did not arrive",
        "product_unacceptable": "the goods were not as described",
        "subscription_canceled": "it was charged after a cancellation",
        "unrecognized": "the card’s owner does not recognise it",
    }
)


def phases_between(stored: DisputePhase | None, told: DisputePhase) -> tuple[DisputePhase, ...]:
    """The phases that still have to be gone through, in order, to come to what the bank says.

    Empty if it is there already or further: a phase is never left for an earlier one.
    """
    if told is stored:
        return ()
    if told in _FOLLOWING.get(stored, frozenset()):
        return (told,)
    before = _BEFORE.get(told)
    way = phases_between(stored, before) if before else ()
    return (*way, told) if way else ()


def reason_words(reason: str) -> str:
    """Why the card's owner disputes it, in words; an unknown reason as it is written."""
    return REASON_WORDS.get(reason, reason.replace("_", " "))
