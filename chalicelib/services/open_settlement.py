"""Begin (or go on with) the settlement of one payout."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.services.world import World
from chalicelib.storage.settlement_work import (
    Phase,
    SettlementWork,
    change_work,
    find_work,
    start_work,
)

LOOK_AGAIN = timedelta(minutes=15)


def open_settlement(world: World, dealer_id: DealerId, *, settlement_id: SettlementId) -> None:
    """Remember the payout first, then start its workflow; repeating it is harmless."""
    due_at = world.clock.now() + LOOK_AGAIN
    start_work(SettlementWork(dealer_id, settlement_id, due_at))
    keep_going(world, dealer_id, settlement_id=settlement_id)


def keep_going(world: World, dealer_id: DealerId, *, settlement_id: SettlementId) -> None:
    """Make sure an execution runs, unless everything is posted.

    An execution that ended (timeout, a dependency down for hours) keeps its name for 90 days, so
    the run is raised in the table first and the next name is started.
    """
    work = find_work(dealer_id, settlement_id)
    if work is None or work.phase is Phase.DONE or _started(world, work):
        return
    raised = change_work(dealer_id, settlement_id, lambda now: _next_run(now, work.run))
    if raised is not None and raised.phase is not Phase.DONE:
        _started(world, raised)


def _started(world: World, work: SettlementWork) -> bool:
    return world.workflows.start_settlement(
        dealer=work.dealer_id, settlement=work.settlement_id, run=work.run
    )


def _next_run(now: SettlementWork, ended_run: int) -> SettlementWork:
    """The next run, unless somebody else has begun it already."""
    if now.run != ended_run or now.phase is Phase.DONE:
        return now
    return replace(now, run=now.run + 1, token="", phase=Phase.PROVING)
