"""The nightly reconciliation: nothing in a healthy world, every planted difference, repairs."""

from datetime import timedelta

import pytest

from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.reconciliation import Check, DifferenceKind
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.deal_with_notice import list_waiting
from chalicelib.storage.payments import get_payment
from chalicelib.storage.settlements import get_settlement
from tests.services.reconciling import booked, kinds, reconciled
from tests.services.settling import ACCOUNT, SettlingWorld
from tests.services.story import (
    link_bank,
    open_account,
    open_dealer,
    pay,
    pay_out,
    ready_to_post,
    settle,
)


def test_a_road_walked_to_its_end_has_no_difference_at_any_point(settling: SettlingWorld) -> None:
    open_dealer(settling)
    open_account(settling)
    payment = pay(settling, link_bank(settling), "A", "B")
    runs = [reconciled(settling, settling.dealer_id)]
    settle(settling, payment)
    runs.append(reconciled(settling, settling.dealer_id))
    settling.advance(days=1, hours=2)
    runs.append(reconciled(settling, settling.dealer_id, full=False))
    settling.deliver()
    settlement_id = settling.workflows.started[-1].rpartition("-")[0]
    settling.run_settlement(settlement_id)
    runs.append(reconciled(settling, settling.dealer_id, full=False))
    settling.run_postings(settlement_id)
    runs.append(reconciled(settling, settling.dealer_id, full=False))
    runs.append(reconciled(settling, settling.dealer_id))

    assert [run.differences for run in runs] == [()] * 6
    assert all(it.ours_cents == it.theirs_cents for run in runs for it in run.figures)
    last = {it.check: (it.ours_cents, it.count) for it in runs[-1].figures}
    assert last[Check.POSTINGS] == (
        sum(row.amount_cents for row in get_settlement(settling.dealer_id, settlement_id).postings),
        3,
    )
    assert last[Check.DEPOSITS][1] == last[Check.PARTS][1] == last[Check.CHARGES][1] == 1
    assert {run.is_full for run in runs} == {True, False}


def test_a_lost_webhook_is_found_and_repaired_by_asking(settling: SettlingWorld) -> None:
    open_dealer(settling)
    open_account(settling)
    payment = pay(settling, link_bank(settling), "A")
    settling.advance(days=4, hours=1)
    settling.basket.drain()

    run = reconciled(settling, settling.dealer_id)

    stored = get_payment(settling.dealer_id, ACCOUNT, payment.payment_id)
    assert kinds(run, repaired=True) == [DifferenceKind.MISSED_OUTCOME]
    assert kinds(run) == []
    assert stored.status is PaymentStatus.SETTLED
    assert list_waiting(settling, settling.dealer_id).notices == []


def test_a_payment_whose_workflow_died_with_its_outcome_stored_is_finished(
    settling: SettlingWorld,
) -> None:
    open_dealer(settling)
    open_account(settling)
    payment = pay(settling, link_bank(settling), "A")
    settling.advance(days=4, hours=1)
    settling.deliver()

    run = reconciled(settling, settling.dealer_id)

    stored = get_payment(settling.dealer_id, ACCOUNT, payment.payment_id)
    assert (kinds(run), stored.status) == ([], PaymentStatus.SETTLED)


def test_a_failure_nobody_told_us_is_repaired_too(settling: SettlingWorld) -> None:
    open_dealer(settling)
    open_account(settling)
    settling.stripe.script.apply({"next_payment": {"failure_code": "R01"}})
    payment = pay(settling, link_bank(settling), "A")
    settling.advance(days=5)
    settling.basket.drain()

    run = reconciled(settling, settling.dealer_id)

    stored = get_payment(settling.dealer_id, ACCOUNT, payment.payment_id)
    assert (kinds(run), stored.status) == ([], PaymentStatus.FAILED)


@pytest.mark.parametrize("booked", ["dispute", "failure"])
@pytest.mark.parametrize("after_payout", [False, True])
def test_a_debit_that_came_back_unheard_of_is_found_and_taken_back(
    settling: SettlingWorld, booked: str, after_payout: bool
) -> None:
    open_dealer(settling)
    open_account(settling)
    payment = pay(settling, link_bank(settling), "A", "B")
    settling.advance(days=4, hours=1)
    settling.deliver()
    apply_payment(settling, settling.dealer_id, account_id=ACCOUNT, payment_id=payment.payment_id)
    if after_payout:
        settling.run_settlement(pay_out(settling))
    reconciled(settling, settling.dealer_id)
    settling.stripe.return_payment(payment.number, "R01", booked=booked)
    settling.basket.drain()

    run = reconciled(settling, settling.dealer_id, full=False)

    stored = get_payment(settling.dealer_id, ACCOUNT, payment.payment_id)
    assert (kinds(run), stored.status) == ([], PaymentStatus.RETURNED)
    assert len(kinds(run, repaired=True)) == 1


def test_a_deposit_whose_message_never_came_is_opened(settling: SettlingWorld) -> None:
    open_dealer(settling)
    open_account(settling)
    pay(settling, link_bank(settling), "A", "B")
    settling.advance(days=6)
    settling.basket.drain()
    settling.workflows.started.clear()

    run = reconciled(settling, settling.dealer_id)

    repaired = kinds(run, repaired=True)
    assert repaired == [DifferenceKind.MISSED_OUTCOME, DifferenceKind.MISSED_PAYOUT]
    assert kinds(run) == []
    assert len(settling.workflows.started) == 1
    assert settling.workflows.started[0].startswith("po_")


def test_a_night_reads_only_what_changed_and_finds_late_entries_by_reading_all_again(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    reconciled(settling, settling.dealer_id)
    settling.advance(days=40)
    settling.deliver()
    reconciled(settling, settling.dealer_id, full=False)
    early = settling.clock.now() - timedelta(days=30)
    booked(settling.dealer_id, "late", 500, early)
    booked(settling.dealer_id, "fresh", 700, settling.clock.now())

    run = reconciled(settling, settling.dealer_id, full=False)

    assert run.is_full
    found = {it.subject: it.ours_cents for it in run.differences}
    assert found == {"late": 500, "fresh": 700}


def test_a_difference_is_a_notice_until_a_later_run_finds_none(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    now = settling.clock.now()
    booked(settling.dealer_id, "planted", 500, now)
    reconciled(settling, settling.dealer_id)
    before = list_waiting(settling, settling.dealer_id).notices
    booked(settling.dealer_id, "planted", -500, now)

    reconciled(settling, settling.dealer_id)

    assert [(it.kind, it.amount_cents) for it in before] == [(NoticeKind.DIFFERENCE, 500)]
    assert list_waiting(settling, settling.dealer_id).notices == []


def test_a_processor_that_does_not_answer_is_said_and_not_taken_for_zero(
    settling: SettlingWorld,
) -> None:
    ready_to_post(settling)
    settling.stripe.script.apply({"next_request": {"status": 503, "method": "GET"}})

    run = reconciled(settling, settling.dealer_id)

    assert kinds(run)[0] is DifferenceKind.UNANSWERED


def test_a_run_that_was_interrupted_goes_on_and_two_workers_do_not_double_it(
    settling: SettlingWorld,
) -> None:
    from chalicelib.services.reconcile_dealer import go_on, start_reconciliation

    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    run = start_reconciliation(settling, settling.dealer_id)
    steps = []
    for _ in range(20):
        went = go_on(settling, settling.dealer_id, run_id=run.run_id, ends=0.0)
        steps.append(went.step)

    again = start_reconciliation(settling, settling.dealer_id, full=False)

    assert steps[0] != steps[-1]
    assert steps[-1] == "done"
    assert again.run_id != run.run_id
