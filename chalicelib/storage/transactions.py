"""Named writes in one DynamoDB transaction; a failed condition says which write refused."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.storage import keys
from chalicelib.storage.records import Record

CONFLICT_TRIES = 3
CONFLICT_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 0.8
MOST_ROUNDS = 60


class WritesRefused(Exception):
    """The transaction changed nothing; `names` are the writes whose condition did not hold.

    No names: other transactions held the items through every retry. Either way: read again.
    """

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(names)))
        self.names = names

    @property
    def is_contended(self) -> bool:
        """No condition failed, so nobody has written what we wanted to write."""
        return not self.names


class NotAppended(Exception):
    """A ledger line was about to be changed, removed or overwritten: a programming error."""


class OutcomeUnknown(Exception):
    """No clear answer: the writes may or may not have happened. Read back before saying so."""


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole record."""

    name: str
    record: Record
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Change attributes of a record in place."""

    name: str
    key: tuple[str, str]
    actions: tuple[Action, ...]
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete a record."""

    name: str
    key: tuple[str, str]
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Require:
    """Only check a condition."""

    name: str
    key: tuple[str, str]
    condition: Condition


Write = Put | Change | Remove | Require

# PynamoDB sends by kind in this order; reasons for a refusal come back in the order sent.
_SENT_ORDER = (Require, Remove, Put, Change)

ABSENT = Record.pk.does_not_exist()


def transact(writes: Sequence[Write], *, token: str) -> None:
    """All writes or none. `token` (≤ 36 characters) makes a repeat of the same request harmless.

    The SDK repeats a request whose reply was lost with the same token, so our own first write
    answers as success (reliability.md, rule 2). Conflicts are retried with jitter, ≤ 3 times.

    Raises WritesRefused with the names of the writes whose condition failed, none of them if the
    items stayed contended; OutcomeUnknown if the database gave no clear answer; NotAppended.
    """
    _require_append_only(writes)
    ordered = sorted(writes, key=lambda write: _SENT_ORDER.index(type(write)))
    for attempt in range(CONFLICT_TRIES + 1):
        try:
            _send(ordered, token)
        except TransactWriteError as error:
            codes = [reason.code if reason else "" for reason in error.cancellation_reasons]
            refused = _names(ordered, codes, "ConditionalCheckFailed")
            if refused:
                raise WritesRefused(refused) from error
            if "TransactionConflict" not in codes:
                raise OutcomeUnknown from error
            if attempt == CONFLICT_TRIES:
                raise WritesRefused(frozenset()) from error
            time.sleep(CONFLICT_PAUSE_SECONDS * (2**attempt) * (0.5 + random.random()))  # noqa: S311
        else:
            return


def rounds(*, seconds: float) -> Iterator[int]:
    """Rounds of reading, checking and writing what many want to change at once, numbered from 0.

    Between two of them is a random pause that grows, so that each of a crowd has its turn. There
    is always a first one; none begins `seconds` after it, so the caller still answers in time.
    """
    ends = time.monotonic() + seconds
    for number in range(MOST_ROUNDS):
        if number:
            longest = min(LONGEST_PAUSE_SECONDS, CONFLICT_PAUSE_SECONDS * (2**number))
            time.sleep(random.uniform(0, longest))  # noqa: S311
            if time.monotonic() >= ends:
                return
        yield number


def _require_append_only(writes: Sequence[Write]) -> None:
    """The ledger is corrected by further entries only (money.md, Entries)."""
    for write in writes:
        match write:
            case Put(record=record):
                sort_key, is_harmless = str(record.sk), write.condition is ABSENT
            case _:
                sort_key, is_harmless = write.key[1], isinstance(write, Require)
        if sort_key.startswith(keys.LEDGER) and not is_harmless:
            raise NotAppended(write.name)


def _names(writes: Sequence[Write], codes: Sequence[str], wanted: str) -> frozenset[str]:
    pairs = zip(writes, codes, strict=False)
    return frozenset(write.name for write, code in pairs if code == wanted)


_connections: dict[str, Connection] = {}


def _connection() -> Connection:
    """Waits no longer than any other request: PynamoDB's own default outlives a page."""
    region = Record.Meta.region
    if region not in _connections:
        _connections[region] = Connection(
            region=region,
            connect_timeout_seconds=Record.Meta.connect_timeout_seconds,
            read_timeout_seconds=Record.Meta.read_timeout_seconds,
            max_retry_attempts=Record.Meta.max_retry_attempts,
        )
    return _connections[region]


def _send(writes: Sequence[Write], token: str) -> None:
    with TransactWrite(connection=_connection(), client_request_token=token) as transaction:
        for write in writes:
            match write:
                case Put():
                    transaction.save(write.record, condition=write.condition)
                case Change():
                    pk, sk = write.key
                    transaction.update(
                        Record(pk, sk), actions=list(write.actions), condition=write.condition
                    )
                case Remove():
                    transaction.delete(Record(*write.key), condition=write.condition)
                case Require():
                    transaction.condition_check(Record, *write.key, condition=write.condition)
