"""The table's duties: what is written with an event is what it asks, no more and no less."""

import pytest

from chalicelib.domain.claims import Claim, ClaimState, Effect
from chalicelib.domain.duties import AFTER, DutyNeglected, Written, check_duties, duties_after
from chalicelib.domain.ids import PayableId, PaymentId
from chalicelib.domain.ledger import LedgerAccount, credit, debit, entry
from chalicelib.domain.lifecycle import TRANSITIONS, Duty, Event, Next, State
from chalicelib.services.carry_out_duties import MAILS

LINES = entry(debit(LedgerAccount.ACCOUNTS_RECEIVABLE, 5), credit(LedgerAccount.CLEARING, 5))
HELD = entry(debit(LedgerAccount.HELD_IN_DISPUTE, 5), credit(LedgerAccount.CLEARING, 5))
CLAIM = Claim(
    PaymentId("01P"), "DP-1", ClaimState.REVERSED, (Effect(PayableId("INV-1"), 5),), event="e"
)
RETURN = TRANSITIONS[State.POSTED, Event.RETURNED]


def test_a_return_with_everything_it_asks_for_is_written() -> None:
    check_duties(Event.RETURNED, RETURN, Written(LINES, (CLAIM,), tells_operator=True))


@pytest.mark.parametrize(
    ("written", "broken"),
    [
        (Written(None, (CLAIM,), tells_operator=True), "an entry"),
        (Written(LINES, (), tells_operator=True), "receivables move with claims"),
        (Written(LINES, (CLAIM,)), "the operator is told"),
    ],
)
def test_a_return_that_neglects_a_duty_is_not_written(written: Written, broken: str) -> None:
    with pytest.raises(DutyNeglected, match=broken):
        check_duties(Event.RETURNED, RETURN, written)


def test_money_on_account_comes_back_without_a_document_to_reopen() -> None:
    check_duties(Event.RETURNED, RETURN, Written(HELD, (), tells_operator=True))


@pytest.mark.parametrize(
    ("event", "written", "broken"),
    [
        (Event.INQUIRED, Written(HELD, tells_operator=True), "an entry"),
        (Event.WITHDRAWN, Written(HELD, (CLAIM,), tells_operator=True), "claims change"),
    ],
)
def test_nothing_is_moved_that_the_table_does_not_ask_for(
    event: Event, written: Written, broken: str
) -> None:
    coming = TRANSITIONS[State.POSTED, event]

    with pytest.raises(DutyNeglected, match=broken):
        check_duties(event, coming, written)


def test_an_entry_may_have_nothing_left_to_move() -> None:
    settling = TRANSITIONS[State.PROCESSING, Event.SUCCEEDED]

    check_duties(Event.SUCCEEDED, settling, Written((), (CLAIM,)))


def test_what_is_done_after_an_event_is_the_same_wherever_it_happens() -> None:
    told = [
        (event, coming.duties & AFTER)
        for (_, event), coming in TRANSITIONS.items()
        if event is not Event.WON
    ]

    assert all(duties == duties_after(event) for event, duties in told)


def test_every_mail_the_table_asks_for_is_there_and_no_other() -> None:
    asked = {event for event in Event if Duty.TELL_PAYER in duties_after(event)}

    assert asked == set(MAILS)


def test_every_charged_payment_takes_note_of_a_refund_that_went_out() -> None:
    charged = {before for before, event in TRANSITIONS if event is Event.RETURNED} | {
        State.RETURNED, State.WITHDRAWN, State.LOST, State.INQUIRY
    }  # fmt: skip

    for state in charged:
        for event in (Event.REFUNDED_PART, Event.REFUNDED):
            coming = TRANSITIONS.get((state, event), Next(state))
            assert {Duty.ENTRY, Duty.REOPEN} <= coming.duties, (state, event)
