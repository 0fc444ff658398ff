"""Verified events that matched nothing of ours, kept for a person; they have had no effect."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.storage import keys
from chalicelib.storage.records import Record, find_value, packed
from chalicelib.storage.transactions import Put, Remove


@dataclass(frozen=True, slots=True)
class UnmatchedEvent:
    """Ids of the event and why it was set aside; `at` is business time."""

    event_id: str
    event_type: str
    source: str
    account: str
    object_id: str
    reason: str
    at: datetime
    seal: str = ""  # What it claimed, as `receive_webhook.sealed` made it.


def unmatched_put(event: UnmatchedEvent) -> Put:
    """The write "unmatched" that keeps an event; a redelivery overwrites it with the same."""
    key = keys.global_event(event.event_id)
    return Put("unmatched", Record(key, keys.ONLY, body=packed(event), state="open"))


def unmatched_removal(event_id: str) -> Remove:
    """The write "unmatched" that forgets one; removing it twice is harmless."""
    return Remove("unmatched", (keys.global_event(event_id), keys.ONLY))


def find_unmatched(event_id: str) -> UnmatchedEvent | None:
    """One event that was set aside, or None."""
    return find_value((keys.global_event(event_id), keys.ONLY), UnmatchedEvent)
