"""A dealer's audit log: who changed which setting, newest first."""

import hashlib
from datetime import datetime

from chalicelib.domain.ids import DealerId
from chalicelib.storage import index_keys, keys
from chalicelib.storage.accounts import LogEntry
from chalicelib.storage.records import Record, packed, unpacked
from chalicelib.storage.transactions import Put

SHOWN = 20


def dealer_log_put(dealer_id: DealerId, at: datetime, source: str, text: str) -> Put:
    """Write "log": one line; the same line at the same moment is one item."""
    name = hashlib.sha256(f"{source}\n{text}".encode()).hexdigest()[:8]
    sort_key = index_keys.time_then(at, name)
    return Put(
        "log", Record(keys.dealer_log(dealer_id), sort_key, body=packed(LogEntry(at, source, text)))
    )


def list_dealer_log(dealer_id: DealerId) -> tuple[LogEntry, ...]:
    """The newest twenty lines."""
    found = Record.query(keys.dealer_log(dealer_id), scan_index_forward=False, limit=SHOWN)
    return tuple(unpacked(record, LogEntry) for record in found)
