"""Refunds when several people, the processor or the payer's other payments are in the way."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from ulid import ULID

from chalicelib.domain.errors import Conflict, DrypowderError
from chalicelib.domain.ids import UserId
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.people import User
from chalicelib.domain.refunds import EVERYTHING, Target
from chalicelib.domain.reversals import RefundState
from chalicelib.services.send_mail import send_mail
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.notices import list_notices
from chalicelib.storage.payments import get_payment, payment_puts
from chalicelib.storage.transactions import transact
from chalicelib.storage.users import user_puts
from tests.crash.road import DAY, Road
from tests.services.refunding import (
    A,
    B,
    ask,
    at_processor,
    books,
    deliver,
    elsewhere,
    now_of,
    only_refund,
    owed,
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


def kinds(road: Road) -> set[NoticeKind]:
    return {notice.kind for notice in list_notices(road.dealer.dealer_id)}


def test_two_operators_who_press_at_once_make_one_refund(paid: Settled) -> None:
    road, payment = paid

    def press(target: Target) -> str:
        try:
            ask(road, payment, 40_000, target, agreed_cents=40_857)
        except DrypowderError as refusal:
            return type(refusal).__name__
        return "refunded"

    with ThreadPoolExecutor(2) as people:
        said = sorted(people.map(press, (A, B)))

    assert [made["amount"] for made in at_processor(road)] in ([40_857], [40_857] * 2)
    assert now_of(road, payment).refunded_cents == 40_857 * len(at_processor(road))
    assert said.count("refunded") == len(at_processor(road))


def test_two_who_want_all_of_it_back_give_it_back_once(paid: Settled) -> None:
    road, payment = paid

    def press(_: int) -> str:
        try:
            ask(road, payment, 140_000, EVERYTHING, agreed_cents=143_000)
        except DrypowderError as refusal:
            return type(refusal).__name__
        return "refunded"

    with ThreadPoolExecutor(4) as people:
        said = list(people.map(press, range(4)))

    assert sorted(said) == ["Conflict"] * 3 + ["refunded"]
    assert [made["amount"] for made in at_processor(road)] == [143_000]
    assert now_of(road, payment).status is PaymentStatus.REFUNDED


def test_ours_and_one_made_elsewhere_meanwhile_both_find_what_still_stands(paid: Settled) -> None:
    road, payment = paid
    road.stripe.script.apply({"next_request": {"timeout": "before", "path": "/v1/refunds"}})
    ask(road, payment, 50_000, B)
    elsewhere(road, payment, 51_071)

    deliver(road)
    sweep(road)

    stored = now_of(road, payment)
    assert [one.state for one in stored.refunds] == [RefundState.PENDING] * 2
    assert owed(road) == {"A": 50_000, "B": 50_000}
    assert stored.refunded_cents == sum(made["amount"] for made in at_processor(road))


def test_a_refund_made_in_the_processors_dashboard_is_recorded_with_a_notice(
    paid: Settled,
) -> None:
    road, payment = paid
    elsewhere(road, payment, 71_500)

    deliver(road, times=3, backwards=True)

    refund = only_refund(road, payment)
    assert refund.refund_id == refund.processor_id
    assert owed(road) == {"A": 20_000, "B": 50_000}
    assert books(road, payment)["clearing"] == 71_500
    assert kinds(road) == {NoticeKind.REFUND_ELSEWHERE}
    assert [mail["mail"] for mail in road.world.queues.mails] == ["payment_refunded"]


def test_a_charges_own_event_is_enough_to_hear_of_its_refunds(paid: Settled) -> None:
    road, payment = paid
    for cents in (71_500, 10_000):
        elsewhere(road, payment, cents)

    deliver(road, only="charge.refunded")

    stored = now_of(road, payment)
    assert [one.reversal.money_cents for one in stored.refunds] == [71_500, 10_000]
    assert [one.reversal.number for one in stored.refunds] == [
        f"{payment.number}-R1", f"{payment.number}-R2",
    ]  # fmt: skip
    subjects = {notice.subject for notice in list_notices(road.dealer.dealer_id)}
    assert subjects == {one.reversal.number for one in stored.refunds}


def test_refunds_in_the_dashboard_told_newest_first_are_taken_out_oldest_first(
    paid: Settled,
) -> None:
    road, payment = paid
    for cents in (71_500, 10_000):
        elsewhere(road, payment, cents)

    deliver(road, only="refund.created", backwards=True)

    stored = now_of(road, payment)
    assert [one.reversal.money_cents for one in stored.refunds] == [71_500, 10_000]


def test_a_refund_whose_event_claims_another_amount_is_set_aside(paid: Settled) -> None:
    road, payment = paid
    fault = {"type": "refund.created", "amount_cents": 1}
    road.stripe.script.apply({"next_webhook": fault})
    elsewhere(road, payment, 71_500)

    deliver(road, only="refund.created")

    assert now_of(road, payment).refunds == ()
    assert kinds(road) == {NoticeKind.UNMATCHED}


def test_a_refund_heard_of_before_its_payment_settles_the_payment_first(stage: Stage) -> None:
    road, _ = settled_road(stage)
    ask(road, _, 50_000, B)
    later = road.submit(road.quote(B=None))
    road.machine.run_ready()
    road.clock.advance(5 * DAY)
    road.basket.drain()
    elsewhere(road, now_of(road, later), 50_300)

    deliver(road, only="refund.created")

    stored = now_of(road, later)
    assert stored.refunded_cents == 50_300
    assert stored.status is PaymentStatus.SETTLED


def test_a_surplus_refunded_elsewhere_after_it_was_used_is_owed_where_it_was_used(
    paid: Settled,
) -> None:
    road, payment = paid
    ask(road, payment, 50_000, B)
    again = road.submit(road.quote(B=50_000))
    settle(road)
    road.stripe.fail_refund(payment.number)  # B is paid twice: $500 of it is cash on account.
    deliver(road)
    ask(road, payment, 90_000, A)
    surplus: dict[str, Any] = {payment.number.replace("-", "_"): None}
    third = road.submit(road.quote(A=90_000, **surplus))
    settle(road)
    assert third.unapplied_used_cents == 50_000

    left_cents = now_of(road, payment).charged_cents - now_of(road, payment).refunded_cents
    elsewhere(road, payment, left_cents)
    deliver(road)

    assert now_of(road, payment).status is PaymentStatus.REFUNDED
    assert owed(road) == {"A": 60_000, "K": 10_000}
    assert sum(trial_balance(road.dealer.dealer_id).values()) == 0
    dealer_id, account_id = road.dealer.dealer_id, road.account.account_id
    assert get_payment(dealer_id, account_id, third.payment_id).undone
    assert now_of(road, again).status is PaymentStatus.SETTLED


def test_the_bank_taking_back_what_was_refunded_is_a_loss_until_the_refund_comes_back(
    paid: Settled,
) -> None:
    road, payment = paid
    ask(road, payment, 70_000, A)
    road.clock.advance(4 * DAY)
    deliver(road)
    road.stripe.return_payment(payment.number, "R10")
    deliver(road)
    lost = books(road, payment)["returns"]

    road.stripe.fail_refund(payment.number)
    deliver(road)

    assert lost == 71_500
    assert books(road, payment) == {}
    assert now_of(road, payment).status is PaymentStatus.RETURNED
    assert owed(road) == {"A": 100_000, "B": 50_000, "K": 10_000}
    with pytest.raises(Conflict, match="owes the documents again"):
        ask(road, payment, 100, A, agreed_cents=102)


def test_the_mail_says_what_goes_back_and_what_is_owed_again(paid: Settled) -> None:
    road, payment = paid
    person_id, now = UserId(str(ULID())), road.clock.now()
    person = User(person_id, f"{person_id.lower()}@oak.example", "Pat", "no password", now)
    changed = replace(now_of(road, payment), payer_id=person_id)
    puts = payment_puts(changed, name="handed_over", at=now, source="payer")
    transact([*user_puts(person), *puts], token=str(ULID()))
    ask(road, payment, 70_000, A)

    for mail in road.world.queues.mails:
        send_mail(road.world, mail)

    (letter,) = road.world.mailer.letters
    assert letter.to == person.email
    assert letter.subject.endswith(f"refunded $715.00 of payment {payment.number}")
    for words in ("including $15.00 of the fee", "A is owed again: $700.00"):
        assert words in letter.text
