"""A test's sweeps find its own dealers and deadlines in the table that it shares with others."""

from ulid import ULID

from chalicelib.storage import index_keys

_due, _due_shards, _dealers = index_keys.due, index_keys.due_shards, index_keys.DEALERS


def forget_others() -> None:
    """From now on only what is written from now on is listed as a dealer or becomes due."""
    mark = str(ULID())
    index_keys.due = lambda kind, item_id: _due(f"{mark}-{kind}", item_id)
    index_keys.due_shards = lambda kind: _due_shards(f"{mark}-{kind}")
    index_keys.DEALERS = f"{mark}-{_dealers}"
