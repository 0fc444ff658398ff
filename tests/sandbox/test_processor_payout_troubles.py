"""Payouts of the simulated processor that are not simply what was charged."""

import pytest
import stripe

from sandbox.world.stripe.errors import ControlRefused
from tests.sandbox.builders import Processor


def test_a_takeback_reaches_a_payout_though_nothing_new_is_charged(processor: Processor) -> None:
    paid = processor.debited(140_200)
    processor.advance(days=10)
    processor.refund(paid)

    processor.advance(days=1)

    first, second = processor.payouts()
    [row] = processor.rows_of(second)
    own = processor.api.balance_transactions.retrieve(
        second.balance_transaction, None, processor.options()
    )
    assert (first.amount, second.amount, row.net) == (139_700, -140_200, -140_200)
    assert (own.type, own.amount) == ("payout", 140_200)


@pytest.mark.parametrize("booked", ["dispute", "failure"])
def test_a_late_return_is_carried_by_the_next_payout(processor: Processor, booked: str) -> None:
    paid = processor.debited(140_200)
    processor.advance(days=10)
    processor.world.return_payment(paid.id, "R01", booked=booked)
    processor.pay(*processor.linked(), 500_000)

    processor.advance(days=5)

    debit, later = processor.payouts()[1:]
    assert (debit.amount, later.amount) == (-140_200, 499_500)


def test_without_debits_a_negative_balance_waits_for_new_charges(processor: Processor) -> None:
    processor.world.script.apply({"settings": {"debit_negative_balances": False}})
    paid = processor.debited(140_200)
    processor.advance(days=1)
    processor.refund(paid)
    processor.advance(days=30)
    waiting = processor.payouts()
    processor.debited(500_000)

    processor.advance(days=1)

    assert len(waiting) == 1
    assert processor.payouts()[1].amount == 499_500 - 140_200


def test_every_row_of_a_mixed_history_is_in_exactly_one_payout(processor: Processor) -> None:
    refunded, won, lost = (processor.carded(20_000 + step) for step in range(3))
    returned = processor.debited(30_000)
    processor.refund(refunded, 5_000)
    processor.world.open_dispute(won.id)
    processor.world.open_dispute(lost.id)
    processor.advance(days=3)
    processor.world.decide_dispute(won.id, "won")
    processor.world.decide_dispute(lost.id, "lost")
    processor.world.return_payment(returned.id, "R10")
    processor.world.fail_refund(refunded.id)

    processor.advance(days=9)

    carried = [row.id for payout in processor.payouts() for row in processor.rows_of(payout)]
    listed = processor.api.balance_transactions.list({"limit": 100}, processor.options()).data
    assert sorted(carried) == sorted(row.id for row in listed if row.type != "payout")
    assert sum(row.net for row in listed) == 0


def test_a_payout_can_be_a_fee_and_nothing_else(processor: Processor) -> None:
    processor.world.add_balance_row("fee", -2_500)

    processor.advance(days=1)

    [payout] = processor.payouts()
    [row] = processor.rows_of(payout)
    assert (payout.amount, row.type, row.reporting_category) == (-2_500, "stripe_fee", "fee")


def test_a_failed_payout_gives_its_money_to_the_next_one(processor: Processor) -> None:
    processor.debited(140_200)
    processor.advance(days=3)
    [paid] = processor.payouts()
    processor.events()

    processor.world.fail_payout(paid.id, "no_account")
    sent = processor.events()
    processor.advance(days=1)

    failed, again = processor.payouts()
    assert (paid.status, failed.status, failed.failure_code) == ("paid", "failed", "no_account")
    assert processor.rows(failed.id)[1] == ("payout_failure", "payout_reversal", 139_700, 0)
    assert failed.failure_balance_transaction == processor.rows_of(again)[0].id
    assert (again.amount, sent) == (139_700, ["payout.failed"])


def test_the_next_payout_can_be_scripted_to_fail_instead_of_arriving(processor: Processor) -> None:
    processor.world.script.apply({"next_payout": {"failure_code": "account_closed"}})
    processor.debited(140_200)

    processor.advance(days=3)

    sent = processor.events()
    assert "payout.failed" in sent
    assert "payout.paid" not in sent


def test_a_payout_fails_once_and_never_arrives_after_that(processor: Processor) -> None:
    processor.debited(140_200)
    processor.advance(days=1)
    [leaving] = processor.payouts()
    processor.world.fail_payout(leaving.id)

    with pytest.raises(ControlRefused):
        processor.world.fail_payout(leaving.id)
    processor.advance(days=1, hours=23)

    assert processor.payouts()[0].status == "failed"


def test_a_manual_payout_does_not_tell_what_it_is_made_of(processor: Processor) -> None:
    processor.world.script.apply({"settings": {"automatic_payouts": False}})
    processor.debited(140_200)
    wanted = {"amount": 100_000, "currency": "usd"}

    payout = processor.api.payouts.create(wanted, processor.options())
    with pytest.raises(stripe.InvalidRequestError) as refused:
        processor.rows_of(payout)
    processor.advance(days=9)

    [arrived] = processor.payouts()
    balance = processor.api.balance.retrieve(None, processor.options())
    assert (payout.automatic, payout.reconciliation_status) == (False, "not_applicable")
    assert "automatic transfers, not manual" in str(refused.value)
    assert (arrived.status, balance.available[0].amount) == ("paid", 39_700)
    assert "payout.reconciliation_completed" not in processor.events()


def test_a_manual_payout_needs_funds(processor: Processor) -> None:
    processor.debited(140_200)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        processor.api.payouts.create({"amount": 139_701, "currency": "usd"}, processor.options())
    with pytest.raises(ControlRefused):
        processor.world.pay_out_by_hand(139_701)

    assert refused.value.code == "balance_insufficient"
    assert processor.world.pay_out_by_hand(139_700)["amount"] == 139_700


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("other_adjustment", "adjustment"),
        ("fee", "stripe_fee"),
        ("climate_order_purchase", "climate_order_purchase"),
        ("connect_collection_transfer", "connect_collection_transfer"),
        ("topup", "topup"),
        ("risk_reserved_funds", "reserved_funds"),
        ("never_seen_before", "never_seen_before"),
    ],
)
def test_a_row_of_any_category_can_be_added(processor: Processor, category: str, kind: str) -> None:
    processor.debited(140_200)

    row = processor.world.add_balance_row(category, -500, fee_cents=20)
    processor.advance(days=1)

    [payout] = processor.payouts()
    assert (row["type"], row["reporting_category"], row["net"]) == (kind, category, -520)
    assert row["id"] in {carried.id for carried in processor.rows_of(payout)}
    assert payout.amount == 139_700 - 520


def test_a_hidden_row_makes_the_list_add_up_to_less(processor: Processor) -> None:
    customer, method = processor.linked()
    for _ in range(3):
        processor.pay(customer, method, 10_000)
    processor.world.hide_row()
    processor.advance(days=5)
    [payout] = processor.payouts()

    listed = [row.net for row in processor.rows_of(payout)]
    processor.world.show_rows()
    shown = [row.net for row in processor.rows_of(payout)]
    processor.world.hide_row(payout.id)

    assert (sum(listed), sum(shown), payout.amount) == (19_840, 29_760, 29_760)
    assert len(processor.rows_of(payout)) == 2


def test_a_payout_of_250_charges_is_listed_over_three_pages(processor: Processor) -> None:
    customer, method = processor.linked()
    for number in range(250):
        processor.pay(customer, method, 1_000 + number)
    processor.advance(days=5)
    [payout] = processor.payouts()

    rows = processor.rows_of(payout)

    assert len({row.id for row in rows}) == len(rows) == 250
    assert sum(row.net for row in rows) == payout.amount


def test_a_payout_can_be_asked_for_now(processor: Processor) -> None:
    processor.debited(140_200)

    made = processor.world.pay_out_now()
    again = processor.world.pay_out_now("acct_demo_lumber")

    assert [payout["amount"] for payout in made] == [139_700]
    assert again == []


def test_payouts_are_listed_by_when_they_were_made(processor: Processor) -> None:
    processor.debited(140_200)
    processor.advance(days=1)
    processor.debited(140_200)
    processor.advance(days=1)
    first, second = processor.payouts()

    def made(created: object) -> list[str]:
        found = processor.api.payouts.list({"created": created}, processor.options())
        return [payout.id for payout in found.data]

    assert made({"gt": first.created}) == [second.id]
    assert made({"gte": first.created, "lt": second.created}) == [first.id]
    assert made(first.created) == [first.id]
