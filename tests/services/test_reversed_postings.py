"""Reverse a posting: equal and opposite, then posted again under a new reference."""

from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.domain.errors import AlreadyDone, Conflict, InvalidInput
from chalicelib.domain.ids import SettlementId
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.settlements import PostingState
from chalicelib.gateways.erp import ErpUnreachable
from chalicelib.services.mark_posted import mark_posted
from chalicelib.services.request_posting import request_posting
from chalicelib.services.resolve_settlement import resolve_settlement
from chalicelib.services.reverse_posting import carry_out_reversal, request_reversal
from chalicelib.services.view_settlement import view_settlement
from chalicelib.services.watch_settlements import watch_settlements
from chalicelib.storage.accounts import get_state
from chalicelib.storage.settlements import get_settlement
from tests.services.settling import ACCOUNT, SettlingWorld
from tests.services.story import ready_to_post
from tests.services.test_payouts import same_books
from tests.services.test_posting import Crash, fault, raiser, states
from tests.services.test_posting_by_hand import choose, record, typed_now, waiting
from tests.services.test_settlement import gl

WHY = "Posted into the wrong period."


def posted(world: SettlingWorld, **changes: object) -> SettlementId:
    settlement_id = ready_to_post(world, **changes)
    world.run_settlement(settlement_id)
    request_posting(world, world.dealer_id, settlement_id=settlement_id, operator="Ann")
    world.run_postings(settlement_id)
    return settlement_id


def ask(world: SettlingWorld, settlement_id: SettlementId, **more: str) -> None:
    request_reversal(
        world, world.dealer_id, settlement_id=settlement_id, operator="Ann", reason=WHY, **more
    )


def carry_out(world: SettlingWorld, settlement_id: SettlementId) -> None:
    carry_out_reversal(world, world.dealer_id, settlement_id=settlement_id)


def status(world: SettlingWorld, settlement_id: SettlementId) -> set[PaymentStatus]:
    shown = view_settlement(world, world.dealer_id, settlement_id=settlement_id)
    return {payment.status for payment in shown.payments}


def test_a_reversal_empties_the_general_ledger_and_keeps_who_when_and_why(
    settling: SettlingWorld,
) -> None:
    settlement_id = posted(settling)

    ask(settling, settlement_id)
    waited = settling.run_settlement(settlement_id, token="second")

    settlement = get_settlement(settling.dealer_id, settlement_id)
    (reversal,) = settlement.reversals
    assert waited == "waiting"
    assert set(gl(settling).values()) == {0}
    assert settling.workflows.started[-1] == f"{settlement_id}-2"
    assert (reversal.by, reversal.reason, reversal.finished_at) == ("Ann", WHY, reversal.at)
    assert reversal.references == tuple(
        f"{settlement_id}:{name}:reversed-1" for name in ("cash", "credit_adjustments", "invoices")
    )
    assert status(settling, settlement_id) == {PaymentStatus.SETTLED}


def test_what_was_reversed_is_posted_again_under_a_new_reference(settling: SettlingWorld) -> None:
    settlement_id = posted(settling)
    ask(settling, settlement_id)
    settling.run_settlement(settlement_id, token="second")

    request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")
    ended = settling.run_postings(settlement_id)

    rows = get_settlement(settling.dealer_id, settlement_id).postings
    assert ended == "posted"
    assert [row.reference for row in rows if row.state is PostingState.POSTED] == [
        f"{settlement_id}:{name}:2" for name in ("invoices", "credit_adjustments", "cash")
    ]
    assert same_books(settling)
    assert status(settling, settlement_id) == {PaymentStatus.POSTED}


def test_a_dealer_who_posts_automatically_decides_about_it_after_a_reversal(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    settling.run_settlement(settlement_id)
    ask(settling, settlement_id)

    assert settling.run_settlement(settlement_id, token="second") == "waiting"
    assert set(gl(settling).values()) == {0}


def test_asking_twice_and_carrying_out_twice_reverses_once(settling: SettlingWorld) -> None:
    settlement_id = posted(settling)
    ask(settling, settlement_id)

    with pytest.raises(AlreadyDone):
        ask(settling, settlement_id)
    carry_out(settling, settlement_id)
    carry_out(settling, settlement_id)

    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 6
    with pytest.raises(Conflict, match="Nothing of it is posted"):
        ask(settling, settlement_id)


def test_a_reversal_without_an_answer_is_asked_for_and_ended_by_the_sweep(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = posted(settling)
    ask(settling, settlement_id)
    with monkeypatch.context() as patched:
        patched.setattr(settling.erp, "post", raiser(ErpUnreachable("no answer")))
        settling.run_settlement(settlement_id, token="second")
    between = states(settling, settlement_id)
    settling.clock.advance(timedelta(days=1))

    watch_settlements(settling)

    assert between["cash"] is PostingState.REVERSING
    assert set(states(settling, settlement_id).values()) == {
        PostingState.WAITING,
        PostingState.NOTHING,
    }
    assert set(gl(settling).values()) == {0}


@pytest.mark.parametrize("after", [True, False])
def test_a_crash_at_every_call_of_the_erp_leaves_a_reversal_that_goes_on(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    settlement_id = posted(settling)
    ask(settling, settlement_id)
    post = settling.erp.post

    def dying(dealer: object, posting: object) -> None:
        if after:
            post(dealer, posting)
        raise Crash

    crashes = 0
    for _ in range(3):
        with monkeypatch.context() as patched, suppress(Crash):
            patched.setattr(settling.erp, "post", dying)
            crashes += 1
            carry_out(settling, settlement_id)
            crashes -= 1
    carry_out(settling, settlement_id)

    assert crashes == 3
    assert set(gl(settling).values()) == {0}
    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 6


def test_what_spruce_refuses_stays_posted_with_its_sentence(settling: SettlingWorld) -> None:
    settlement_id = posted(settling)
    for category in ("invoices", "credit_adjustments", "cash"):
        fault(settling, "period_closed", category)
    ask(settling, settlement_id)

    settling.run_settlement(settlement_id, token="second")

    settlement = get_settlement(settling.dealer_id, settlement_id)
    assert [row.state for row in settlement.postings if row.lines] == [PostingState.POSTED] * 3
    assert "Not reversed" in settlement.postings[0].problem
    assert status(settling, settlement_id) == {PaymentStatus.POSTED}
    assert same_books(settling)


def test_a_reversal_half_refused_is_asked_for_again(settling: SettlingWorld) -> None:
    settlement_id = posted(settling)
    fault(settling, "period_closed", "invoices")
    ask(settling, settlement_id)
    settling.run_settlement(settlement_id, token="second")

    ask(settling, settlement_id)
    settling.run_settlement(settlement_id, token="third")

    assert set(gl(settling).values()) == {0}
    assert len(get_settlement(settling.dealer_id, settlement_id).reversals) == 2


def test_a_resolved_settlement_and_a_bare_reason_are_refused(settling: SettlingWorld) -> None:
    settlement_id = posted(settling)
    ids = {"settlement_id": settlement_id, "operator": "Ann"}

    with pytest.raises(InvalidInput):
        request_reversal(settling, settling.dealer_id, **ids, reason="oops")
    resolve_settlement(settling, settling.dealer_id, **ids, reason="")

    with pytest.raises(Conflict, match="resolved"):
        ask(settling, settlement_id)


def test_what_was_posted_by_hand_is_reversed_by_hand(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    choose(settling, settlement_id)
    record(settling, settlement_id)
    settling.run_settlement(settlement_id, token="second")
    settling.clock.advance(timedelta(hours=2))

    with pytest.raises(InvalidInput):
        ask(settling, settlement_id)
    settling.run_settlement(settlement_id, token="third")
    mark_posted(settling, settling.dealer_id, settlement_id=settlement_id)
    ask(settling, settlement_id, entered=typed_now(settling))
    settling.run_settlement(settlement_id, token="fourth")
    record(settling, settlement_id)

    rows = [row for row in get_settlement(settling.dealer_id, settlement_id).postings if row.lines]
    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 0
    assert {(row.round, row.recorded_by) for row in rows} == {(2, "Ann")}


def test_claims_count_again_for_figures_extracted_after_the_reversal(
    settling: SettlingWorld,
) -> None:
    settlement_id = posted(settling)
    settling.clock.advance(timedelta(hours=1))
    between = settling.clock.now()
    settling.clock.advance(timedelta(hours=1))
    ask(settling, settlement_id)

    carry_out(settling, settlement_id)

    (claim,) = get_state(settling.dealer_id, ACCOUNT).claims
    assert claim.posted_at is None
    assert claim.contained_in(between)
    assert not claim.contained_in(settling.clock.now())
