"""The lifecycle's table: drawn as it is, complete in words, and never back."""

from dataclasses import replace

import pytest

from chalicelib.domain.lifecycle import (
    MEANINGS,
    STATUS,
    TRANSITIONS,
    Duty,
    Event,
    State,
    event_of,
    follow,
    is_final,
    state_of,
    what_follows,
)
from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.domain.reversals import Dispute, DisputePhase
from tests.domain.builders import NOON, PAYOUT, a_payment, p1_quote
from tools.lifecycle import TARGET, drawn

ROAD = (PaymentStatus.SETTLED, PaymentStatus.POSTED)


def a_payment_at(state: State) -> Payment:
    """P1 at a state of the table."""
    payment = replace(a_payment(p1_quote()), status=STATUS[state], stage=Stage.DONE)
    stages = {
        State.SUBMITTED: Stage.SUBMITTED,
        State.UNKNOWN: Stage.SENDING,
        State.PROCESSING: Stage.PROCESSING,
    }
    phases = {
        State.INQUIRY: DisputePhase.INQUIRY,
        State.WITHDRAWN: DisputePhase.WITHDRAWN,
        State.WON: DisputePhase.WON,
        State.LOST: DisputePhase.LOST,
    }
    if state in stages:
        return replace(payment, stage=stages[state])
    if state in phases:
        dispute = Dispute("du_1", phases[state], "fraudulent", 140200, NOON)
        return replace(payment, dispute=dispute)
    if state in (State.IN_SETTLEMENT, State.POSTED):
        return replace(payment, settlement_id=PAYOUT)
    return payment


def test_the_document_is_drawn_from_the_table() -> None:
    assert TARGET.read_text("utf-8") == drawn(), "python -m tools.lifecycle"


def test_every_event_has_its_meaning_and_its_place_in_the_table() -> None:
    assert set(MEANINGS) == set(Event)
    assert {event for _, event in TRANSITIONS} == set(Event)


@pytest.mark.parametrize("state", State)
def test_every_state_is_recognised_from_what_is_stored(state: State) -> None:
    assert state_of(a_payment_at(state)) is state


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_the_status_follows_the_table_and_nothing_else(state: State, event: Event) -> None:
    payment = a_payment_at(state)

    moved = follow(payment, event)

    coming = TRANSITIONS.get((state, event))
    assert (moved is None) is (coming is None)
    if moved is not None and coming is not None:
        assert moved.status in {STATUS[coming.state], PaymentStatus.POSTED}


def test_terminated_is_final_and_only_follows_frozen() -> None:
    before = {state for state in State if follow(a_payment_at(state), Event.TERMINATED)}

    assert before == {State.FROZEN}
    assert {state for state in State if is_final(state)} == {
        State.TERMINATED, State.FAILED, State.RETURNED
    }  # fmt: skip


@pytest.mark.parametrize("state", [State.FROZEN, State.TERMINATED, State.FAILED])
def test_money_that_arrives_for_what_is_off_the_road_moves_nothing(state: State) -> None:
    assert follow(a_payment_at(state), Event.SUCCEEDED) is None


def test_nothing_that_was_charged_becomes_pending_or_failed_again() -> None:
    unpaid = {
        State.SUBMITTED, State.UNKNOWN, State.PROCESSING, State.FROZEN, State.TERMINATED,
        State.FAILED,
    }  # fmt: skip

    back = [
        (before, event)
        for (before, event), coming in TRANSITIONS.items()
        if before not in unpaid and coming.state in unpaid
    ]

    assert back == []


def test_posting_is_a_field_of_its_own() -> None:
    returned = replace(a_payment_at(State.RETURNED), settlement_id=PAYOUT)
    won = a_payment_at(State.WON)

    posted = follow(returned, Event.POSTED)
    posted_after_winning = follow(won, Event.POSTED)

    assert posted is not None
    assert posted.status is PaymentStatus.RETURNED
    assert posted_after_winning is not None
    assert posted_after_winning.status is PaymentStatus.POSTED


def test_a_dispute_won_after_posting_is_posted_again() -> None:
    posted = replace(a_payment_at(State.WITHDRAWN), posted_at=NOON)

    won = follow(posted, Event.WON)

    assert won is not None
    assert won.status is PaymentStatus.POSTED


@pytest.mark.parametrize("event", [Event.RETURNED, Event.WITHDRAWN, Event.LOST])
def test_money_that_leaves_is_entered_and_the_operator_told(event: Event) -> None:
    led = [coming for (_, happened), coming in TRANSITIONS.items() if happened is event]

    assert led
    assert all({Duty.ENTRY, Duty.TELL_OPERATOR} <= coming.duties for coming in led)


@pytest.mark.parametrize("event", [Event.SUCCEEDED, Event.FAILED, Event.RETURNED, Event.LOST])
def test_whatever_decides_about_a_payers_money_is_told_to_the_payer(event: Event) -> None:
    led = [coming for (_, happened), coming in TRANSITIONS.items() if happened is event]

    assert all(Duty.TELL_PAYER in coming.duties for coming in led)


def test_an_unknown_outcome_leads_nowhere_but_to_an_answer() -> None:
    events = {event for state, event in TRANSITIONS if state is State.UNKNOWN}

    assert events == {Event.ORIGINATED, Event.SUCCEEDED, Event.FAILED}
    assert what_follows(a_payment_at(State.UNKNOWN), Event.TERMINATED) is None


@pytest.mark.parametrize(
    ("state", "event"),
    [
        ("processing", Event.ORIGINATED),
        ("succeeded", Event.SUCCEEDED),
        ("failed", Event.FAILED),
        ("canceled", Event.FAILED),
        ("requires_capture", None),
    ],
)
def test_an_unknown_state_of_the_processor_is_no_event(state: str, event: Event | None) -> None:
    assert event_of(state) is event
