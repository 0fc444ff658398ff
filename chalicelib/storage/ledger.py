"""The append-only ledger: an entry lies with its payment or settlement and is indexed by time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pynamodb.pagination import ResultIterator

from chalicelib.domain.ids import DealerId
from chalicelib.domain.ledger import LedgerAccount, Line, UnbalancedEntry, balance, is_balanced
from chalicelib.storage import index_keys, keys
from chalicelib.storage.records import Record, packed, unpacked
from chalicelib.storage.transactions import ABSENT, Put

LINES_PER_ITEM = 500  # Keeps an item under DynamoDB's 400 KB whatever the lines say.


@dataclass(frozen=True, slots=True)
class EntryPage:
    """At most `LINES_PER_ITEM` lines of one entry, and when it happened in business time."""

    event_key: str
    at: datetime
    lines: tuple[Line, ...]


def line_puts(
    dealer_id: DealerId,
    *,
    partition: str,
    event_key: str,
    lines: Sequence[Line],
    at: datetime,
) -> list[Put]:
    """Writes of one balanced entry, put-if-absent and named `ledger#<event>#<n>`.

    `partition` is `keys.payment_log(…)` or `keys.settlement(…)`; `event_key` names the event and
    the processor's id, so a replay is refused as a whole (`is_replay`). `at` is business time.
    An entry is one item, so it costs a money transaction one write; a payout of thousands of
    charges takes several. No lines, no writes.

    Raises UnbalancedEntry.
    """
    if not is_balanced(lines):
        raise UnbalancedEntry(event_key)
    starts = range(0, len(lines), LINES_PER_ITEM)
    return [
        _page_put(
            dealer_id,
            partition,
            number,
            EntryPage(event_key, at, tuple(lines[start : start + LINES_PER_ITEM])),
        )
        for number, start in enumerate(starts)
    ]


def _page_put(dealer_id: DealerId, partition: str, number: int, page: EntryPage) -> Put:
    record = Record(
        partition,
        keys.ledger_line(page.event_key, number),
        body=packed(page),
        t_pk=index_keys.ledger_by_time(dealer_id),
        t_sk=index_keys.time_then(page.at, f"{page.event_key}#{number:03d}"),
    )
    return Put(f"ledger#{page.event_key}#{number}", record, ABSENT)


def is_replay(names: frozenset[str]) -> bool:
    """True if a transaction was refused (`WritesRefused.names`) because the entry exists."""
    return any(name.startswith("ledger#") for name in names)


def entries_of(partition: str) -> tuple[EntryPage, ...]:
    """Every entry of one payment or settlement, oldest first; read consistently."""
    found = Record.query(partition, Record.sk.startswith(keys.LEDGER), consistent_read=True)
    return tuple(sorted(_pages(found), key=lambda page: page.at))


def list_entries(
    dealer_id: DealerId, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[EntryPage]:
    """A dealer's entries by business time, `since` ≤ at < `until`; the index lags by moments."""
    first = index_keys.moment(since) if since else " "
    last = index_keys.moment(until) if until else "~"
    in_time = Record.t_sk.between(first, last)
    return _pages(Record.by_time.query(index_keys.ledger_by_time(dealer_id), in_time))


def trial_balance(dealer_id: DealerId) -> dict[LedgerAccount, int]:
    """Debits − credits of each account in cents over everything; the values add up to 0."""
    return balance([line for page in list_entries(dealer_id) for line in page.lines])


def _pages(records: "ResultIterator[Record]") -> Iterator[EntryPage]:
    return (unpacked(record, EntryPage) for record in records)
