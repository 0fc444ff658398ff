"""A dealer's reconciliations, and the sums the next one builds on so that it reads what changed."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

import msgspec

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import DealerId
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.reconciliation import Reconciliation
from chalicelib.domain.reconciling_money import OpenMovement
from chalicelib.storage import keys
from chalicelib.storage.records import Record, find_record
from chalicelib.storage.transactions import ABSENT, Put, Write, transact

SHOWN = 14
_run = msgspec.json.Decoder(Reconciliation)


@dataclass(frozen=True, slots=True)
class Carried:
    """Sums over everything before two moments; a night adds what came since.

    `tags` is Clearing by tag where it is not 0, `open` the processor's movements that no proven
    settlement contains, `deposited` the settlements whose movements have been taken out of it.
    """

    ledger_until: datetime | None = None
    sums: Mapping[LedgerAccount, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    moved_until: datetime | None = None
    open: tuple[OpenMovement, ...] = ()
    deposited: tuple[str, ...] = ()


def find_carried(dealer_id: DealerId) -> Carried:
    """What the last reconciliation carried over; nothing before the first."""
    record = find_record((keys.reconciliations(dealer_id), keys.CARRIED))
    if record is None:
        return Carried()
    return msgspec.json.decode(zlib.decompress(record.body), type=Carried)


def save_carried(dealer_id: DealerId, carried: Carried) -> None:
    """Replace what is carried over; whoever reconciles holds the run, so nobody else writes it."""
    body = zlib.compress(msgspec.json.encode(carried))
    Record(keys.reconciliations(dealer_id), keys.CARRIED, body=body).save()


def save_run(run: Reconciliation, *, also: tuple[Write, ...] = ()) -> Reconciliation:
    """Write a run one version on. Raises WritesRefused if somebody else has taken it further."""
    raised = replace(run, version=run.version + 1)
    record = Record(
        keys.reconciliations(run.dealer_id),
        keys.reconciliation(run.run_id),
        body=zlib.compress(msgspec.json.encode(raised)),
        version=raised.version,
    )
    guard = Record.version == run.version if run.version else ABSENT
    transact([Put("reconciliation", record, guard), *also], token=uuid4().hex)
    return raised


def get_run(dealer_id: DealerId, run_id: str) -> Reconciliation:
    """One run, read consistently. Raises NotFound."""
    record = find_record((keys.reconciliations(dealer_id), keys.reconciliation(run_id)))
    if record is None:
        raise NotFound("There is no such reconciliation.")
    return _unpacked(record)


def list_runs(dealer_id: DealerId) -> tuple[Reconciliation, ...]:
    """The newest fourteen, newest first, read consistently."""
    found = Record.query(
        keys.reconciliations(dealer_id),
        Record.sk.startswith(keys.RECONCILIATIONS),
        consistent_read=True,
        scan_index_forward=False,
        limit=SHOWN,
    )
    return tuple(_unpacked(record) for record in found)


def _unpacked(record: Record) -> Reconciliation:
    return _run.decode(zlib.decompress(record.body))
