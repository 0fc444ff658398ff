"""The operator's Post: continue the waiting workflow, or leave word for it."""

from contextlib import suppress
from dataclasses import replace

from chalicelib.domain.errors import AlreadyDone, Conflict
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.settlements import CategoryPosting, PostingState, Settlement
from chalicelib.gateways.workflows import WorkflowsUnreachable
from chalicelib.services.await_posting import POST
from chalicelib.services.held_posting import refuse_if_held
from chalicelib.services.open_settlement import keep_going
from chalicelib.services.world import World
from chalicelib.storage.settlement_work import Phase, SettlementWork, change_work, find_work
from chalicelib.storage.settlements import change_settlement, get_settlement

FINISHED = (PostingState.POSTED, PostingState.NOTHING)
ALREADY_POSTED = "This settlement is posted already."


def request_posting(
    world: World, dealer_id: DealerId, *, settlement_id: SettlementId, operator: str
) -> bool:
    """Post every category that is not posted yet. Pressing twice posts nothing twice.

    False if posting was under way already: then the press has only made sure that it goes on.
    Raises NotFound, AlreadyDone if all is posted, Conflict if the proof does not add up or a
    payment of it is on hold.
    """
    settlement = get_settlement(dealer_id, settlement_id)
    if not settlement.is_proven:
        raise Conflict("The proof does not add up. Posting waits until every cent is explained.")
    refuse_if_held(settlement)
    work = find_work(dealer_id, settlement_id)
    if work is None or work.phase is Phase.DONE:
        raise AlreadyDone(ALREADY_POSTED)
    change_settlement(dealer_id, settlement_id, _all_posting)
    asked, is_first = _asked(dealer_id, settlement_id, operator or "operator")
    if asked is not None and asked.phase is Phase.WAITING and asked.token:
        world.workflows.complete(asked.token, {"outcome": POST})
        # Kept until now: after a crash the sweep finds the request and completes it again.
        change_work(
            dealer_id,
            settlement_id,
            lambda now: (
                replace(now, requested_by="", token="", phase=Phase.POSTING)
                if now.token == asked.token
                else now
            ),
        )
    with suppress(WorkflowsUnreachable):  # The request is stored; the sweep takes it up.
        keep_going(world, dealer_id, settlement_id=settlement_id)
    return is_first


def _asked(
    dealer_id: DealerId, settlement_id: SettlementId, operator: str
) -> tuple[SettlementWork | None, bool]:
    """Leave word for the workflow; True if nobody had asked and nothing was being posted."""
    is_first = [False]

    def asked(now: SettlementWork) -> SettlementWork:
        if now.phase is Phase.DONE:
            # Posted since it was read. A word left now would post again after a later reversal.
            raise AlreadyDone(ALREADY_POSTED)
        is_first[0] = not now.requested_by and now.phase is not Phase.POSTING
        return now if now.requested_by else replace(now, requested_by=operator)

    return change_work(dealer_id, settlement_id, asked), is_first[0]


def _all_posting(settlement: Settlement) -> Settlement:
    if settlement.manual_at:
        raise Conflict("This settlement is posted by hand. Record the times, or go back first.")
    return replace(settlement, postings=tuple(_posting(row) for row in settlement.postings))


def _posting(row: CategoryPosting) -> CategoryPosting:
    if row.state in FINISHED:
        return row
    if row.state is PostingState.REVERSING:
        raise Conflict("It is being reversed. Wait until that has ended.")
    return replace(row, state=PostingState.POSTING, problem="")
