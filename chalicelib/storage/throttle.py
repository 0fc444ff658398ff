"""Attempts counted per subject in fixed windows of wall time; subjects are hashed."""

import hashlib
from datetime import datetime, timedelta

from chalicelib.storage import keys
from chalicelib.storage.records import Record


def count_attempt(kind: str, subject: str, *, window: timedelta, wall: datetime) -> int:
    """Count one attempt and return how many the window has now: one atomic update."""
    record = _record(kind, subject, window, wall)
    ends = int((wall + 2 * window).timestamp())
    record.update(
        actions=[Record.counter.set((Record.counter | 0) + 1), Record.expires_at.set(ends)]
    )
    return int(record.counter)


def forgive_attempt(kind: str, subject: str, *, window: timedelta, wall: datetime) -> None:
    """Take one attempt back, because it turned out to be the right person."""
    record = _record(kind, subject, window, wall)
    record.update(actions=[Record.counter.set((Record.counter | 1) - 1)])


def forget_attempts(kind: str, subject: str, *, window: timedelta, wall: datetime) -> None:
    """Start a subject's window anew."""
    _record(kind, subject, window, wall).delete()


def _record(kind: str, subject: str, window: timedelta, wall: datetime) -> Record:
    number = int(wall.timestamp() // window.total_seconds())
    name = hashlib.sha256(f"{kind}\n{subject}\n{number}".encode()).hexdigest()
    return Record(keys.throttle(name), keys.ONLY)
