"""One dealer's reconciliation: step by step, each stored, so a crash or a deadline loses nothing.

What asking anew can repair is asked through the very use case a webhook would have reached.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from ulid import ULID

from chalicelib.domain.days import dealer_day
from chalicelib.domain.ids import DealerId
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.reconciliation import (
    MOST_DIFFERENCES,
    Difference,
    DifferenceKind,
    Reconciliation,
    Step,
    added,
)
from chalicelib.gateways.erp import ErpUnreachable
from chalicelib.gateways.processor import ProcessorRefused, ProcessorUnreachable
from chalicelib.services.reconcile_dealer_accounts import compare_accounts
from chalicelib.services.reconcile_dealer_charges import compare_charges
from chalicelib.services.reconcile_dealer_deposits import compare_deposits
from chalicelib.services.reconcile_dealer_ledger import compare_ledger
from chalicelib.services.reconcile_dealer_movements import compare_movements
from chalicelib.services.reconcile_dealer_parts import Found
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer, list_dealers
from chalicelib.storage.notices import notice_put, notice_removal
from chalicelib.storage.reconciliations import get_run, list_runs, save_run
from chalicelib.storage.transactions import Write, WritesRefused

SUBJECT, PATH = "reconciliation", "/console/reconciliation"
NIGHT_SECONDS, SLICE_SECONDS = 240.0, 25.0
STEPS: Mapping[Step, Callable[[World, Reconciliation], Found]] = MappingProxyType(
    {
        Step.LEDGER: compare_ledger,
        Step.CHARGES: compare_charges,
        Step.MOVEMENTS: compare_movements,
        Step.DEPOSITS: compare_deposits,
        Step.ACCOUNTS: compare_accounts,
    }
)
ORDER = (*STEPS, Step.DONE)
# Found from sums carried over; before it is told, everything is added up again from the start.
FROM_SUMS = frozenset({DifferenceKind.TRIAL, DifferenceKind.HELD, DifferenceKind.CLEARING})


def reconcile_dealers(world: World, *, seconds: float = NIGHT_SECONDS) -> int:
    """Reconcile every dealer whose midnight has passed since its last time, once a day.

    Goes on with what an earlier run left. A dealer that fails stops no other; the failures are
    raised together at the end. Returns how many open differences the finished ones found.
    """
    found, failures = 0, []
    ends = time.monotonic() + seconds
    for dealer_id in list_dealers():
        try:
            run = _tonights(world, dealer_id)
            if run is not None and run.step is not Step.DONE:
                ended = go_on(world, dealer_id, run_id=run.run_id, ends=ends)
                found += ended.open_count if ended.step is Step.DONE else 0
        except Exception as error:  # noqa: BLE001  Whatever it is, the other dealers come first.
            failures.append(error)
    if failures:
        raise ExceptionGroup("dealers could not be reconciled", failures)
    return found


def start_reconciliation(
    world: World, dealer_id: DealerId, *, asked_by: str = "", full: bool = True
) -> Reconciliation:
    """A new run, or the one that is under way; nothing is compared yet."""
    runs, now = list_runs(dealer_id), world.clock.now()
    if runs and runs[0].step is not Step.DONE:
        return runs[0]
    since = None if full or not runs else runs[0].started_at
    zone = get_dealer(dealer_id).time_zone
    run = Reconciliation(
        dealer_id, str(ULID.from_datetime(now)), dealer_day(now, zone), now, since, asked_by
    )
    return save_run(run)


def check_now(world: World, dealer_id: DealerId, *, operator: str) -> Reconciliation:
    """Start (or go on with) a full check on the queue; the page shows how far it is."""
    run = start_reconciliation(world, dealer_id, asked_by=operator)
    _queue(world, run)
    return run


def continue_reconciliation(world: World, dealer_id: DealerId, *, run_id: str) -> Reconciliation:
    """One slice of a queued run; what is left comes back as the same message."""
    run = go_on(world, dealer_id, run_id=run_id, ends=time.monotonic() + SLICE_SECONDS)
    if run.step is not Step.DONE:
        _queue(world, run)
    return run


def go_on(world: World, dealer_id: DealerId, *, run_id: str, ends: float) -> Reconciliation:
    """Take the run as far as `ends` (monotonic seconds) allows, at least one slice of a step.

    Somebody else at the same run is left to it.
    """
    run = get_run(dealer_id, run_id)
    with suppress(WritesRefused):
        while run.step is not Step.DONE:
            run = _after(world, run, _compared(world, run))
            if time.monotonic() >= ends:
                break
    return run


def _tonights(world: World, dealer_id: DealerId) -> Reconciliation | None:
    """The run to work on: an unfinished one, or today's first; None once today's is done."""
    dealer = get_dealer(dealer_id)
    if not dealer.processor_account:
        return None
    runs = list_runs(dealer_id)
    today = dealer_day(world.clock.now(), dealer.time_zone)
    if runs and (runs[0].step is not Step.DONE or runs[0].day >= today):
        return runs[0]
    return start_reconciliation(world, dealer_id, full=False)


def _compared(world: World, run: Reconciliation) -> Found:
    try:
        return STEPS[run.step](world, run)
    except (ProcessorUnreachable, ProcessorRefused):
        sentence = f"The processor did not answer, so {run.step.value} were not compared."
    except ErpUnreachable:
        sentence = "Spruce did not answer, so what is posted there was not compared."
    kind = DifferenceKind.UNANSWERED
    return Found((), (Difference(kind, run.step.value, sentence),))


def _after(world: World, run: Reconciliation, found: Found) -> Reconciliation:
    """The run with what was found, stored; once it is through, its notice with it."""
    is_through = not found.cursor
    step = ORDER[ORDER.index(run.step) + 1] if is_through else run.step
    told = (*run.differences, *found.differences)
    grown = replace(
        run,
        step=step,
        cursor=found.cursor,
        figures=added(run.figures, found.figures),
        differences=told[:MOST_DIFFERENCES],
        difference_count=run.difference_count + len(found.differences),
    )
    if step is not Step.DONE:
        return save_run(grown)
    if not run.is_full and any(it.kind in FROM_SUMS for it in told if not it.is_repaired):
        return save_run(_from_the_start(grown))
    now = world.clock.now()
    return save_run(replace(grown, finished_at=now), also=(_notice(grown, now),))


def _from_the_start(run: Reconciliation) -> Reconciliation:
    """Everything is read again before a difference is told; what was repaired stays listed."""
    repaired = tuple(it for it in run.differences if it.is_repaired)
    return replace(
        run,
        since=None,
        step=Step.LEDGER,
        cursor="",
        figures=(),
        differences=repaired,
        difference_count=len(repaired),
    )


def _notice(run: Reconciliation, now: datetime) -> Write:
    if not run.open_count:
        return notice_removal(run.dealer_id, NoticeKind.DIFFERENCE, SUBJECT)
    count = run.open_count
    what = "One thing does" if count == 1 else f"{count} things do"
    open_ones = [it for it in run.differences if not it.is_repaired]
    notice = Notice(
        NoticeKind.DIFFERENCE,
        SUBJECT,
        f"{what} not agree between the processor, our ledger, the accounts and Spruce. "
        f"{open_ones[0].sentence if open_ones else ''}".strip(),
        now,
        path=PATH,
        amount_cents=sum(abs(it.ours_cents - it.theirs_cents) for it in open_ones),
    )
    return notice_put(run.dealer_id, notice)


def _queue(world: World, run: Reconciliation) -> None:
    world.queues.send_event({"reconcile": run.run_id, "dealer": run.dealer_id})
