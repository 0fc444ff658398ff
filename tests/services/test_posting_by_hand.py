"""Posting by hand: one way or the other, the same bytes every time, recorded once."""

import csv
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import AlreadyDone, Conflict, InvalidInput, NotFound
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.manual_posting import ManualFile
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.settlements import PostingCategory, PostingState
from chalicelib.services.export_settlement import manual_posting_csv, settlement_summary_csv
from chalicelib.services.mark_posted import mark_posted
from chalicelib.services.post_by_hand import (
    choose_manual_posting,
    record_posted_times,
    return_to_automatic,
)
from chalicelib.services.post_settlement import post_category
from chalicelib.services.request_posting import request_posting
from chalicelib.services.view_settlement import view_settlement
from chalicelib.services.watch_settlements import watch_settlements
from chalicelib.storage.dealer_log import list_dealer_log
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.settlements import change_settlement, get_settlement
from tests.services.settling import SettlingWorld
from tests.services.story import ready_to_post
from tests.services.test_posting import fault, states
from tests.services.test_settlement import gl

LINES = tuple(PostingCategory)


def waiting(world: SettlingWorld, **changes: object) -> SettlementId:
    """P1, proven, its workflow waiting with "token-1"."""
    settlement_id = ready_to_post(world, **changes)
    world.run_settlement(settlement_id)
    return settlement_id


def choose(world: SettlingWorld, settlement_id: SettlementId) -> None:
    choose_manual_posting(world, world.dealer_id, settlement_id=settlement_id, operator="Ann")


def typed_now(world: SettlingWorld) -> str:
    """This minute as a dealer in Los Angeles types it; winter time."""
    return f"{world.clock.now() - timedelta(hours=8):%Y-%m-%dT%H:%M}"


def record(world: SettlingWorld, settlement_id: SettlementId, *categories: PostingCategory) -> None:
    record_posted_times(
        world,
        world.dealer_id,
        settlement_id=settlement_id,
        typed=dict.fromkeys(categories or LINES, typed_now(world)),
        operator="Ann",
    )


def rows_of(
    world: SettlingWorld, settlement_id: SettlementId, file: ManualFile
) -> list[dict[str, str]]:
    text = manual_posting_csv(world, world.dealer_id, settlement_id=settlement_id, file=file)
    return list(csv.DictReader(text.splitlines()))


def test_the_last_recorded_time_completes_the_workflow_and_marks_posted(
    settling: SettlingWorld,
) -> None:
    settlement_id = waiting(settling)
    choose(settling, settlement_id)

    record(settling, settlement_id, PostingCategory.INVOICES, PostingCategory.CREDIT_ADJUSTMENTS)
    half = list(settling.workflows.completed)
    record(settling, settlement_id, PostingCategory.CASH_AND_OTHER)
    mark_posted(settling, settling.dealer_id, settlement_id=settlement_id)

    assert half == []
    assert settling.workflows.completed == [("token-1", {"outcome": "posted"})]
    shown = view_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    assert {payment.status for payment in shown.payments} == {PaymentStatus.POSTED}
    assert [row.recorded_by for row in shown.settlement.postings] == ["Ann", "Ann", "", "Ann"]
    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 0
    assert trial_balance(settling.dealer_id).values()
    assert sum(trial_balance(settling.dealer_id).values()) == 0


def test_by_hand_and_automatically_exclude_each_other(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    choose(settling, settlement_id)

    with pytest.raises(Conflict):
        request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Bob")
    assert settling.run_postings(settlement_id) == "waiting"

    assert gl(settling) == {}
    assert states(settling, settlement_id)["invoices"] is PostingState.WAITING


def test_while_posting_is_under_way_it_cannot_be_taken_over_by_hand(
    settling: SettlingWorld,
) -> None:
    settlement_id = waiting(settling)
    request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Bob")

    with pytest.raises(Conflict):
        choose(settling, settlement_id)
    settling.run_postings(settlement_id)
    with pytest.raises(AlreadyDone):
        choose(settling, settlement_id)


def test_a_dealer_who_posts_automatically_still_waits_for_what_was_left_to_hands(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    fault(settling, "period_closed", "invoices")
    settling.run_settlement(settlement_id)

    choose(settling, settlement_id)
    again = settling.run_settlement(settlement_id, token="second")

    assert again == "waiting"
    assert rows_of(settling, settlement_id, ManualFile.CREDITS) == []  # Spruce took those.
    assert len(rows_of(settling, settlement_id, ManualFile.PAYMENTS)) == 2
    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 2


def test_what_spruce_took_without_answering_is_not_left_to_hands(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    for category in LINES[:1]:
        post_category(settling, settling.dealer_id, settlement_id=settlement_id, category=category)
    _forget_the_answer(settling, settlement_id)

    choose(settling, settlement_id)

    assert states(settling, settlement_id)["invoices"] is PostingState.POSTED
    assert rows_of(settling, settlement_id, ManualFile.PAYMENTS) == []


def _forget_the_answer(world: SettlingWorld, settlement_id: SettlementId) -> None:
    """As if the process had died between Spruce's answer and our note of it."""
    change_settlement(
        world.dealer_id,
        settlement_id,
        lambda now: replace(
            now,
            postings=tuple(
                replace(row, state=PostingState.WAITING, posted_at=None)
                if row.state is PostingState.POSTED
                else row
                for row in now.postings
            ),
        ),
    )


def test_going_back_needs_a_word_and_ends_with_the_first_recorded_time(
    settling: SettlingWorld,
) -> None:
    settlement_id = waiting(settling)
    choose(settling, settlement_id)
    ids = {"settlement_id": settlement_id, "operator": "Noor"}

    with pytest.raises(InvalidInput):
        return_to_automatic(settling, settling.dealer_id, **ids, nothing_entered=False)
    return_to_automatic(settling, settling.dealer_id, **ids, nothing_entered=True)
    with pytest.raises(Conflict):
        manual_posting_csv(
            settling,
            settling.dealer_id,
            settlement_id=settlement_id,
            file=ManualFile.PAYMENTS,
        )
    choose(settling, settlement_id)
    record(settling, settlement_id, PostingCategory.INVOICES)

    with pytest.raises(Conflict):
        return_to_automatic(settling, settling.dealer_id, **ids, nothing_entered=True)


def test_giving_it_up_is_kept_in_the_audit_log_with_both_names(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    choose(settling, settlement_id)

    return_to_automatic(
        settling,
        settling.dealer_id,
        settlement_id=settlement_id,
        nothing_entered=True,
        operator="Noor",
    )

    line = list_dealer_log(settling.dealer_id)[0]
    assert line.source == "Noor"
    assert f"{settlement_id}: gave up posting by hand, chosen by Ann" in line.text


def test_recording_twice_says_so_and_changes_nothing(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    choose(settling, settlement_id)
    record(settling, settlement_id, PostingCategory.INVOICES)
    first = get_settlement(settling.dealer_id, settlement_id)
    settling.clock.advance(timedelta(hours=1))

    with pytest.raises(AlreadyDone):
        record(settling, settlement_id, PostingCategory.INVOICES)

    assert get_settlement(settling.dealer_id, settlement_id) == first


def test_a_time_recorded_while_no_step_waits_is_found_by_the_next_step(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    choose(settling, settlement_id)
    record(settling, settlement_id)

    waited = settling.run_settlement(settlement_id, token="second")

    assert waited == "posted"
    assert ("second", {"outcome": "posted"}) in settling.workflows.completed


def test_the_sweep_marks_what_was_recorded_when_the_workflow_died(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    choose(settling, settlement_id)
    record(settling, settlement_id)
    settling.clock.advance(timedelta(minutes=20))

    watch_settlements(settling)

    shown = view_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    assert {payment.status for payment in shown.payments} == {PaymentStatus.POSTED}


def test_another_dealer_finds_nothing(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    foreign = DealerId(f"{settling.dealer_id}-b")
    ids = {"settlement_id": settlement_id}

    with pytest.raises(NotFound):
        choose_manual_posting(settling, foreign, **ids, operator="Eve")
    with pytest.raises(NotFound):
        manual_posting_csv(settling, foreign, **ids, file=ManualFile.PAYMENTS)
    with pytest.raises(NotFound):
        settlement_summary_csv(settling, foreign, **ids)
    with pytest.raises(NotFound):
        record_posted_times(settling, foreign, **ids, typed={}, operator="Eve")
