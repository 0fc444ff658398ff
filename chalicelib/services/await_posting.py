"""The step that waits for the operator; what was asked or recorded before it waited counts."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.settlements import CategoryPosting, PostingState, Settlement
from chalicelib.services.mark_posted import is_posted
from chalicelib.services.reverse_posting import carry_out_reversal
from chalicelib.services.world import World
from chalicelib.storage.settlement_work import Phase, SettlementWork, change_work
from chalicelib.storage.settlements import change_settlement, find_settlement

LOOK_AGAIN = timedelta(days=1)
POST, POSTED, WAITING = "post", "posted", "waiting"


def await_posting(
    world: World, dealer_id: DealerId, *, settlement_id: SettlementId, token: str
) -> dict[str, str]:
    """Keep the step's token; complete it at once if Post was pressed while none waited.

    Repeating it with the same or a newer token is harmless.
    """
    due_at = world.clock.now() + LOOK_AGAIN
    asked_by: list[str] = []

    def wait(work: SettlementWork) -> SettlementWork:
        asked_by[:] = [work.requested_by]
        phase = Phase.POSTING if work.requested_by else Phase.WAITING
        return replace(work, phase=phase, token=token, due_at=due_at)

    change_work(dealer_id, settlement_id, wait)
    with suppress(TryAgain):  # The sweep goes on with a reversal that could not be ended now.
        carry_out_reversal(world, dealer_id, settlement_id=settlement_id)
    stored = find_settlement(dealer_id, settlement_id)
    if stored is not None and is_posted(stored.settlement):
        # Entered by hand, and the last time was recorded while no step waited.
        world.workflows.complete(token, {"outcome": POSTED})
        return {"outcome": POSTED}
    if any(asked_by):
        world.workflows.complete(token, {"outcome": POST})
        # Forgotten only after the step is completed: a crash between completes it once more.
        change_work(dealer_id, settlement_id, lambda work: replace(work, requested_by=""))
        return {"outcome": POST}
    if stored is not None:
        change_settlement(dealer_id, settlement_id, _none_posting)
    return {"outcome": WAITING}


def _none_posting(settlement: Settlement) -> Settlement:
    """Nothing is posting while the workflow waits, so the page must not say so."""
    return replace(settlement, postings=tuple(_idle(row) for row in settlement.postings))


def _idle(row: CategoryPosting) -> CategoryPosting:
    if row.state is not PostingState.POSTING:
        return row
    return replace(row, state=PostingState.FAILED if row.problem else PostingState.WAITING)
