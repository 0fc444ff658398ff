"""Daily payouts of the simulated processor: what they are made of, to the cent, over pages."""

from datetime import UTC, datetime

from tests.sandbox.builders import Processor


def rows_of(processor: Processor, payout_id: str) -> list[dict[str, object]]:
    found = processor.api.balance_transactions.list(
        {"payout": payout_id, "limit": 50}, processor.options()
    )
    return [row.to_dict() for row in found.auto_paging_iter()]


def test_a_payout_is_the_sum_of_its_rows_over_several_pages(processor: Processor) -> None:
    customer, method = processor.linked()
    for number in range(120):
        processor.pay(customer, method, 1_000 + 37 * number)

    processor.advance(days=5)

    [payout] = processor.api.payouts.list(None, processor.options()).data
    rows = rows_of(processor, payout.id)
    earned = [row for row in rows if row["type"] != "payout"]
    assert len({row["id"] for row in earned}) == len(earned) == 120
    assert sum(row["net"] for row in earned) == payout.amount
    assert sum(row["net"] for row in rows) == 0
    assert payout.amount < sum(row["amount"] for row in earned)


def test_the_payouts_own_row_can_be_left_out(processor: Processor) -> None:
    processor.world.script.apply({"settings": {"list_payout_row": False}})
    processor.pay(*processor.linked(), 140_200)

    processor.advance(days=5)

    [payout] = processor.api.payouts.list(None, processor.options()).data
    assert sum(row["net"] for row in rows_of(processor, payout.id)) == payout.amount == 139_700


def test_a_payout_leaves_at_midnight_and_arrives_two_days_later(processor: Processor) -> None:
    made = processor.pay(*processor.linked())

    processor.advance(days=4, hours=9, minutes=30)
    [leaving] = processor.api.payouts.list(None, processor.options()).data
    processor.advance(days=2)
    [arrived] = processor.api.payouts.list(None, processor.options()).data

    midnight = datetime(2026, 11, 28, tzinfo=UTC).timestamp()
    assert processor.intent(made.id).status == "succeeded"
    assert (leaving.created, leaving.status) == (midnight, "in_transit")
    assert leaving.reconciliation_status == "in_progress"
    assert (arrived.status, arrived.reconciliation_status) == ("paid", "completed")
    assert arrived.arrival_date - arrived.created == 2 * 86_400


def test_every_row_is_in_exactly_one_payout(processor: Processor) -> None:
    customer, method = processor.linked()
    card = processor.card(customer)
    for _ in range(5):
        processor.pay(customer, method, 10_000)
        processor.pay(customer, card, 2_500)
        processor.advance(days=1)

    processor.advance(days=8)

    payouts = processor.api.payouts.list(None, processor.options()).data
    carried = [
        row["id"]
        for payout in payouts
        for row in rows_of(processor, payout.id)
        if row["type"] != "payout"
    ]
    assert len(carried) == len(set(carried)) == 10
    assert sum(payout.amount for payout in payouts) == 5 * (10_000 - 80) + 5 * (2_500 - 103)


def test_the_balance_is_pending_then_available_then_gone(processor: Processor) -> None:
    customer = processor.customer()
    processor.pay(customer, processor.card(customer), 10_000)

    def balance() -> tuple[int, int]:
        now = processor.api.balance.retrieve(None, processor.options())
        return now.pending[0].amount, now.available[0].amount

    pending = balance()
    processor.advance(days=2)
    available = balance()
    processor.advance(days=1)

    assert (pending, available, balance()) == ((9_680, 0), (0, 9_680), (0, 0))


def test_the_clock_runs_due_work_in_time_order_with_its_own_time(processor: Processor) -> None:
    processor.pay(*processor.linked())
    processor.basket.drain()

    processor.advance(days=30)

    events = [delivery.event() for delivery in processor.basket.drain()]
    assert [event["type"] for event in events] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "payout.created",
        "payout.reconciliation_completed",
        "payout.paid",
    ]
    assert [event["created"] for event in events] == sorted(event["created"] for event in events)
    assert events[-1]["created"] - events[2]["created"] == 2 * 86_400
