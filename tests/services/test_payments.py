"""Submitting and following one payment against the local table and the simulated processor."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pynamodb.connection.base import Connection

from chalicelib.domain.accounts import Account
from chalicelib.domain.errors import InvalidInput, NotFound, PayableAlreadyClaimed, QuoteOutdated
from chalicelib.domain.ids import QuoteId
from chalicelib.domain.ledger import balance
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.payments import Stage as Progress
from chalicelib.services.list_payments import PaymentFilters, list_own_payments, list_payments
from chalicelib.services.view_outstanding import view_outstanding
from chalicelib.services.view_payment import view_payment
from chalicelib.services.watch_payments import watch_payments
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.payments import get_payment
from tests.crash.road import DAY, Road, an_invoice, build_road
from tests.stage import Stage, stage

__all__ = ["stage"]
TWO = (an_invoice("INV-1", 100_000, job_id="J-7", job_name="Elm St"), an_invoice("INV-2", 50_000))


@pytest.fixture
def road(stage: Stage) -> Road:
    return build_road(stage, TWO)


@pytest.fixture
def requests() -> Iterator[list[str]]:
    """The database requests made, by operation."""
    made: list[str] = []
    original = Connection.dispatch
    patch = pytest.MonkeyPatch()

    def dispatch(self: Connection, name: str, *rest: object, **named: object) -> object:
        made.append(name)
        return original(self, name, *rest, **named)  # type: ignore[arg-type]

    patch.setattr(Connection, "dispatch", dispatch)
    yield made
    patch.undo()


def settle(road: Road) -> None:
    road.machine.run_ready()
    road.clock.advance(5 * DAY)
    road.receive()
    road.work_queue()
    road.machine.run_ready()


def test_a_payment_goes_from_submitted_to_settled_with_a_balanced_ledger(road: Road) -> None:
    payment = road.submit(road.quote(INV_1=None, INV_2=20_000))

    settle(road)

    view = view_payment(
        road.world, road.dealer.dealer_id, name=payment.number, account_id=road.account.account_id
    )
    assert view.payment.status is PaymentStatus.SETTLED
    names = ["submitted", "handed_over", "originated", "funded", "settled"]
    assert [event.name for event in view.events] == names
    assert balance(view.ledger)["clearing"] == 120_000  # type: ignore[index]
    assert sum(trial_balance(road.dealer.dealer_id).values()) == 0
    assert [mail["mail"] for mail in road.world.queues.mails] == [
        "payment_submitted",
        "payment_settled",
    ]
    header: Account = road.state().account
    assert (header.totals.outstanding_cents, header.totals.in_flight_cents) == (30_000, 0)
    assert [run.transitions <= 6 for run in road.machine.executions.values()] == [True]


def test_a_refused_debit_gives_back_what_it_claimed_and_says_why(road: Road) -> None:
    road.stripe.script.apply({"next_payment": {"failure_code": "R01"}})
    payment = road.submit(road.quote(INV_1=None))
    assert road.state().account.totals.in_flight_cents == 100_000

    settle(road)

    failed = get_payment(road.dealer.dealer_id, road.account.account_id, payment.payment_id)
    assert failed.status is PaymentStatus.FAILED
    assert "did not have enough money" in failed.failure_sentence
    assert road.state().claims == ()
    assert road.state().account.totals.in_flight_cents == 0
    assert road.world.queues.mails[-1]["mail"] == "payment_failed"


def test_the_same_quote_submitted_twice_is_one_payment(road: Road) -> None:
    quote = road.quote(INV_1=None)

    first, second = road.submit(quote), road.submit(quote)

    assert first.payment_id == second.payment_id
    settle(road)
    assert len(road.intents()) == 1


def test_an_altered_signature_is_refused_and_nothing_is_claimed(road: Road) -> None:
    quote = road.quote(INV_1=None)

    with pytest.raises(InvalidInput, match="altered"):
        road.submit(quote, signature=quote.signature[::-1])

    assert road.state().claims == ()


@pytest.mark.parametrize("cents", [0, -5, 100_001])
def test_only_amounts_up_to_what_is_owed_are_quoted(road: Road, cents: int) -> None:
    with pytest.raises(InvalidInput):
        road.quote(INV_1=cents)


def test_an_invoice_of_another_account_is_refused(road: Road) -> None:
    with pytest.raises(InvalidInput, match="not open on this account"):
        road.quote(OTHER_1=None)


def test_a_quote_of_another_account_answers_as_a_missing_one(road: Road, stage: Stage) -> None:
    foreign = build_road(stage, TWO).quote(INV_1=None)

    with pytest.raises(NotFound) as first:
        road.submit(foreign)
    with pytest.raises(NotFound) as second:
        road.submit(replace(foreign, quote_id=QuoteId("01MISSING")))

    assert first.value.sentence == second.value.sentence


def test_an_expired_quote_charges_nothing_and_offers_a_fresh_one(road: Road) -> None:
    quote = road.quote(INV_1=None)
    road.clock.advance(timedelta(minutes=15))

    with pytest.raises(QuoteOutdated) as outdated:
        road.submit(quote)

    assert outdated.value.quote_id != quote.quote_id
    assert road.state().claims == ()


def test_a_colleague_paying_another_invoice_first_does_not_disturb(road: Road) -> None:
    mine, theirs = road.quote(INV_1=None), road.quote(INV_2=None)
    road.submit(theirs)

    payment = road.submit(mine)

    assert payment.charged_cents == 100_000
    assert len(road.state().claims) == 2


def test_a_colleague_paying_the_same_invoice_first_wins(road: Road) -> None:
    mine, theirs = road.quote(INV_1=None), road.quote(INV_1=None)
    road.submit(theirs)

    with pytest.raises(PayableAlreadyClaimed, match="Another payment"):
        road.submit(mine)


def test_part_of_an_invoice_paid_meanwhile_makes_the_preview_outdated(road: Road) -> None:
    mine, theirs = road.quote(INV_1=None), road.quote(INV_1=60_000)
    road.submit(theirs)

    with pytest.raises(QuoteOutdated) as outdated:
        road.submit(mine)

    assert outdated.value.quote_id != mine.quote_id


def test_submitting_costs_one_batch_get_and_one_transaction(
    road: Road, requests: list[str]
) -> None:
    quote = road.quote(INV_1=None, INV_2=None)
    requests.clear()

    road.submit(quote)

    assert requests == ["BatchGetItem", "TransactWriteItems"]


def test_outstanding_costs_one_query(road: Road, requests: list[str]) -> None:
    road.submit(road.quote(INV_1=40_000))
    requests.clear()

    outstanding = view_outstanding(
        road.world, road.dealer.dealer_id, account_id=road.account.account_id
    )

    assert requests == ["Query"]
    assert [(job.job_id, job.totals.outstanding_cents) for job in outstanding.jobs] == [
        ("J-7", 100_000),
        ("", 50_000),
    ]
    assert outstanding.jobs[0].available_cents == 60_000
    assert outstanding.jobs[0].payables[0].paid_by.startswith("DP-")


def test_a_list_of_payments_costs_one_request_and_two_on_later_pages(
    road: Road, requests: list[str]
) -> None:
    for cents in (10_000, 20_000, 30_000):
        road.submit(road.quote(INV_1=cents))
        road.clock.advance(timedelta(hours=1))
    by_amount = PaymentFilters(sort="amount", min_cents=15_000)
    requests.clear()

    first = list_payments(road.world, road.dealer.dealer_id, filters=by_amount, limit=1)
    second = list_payments(
        road.world, road.dealer.dealer_id, filters=by_amount, limit=1, cursor=first.cursor
    )

    assert requests == ["Query"] * 3
    assert [p.charged_cents for p in (*first.payments, *second.payments)] == [30_000, 20_000]
    assert (first.count, first.total_cents, second.cursor) == (2, 50_000, "")


def test_the_payers_history_is_paged_newest_first(road: Road) -> None:
    numbers = [road.submit(road.quote(INV_1=cents)).number for cents in (10_000, 20_000)]

    payments, cursor = list_own_payments(
        road.world, road.dealer.dealer_id, account_id=road.account.account_id
    )

    assert ([payment.number for payment in payments], cursor) == (numbers[::-1], "")


def test_a_processor_that_does_not_answer_leaves_the_payment_pending_and_is_asked_again(
    road: Road,
) -> None:
    for _ in range(8):
        road.stripe.script.apply({"next_request": {"timeout": "after"}})
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    pending = get_payment(road.dealer.dealer_id, road.account.account_id, payment.payment_id)
    assert (pending.status, pending.processor_id) == (PaymentStatus.PENDING, "")
    road.stripe.script.requests.clear()
    road.clock.advance(timedelta(minutes=6))

    watch = watch_payments(road.world)

    asked = get_payment(road.dealer.dealer_id, road.account.account_id, payment.payment_id)
    assert payment.payment_id in watch.looked_at
    assert asked.stage is Progress.PROCESSING
    assert len(road.intents()) == 1


def test_a_payment_that_never_reached_the_processor_fails_after_a_day_without_a_charge(
    road: Road,
) -> None:
    for _ in range(5):
        road.stripe.script.apply({"next_request": {"timeout": "before"}})
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    road.stripe.script.requests.clear()
    road.clock.advance(2 * DAY)

    watch_payments(road.world)

    failed = get_payment(road.dealer.dealer_id, road.account.account_id, payment.payment_id)
    assert (failed.status, failed.failure_code) == (PaymentStatus.FAILED, "never_sent")
    assert road.intents() == []


def test_a_payment_pending_past_its_limit_is_flagged_once_in_its_history(road: Road) -> None:
    road.stripe.script.apply({"settings": {"ach_days": 30}})
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    road.clock.advance(11 * DAY)

    first = watch_payments(road.world)
    road.clock.advance(2 * DAY)
    second = watch_payments(road.world)

    view = view_payment(road.world, road.dealer.dealer_id, name=payment.number)
    assert payment.payment_id in first.overdue
    assert payment.payment_id in second.overdue
    assert [event.name for event in view.events].count("overdue") == 1
