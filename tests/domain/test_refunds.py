"""Refunds in the numbers of money.md: what goes back, where to, and its fee share."""

from dataclasses import replace

import pytest

from chalicelib.domain.claims import ClaimState, Effect
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import PayableId
from chalicelib.domain.ledger import LedgerAccount, balance, settled_entry
from chalicelib.domain.ledger_reversals import reversal_entry
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.refunds import (
    EVERYTHING,
    ON_ACCOUNT,
    RefundOrder,
    Target,
    TargetKind,
    plan_money,
    plan_refund,
    refundable_cents,
    rooms,
    still_fitting,
    target_named,
)
from chalicelib.domain.reversals import Return, Reversal
from chalicelib.domain.taking_back import event_claims, next_reversal_number, take_back_all
from tests.domain.builders import NOON, P1_PAYABLES, a_payment, a_quote
from tests.domain.refunding import K2, A, p1, refunded, surplus_open, with_surplus

AR, CLEARING = LedgerAccount.ACCOUNTS_RECEIVABLE, LedgerAccount.CLEARING
FEE = LedgerAccount.FEE_INCOME


def test_a_refund_of_700_takes_its_fee_share_along() -> None:
    payment = refunded(p1(), 70_000, A)
    plan = payment.refunds[0].reversal

    lines = reversal_entry(payment, plan, source_id="re_1")

    assert balance(lines) == {AR: 70_000, FEE: 1_530, CLEARING: -71_530}
    assert payment.refunded_cents == 71_530
    assert refundable_cents(payment) == 67_200


def test_a_part_refund_keeps_discount_and_credits() -> None:
    plan = refunded(p1(), 70_000, A).refunds[0].reversal

    assert [(line.payable_id, line.owed_again_cents) for line in plan.lines] == [("A", 70_000)]
    assert plan.credits == ()


def test_the_refund_that_completes_the_cash_undoes_the_payment() -> None:
    first = refunded(p1(), 70_000, A)

    both = refunded(first, refundable_cents(first), EVERYTHING)

    entries = [
        line
        for refund in both.refunds
        for line in reversal_entry(both, refund.reversal, source_id="re")
    ]
    assert set(balance((*settled_entry(both), *entries)).values()) == {0}
    assert both.refunded_cents == both.charged_cents == 140_200
    last = both.refunds[1].reversal
    assert last.credits == (Effect(PayableId("K"), 10_000, PayableId("A")),)
    assert sum(line.discount_cents for line in last.lines) == 2_800


def test_everything_goes_back_from_cash_on_account_first_then_the_last_document() -> None:
    payment = replace(
        a_payment(a_quote(P1_PAYABLES[:2], surplus_cents=5_000)), status=PaymentStatus.SETTLED
    )

    plan = refunded(payment, 60_000, EVERYTHING, *surplus_open(payment, 5_000)).refunds[0].reversal

    assert plan.surplus_cents == 5_000
    assert [(line.payable_id, line.cash_cents) for line in plan.lines] == [
        ("B", 50_000), ("A", 5_000),
    ]  # fmt: skip


def test_a_surplus_somebody_used_meanwhile_is_not_offered() -> None:
    payment = with_surplus()

    offered = rooms(payment, surplus_open(payment, 3_000))

    assert [(room.target, room.most_cents) for room in offered] == [
        (EVERYTHING, 103_000), (A, 100_000), (ON_ACCOUNT, 3_000),
    ]  # fmt: skip
    with pytest.raises(InvalidInput, match=r"At most \$30\.00"):
        refunded(payment, 3_001, ON_ACCOUNT, *surplus_open(payment, 3_000))


def test_an_open_credit_can_be_paid_out_and_the_documents_stay_paid() -> None:
    target = Target(TargetKind.CREDIT, K2.payable_id)

    payment = refunded(p1(), 70_000, target, K2)

    plan = payment.refunds[0].reversal
    assert balance(reversal_entry(payment, plan, source_id="re_1")) == {
        AR: 70_000, FEE: 1_530, CLEARING: -71_530,
    }  # fmt: skip
    (claim,) = event_claims(payment, plan, "refund-1")
    assert (claim.state, claim.effects) == (ClaimState.APPLIED, (Effect(K2.payable_id, 70_000),))
    assert plan.lines == ()


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (RefundOrder(0, A), "amount"),
        (RefundOrder(-5, A), "amount"),
        (RefundOrder(137_201, EVERYTHING), "amount"),
        (RefundOrder(5, ON_ACCOUNT), "target"),
        (RefundOrder(5, Target(TargetKind.DOCUMENT, PayableId("Z"))), "target"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field_that_is_wrong(
    order: RefundOrder, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        plan_refund(p1(), order, (), number="R1")

    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("word", ["", "elsewhere", "Document:A"])
def test_a_target_is_one_of_those_we_name(word: str) -> None:
    with pytest.raises(InvalidInput):
        target_named(word)


def test_a_target_survives_the_form() -> None:
    odd = Target(TargetKind.DOCUMENT, PayableId("A:7"))

    assert [target_named(it.word) for it in (odd, EVERYTHING)] == [odd, EVERYTHING]


def test_a_refund_made_elsewhere_of_the_whole_money_undoes_the_payment() -> None:
    plan = plan_money(p1(), 140_200, (), number="R1")

    assert plan == replace(take_back_all(p1(), number="R1", money_cents=140_200), lines=plan.lines)
    assert plan.owed_again_cents == 150_000


def test_a_refund_made_elsewhere_of_money_the_bank_took_too_is_a_loss() -> None:
    whole = take_back_all(p1(), number="R1", money_cents=140_200)
    returned = p1(status=PaymentStatus.RETURNED, returned=Return("du_1", "R10", "…", NOON, whole))

    plan = plan_money(returned, 50_000, (), number="R2")

    assert plan == Reversal("R2", loss_cents=50_000)


def test_a_plan_that_no_longer_stands_is_laid_on_what_does() -> None:
    ours = plan_refund(p1(), RefundOrder(40_000, A), (), number="R1")
    at_stripe = refunded(p1(), 80_000, A)

    plan = still_fitting(at_stripe, ours, ())

    assert plan.money_cents == ours.money_cents
    assert {line.payable_id for line in plan.lines} == {"B"}
    assert still_fitting(p1(), ours, ()) == ours


def test_reversals_are_numbered_in_turn_whatever_they_are() -> None:
    payment = refunded(refunded(p1(), 1_000, A), 1_000, A)

    assert [one.reversal.number for one in payment.refunds] == ["DP-100482-R1", "DP-100482-R2"]
    assert next_reversal_number(replace(payment, refunds=payment.refunds[1:])) == "DP-100482-R3"
