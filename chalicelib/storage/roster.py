"""The dealer's roster: one columnar file in S3, overlaid with the rows changed since."""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, field, replace
from datetime import date, datetime
from typing import Protocol
from uuid import uuid4

import msgspec

from chalicelib.domain.accounts import Account
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.domain.priority import DealerCurve
from chalicelib.storage import keys, parsed_keys
from chalicelib.storage.records import Record, find_value, packed, unpacked
from chalicelib.storage.roster_columns import Columns, decoded, empty_columns, encoded
from chalicelib.storage.roster_row import RosterRow, row_of
from chalicelib.storage.transactions import ABSENT, Put, Remove, WritesRefused, transact

COMPACT_AT = 300  # Changed rows that a page still reads with little more than the head.
CACHE_BYTES = 160_000_000
CURVE_SECONDS = 300.0
REMOVES_AT_ONCE = 100


class RosterFiles(Protocol):
    """Where roster files are kept (gateways/files.py)."""

    def read(self, key: str) -> bytes: ...
    def write(self, key: str, content: bytes, content_type: str) -> None: ...
    def remove(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class RosterHead:
    """Which file is current and what the dealer's statistics were when it was written."""

    version: int = 0
    file_key: str = ""
    previous_key: str = ""  # Kept one version longer, for whoever read the old head.
    as_of: datetime | None = None  # The last ERP extract taken in.
    refreshed_on: date | None = None  # The dealer's day its aging and priorities are of.
    curve: DealerCurve = field(default_factory=DealerCurve)


@dataclass(slots=True)
class Roster:
    """A dealer's accounts as of one read; what is worked out of them is kept while none changes."""

    head: RosterHead
    columns: Columns
    overlay: dict[str, int] = field(default_factory=dict)  # Changed rows' sort keys → version.
    orders: dict[str, Sequence[int]] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)  # Of whole columns.
    folded: str = ""  # Searchable names, one line an account; filled by the first search.


_cache: OrderedDict[DealerId, Roster] = OrderedDict()
_curves: dict[DealerId, tuple[float, DealerCurve]] = {}


def row_put(account: Account) -> Put:
    """Write "roster": the dashboard's row of a header that is written in the same transaction."""
    record = Record(
        keys.roster(account.dealer_id),
        keys.roster_row(account.account_id),
        body=packed(astuple(row_of(account))),
        version=account.money_version,
    )
    return Put("roster", record)


def get_head(dealer_id: DealerId) -> RosterHead:
    """The current head; an empty one for a dealer that has imported nothing yet."""
    key = keys.roster(dealer_id), keys.ROSTER_HEAD
    return find_value(key, RosterHead, consistent=False) or RosterHead()


def dealer_curve(dealer_id: DealerId) -> DealerCurve:
    """What the dealer's ranking rests on, as at most five minutes ago; it is made once a night."""
    cached = _curves.get(dealer_id)
    if cached and time.monotonic() - cached[0] < CURVE_SECONDS:
        return cached[1]
    curve = get_head(dealer_id).curve
    _curves[dealer_id] = (time.monotonic(), curve)
    return curve


def read_head(dealer_id: DealerId) -> tuple[RosterHead, dict[str, int]]:
    """The head, and the sort keys of changed rows with their versions, in one Query."""
    head, changed = _read(dealer_id)
    return head, {record.sk: int(record.version or 0) for record in changed}


def account_of_row(sort_key: str) -> AccountId:
    """The account whose changed row has this sort key."""
    return parsed_keys.parsed_roster_row(sort_key)


def read_roster(files: RosterFiles, dealer_id: DealerId) -> Roster:
    """Every account of the dealer: one Query when warm, plus one S3 read when cold."""
    head, changed = _read(dealer_id)
    roster = _cache.get(dealer_id)
    if roster is None or roster.head.version != head.version:
        columns = decoded(files.read(head.file_key)) if head.file_key else empty_columns()
        roster = Roster(head, columns)
    roster.head = head
    roster.overlay = {record.sk: int(record.version or 0) for record in changed}
    _overlaid(roster, changed)
    _remembered(dealer_id, roster)
    return roster


def _read(dealer_id: DealerId) -> tuple[RosterHead, list[Record]]:
    head = RosterHead()
    changed: list[Record] = []
    for record in Record.query(keys.roster(dealer_id), consistent_read=True):
        if record.sk == keys.ROSTER_HEAD:
            head = unpacked(record, RosterHead)
        else:
            changed.append(record)
    return head, changed


def _overlaid(roster: Roster, changed: list[Record]) -> None:
    versions = roster.columns.numbers["version"]
    for record in changed:
        position = roster.columns.position(parsed_keys.parsed_roster_row(record.sk))
        if position is not None and versions[position] >= int(record.version or 0):
            continue
        roster.columns.put(RosterRow(*msgspec.json.decode(record.body)))
        versions = roster.columns.numbers["version"]
        roster.orders.clear()
        roster.sums.clear()
        roster.folded = ""


def _remembered(dealer_id: DealerId, roster: Roster) -> None:
    _cache[dealer_id] = roster
    _cache.move_to_end(dealer_id)
    while len(_cache) > 1 and sum(r.columns.memory_bytes for r in _cache.values()) > CACHE_BYTES:
        _cache.popitem(last=False)


def forget_rosters() -> None:
    """Drop what this process remembers; for tests and after a table is replaced."""
    _cache.clear()
    _curves.clear()


def compact_roster(files: RosterFiles, dealer_id: DealerId) -> bool:
    """Fold the changed rows into a new file; False if there is nothing or another did it first."""
    roster = read_roster(files, dealer_id)
    if not roster.overlay:
        return False
    return publish_roster(files, dealer_id, roster.head, roster.columns, roster.overlay)


def publish_roster(
    files: RosterFiles,
    dealer_id: DealerId,
    head: RosterHead,
    columns: Columns,
    contained: Mapping[str, int],
) -> bool:
    """Make `columns` the roster after `head`, then drop the changed rows they contain.

    `head` is the one read before, with new statistics if any. `contained` maps sort keys of
    changed rows to the version the columns hold. A reader sees the old file with the rows or the
    new one; False if another process published first, in which case nothing changed.
    """
    file_key = f"rosters/{dealer_id}/{head.version + 1}-{uuid4().hex}.bin"
    files.write(file_key, encoded(columns), "application/octet-stream")
    current = replace(head, version=head.version + 1, file_key=file_key, previous_key=head.file_key)
    record = Record(
        keys.roster(dealer_id), keys.ROSTER_HEAD, body=packed(current), version=current.version
    )
    unread = Record.version == head.version if head.version else ABSENT
    try:
        transact([Put("head", record, condition=unread)], token=uuid4().hex)
    except WritesRefused:
        files.remove(file_key)
        return False
    _dropped(dealer_id, contained)
    if head.previous_key:
        files.remove(head.previous_key)
    _cache.pop(dealer_id, None)
    _curves.pop(dealer_id, None)
    return True


def stamp_roster(dealer_id: DealerId, as_of: datetime) -> None:
    """Say that an extract changed nothing. A roster published meanwhile knows better and stays."""
    head = get_head(dealer_id)
    record = Record(
        keys.roster(dealer_id),
        keys.ROSTER_HEAD,
        body=packed(replace(head, as_of=as_of)),
        version=head.version,
    )
    with suppress(WritesRefused):
        condition = Record.version == head.version
        transact([Put("head", record, condition=condition)], token=uuid4().hex)


def _dropped(dealer_id: DealerId, contained: Mapping[str, int]) -> None:
    partition = keys.roster(dealer_id)
    removes = [
        Remove(sk, (partition, sk), condition=ABSENT | (Record.version <= version))
        for sk, version in contained.items()
    ]
    for start in range(0, len(removes), REMOVES_AT_ONCE):
        batch = removes[start : start + REMOVES_AT_ONCE]
        try:
            transact(batch, token=uuid4().hex)
        except WritesRefused as refused:
            # A row written meanwhile is newer than the file: it stays for the next compaction.
            rest = [remove for remove in batch if remove.name not in refused.names]
            if rest:
                transact(rest, token=uuid4().hex)
