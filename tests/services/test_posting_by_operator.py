"""The operator's Post and Resolve, and the sweep that goes on where a workflow died."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import AlreadyDone, Conflict, InvalidInput, NotFound
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.settlements import PostingCategory, PostingState, Settlement
from chalicelib.services.post_settlement import post_category
from chalicelib.services.request_posting import request_posting
from chalicelib.services.resolve_settlement import resolve_settlement
from chalicelib.services.view_settlement import view_settlement
from chalicelib.services.watch_settlements import watch_settlements
from chalicelib.storage.settlements import change_settlement
from tests.services.settling import SettlingWorld
from tests.services.story import ready_to_post
from tests.services.test_posting import Crash, raiser, states
from tests.services.test_settlement import gl


def test_pressing_post_twice_posts_once(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)

    for _ in range(2):
        request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")
    settling.run_postings(settlement_id)
    settling.run_postings(settlement_id)

    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 3
    with pytest.raises(AlreadyDone):
        request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")


def test_post_pressed_before_the_step_waits_is_not_lost(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id, token="first")
    request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")
    request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")

    waited = settling.run_settlement(settlement_id, token="second")
    again = settling.run_settlement(settlement_id, token="third")

    assert (waited, again) == ("post", "waiting")
    assert ("second", {"outcome": "post"}) in settling.workflows.completed


def test_the_page_says_posting_from_the_press_on(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)

    request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")

    assert states(settling, settlement_id) == {
        "invoices": PostingState.POSTING,
        "credit_adjustments": PostingState.POSTING,
        "debit_adjustments": PostingState.NOTHING,
        "cash": PostingState.POSTING,
    }


def unprove(world: SettlingWorld, settlement_id: SettlementId) -> None:
    """As if a cent of the deposit were unexplained."""

    def changed(settlement: Settlement) -> Settlement:
        return replace(settlement, deposit_cents=settlement.deposit_cents + 1)

    change_settlement(world.dealer_id, settlement_id, changed)


def test_a_difference_of_a_cent_blocks_posting_and_resolve(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    unprove(settling, settlement_id)
    ids = {"settlement_id": settlement_id, "operator": "Ann"}

    with pytest.raises(Conflict):
        request_posting(settling, settling.dealer_id, **ids)
    outcome = post_category(
        settling,
        settling.dealer_id,
        settlement_id=settlement_id,
        category=PostingCategory.INVOICES,
    )
    with pytest.raises(InvalidInput):
        resolve_settlement(settling, settling.dealer_id, **ids, reason=" short ")
    reason = "The bank returned one cent; see its letter."
    resolved = resolve_settlement(settling, settling.dealer_id, **ids, reason=reason)

    assert outcome == {"outcome": "failed"}
    assert gl(settling) == {}
    assert (resolved.resolved_by, resolved.resolved_reason) == ("Ann", reason)


def test_a_posted_settlement_is_resolved_without_a_reason_and_only_once(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    ids = {"settlement_id": settlement_id, "operator": "Ann", "reason": ""}

    with pytest.raises(Conflict):
        resolve_settlement(settling, settling.dealer_id, **ids)
    settling.run_postings(settlement_id)
    resolved = resolve_settlement(settling, settling.dealer_id, **ids)

    assert resolved.resolved_at == settling.clock.now()
    with pytest.raises(AlreadyDone):
        resolve_settlement(settling, settling.dealer_id, **ids)


def test_another_dealers_settlement_does_not_exist(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    foreign = DealerId(f"{settling.dealer_id}-b")

    with pytest.raises(NotFound):
        view_settlement(settling, foreign, settlement_id=settlement_id)
    with pytest.raises(NotFound):
        request_posting(settling, foreign, settlement_id=settlement_id, operator="Eve")


def test_the_sweep_starts_the_next_run_of_a_workflow_that_died(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling)
    settling.workflows.ended.add(f"{settlement_id}-1")
    settling.clock.advance(timedelta(minutes=20))

    watch_settlements(settling)
    watch_settlements(settling)

    runs = [name for name in settling.workflows.started if name.startswith(settlement_id)]
    assert runs == [f"{settlement_id}-1", f"{settlement_id}-2"]


def test_the_sweep_finishes_marking_after_the_last_category(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    with monkeypatch.context() as patched:
        patched.setattr("tests.services.settling.mark_posted", raiser(Crash()))
        with pytest.raises(Crash):
            settling.run_settlement(settlement_id)
    settling.clock.advance(timedelta(minutes=20))

    watch_settlements(settling)

    shown = view_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    assert {payment.status for payment in shown.payments} == {PaymentStatus.POSTED}
