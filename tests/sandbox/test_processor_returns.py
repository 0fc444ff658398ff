"""ACH returns at the simulated processor, before and after success, and what they end."""

import pytest
import stripe

from sandbox.world.stripe.errors import ControlRefused
from sandbox.world.stripe.faults import ENDS_MANDATE, RETURN_CODES
from tests.sandbox.builders import ACCEPTANCE, Processor

CHARGED = 140_200
KEEPS_MANDATE = sorted(set(RETURN_CODES) - ENDS_MANDATE)


def mandate_status(processor: Processor, paid: stripe.PaymentIntent) -> str:
    charge = processor.charge(paid)
    named = charge.payment_method_details.us_bank_account.mandate
    return processor.api.mandates.retrieve(named, None, processor.options()).status


def pay_again(processor: Processor, paid: stripe.PaymentIntent) -> stripe.PaymentIntent:
    charge = processor.charge(paid)
    return processor.pay(charge.customer, charge.payment_method)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("R01", "insufficient_funds"),
        ("R03", "incorrect_account_details"),
        ("R08", "customer_initiated"),
        ("R10", "debit_not_authorized"),
        ("R16", "bank_cannot_process"),
    ],
)
def test_a_late_return_is_a_dispute_lost_at_once(
    processor: Processor, code: str, reason: str
) -> None:
    paid = processor.debited()
    processor.advance(days=6)
    processor.events()

    processor.world.return_payment("DP-100482", code)

    [dispute] = processor.api.disputes.list(None, processor.options()).data
    assert (dispute.status, dispute.reason, dispute.network_reason_code) == ("lost", reason, code)
    assert dispute.evidence_details.due_by is None
    assert processor.rows(dispute.id) == [("adjustment", "dispute", -CHARGED, 0)]
    assert processor.charge(paid).disputed
    assert processor.intent(paid.id).status == "succeeded"
    assert processor.events() == [
        "charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed",
        "mandate.updated",
    ]  # fmt: skip


def test_a_late_return_can_cost_a_fee(processor: Processor) -> None:
    processor.world.script.apply({"settings": {"ach_dispute_fee_cents": 400}})
    paid = processor.debited()

    processor.world.return_payment(paid.id, "R01")

    [dispute] = processor.api.disputes.list(None, processor.options()).data
    assert dispute.balance_transactions[0].net == -CHARGED - 400


def test_a_late_return_cannot_be_contested(processor: Processor) -> None:
    paid = processor.debited()
    processor.world.return_payment(paid.id, "R10")

    for outcome in ("under_review", "won", "lost", "closed"):
        with pytest.raises(ControlRefused):
            processor.world.decide_dispute(paid.id, outcome)


def test_a_late_return_ends_the_mandate_until_a_new_one_is_given(processor: Processor) -> None:
    paid = processor.debited()
    charge = processor.charge(paid)
    processor.world.return_payment(paid.id, "R01")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay_again(processor, paid)
    processor.mandate(charge.customer, charge.payment_method)

    assert mandate_status(processor, paid) == "inactive"
    assert refused.value.code == "payment_intent_mandate_invalid"
    assert pay_again(processor, paid).status == "processing"


def test_a_late_return_can_be_booked_as_a_failure_of_the_charge(processor: Processor) -> None:
    paid = processor.debited()
    processor.events()

    processor.world.return_payment(paid.id, "R01", booked="failure")

    charge = processor.charge(paid)
    assert (charge.status, charge.paid, charge.disputed) == ("failed", False, False)
    assert (charge.failure_code, charge.outcome.network_decline_code) == (
        "insufficient_funds", "R01",
    )  # fmt: skip
    assert processor.rows(charge.id)[1] == (
        "payment_failure_refund", "charge_failure", -CHARGED, 0,
    )  # fmt: skip
    assert charge.failure_balance_transaction is not None
    assert processor.events() == ["charge.failed"]


def test_a_returned_debit_cannot_be_refunded_and_is_returned_once(processor: Processor) -> None:
    disputed, failed = processor.debited(), processor.debited()
    processor.world.return_payment(disputed.id, "R01")
    processor.world.return_payment(failed.id, "R01", booked="failure")

    for paid in (disputed, failed):
        with pytest.raises(ControlRefused):
            processor.world.return_payment(paid.id, "R01")
        with pytest.raises(stripe.InvalidRequestError):
            processor.refund(paid)


def test_money_already_refunded_can_still_be_returned(processor: Processor) -> None:
    paid = processor.debited()
    processor.refund(paid)

    processor.world.return_payment(paid.id, "R10")

    [dispute] = processor.api.disputes.list(None, processor.options()).data
    assert (dispute.amount, processor.charge(paid).amount_refunded) == (CHARGED, CHARGED)


@pytest.mark.parametrize("code", sorted(ENDS_MANDATE))
def test_some_codes_end_the_mandate_before_success_too(processor: Processor, code: str) -> None:
    processor.world.script.apply({"next_payment": {"failure_code": code}})

    failed = processor.debited()

    assert (failed.status, mandate_status(processor, failed)) == (
        "requires_payment_method", "inactive",
    )  # fmt: skip
    assert "mandate.updated" in processor.events()[-1]


@pytest.mark.parametrize("code", KEEPS_MANDATE)
def test_the_other_codes_leave_the_mandate_active(processor: Processor, code: str) -> None:
    processor.world.script.apply({"next_payment": {"failure_code": code}})

    failed = processor.debited()

    assert mandate_status(processor, failed) == "active"


def test_a_pending_debit_is_returned_at_once_and_never_succeeds(processor: Processor) -> None:
    made = processor.pay(*processor.linked())

    processor.world.return_payment(made.id, "R01")
    now = processor.intent(made.id)
    processor.advance(days=10)

    later = processor.intent(made.id)
    assert (now.status, later.status) == ("requires_payment_method", "requires_payment_method")
    assert processor.payouts() == []


def test_an_intent_that_names_an_inactive_mandate_is_refused(processor: Processor) -> None:
    customer = processor.customer()
    method = processor.bank(customer)
    ended = processor.mandate(customer, method).mandate
    processor.pay(customer, method)
    processor.world.return_payment("DP-100482", "R29")
    wanted = {"amount": 500, "currency": "usd", "customer": customer, "payment_method": method}
    waiting = processor.api.payment_intents.create(wanted, processor.options())

    with pytest.raises(stripe.InvalidRequestError) as refused:
        processor.api.payment_intents.confirm(waiting.id, {"mandate": ended}, processor.options())
    confirmed = processor.api.payment_intents.confirm(
        waiting.id, {"mandate_data": ACCEPTANCE}, processor.options()
    )

    assert refused.value.code == "payment_intent_mandate_invalid"
    assert confirmed.status == "processing"


@pytest.mark.parametrize(("code", "booked"), [("R99", "dispute"), ("R01", "elsewhere")])
def test_a_return_that_cannot_be_is_refused(processor: Processor, code: str, booked: str) -> None:
    paid = processor.debited()

    with pytest.raises(ControlRefused):
        processor.world.return_payment(paid.id, code, booked=booked)


def test_a_card_payment_is_not_returned(processor: Processor) -> None:
    paid = processor.carded()

    with pytest.raises(ControlRefused):
        processor.world.return_payment(paid.id, "R01")
