"""Refunds against the local table and the simulated processor, through its real library."""

import pytest
from ulid import ULID

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.ids import PayableId
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.refunds import EVERYTHING, RefundOrder, Target, TargetKind
from chalicelib.domain.reversals import RefundState
from chalicelib.services.decide_refund import approve_refund, decline_refund
from chalicelib.services.request_refund import request_refund
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.notices import list_notices
from tests.crash.road import DAY, Road
from tests.services.refunding import (
    A,
    B,
    ask,
    at_processor,
    books,
    deliver,
    events_of,
    now_of,
    only_refund,
    owed,
    quote_without_credits,
    settled_road,
    sweep,
)
from tests.services.test_payments import settle
from tests.stage import Stage, stage

__all__ = ["stage"]
Settled = tuple[Road, Payment]


@pytest.fixture
def paid(stage: Stage) -> Settled:
    return settled_road(stage)


@pytest.fixture
def limited(stage: Stage) -> Settled:
    """A dealer whose refunds above $500 an administrator approves."""
    return settled_road(stage, refund_limit_cents=50_000)


def mails(road: Road) -> list[str]:
    return [mail["mail"] for mail in road.world.queues.mails]


def kinds(road: Road) -> set[NoticeKind]:
    return {notice.kind for notice in list_notices(road.dealer.dealer_id)}


def test_a_part_refund_reopens_its_document_and_keeps_the_status(paid: Settled) -> None:
    road, payment = paid

    ask(road, payment, 70_000, A)

    (made,) = at_processor(road)
    stored = now_of(road, payment)
    assert made["amount"] == 71_500
    assert (stored.status, stored.refunded_cents) == (PaymentStatus.SETTLED, 71_500)
    assert owed(road) == {"A": 70_000}
    assert books(road, payment) == {
        "clearing": 71_500, "accounts_receivable": -70_000, "fee_income": -1_500,
    }  # fmt: skip
    assert events_of(road, payment)[-2:] == ["refund_begun", "refunded_part"]
    assert mails(road) == ["payment_refunded"]


def test_a_refund_of_everything_undoes_the_payment_and_opens_its_credit_again(
    paid: Settled,
) -> None:
    road, payment = paid

    ask(road, payment, 140_000, EVERYTHING)

    assert now_of(road, payment).status is PaymentStatus.REFUNDED
    assert owed(road) == {"A": 100_000, "B": 50_000, "K": 10_000}
    assert not any(trial_balance(road.dealer.dealer_id).values())
    assert books(road, payment) == {}


def test_an_ach_refund_that_arrives_is_told_once(paid: Settled) -> None:
    road, payment = paid
    ask(road, payment, 70_000, A)

    road.clock.advance(4 * DAY)
    deliver(road, times=2)
    sweep(road)

    assert only_refund(road, payment).state is RefundState.SUCCEEDED
    assert mails(road) == ["payment_refunded"]
    assert events_of(road, payment).count("refund_arrived") == 1


def test_pressing_confirm_twice_is_one_refund(paid: Settled) -> None:
    road, payment = paid
    refund_id = str(ULID())

    for _ in range(2):
        ask(road, payment, 70_000, A, refund_id=refund_id, agreed_cents=71_500)

    assert len(at_processor(road)) == 1
    assert now_of(road, payment).refunded_cents == 71_500


def test_what_the_preview_did_not_say_is_not_sent(paid: Settled) -> None:
    road, payment = paid

    with pytest.raises(Conflict, match="preview"):
        ask(road, payment, 70_000, A, agreed_cents=70_000)

    assert at_processor(road) == []
    assert now_of(road, payment).refunds == ()


def test_a_refund_needs_a_reason_and_an_id_of_ours(paid: Settled) -> None:
    road, payment = paid
    for refund_id, reason in ((str(ULID()), " "), ("r-1", "Returned")):
        with pytest.raises(InvalidInput):
            request_refund(
                road.world, road.dealer.dealer_id, name=payment.number, refund_id=refund_id,
                order=RefundOrder(100, A, reason), agreed_cents=102, operator="Eve",
                is_admin=True,
            )  # fmt: skip

    assert now_of(road, payment).refunds == ()


def test_an_open_credit_is_paid_out_and_is_held_meanwhile(paid: Settled) -> None:
    road, payment = paid
    ask(road, payment, 140_000, EVERYTHING)  # Its credit K is open again.
    second = road.submit(quote_without_credits(road, "B"))
    settle(road)
    road.stripe.script.apply({"next_request": {"timeout": "before", "path": "/v1/refunds"}})

    ask(road, second, 10_000, Target(TargetKind.CREDIT, PayableId("K")))
    held = road.quote(A=None)
    sweep(road)

    assert held.credits_cents == 0
    assert owed(road) == {"A": 100_000}
    assert now_of(road, second).refunded_cents == 10_600


def test_above_the_limit_nothing_is_sent_until_an_administrator_says_yes(limited: Settled) -> None:
    road, payment = limited

    ask(road, payment, 70_000, A)
    sweep(road)

    refund = only_refund(road, payment)
    assert refund.state is RefundState.REQUESTED
    assert at_processor(road) == []
    assert kinds(road) == {NoticeKind.REFUND_APPROVAL}
    assert owed(road) == {}
    for _ in range(2):
        approve_refund(
            road.world, road.dealer.dealer_id, name=payment.number, refund_id=refund.refund_id,
            operator="Ann Admin",
        )  # fmt: skip
    assert [made["amount"] for made in at_processor(road)] == [71_500]
    assert only_refund(road, payment).approved_by == "Ann Admin"
    assert kinds(road) == set()


def test_a_declined_refund_is_never_sent_and_frees_what_it_held(limited: Settled) -> None:
    road, payment = limited
    ask(road, payment, 140_000, EVERYTHING)
    refund = only_refund(road, payment)
    ids = {"name": payment.number, "refund_id": refund.refund_id, "operator": "Ann Admin"}

    decline_refund(road.world, road.dealer.dealer_id, **ids, reason="Ask Pat first")

    with pytest.raises(Conflict, match="declined"):
        approve_refund(road.world, road.dealer.dealer_id, **ids)
    assert only_refund(road, payment).state is RefundState.DECLINED
    assert kinds(road) == set()
    assert mails(road) == []
    ask(road, payment, 50_000, B)
    assert len(at_processor(road)) == 1


def test_an_administrators_own_refund_needs_nobody_else(limited: Settled) -> None:
    road, payment = limited

    ask(road, payment, 140_000, EVERYTHING, is_admin=True)

    assert now_of(road, payment).status is PaymentStatus.REFUNDED


def test_a_refund_nobody_asked_for_cannot_be_approved(limited: Settled) -> None:
    road, payment = limited

    with pytest.raises(NotFound):
        approve_refund(
            road.world, road.dealer.dealer_id, name=payment.number, refund_id=str(ULID()),
            operator="Ann",
        )  # fmt: skip


def test_while_one_is_waiting_no_second_one_is_begun(limited: Settled) -> None:
    road, payment = limited
    ask(road, payment, 70_000, A)

    with pytest.raises(Conflict, match="Approve or decline"):
        ask(road, payment, 100, B, agreed_cents=102)


def test_a_refund_the_processor_refuses_writes_no_entry_and_says_so(paid: Settled) -> None:
    road, payment = paid
    before = books(road, payment)
    (charge,) = road.stripe.desk.open_book(road.dealer.processor_account).of_kind("charge")
    charge["amount_refunded"] = charge["amount"]

    ask(road, payment, 70_000, A)

    refund = only_refund(road, payment)
    assert (refund.state, refund.taken_at) == (RefundState.FAILED, None)
    assert "refunded already" in refund.failure_sentence
    assert books(road, payment) == before
    assert kinds(road) == {NoticeKind.REFUND_FAILED}
    assert mails(road) == []


def test_a_refund_that_fails_days_later_is_paid_again_and_everybody_is_told(paid: Settled) -> None:
    road, payment = paid
    before = books(road, payment)
    ask(road, payment, 140_000, EVERYTHING)
    road.clock.advance(5 * DAY)
    deliver(road)

    road.stripe.fail_refund(payment.number, "lost_or_stolen_card")
    deliver(road, times=2, backwards=True)

    stored = now_of(road, payment)
    assert (stored.status, stored.refunded_cents) == (PaymentStatus.SETTLED, 0)
    assert owed(road) == {}
    assert books(road, payment) == before
    assert mails(road) == ["payment_refunded", "refund_failed"]
    (notice,) = list_notices(road.dealer.dealer_id)
    assert notice.kind is NoticeKind.REFUND_FAILED
    assert "lost or stolen" in notice.sentence


def test_a_refund_that_fails_after_its_document_was_paid_again_is_cash_on_account(
    paid: Settled,
) -> None:
    road, payment = paid
    ask(road, payment, 50_000, B)
    again = road.submit(road.quote(B=30_000))
    settle(road)
    assert now_of(road, again).status is PaymentStatus.SETTLED

    road.stripe.fail_refund(payment.number)
    deliver(road)

    assert owed(road) == {payment.number: 30_000}
    assert now_of(road, payment).surplus_cents == 30_000
    assert sum(trial_balance(road.dealer.dealer_id).values()) == 0
    (notice,) = list_notices(road.dealer.dealer_id)
    assert "$300.00 of it is cash on account" in notice.sentence
