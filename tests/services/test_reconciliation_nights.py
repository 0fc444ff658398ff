"""When the reconciliation runs: once a day after midnight, or asked for, on the queue."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from chalicelib.domain.ids import DealerId
from chalicelib.domain.reconciliation import Step
from chalicelib.entrypoints import queues
from chalicelib.services import reconcile_dealer
from chalicelib.services.reconcile_dealer import (
    check_now,
    continue_reconciliation,
    reconcile_dealers,
)
from chalicelib.services.view_reconciliation import view_reconciliation
from chalicelib.storage.reconciliations import list_runs
from tests.services.settling import SettlingWorld
from tests.services.story import open_dealer, ready_to_post


def test_a_night_reconciles_once_and_the_next_day_again(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)

    counts = []
    for hours in (0, 1, 24):
        settling.advance(hours=hours)
        settling.deliver()
        reconcile_dealers(settling)
        counts.append(len(list_runs(settling.dealer_id)))

    runs = list_runs(settling.dealer_id)
    assert counts == [1, 1, 2]
    assert [run.is_full for run in runs] == [False, True]
    assert [run.open_count for run in runs] == [0, 0]


def test_a_dealer_without_a_connected_account_has_nothing_to_compare(
    settling: SettlingWorld,
) -> None:
    open_dealer(settling, processor_account="")

    assert reconcile_dealers(settling) == 0
    assert list_runs(settling.dealer_id) == ()


def test_a_dealer_that_fails_keeps_no_other_from_its_night(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_dealer(settling)
    both = (DealerId("nobody"), settling.dealer_id)
    monkeypatch.setattr(reconcile_dealer, "list_dealers", lambda: both)

    with pytest.raises(ExceptionGroup):
        reconcile_dealers(settling)

    assert list_runs(settling.dealer_id)[0].step is Step.DONE


def test_a_night_cut_short_goes_on_in_the_next_hour(settling: SettlingWorld) -> None:
    ready_to_post(settling)

    for _ in range(20):
        reconcile_dealers(settling, seconds=0.0)

    runs = list_runs(settling.dealer_id)
    assert (len(runs), runs[0].step) == (1, Step.DONE)


def test_check_now_is_queued_once_and_worked_off_slice_by_slice(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready_to_post(settling)
    monkeypatch.setattr(reconcile_dealer, "SLICE_SECONDS", 0.0)
    run = check_now(settling, settling.dealer_id, operator="Kim Lee")
    again = check_now(settling, settling.dealer_id, operator="Dana Ortiz")
    steps = []
    while settling.queues.events:
        message = settling.queues.events.pop(0)
        went = continue_reconciliation(
            settling, DealerId(message["dealer"]), run_id=message["reconcile"]
        )
        steps.append(went.step)

    shown = view_reconciliation(settling, settling.dealer_id)
    assert again.run_id == run.run_id
    assert steps[-1] is Step.DONE
    assert shown.running is None
    assert shown.last is not None
    assert shown.last.asked_by == "Kim Lee"


def test_the_worker_tells_our_own_word_from_a_webhook(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_dealer(settling)
    monkeypatch.setattr(queues, "world", lambda: settling)
    run = check_now(settling, settling.dealer_id, operator="Kim Lee")
    body = json.dumps(settling.queues.events.pop())

    queues._handle_and_count(json.loads(body))

    assert list_runs(settling.dealer_id)[0].step is Step.DONE
    assert run.started_at - settling.clock.now() == timedelta()


def test_a_first_night_long_after_the_beginning_reads_all_of_it_in_windows(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    settling.run_postings(settlement_id)
    settling.advance(days=200)
    asked: list[SimpleNamespace] = []
    listed = settling.processor.list_movements

    def counting(acct: str, **bounds: object) -> object:
        asked.append(SimpleNamespace(**bounds))
        return listed(acct, **bounds)

    settling.processor.list_movements = counting
    reconcile_dealers(settling)
    first = len(asked)
    settling.advance(days=1)
    reconcile_dealers(settling)

    assert first > 25
    assert len(asked) == first + 1
    assert max(it.until - it.since for it in asked) < timedelta(days=9)
    assert [run.open_count for run in list_runs(settling.dealer_id)] == [0, 0]
