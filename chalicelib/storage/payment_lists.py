"""All payments of a dealer by time, by status or by amount: one index Query of at most 1 MB."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.ids import DealerId
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.storage import index_keys
from chalicelib.storage.records import ByAmount, ByStatus, ByTime, Record, unpacked

BY_TIME, BY_AMOUNT = "time", "amount"


@dataclass(frozen=True, slots=True)
class Span:
    """Which payments of an index to read: bounds inclusive, None = open; `after` a cursor."""

    order: str = BY_TIME
    status: PaymentStatus | None = None  # Only by time.
    since: datetime | None = None
    until: datetime | None = None
    min_cents: int | None = None
    max_cents: int | None = None
    descending: bool = True
    after: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one request read, in order: (cursor, payment); `has_more` if the span goes on."""

    found: Sequence[tuple[str, Payment]]
    has_more: bool


def read_stretch(dealer_id: DealerId, span: Span, *, limit: int | None = None) -> Stretch:
    """The first payments of a span in one request: at most `limit`, at most 1 MB."""
    low, high = _bounds(span)
    index: ByTime | ByStatus | ByAmount
    if span.order == BY_AMOUNT:
        index, partition, key = Record.by_amount, index_keys.payments_by_time(dealer_id), "a_sk"
    elif span.status is not None:
        partition = index_keys.payments_by_status(dealer_id, span.status)
        index, key = Record.by_status, "s_sk"
    else:
        index, partition, key = Record.by_time, index_keys.payments_by_time(dealer_id), "t_sk"
    found = index.query(
        partition,
        getattr(Record, key).between(low, high),
        scan_index_forward=not span.descending,
        limit=limit,
        page_size=limit,
    )
    page: dict[str, Any] = next(found.page_iter, {})  # Any: DynamoDB's own answer.
    records = [Record.from_raw_data(item) for item in page.get("Items", [])]
    rows = [(getattr(record, key), unpacked(record, Payment)) for record in records]
    return Stretch([row for row in rows if row[0] != span.after], "LastEvaluatedKey" in page)


def each_payment(dealer_id: DealerId, span: Span) -> Iterator[Payment]:
    """Every payment of a span in order, a request of at most 1 MB at a time."""
    following: Span | None = span
    while following is not None:
        stretch = read_stretch(dealer_id, following)
        yield from (payment for _, payment in stretch.found)
        more = stretch.has_more and stretch.found
        following = replace(span, after=stretch.found[-1][0]) if more else None


def _bounds(span: Span) -> tuple[str, str]:
    if span.order == BY_AMOUNT:
        low = index_keys.amount(span.min_cents or 0, "")
        high = "~" if span.max_cents is None else index_keys.amount(span.max_cents, "~")
    else:
        low = index_keys.moment(span.since) if span.since else "0"
        high = index_keys.moment(span.until) + "~" if span.until else "~"
    if not span.after:
        return low, high
    return (low, min(high, span.after)) if span.descending else (max(low, span.after), high)
