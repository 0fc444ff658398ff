"""A test's sweeps find its own deadlines, not what other tests left due in the table they share."""

from ulid import ULID

from chalicelib.storage import index_keys

_due, _due_shards = index_keys.due, index_keys.due_shards


def forget_deadlines() -> None:
    """From now on the due index holds only what becomes due from now on."""
    mark = str(ULID())
    index_keys.due = lambda kind, item_id: _due(f"{mark}-{kind}", item_id)
    index_keys.due_shards = lambda kind: _due_shards(f"{mark}-{kind}")
