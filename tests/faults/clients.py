"""The product's DynamoDB clients, patient or not: made once each, swapped in for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.storage import transactions
from chalicelib.storage.records import Record

# What the product waits for an answer here. On a busy machine a slow answer must not look like
# a fault while there is none, so it is only impatient while AWS fails anyway.
SECONDS = {"patient": 20.0, "impatient": 0.25}


class Clients:
    """Clients by patience; SQS keeps the product's own, since sending twice is harmless."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Any, dict[str, Any]]] = {}

    @contextmanager
    def used(self, patience: str) -> Iterator[None]:
        """Inside, DynamoDB is asked by clients of this patience."""
        before, was = _current(), Record.Meta.read_timeout_seconds
        Record.Meta.read_timeout_seconds = SECONDS[patience]  # type: ignore[assignment]
        _use(self._kept.get(patience, (None, {})))
        try:
            yield
        finally:
            self._kept[patience] = _current()
            Record.Meta.read_timeout_seconds = was
            _use(before)


def _current() -> tuple[Any, dict[str, Any]]:
    return Record._connection, dict(transactions._connections)


def _use(clients: tuple[Any, dict[str, Any]]) -> None:
    Record._connection = clients[0]
    transactions._connections.clear()
    transactions._connections.update(clients[1])
