"""Carry a confirmed import out: resumable, one worker at a time, figures kept as it goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import DealerId, IngestionId
from chalicelib.domain.ingestions import IngestedFile, Ingestion, IngestionState
from chalicelib.gateways.clock import wall_now
from chalicelib.services.check_ingestion import validated
from chalicelib.services.import_ledger import LedgerImport, apply_ledger
from chalicelib.services.world import World
from chalicelib.storage.ingestions import change_ingestion, find_ingestion

LEASE = timedelta(minutes=6)  # Longer than the worker may run.
WORKS_FOR = timedelta(minutes=3)  # Then the next message goes on; the worker ends after five.
KEPT_OPEN_SHOWN = 100


class _Pause(Exception):
    """Enough for one call; another message goes on."""


def run_ingestion(world: World, dealer_id: DealerId, *, ingestion_id: IngestionId) -> str:
    """Apply a confirmed import, or go on where a crash left it; returns how it ended.

    A repeated or concurrent message does nothing. An extract that turned out older than another
    import, or a file that was exchanged, fails the import with its reason.
    """
    ingestion = find_ingestion(dealer_id, ingestion_id)
    if ingestion is None or ingestion.state is not IngestionState.IMPORTING:
        return "nothing"
    started = wall_now()
    if ingestion.busy_until and ingestion.busy_until > started:
        return "busy"
    held = _change(ingestion, lambda known: replace(known, busy_until=started + LEASE))
    try:
        return _run(world, held, started)
    except (InvalidInput, KeyError) as problem:
        _fail(world, held, problem)
        return "failed"
    except BaseException:
        _change(held, lambda known: replace(known, busy_until=None))
        raise


def _run(world: World, ingestion: Ingestion, started: datetime) -> str:
    as_of = ingestion.as_of or ingestion.created_at
    with validated(world, ingestion, as_of=as_of) as ledger:
        _resume(ledger, ingestion)
        total = ledger.spill.count_accounts()

        def kept(done: int) -> None:
            _change(ingestion, lambda known: _progressed(known, ledger, done=done, total=total))
            if wall_now() > started + WORKS_FOR:
                raise _Pause

        # In a full import the accounts it leaves out may differ by now, so it starts over.
        skip = 0 if ingestion.full else ingestion.accounts_done
        try:
            apply_ledger(world, ledger, progress=kept, skip=skip)
        except _Pause:
            _change(ingestion, lambda known: replace(known, busy_until=None))
            world.queues.send_import(dealer=ingestion.dealer_id, ingestion=ingestion.ingestion_id)
            return "paused"
    now = world.clock.now()
    _change(
        ingestion,
        lambda known: replace(
            _progressed(known, ledger, done=known.accounts_done, total=total),
            state=IngestionState.DONE,
            finished_at=now,
            busy_until=None,
        ),
    )
    return "done"


def _resume(ledger: LedgerImport, ingestion: Ingestion) -> None:
    """Take over the figures of the accounts an interrupted run has done."""
    ledger.accounts_changed = ingestion.accounts_changed
    ledger.kept_open = list(ingestion.kept_open)
    if ingestion.full:
        return
    for file in ingestion.files:
        report = ledger.reports[file.kind]
        report.inserted, report.updated = file.inserted, file.updated
        report.unchanged = file.unchanged


def _progressed(known: Ingestion, ledger: LedgerImport, *, done: int, total: int) -> Ingestion:
    return replace(
        known,
        files=tuple(_counted(file, ledger) for file in known.files),
        accounts_done=done,
        accounts_total=max(done, total),
        accounts_changed=ledger.accounts_changed,
        kept_open=tuple(ledger.kept_open[:KEPT_OPEN_SHOWN]),
    )


def _counted(file: IngestedFile, ledger: LedgerImport) -> IngestedFile:
    report = ledger.reports[file.kind]
    return replace(
        file,
        lines=report.lines,
        invalid=report.invalid,
        inserted=report.inserted,
        updated=report.updated,
        unchanged=report.unchanged,
    )


def _fail(world: World, ingestion: Ingestion, problem: Exception) -> None:
    sentence = (
        problem.sentence
        if isinstance(problem, InvalidInput)
        else "A file is no longer what was reviewed, so the import stopped. Upload it again."
    )
    now = world.clock.now()
    _change(
        ingestion,
        lambda known: replace(
            known,
            state=IngestionState.FAILED,
            problem=sentence,
            finished_at=now,
            busy_until=None,
        ),
    )


def _change(ingestion: Ingestion, change: Callable[[Ingestion], Ingestion]) -> Ingestion:
    return change_ingestion(ingestion.dealer_id, ingestion.ingestion_id, change)
