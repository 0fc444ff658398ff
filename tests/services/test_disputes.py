"""Card disputes: phase by phase, in whatever order their reports arrive."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.ledger_reversals import reversal_entry
from chalicelib.domain.lifecycle import Event
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.refund_refusals import why_not_refund
from chalicelib.domain.reversals import DisputePhase, Refund, RefundState
from chalicelib.domain.taking_back import event_claims, take_back_all, take_back_part
from chalicelib.services.record_later import LaterEvent, record_later
from chalicelib.services.watch_later import watch_later
from chalicelib.storage.accounts import AccountState
from chalicelib.storage.ledger import list_entries
from chalicelib.storage.notices import list_notices
from sandbox.world.stripe.checkout import answer_challenge
from sandbox.world.stripe.faults import WebhookFault
from tests.crash.road import Road, add_card, an_invoice, build_road
from tests.services.disputed import (
    FEE,
    books,
    hear,
    owed,
    pay_by_card,
    stored,
    told,
    waiting,
)
from tests.stage import Stage, stage

__all__ = ["stage"]
ALL = {"INV_1": None, "INV_2": None}
AR, CLEARING, HELD = (
    LedgerAccount.ACCOUNTS_RECEIVABLE,
    LedgerAccount.CLEARING,
    LedgerAccount.HELD_IN_DISPUTE,
)
FEES, RETURNS = LedgerAccount.CHARGEBACK_FEES, LedgerAccount.RETURNS


@pytest.fixture
def road(stage: Stage) -> Road:
    return build_road(stage, (an_invoice("INV-1", 100_000), an_invoice("INV-2", 50_000)))


@pytest.fixture
def payment(road: Road) -> Payment:
    """$1,500.00 by card, settled."""
    return pay_by_card(road, **ALL)


def dispute(road: Road, payment: Payment, *outcomes: str, **how: Any) -> Payment:
    """Opened as `how` says, then decided; every webhook arrives at its time."""
    road.stripe.open_dispute(payment.number, **how)
    hear(road)
    for outcome in outcomes:
        road.clock.advance(timedelta(days=3))
        road.stripe.decide_dispute(payment.number, outcome)
        hear(road)
    return stored(road, payment)


def test_an_inquiry_moves_no_money_and_is_shown_to_operators(road: Road, payment: Payment) -> None:
    asked = dispute(road, payment, kind="inquiry", reason="unrecognized")

    assert asked.status is PaymentStatus.DISPUTED
    assert asked.dispute is not None
    assert asked.dispute.phase is DisputePhase.INQUIRY
    assert asked.dispute.answer_by is not None
    assert books(road) == {AR: -150_000, CLEARING: 150_000}
    (notice,) = list_notices(road.dealer.dealer_id)
    assert notice.kind is NoticeKind.DISPUTED
    assert notice.path == f"/console/payments/{payment.number}"
    assert "does not recognise it" in notice.sentence
    assert told(road) == ["payment_settled"]


def test_a_closed_inquiry_leaves_everything_as_it_was(road: Road, payment: Payment) -> None:
    closed = dispute(road, payment, "closed", kind="inquiry")

    assert closed.status is PaymentStatus.SETTLED
    assert closed.dispute is not None
    assert closed.dispute.phase is DisputePhase.CLOSED
    assert books(road) == {AR: -150_000, CLEARING: 150_000}


def test_withdrawn_funds_are_held_with_the_fee(road: Road, payment: Payment) -> None:
    disputed = dispute(road, payment)

    assert disputed.status is PaymentStatus.DISPUTED
    assert books(road) == {AR: -150_000, HELD: 150_000, FEES: FEE, CLEARING: -FEE}
    assert owed(road) == {}
    assert why_not_refund(disputed, road.clock.now())  # Stripe refuses it as well.


def test_a_dispute_that_is_won_brings_the_money_back_but_not_the_fee(
    road: Road, payment: Payment
) -> None:
    won = dispute(road, payment, "under_review", "won")

    assert won.status is PaymentStatus.SETTLED
    assert won.dispute is not None
    assert won.dispute.phase is DisputePhase.WON
    assert books(road) == {AR: -150_000, CLEARING: 150_000 - FEE, FEES: FEE}
    assert "is won" in list_notices(road.dealer.dealer_id)[0].sentence


def test_a_dispute_that_is_lost_opens_the_documents_and_tells_the_payer(
    road: Road, payment: Payment
) -> None:
    lost = dispute(road, payment, "lost")

    assert lost.status is PaymentStatus.DISPUTED
    assert lost.dispute is not None
    assert lost.dispute.reversal is not None
    assert owed(road) == {"INV-1": 100_000, "INV-2": 50_000}
    assert books(road) == {CLEARING: -FEE, FEES: FEE}
    assert told(road)[-1] == "payment_dispute_lost"
    assert waiting(road) == [NoticeKind.DISPUTE_LOST]
    assert road.state().account.priority.returned_recently  # It is called sooner.


def test_a_dispute_of_a_part_opens_the_last_document_by_that_part(
    road: Road, payment: Payment
) -> None:
    dispute(road, payment, "lost", amount_cents=30_000)

    assert owed(road) == {"INV-2": 30_000}
    assert books(road) == {AR: -120_000, CLEARING: 120_000 - FEE, FEES: FEE}


def test_an_inquiry_that_becomes_a_chargeback_goes_on_from_there(
    road: Road, payment: Payment
) -> None:
    dispute(road, payment, kind="inquiry")

    lost = dispute(road, payment, "lost")

    names = {entry.event_key.split("#")[0] for entry in list_entries(road.dealer.dealer_id)}
    assert {"withdrawn", "lost"} < names
    assert books(road) == {CLEARING: -FEE, FEES: FEE}
    assert lost.earlier_disputes == ()


def test_a_second_dispute_after_one_that_was_won_keeps_both(road: Road, payment: Payment) -> None:
    first = dispute(road, payment, "won")

    second = dispute(road, payment, "lost")

    assert first.dispute is not None
    assert second.earlier_disputes == (first.dispute,)
    assert owed(road) == {"INV-1": 100_000, "INV-2": 50_000}
    assert books(road) == {CLEARING: -2 * FEE, FEES: 2 * FEE}


def refund(road: Road, payment: Payment, cents: int) -> None:
    """A refund that the processor has paid out, written as the refund service writes it."""
    whole = cents == payment.charged_cents

    def make(before: Payment, _: AccountState) -> LaterEvent | None:
        if before.refunds:
            return None
        how = take_back_all if whole else take_back_part
        reversal = how(before, number=f"{before.number}-R1", money_cents=cents)
        done = Refund(
            uuid4().hex, RefundState.SUCCEEDED, reversal, road.clock.now(), "Ann", "wrong order"
        )
        return LaterEvent(
            payment=replace(before, refunds=(done,)),
            happened=Event.REFUNDED if whole else Event.REFUNDED_PART,
            name="refunded",
            mark=f"refund#{done.refund_id}",
            at=road.clock.now(),
            source="operator",
            lines=reversal_entry(before, reversal, source_id="re_1"),
            claims=event_claims(before, reversal, "refund-1"),
        )

    record_later(
        road.world,
        road.dealer.dealer_id,
        account_id=payment.account_id,
        payment_id=payment.payment_id,
        make=make,
    )


def test_a_dispute_of_money_refunded_before_is_a_loss(road: Road, payment: Payment) -> None:
    refund(road, payment, 150_000)

    lost = dispute(road, payment, "lost")

    assert lost.dispute is not None
    assert lost.dispute.reversal is not None
    assert lost.dispute.reversal.loss_cents == 150_000
    assert owed(road) == {"INV-1": 100_000, "INV-2": 50_000}
    assert books(road) == {RETURNS: 150_000, FEES: FEE, CLEARING: -150_000 - FEE}
    assert waiting(road) == [NoticeKind.DISPUTE_LOST, NoticeKind.LOSS]


def test_a_dispute_of_more_than_what_was_left_loses_the_rest(road: Road, payment: Payment) -> None:
    refund(road, payment, 30_000)

    dispute(road, payment, "lost", amount_cents=150_000)

    assert books(road) == {RETURNS: 30_000, FEES: FEE, CLEARING: -30_000 - FEE}
    assert owed(road) == {"INV-1": 100_000, "INV-2": 50_000}


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_webhooks_in_every_order_and_three_times_lead_to_one_ledger(
    road: Road, payment: Payment, outcome: str
) -> None:
    road.stripe.open_dispute(payment.number)
    road.stripe.decide_dispute(payment.number, outcome)
    hooks = road.basket.drain()

    hashes = set()
    for order in permutations(hooks):
        hear(road, (*order, *reversed(order), *order))
        hashes.add(str([(it.event_key, it.lines) for it in list_entries(road.dealer.dealer_id)]))

    assert len(hashes) == 1
    at = stored(road, payment)
    assert at.dispute is not None
    assert at.dispute.phase == outcome


def test_a_dispute_whose_webhooks_never_come_is_followed_by_asking(
    road: Road, payment: Payment
) -> None:
    dispute(road, payment, kind="inquiry")
    road.stripe.script.apply({"webhooks": {"never": True}})
    road.stripe.open_dispute(payment.number, kind="chargeback")
    road.clock.advance(timedelta(days=1, minutes=1))

    watch_later(road.world)
    withdrawn = stored(road, payment).dispute
    road.stripe.decide_dispute(payment.number, "lost")
    road.clock.advance(timedelta(days=1, minutes=1))
    watch_later(road.world)
    watch_later(road.world)

    assert withdrawn is not None
    assert withdrawn.phase is DisputePhase.WITHDRAWN
    assert books(road) == {CLEARING: -FEE, FEES: FEE}
    assert told(road)[-1] == "payment_dispute_lost"
    assert watch_later(road.world) == 0


def test_an_open_dispute_is_asked_about_once_a_day(road: Road, payment: Payment) -> None:
    dispute(road, payment, kind="inquiry")

    asked = [watch_later(road.world)]
    road.clock.advance(timedelta(days=1, minutes=1))
    asked += [watch_later(road.world), watch_later(road.world)]

    assert asked == [0, 1, 0]


def test_a_dispute_told_before_the_success_takes_the_success_first(road: Road) -> None:
    road.stripe.script.events.append(WebhookFault(type="payment_intent.succeeded", never=True))
    payment = pay_by_card(road, add_card(road, "visa_3ds"), **ALL)
    answer_challenge(road.stripe.desk, payment.processor_id, confirmed=True)
    assert stored(road, payment).status is PaymentStatus.PENDING

    lost = dispute(road, payment, "lost")

    assert lost.status is PaymentStatus.DISPUTED
    assert lost.settled_at is not None
    assert books(road) == {CLEARING: -FEE, FEES: FEE}


def test_a_dispute_of_another_amount_than_was_charged_is_set_aside(
    road: Road, payment: Payment
) -> None:
    road.stripe.open_dispute(payment.number)
    book = road.stripe.desk.books[road.dealer.processor_account]
    book.of_kind("dispute")[-1]["amount"] = payment.charged_cents + 1

    words = hear(road)

    assert set(words) == {"quarantined"}
    assert stored(road, payment).dispute is None
