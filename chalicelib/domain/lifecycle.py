"""The payment's lifecycle as data: (state, event) → state and what must follow.

What is not listed is ignored: an event that is old, repeated or impossible there. The two workflows
cover the road Pending → Settled → Posted; everything later acts on this table alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.domain.reversals import DisputePhase


class State(StrEnum):
    """Where a payment is; the word people see is in `STATUS`."""

    SUBMITTED = "submitted"
    UNKNOWN = "outcome unknown"  # Being handed over: the processor may or may not have it.
    PROCESSING = "processing"
    FROZEN = "frozen"
    TERMINATED = "terminated"
    FAILED = "failed"
    AWAITING_PAYOUT = "awaiting payout"
    IN_SETTLEMENT = "in a settlement"
    POSTED = "posted"
    INQUIRY = "inquiry"
    WITHDRAWN = "funds withdrawn"
    WON = "won"  # Or an inquiry that was closed; the payment goes on as before.
    LOST = "lost"
    RETURNED = "returned"
    REFUNDED = "refunded"


class Event(StrEnum):
    """What can happen to a payment; past tense, whoever reports it."""

    HANDED_OVER = "handed over"
    ORIGINATED = "originated"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    FROZEN = "frozen"
    RELEASED = "released"
    TERMINATED = "terminated"
    PAID_OUT = "paid out"
    POSTED = "posted"
    UNPOSTED = "posting reversed"
    RETURNED = "returned"
    INQUIRED = "inquired"
    WITHDRAWN = "funds withdrawn"
    WON = "dispute won"
    LOST = "dispute lost"
    REFUNDED_PART = "refunded in part"
    REFUNDED = "refunded in full"
    REFUND_FAILED = "refund failed"


class Duty(StrEnum):
    """What must follow an event; `duties.py` says what is written with it and what done after."""

    ENTRY = "ledger entry"
    APPLY = "claim applied"
    RELEASE = "claim released"
    REOPEN = "payables reopened"
    TELL_OPERATOR = "operator told"
    RANK = "priority rises"
    WATCH = "watched until decided"
    DISABLE = "bank account judged by its return code"
    TELL_PAYER = "payer told"


@dataclass(frozen=True, slots=True)
class Next:
    """Where an event leads and what must follow it."""

    state: State
    duties: frozenset[Duty] = frozenset()


STATUS: Mapping[State, PaymentStatus] = MappingProxyType(
    {
        State.SUBMITTED: PaymentStatus.PENDING,
        State.UNKNOWN: PaymentStatus.PENDING,
        State.PROCESSING: PaymentStatus.PENDING,
        State.FROZEN: PaymentStatus.FROZEN,
        State.TERMINATED: PaymentStatus.TERMINATED,
        State.FAILED: PaymentStatus.FAILED,
        State.AWAITING_PAYOUT: PaymentStatus.SETTLED,
        State.IN_SETTLEMENT: PaymentStatus.SETTLED,
        State.POSTED: PaymentStatus.POSTED,
        State.INQUIRY: PaymentStatus.DISPUTED,
        State.WITHDRAWN: PaymentStatus.DISPUTED,
        State.WON: PaymentStatus.SETTLED,  # Posted, once it is.
        State.LOST: PaymentStatus.DISPUTED,
        State.RETURNED: PaymentStatus.RETURNED,
        State.REFUNDED: PaymentStatus.REFUNDED,
    }
)

MEANINGS: Mapping[Event, str] = MappingProxyType(
    {
        Event.HANDED_OVER: "asking the processor has begun",
        Event.ORIGINATED: "the processor accepted the request",
        Event.SUCCEEDED: "the processor confirmed the funds",
        Event.FAILED: "a definite no; a timeout is never this",
        Event.FROZEN: "an operator stopped it before it was handed to the processor",
        Event.RELEASED: "an operator let it go on",
        Event.TERMINATED: "an operator ended it for good; nothing was charged",
        Event.PAID_OUT: "its money is part of a bank deposit",
        Event.POSTED: "its settlement is written to the ERP",
        Event.UNPOSTED: "an operator reversed that; it can be posted again",
        Event.RETURNED: "the ACH debit came back after it had succeeded",
        Event.INQUIRED: "the card's bank asks; no money has moved",
        Event.WITHDRAWN: "the card's bank took the money until the dispute is decided",
        Event.WON: "the dispute is won, or the inquiry is closed",
        Event.LOST: "the dispute is lost; the money is gone",
        Event.REFUNDED_PART: "a part was refunded; the status stays",
        Event.REFUNDED: "all of it was refunded",
        Event.REFUND_FAILED: "a refund came back; its money is ours again",
    }
)

_WATCH = frozenset({Duty.WATCH})
_SETTLE = frozenset({Duty.ENTRY, Duty.APPLY, Duty.TELL_PAYER})
_GIVE_UP = frozenset({Duty.RELEASE, Duty.TELL_PAYER})
_FAIL = _GIVE_UP | {Duty.DISABLE}
_TELL = frozenset({Duty.TELL_OPERATOR})
_TAKEN = frozenset({Duty.ENTRY, Duty.REOPEN, Duty.TELL_PAYER, Duty.TELL_OPERATOR})
_RETURN = _TAKEN | {Duty.DISABLE, Duty.RANK}
_HELD = frozenset({Duty.ENTRY, Duty.WATCH, Duty.TELL_OPERATOR})
_REFUND = frozenset({Duty.ENTRY, Duty.REOPEN, Duty.WATCH, Duty.TELL_PAYER})
_CAME_BACK = frozenset({Duty.ENTRY, Duty.APPLY, Duty.TELL_PAYER, Duty.TELL_OPERATOR})

TRANSITIONS: Mapping[tuple[State, Event], Next] = MappingProxyType(
    {
        (State.SUBMITTED, Event.HANDED_OVER): Next(State.UNKNOWN, _WATCH),
        # Its bank account was disabled while it waited, so the processor is never asked.
        (State.SUBMITTED, Event.FAILED): Next(State.FAILED, _FAIL),
        (State.UNKNOWN, Event.ORIGINATED): Next(State.PROCESSING, _WATCH),
        (State.UNKNOWN, Event.SUCCEEDED): Next(State.AWAITING_PAYOUT, _SETTLE),
        (State.UNKNOWN, Event.FAILED): Next(State.FAILED, _FAIL),
        (State.PROCESSING, Event.SUCCEEDED): Next(State.AWAITING_PAYOUT, _SETTLE),
        (State.PROCESSING, Event.FAILED): Next(State.FAILED, _FAIL),
        # Only before it is handed over: afterwards nobody can know that nothing will be charged.
        (State.SUBMITTED, Event.FROZEN): Next(State.FROZEN, _WATCH),
        (State.FROZEN, Event.RELEASED): Next(State.SUBMITTED, _WATCH),
        (State.FROZEN, Event.TERMINATED): Next(State.TERMINATED, _GIVE_UP),
        (State.AWAITING_PAYOUT, Event.PAID_OUT): Next(State.IN_SETTLEMENT),
        (State.IN_SETTLEMENT, Event.POSTED): Next(State.POSTED),
        (State.POSTED, Event.UNPOSTED): Next(State.IN_SETTLEMENT),
        (State.REFUNDED, Event.REFUND_FAILED): Next(State.IN_SETTLEMENT, _CAME_BACK),
        (State.INQUIRY, Event.WITHDRAWN): Next(State.WITHDRAWN, _HELD),
        (State.INQUIRY, Event.WON): Next(State.WON, _TELL),
        (State.WITHDRAWN, Event.WON): Next(State.WON, frozenset({Duty.ENTRY, Duty.TELL_OPERATOR})),
        (State.WITHDRAWN, Event.LOST): Next(State.LOST, _TAKEN | {Duty.RANK}),
        # Money that the bank takes although it was refunded: a loss, with an alarm.
        (State.REFUNDED, Event.RETURNED): Next(State.RETURNED, _RETURN),
        (State.REFUNDED, Event.WITHDRAWN): Next(State.WITHDRAWN, _HELD),
        # What was lost may have been a part; the rest can be disputed again.
        (State.LOST, Event.INQUIRED): Next(State.INQUIRY, _HELD - {Duty.ENTRY}),
        (State.LOST, Event.WITHDRAWN): Next(State.WITHDRAWN, _HELD),
    }
    | {
        (state, event): Next(state if leads is None else leads, duties)
        for state in (State.AWAITING_PAYOUT, State.IN_SETTLEMENT, State.POSTED, State.WON)
        for event, leads, duties in (
            (Event.RETURNED, State.RETURNED, _RETURN),
            (Event.INQUIRED, State.INQUIRY, _HELD - {Duty.ENTRY}),
            (Event.WITHDRAWN, State.WITHDRAWN, _HELD),
            (Event.REFUNDED_PART, None, _REFUND),
            (Event.REFUNDED, State.REFUNDED, _REFUND),
            (Event.REFUND_FAILED, None, _CAME_BACK),
        )
    }
    | {
        # Posting is a field of its own: what happened meanwhile doesn't keep it from the books.
        (state, event): Next(state)
        for state in (
            State.INQUIRY, State.WITHDRAWN, State.WON, State.LOST, State.RETURNED, State.REFUNDED,
        )
        for event in (Event.PAID_OUT, Event.POSTED, Event.UNPOSTED)
    }
    | {
        (state, Event.REFUND_FAILED): Next(state, _CAME_BACK)
        for state in (State.INQUIRY, State.WITHDRAWN, State.LOST, State.RETURNED)
    }
    | {
        (State.INQUIRY, Event.REFUNDED_PART): Next(State.INQUIRY, _REFUND),
        (State.INQUIRY, Event.REFUNDED): Next(State.REFUNDED, _REFUND),
    }
    | {
        # On its way when the money was taken: it went out, so it is written whatever else happened.
        (state, event): Next(state, _REFUND)
        for state in (State.WITHDRAWN, State.LOST, State.RETURNED, State.REFUNDED)
        for event in (Event.REFUNDED_PART, Event.REFUNDED)
    }
)  # fmt: skip

_PENDING = MappingProxyType({Stage.SUBMITTED: State.SUBMITTED, Stage.SENDING: State.UNKNOWN})
_BY_PHASE = MappingProxyType(
    {
        DisputePhase.INQUIRY: State.INQUIRY,
        DisputePhase.WITHDRAWN: State.WITHDRAWN,
        DisputePhase.LOST: State.LOST,
        DisputePhase.WON: State.WON,
        DisputePhase.CLOSED: State.WON,
    }
)
_PLAIN = MappingProxyType(
    {
        PaymentStatus.FROZEN: State.FROZEN,
        PaymentStatus.TERMINATED: State.TERMINATED,
        PaymentStatus.FAILED: State.FAILED,
        PaymentStatus.RETURNED: State.RETURNED,
        PaymentStatus.REFUNDED: State.REFUNDED,
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


def state_of(payment: Payment) -> State:
    """Where the payment is, from what is stored of it."""
    if payment.status is PaymentStatus.PENDING:
        return _PENDING.get(payment.stage, State.PROCESSING)
    if payment.status in _PLAIN:
        return _PLAIN[payment.status]
    if payment.dispute_phase is not None:
        return _BY_PHASE[payment.dispute_phase]
    if payment.status is PaymentStatus.POSTED:
        return State.POSTED
    return State.IN_SETTLEMENT if payment.settlement_id else State.AWAITING_PAYOUT


def what_follows(payment: Payment, event: Event) -> Next | None:
    """Where the event leads from where the payment is, or None if it is nothing there."""
    return TRANSITIONS.get((state_of(payment), event))


def follow(payment: Payment, event: Event) -> Payment | None:
    """The payment with the status after the event, or None if the event is nothing here.

    Only the status is changed: what else the event brings is the caller's.
    """
    status = status_after(payment, event)
    return None if status is None else replace(payment, status=status)


def status_after(payment: Payment, event: Event) -> PaymentStatus | None:
    """The word people see after the event, or None if the event is nothing here."""
    coming = what_follows(payment, event)
    if coming is None:
        return None
    if event is Event.WON and any(it.phase is DisputePhase.LOST for it in payment.disputes):
        return STATUS[State.LOST]  # Of an earlier dispute, for a part.
    on_the_road = coming.state in (State.IN_SETTLEMENT, State.WON)
    is_posted = payment.posted_at is not None or event is Event.POSTED
    if on_the_road and is_posted and event is not Event.UNPOSTED:
        return PaymentStatus.POSTED
    return STATUS[coming.state]


def event_of(processor_state: str) -> Event | None:
    """The event a processor's state stands for; None for a state we do not know."""
    return _EVENTS_BY_PROCESSOR_STATE.get(processor_state)


def is_final(state: State) -> bool:
    """True if no event leads to another state."""
    return all(
        coming.state is before for (before, _), coming in TRANSITIONS.items() if before is state
    )
