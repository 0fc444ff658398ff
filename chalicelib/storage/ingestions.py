"""Imports of ERP files: progress of the newest, the log of all, and the dropped folders."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import uuid4

from chalicelib.domain.errors import NotFound, TryAgain
from chalicelib.domain.ids import DealerId, IngestionId
from chalicelib.domain.ingestions import Ingestion
from chalicelib.storage import keys
from chalicelib.storage.records import Record, packed, unpacked
from chalicelib.storage.transactions import ABSENT, Put, WritesRefused, transact

PAGE_SIZE = 20
TRIES = 6


@dataclass(frozen=True, slots=True)
class IngestionPage:
    """Imports, newest first; `cursor` asks for older ones, "" if there are none."""

    ingestions: tuple[Ingestion, ...]
    cursor: str


def start_ingestion(ingestion: Ingestion) -> Ingestion:
    """Store a new import; returns it as stored."""
    return _write(ingestion)


def find_ingestion(dealer_id: DealerId, ingestion_id: IngestionId) -> Ingestion | None:
    """One import, read consistently, or None."""
    key = keys.ingestions(dealer_id), keys.ingestion(ingestion_id)
    try:
        record = Record.get(*key, consistent_read=True)
    except Record.DoesNotExist:
        return None
    return unpacked(record, Ingestion)


def get_ingestion(dealer_id: DealerId, ingestion_id: IngestionId) -> Ingestion:
    """One import, read consistently. Raises NotFound."""
    found = find_ingestion(dealer_id, ingestion_id)
    if found is None:
        raise NotFound("There is no such import.")
    return found


def list_ingestions(dealer_id: DealerId, *, cursor: str = "") -> IngestionPage:
    """One Query: a page of a dealer's imports, newest first."""
    last = keys.ingestion(IngestionId(cursor or "~"))
    records = list(
        Record.query(
            keys.ingestions(dealer_id),
            Record.sk.between(keys.INGESTIONS, last),
            scan_index_forward=False,
            limit=PAGE_SIZE + 2,  # The cursor's own, and one to know whether there are more.
        )
    )
    found = [unpacked(record, Ingestion) for record in records]
    older = [ingestion for ingestion in found if ingestion.ingestion_id != cursor]
    shown = tuple(older[:PAGE_SIZE])
    more = len(older) > PAGE_SIZE
    return IngestionPage(shown, shown[-1].ingestion_id if more else "")


def change_ingestion(
    dealer_id: DealerId,
    ingestion_id: IngestionId,
    change: Callable[[Ingestion], Ingestion],
) -> Ingestion:
    """Apply `change` to the import as it is now and return it; what is the same is not written.

    Raises NotFound, and TryAgain if something else keeps changing it.
    """
    for _ in range(TRIES):
        known = get_ingestion(dealer_id, ingestion_id)
        changed = change(known)
        if changed == known:
            return known
        try:
            return _write(changed)
        except WritesRefused:
            continue
    raise TryAgain("The import is being changed by something else. Please try again.")


def find_folder(dealer_id: DealerId, folder: str) -> IngestionId | None:
    """The import a folder of the bucket fills, or None."""
    try:
        record = Record.get(
            keys.ingestions(dealer_id), keys.dropped_folder(folder), consistent_read=True
        )
    except Record.DoesNotExist:
        return None
    return _unpacked_id(record)


def start_folder(folder: str, ingestion: Ingestion, *, instead_of: IngestionId | None) -> bool:
    """Store a new import as the one a folder fills; False if somebody else was quicker."""
    pointer = Record(
        keys.ingestions(ingestion.dealer_id),
        keys.dropped_folder(folder),
        body=packed(ingestion.ingestion_id),
    )
    as_read = ABSENT if instead_of is None else Record.body == packed(instead_of)
    try:
        transact([Put("folder", pointer, as_read), _put(ingestion)], token=uuid4().hex)
    except WritesRefused:
        return False
    return True


def _unpacked_id(record: Record) -> IngestionId:
    return IngestionId(unpacked(record, str))


def _write(ingestion: Ingestion) -> Ingestion:
    put = _put(ingestion)
    transact([put], token=uuid4().hex)
    return unpacked(put.record, Ingestion)


def _put(ingestion: Ingestion) -> Put:
    raised = replace(ingestion, version=ingestion.version + 1)
    record = Record(
        keys.ingestions(ingestion.dealer_id),
        keys.ingestion(ingestion.ingestion_id),
        body=packed(raised),
        version=raised.version,
        state=raised.state.value,
    )
    guard = Record.version == ingestion.version if ingestion.version else ABSENT
    return Put("ingestion", record, guard)
