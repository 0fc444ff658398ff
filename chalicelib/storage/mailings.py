"""Mailings: a head and chunks of accounts, each chunk changed with the invitation it records."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
from ulid import ULID

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId, DealerId, MailingId
from chalicelib.domain.mailings import Entry, Mailing, Outcome
from chalicelib.storage import index_keys, keys, parsed_keys
from chalicelib.storage.due import due_again, due_items, due_no_more
from chalicelib.storage.records import Record, packed, unpacked
from chalicelib.storage.transactions import ABSENT, Put, WritesRefused, transact

DUE = "mailing"
RECENT = 20
CHUNKS_AT_ONCE = 50  # Half of what one transaction may hold.
NO_MAILING = "There are no such invitations."

_entries = msgspec.json.Decoder(tuple[Entry, ...])


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of a mailing's accounts, and the version they were read at."""

    dealer_id: DealerId
    mailing_id: MailingId
    number: int
    entries: tuple[Entry, ...]
    version: int = 0

    def noted(self, account_id: AccountId, outcome: Outcome, said: str = "") -> "Chunk":
        """The chunk once one account's outcome is known."""
        entries = tuple(
            replace(entry, outcome=outcome, said=said) if entry.account_id == account_id else entry
            for entry in self.entries
        )
        return replace(self, entries=entries)


@dataclass(frozen=True, slots=True)
class WholeMailing:
    """A mailing with all its chunks, as one Query reads it."""

    mailing: Mailing
    chunks: tuple[Chunk, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every chosen account."""
        return tuple(entry for chunk in self.chunks for entry in chunk.entries)


def create_mailing(mailing: Mailing, chunks: Sequence[tuple[Entry, ...]]) -> None:
    """Store a new mailing; its head comes last, so a half-written one does not exist."""
    puts = [
        chunk_put(Chunk(mailing.dealer_id, mailing.mailing_id, number, entries))
        for number, entries in enumerate(chunks)
    ]
    for start in range(0, len(puts), CHUNKS_AT_ONCE):
        transact(puts[start : start + CHUNKS_AT_ONCE], token=str(ULID()))
    transact([Put("mailing", _head(mailing), ABSENT)], token=str(ULID()))


def start_mailing(mailing: Mailing, *, due_at: datetime) -> bool:
    """Store `started_at` once and make the mailing due; False if it was started before."""
    record = _head(mailing)
    record.state = "started"
    record.k_pk = index_keys.due(DUE, mailing.mailing_id)
    record.k_sk = index_keys.time_then(due_at, mailing.mailing_id)
    try:
        transact([Put("mailing", record, Record.state == "prepared")], token=str(ULID()))
    except WritesRefused as refused:
        if refused.is_contended:
            raise
        return False
    return True


def get_mailing(dealer_id: DealerId, mailing_id: MailingId) -> WholeMailing:
    """Head and chunks in one Query, read consistently. Raises NotFound."""
    records = list(Record.query(keys.mailing(dealer_id, mailing_id), consistent_read=True))
    if not records or records[0].sk != keys.MAILING:
        raise NotFound(NO_MAILING)
    chunks = tuple(
        _chunk(dealer_id, mailing_id, number, record) for number, record in enumerate(records[1:])
    )
    return WholeMailing(unpacked(records[0], Mailing), chunks)


def due_mailings(now: datetime) -> list[Mailing]:
    """Heads of the mailings whose time to be looked at has come."""
    found = (parsed_keys.parsed_mailing(item.partition) for item in due_items(DUE, now=now))
    return [get_head(dealer_id, mailing_id) for dealer_id, mailing_id in found]


def get_head(dealer_id: DealerId, mailing_id: MailingId) -> Mailing:
    """The head alone. Raises NotFound."""
    try:
        return unpacked(Record.get(keys.mailing(dealer_id, mailing_id), keys.MAILING), Mailing)
    except Record.DoesNotExist:
        raise NotFound(NO_MAILING) from None


def get_chunk(dealer_id: DealerId, mailing_id: MailingId, number: int) -> Chunk:
    """One chunk, read consistently. Raises NotFound."""
    key = keys.mailing(dealer_id, mailing_id), keys.mailing_chunk(number)
    try:
        record = Record.get(*key, consistent_read=True)
    except Record.DoesNotExist:
        raise NotFound(NO_MAILING) from None
    return _chunk(dealer_id, mailing_id, number, record)


def chunk_put(chunk: Chunk) -> Put:
    """Write "chunk", refused if it moved since it was read."""
    record = Record(
        keys.mailing(chunk.dealer_id, chunk.mailing_id),
        keys.mailing_chunk(chunk.number),
        body=packed(chunk.entries),
        version=chunk.version + 1,
    )
    unread = Record.version == chunk.version if chunk.version else ABSENT
    return Put("chunk", record, unread)


def list_mailings(dealer_id: DealerId) -> tuple[Mailing, ...]:
    """The dealer's last mailings, newest first."""
    found = Record.by_time.query(
        index_keys.mailings_by_time(dealer_id), scan_index_forward=False, limit=RECENT
    )
    return tuple(unpacked(record, Mailing) for record in found)


def look_again(mailing: Mailing, *, now: datetime, after: timedelta | None) -> None:
    """Make a started mailing due `after` now; None: it needs no more looking after."""
    key = keys.mailing(mailing.dealer_id, mailing.mailing_id), keys.MAILING
    change = (
        due_no_more("mailing", key)
        if after is None
        else due_again("mailing", key, kind=DUE, item_id=mailing.mailing_id, at=now + after)
    )
    transact([change], token=str(ULID()))


def _head(mailing: Mailing) -> Record:
    return Record(
        keys.mailing(mailing.dealer_id, mailing.mailing_id),
        keys.MAILING,
        body=packed(mailing),
        state="prepared",
        t_pk=index_keys.mailings_by_time(mailing.dealer_id),
        t_sk=index_keys.time_then(mailing.prepared_at, mailing.mailing_id),
    )


def _chunk(dealer_id: DealerId, mailing_id: MailingId, number: int, record: Record) -> Chunk:
    entries = _entries.decode(record.body)
    return Chunk(dealer_id, mailing_id, number, entries, int(record.version))
