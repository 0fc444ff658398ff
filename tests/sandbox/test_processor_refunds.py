"""Refunds at the simulated processor: what moves, what is refused, and what comes back."""

import pytest
import stripe

from tests.sandbox.builders import Processor


def refused(processor: Processor, **wanted: object) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        processor.api.refunds.create(wanted, processor.options())
    return caught.value


def test_a_card_refund_succeeds_at_once_and_moves_the_money(processor: Processor) -> None:
    paid = processor.carded()
    processor.events()

    refund = processor.refund(paid, 70_000)

    charge = processor.charge(paid)
    assert (refund.status, refund.charge, refund.payment_intent) == (
        "succeeded", charge.id, paid.id,
    )  # fmt: skip
    assert (charge.amount_refunded, charge.refunded) == (70_000, False)
    assert processor.rows(refund.id) == [("refund", "refund", -70_000, 0)]
    assert processor.events() == ["refund.created", "charge.refunded"]


def test_the_last_part_makes_the_charge_refunded(processor: Processor) -> None:
    paid = processor.carded()
    processor.refund(paid, 70_000)

    rest = processor.refund(paid)

    charge = processor.charge(paid)
    assert (rest.amount, charge.amount_refunded, charge.refunded) == (70_200, 140_200, True)


def test_an_ach_refund_is_pending_for_three_days(processor: Processor) -> None:
    paid = processor.debited()
    processor.events()

    refund = processor.refund(paid)
    made = processor.events()
    processor.advance(days=3)

    after = processor.api.refunds.retrieve(refund.id, None, processor.options())
    assert (refund.status, refund.pending_reason, after.status) == (
        "pending", "processing", "succeeded",
    )  # fmt: skip
    assert "pending_reason" not in after
    assert processor.rows(refund.id) == [("payment_refund", "refund", -140_200, 0)]
    assert made == ["refund.created", "charge.refunded"]
    assert {"refund.updated", "charge.refund.updated"} < set(processor.events())


def test_a_card_refund_can_be_made_pending_by_setting(processor: Processor) -> None:
    processor.world.script.apply({"settings": {"card_refund_days": 2}})
    paid = processor.carded()

    refund = processor.refund(paid)

    assert refund.status == "pending"


def test_nothing_is_refunded_twice_or_beyond_what_is_left(processor: Processor) -> None:
    paid = processor.carded(10_000)
    processor.refund(paid, 9_000)

    too_much = refused(processor, payment_intent=paid.id, amount=1_001)
    processor.refund(paid, 1_000)
    again = refused(processor, charge=paid.latest_charge.id)

    assert (too_much.code, too_much.param) == (None, "amount")
    assert "($10.01) is greater than unrefunded amount on charge ($10.00)" in str(too_much)
    assert again.code == "charge_already_refunded"


def test_a_payment_that_has_not_succeeded_has_nothing_to_refund(processor: Processor) -> None:
    made = processor.pay(*processor.linked())

    error = refused(processor, payment_intent=made.id)

    assert "does not have a successful charge to refund" in str(error)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"amount": 0}, "parameter_invalid_integer"),
        ({"amount": "1.5"}, "parameter_invalid_integer"),
        ({"amount": -5}, "parameter_invalid_integer"),
        ({"reason": "because"}, None),
        ({"surprise": "x"}, "parameter_unknown"),
    ],
)
def test_a_malformed_refund_is_refused_and_nothing_is_made(
    processor: Processor, wanted: dict[str, object], code: str | None
) -> None:
    paid = processor.carded()

    error = refused(processor, payment_intent=paid.id, **wanted)

    assert error.code == code
    assert processor.api.refunds.list(None, processor.options()).data == []


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({}, "parameter_missing"),
        ({"payment_intent": "pi_nobody"}, "resource_missing"),
        ({"charge": "ch_nobody"}, "resource_missing"),
    ],
)
def test_a_refund_of_nothing_known_is_refused(
    processor: Processor, wanted: dict[str, object], code: str
) -> None:
    error = refused(processor, **wanted)

    assert error.code == code


def test_refunds_are_listed_by_their_payment(processor: Processor) -> None:
    first, second = processor.carded(), processor.carded()
    mine = [processor.refund(first, 100).id, processor.refund(first, 200).id]
    processor.refund(second, 300)

    listed = processor.api.refunds.list({"payment_intent": first.id}, processor.options())

    assert [refund.id for refund in listed.data] == mine[::-1]


def test_a_refund_to_a_card_or_a_bank_cannot_be_canceled(processor: Processor) -> None:
    refund = processor.refund(processor.debited())

    with pytest.raises(stripe.InvalidRequestError) as caught:
        processor.api.refunds.cancel(refund.id, None, processor.options())

    assert caught.value.http_status == 400
    assert "requires_action" in str(caught.value)


def test_a_refund_can_fail_days_later_and_its_money_comes_back(processor: Processor) -> None:
    processor.world.script.apply(
        {"next_refund": {"fails_after_days": 5, "reason": "lost_or_stolen_card"}}
    )
    paid = processor.carded()
    refund = processor.refund(paid)
    processor.advance(days=4)
    before = processor.api.refunds.retrieve(refund.id, None, processor.options())
    processor.events()

    processor.advance(days=1)

    after = processor.api.refunds.retrieve(
        refund.id, {"expand": ["failure_balance_transaction"]}, processor.options()
    )
    charge, row = processor.charge(paid), after.failure_balance_transaction
    assert (before.status, after.status, after.failure_reason) == (
        "succeeded", "failed", "lost_or_stolen_card",
    )  # fmt: skip
    assert (row.type, row.reporting_category, row.amount, row.source) == (
        "refund_failure", "refund_failure", 140_200, refund.id,
    )  # fmt: skip
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    sent = processor.events()
    assert [one for one in sent if "refund" in one] == [
        "refund.updated", "refund.failed", "charge.refund.updated",
    ]  # fmt: skip


def test_a_failed_refund_can_be_made_again(processor: Processor) -> None:
    paid = processor.debited()
    failing = processor.refund(paid)
    processor.world.fail_refund(paid.id, "declined")
    processor.advance(days=10)

    again = processor.refund(paid)

    was = processor.api.refunds.retrieve(failing.id, None, processor.options())
    assert (was.status, was.failure_reason) == ("failed", "declined")
    assert (again.amount, processor.charge(paid).refunded) == (140_200, True)


def test_a_refund_in_the_same_payout_as_its_charge_leaves_the_fee(processor: Processor) -> None:
    processor.world.script.apply({"settings": {"debit_negative_balances": False}})
    other, paid = processor.carded(500_000), processor.carded()
    processor.refund(paid)

    processor.advance(days=5)

    [payout] = processor.payouts()
    assert payout.amount == other.latest_charge.balance_transaction.net - 4_096


def test_the_same_key_refunds_once(processor: Processor) -> None:
    paid = processor.carded()
    wanted, options = {"payment_intent": paid.id, "amount": 500}, processor.options("refund-1")

    first = processor.api.refunds.create(wanted, options)
    second = processor.api.refunds.create(wanted, options)

    assert first.id == second.id
    assert processor.charge(paid).amount_refunded == 500
