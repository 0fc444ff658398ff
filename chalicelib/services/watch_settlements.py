"""The sweep over settlements: whatever stopped half-way goes on."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.settlements import PostingState, Settlement
from chalicelib.gateways.processor import ProcessorUnreachable
from chalicelib.gateways.workflows import WorkflowsUnreachable
from chalicelib.services.await_posting import POST, POSTED
from chalicelib.services.mark_posted import is_posted, mark_posted
from chalicelib.services.open_settlement import keep_going
from chalicelib.services.prove_settlement import AUTO, is_to_be_proven, prove_settlement
from chalicelib.services.reverse_posting import carry_out_reversal
from chalicelib.services.world import World
from chalicelib.storage.settlement_work import (
    Phase,
    SettlementWork,
    change_work,
    due_work,
    find_work,
)
from chalicelib.storage.settlements import find_settlement

LOG = logging.getLogger(__name__)
AGAIN = {
    Phase.PROVING: timedelta(minutes=15),
    Phase.POSTING: timedelta(minutes=15),
    Phase.WAITING: timedelta(days=1),
    Phase.DONE: timedelta(days=1),
}


def watch_settlements(world: World) -> int:
    """Look at every settlement that is due; returns how many. Repeating it is harmless.

    One that cannot be moved now is looked at again by a later sweep and stops no other.
    """
    looked_at = 0
    for dealer_id, settlement_id in due_work(world.clock.now()):
        work = _look_again_later(world, dealer_id, settlement_id)
        if work is None or work.phase is Phase.DONE:
            continue
        looked_at += 1
        try:
            _move(world, work)
        except (TryAgain, ProcessorUnreachable, WorkflowsUnreachable):
            continue
        except Exception:
            # Nobody foresaw it; its next look is stored already, and the others come first.
            LOG.exception("settlement %s", settlement_id)
    return looked_at


def _move(world: World, work: SettlementWork) -> None:
    dealer_id, settlement_id = work.dealer_id, work.settlement_id
    carry_out_reversal(world, dealer_id, settlement_id=settlement_id)
    stored = find_settlement(dealer_id, settlement_id)
    if stored is not None and stored.settlement.reversing:
        return
    if stored is not None and _is_over(stored.settlement):
        # The workflow died before it marked the payments, or missed what was recorded by hand.
        mark_posted(world, dealer_id, settlement_id=settlement_id)
        if work.token:
            world.workflows.complete(work.token, {"outcome": POSTED})
        return
    is_asked = bool(work.requested_by)
    if stored is not None and _may_go_on(stored.settlement):
        # What was missing (a lost webhook, a payment still settling, a posting that comes first)
        # may be there by now.
        proof = prove_settlement(world, dealer_id, settlement_id=settlement_id)
        is_asked = is_asked or proof["outcome"] == AUTO
    if is_asked and work.token:
        world.workflows.complete(work.token, {"outcome": POST})
    keep_going(world, dealer_id, settlement_id=settlement_id)


def _may_go_on(settlement: Settlement) -> bool:
    """True if it is not proven yet, or a part of it could not be posted."""
    has_failed = any(row.state is PostingState.FAILED for row in settlement.postings)
    return is_to_be_proven(settlement) or has_failed


def _is_over(settlement: Settlement) -> bool:
    """True once all is posted, or it was resolved although it could not be proven."""
    resolved = settlement.resolved_at is not None and not settlement.is_proven
    return resolved or is_posted(settlement)


def _look_again_later(
    world: World, dealer_id: DealerId, settlement_id: SettlementId
) -> SettlementWork | None:
    if find_work(dealer_id, settlement_id) is None:
        return None
    now = world.clock.now()
    return change_work(
        dealer_id, settlement_id, lambda work: _due_later(work, now + AGAIN[work.phase])
    )


def _due_later(work: SettlementWork, due_at: datetime) -> SettlementWork:
    return work if work.phase is Phase.DONE else replace(work, due_at=due_at)
