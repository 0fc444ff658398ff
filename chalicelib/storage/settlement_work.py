"""How far a settlement's workflow is: its run, the waiting token and what an operator asked."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.storage import index_keys, keys, parsed_keys
from chalicelib.storage.due import due_items
from chalicelib.storage.records import Record, find_value, packed
from chalicelib.storage.transactions import ABSENT, Put, WritesRefused, transact

DUE_KIND = "settlement"
TRIES = 6


class Phase(StrEnum):
    """Where the workflow is, as the table knows it."""

    PROVING = "proving"
    WAITING = "waiting"
    POSTING = "posting"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class SettlementWork:
    """`due_at` is when the sweep looks at it again; None once everything is posted."""

    dealer_id: DealerId
    settlement_id: SettlementId
    due_at: datetime | None
    phase: Phase = Phase.PROVING
    run: int = 1  # Execution name is <settlement>-<run>.
    token: str = ""  # The step that waits for the operator.
    requested_by: str = ""  # Who pressed Post while no step was waiting.
    version: int = 0


def start_work(work: SettlementWork) -> bool:
    """Remember that a payout is to be settled; False if it is remembered already.

    Raises WritesRefused if it stayed contended: then nobody remembers it.
    """
    try:
        _write(work)
    except WritesRefused as refused:
        if refused.is_contended:
            raise
        return False
    return True


def find_work(dealer_id: DealerId, settlement_id: SettlementId) -> SettlementWork | None:
    """The work on one settlement, read consistently, or None."""
    key = keys.settlement(dealer_id, settlement_id), keys.SETTLEMENT_WORK
    return find_value(key, SettlementWork)


def change_work(
    dealer_id: DealerId,
    settlement_id: SettlementId,
    change: Callable[[SettlementWork], SettlementWork],
) -> SettlementWork | None:
    """Apply `change` to the work as it is now; None if nobody ever started it.

    Raises TryAgain if something else keeps changing it.
    """
    for _ in range(TRIES):
        work = find_work(dealer_id, settlement_id)
        if work is None:
            return None
        changed = change(work)
        if changed == work:
            return work
        try:
            _write(changed)
        except WritesRefused:
            continue
        return replace(changed, version=changed.version + 1)
    raise TryAgain("The settlement is being changed by something else. Please try again.")


def due_work(now: datetime) -> list[tuple[DealerId, SettlementId]]:
    """Settlements a sweep must look at; at most a sweep's worth."""
    return [parsed_keys.parsed_settlement(item.partition) for item in due_items(DUE_KIND, now=now)]


def _write(work: SettlementWork) -> None:
    raised = replace(work, version=work.version + 1)
    record = Record(
        keys.settlement(work.dealer_id, work.settlement_id),
        keys.SETTLEMENT_WORK,
        body=packed(raised),
        version=raised.version,
        state=work.phase.value,
    )
    if work.due_at is not None:
        record.k_pk = index_keys.due(DUE_KIND, work.settlement_id)
        record.k_sk = index_keys.time_then(work.due_at, work.settlement_id)
    guard = Record.version == work.version if work.version else ABSENT
    transact([Put("work", record, guard)], token=uuid4().hex)
