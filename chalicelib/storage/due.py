"""The due index: whatever must be looked at by a certain time, found without scanning."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.storage import index_keys
from chalicelib.storage.records import Record
from chalicelib.storage.transactions import Change

SWEEP_LIMIT = 200  # Items of one kind a sweep takes per shard; the next sweep takes the rest.


@dataclass(frozen=True, slots=True)
class DueItem:
    """The key of an item whose time has come."""

    partition: str
    sort_key: str


def due_items(kind: str, *, now: datetime, limit: int = SWEEP_LIMIT) -> Iterator[DueItem]:
    """Items of one kind due at or before `now`, oldest first per shard; one Query a shard."""
    last = index_keys.moment(now) + "~"
    for shard in index_keys.due_shards(kind):
        for record in Record.lookup.query(shard, Record.k_sk <= last, limit=limit):
            yield DueItem(record.pk, record.sk)


def due_again(name: str, key: tuple[str, str], *, kind: str, item_id: str, at: datetime) -> Change:
    """The write that makes an existing item due at `at`."""
    actions = (
        Record.k_pk.set(index_keys.due(kind, item_id)),
        Record.k_sk.set(index_keys.time_then(at, item_id)),
    )
    return Change(name, key, actions, Record.pk.exists())


def due_no_more(name: str, key: tuple[str, str]) -> Change:
    """The write that takes an existing item out of the due index."""
    return Change(name, key, (Record.k_pk.remove(), Record.k_sk.remove()), Record.pk.exists())
