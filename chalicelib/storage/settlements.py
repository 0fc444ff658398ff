"""Settlements with their balance transactions and the postings as they are sent to the ERP."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.domain.errors import NotFound, TryAgain
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.posting import Posting
from chalicelib.domain.settlements import BalanceTransaction, Settlement, is_taken
from chalicelib.storage import index_keys, keys
from chalicelib.storage.records import Record, find_record, packed, unpacked
from chalicelib.storage.transactions import (
    ABSENT,
    Put,
    Remove,
    Require,
    Write,
    WritesRefused,
    transact,
)

PAGE_SIZE = 50
TRIES = 6

_settlement = msgspec.json.Decoder(Settlement)
_posting = msgspec.json.Decoder(Posting)


@dataclass(frozen=True, slots=True)
class StoredSettlement:
    """A settlement and the version its next change must be based on."""

    settlement: Settlement
    version: int


def find_settlement(dealer_id: DealerId, settlement_id: SettlementId) -> StoredSettlement | None:
    """A settlement, read consistently, or None while it is not proven yet."""
    key = keys.settlement(dealer_id, settlement_id), keys.SETTLEMENT
    record = find_record(key)
    return None if record is None else _unpacked(record)


def get_settlement(dealer_id: DealerId, settlement_id: SettlementId) -> Settlement:
    """A settlement, read consistently. Raises NotFound."""
    stored = find_settlement(dealer_id, settlement_id)
    if stored is None:
        raise NotFound("There is no such settlement.")
    return stored.settlement


def settlement_put(settlement: Settlement, *, read_version: int | None) -> Put:
    """Write "settlement", based on the version that was read; None: there was none."""
    dealer_id, settlement_id = settlement.dealer_id, settlement.settlement_id
    record = Record(
        keys.settlement(dealer_id, settlement_id),
        keys.SETTLEMENT,
        # Compressed: a payout of thousands of payments stays under DynamoDB's 400 KB.
        body=zlib.compress(packed(settlement)),
        version=(read_version or 0) + 1,
        t_pk=index_keys.settlements_by_time(dealer_id),
        t_sk=index_keys.time_then(settlement.created_at, settlement_id),
    )
    guard = ABSENT if read_version is None else Record.version == read_version
    return Put("settlement", record, guard)


def settlement_unmoved(stored: StoredSettlement) -> Require:
    """The check "settlement" that nothing has changed it since it was read."""
    settlement = stored.settlement
    key = keys.settlement(settlement.dealer_id, settlement.settlement_id), keys.SETTLEMENT
    return Require("settlement", key, Record.version == stored.version)


def change_settlement(
    dealer_id: DealerId,
    settlement_id: SettlementId,
    change: Callable[[Settlement], Settlement | None],
    *,
    also: Sequence[Write] = (),
) -> Settlement:
    """Apply `change` to the settlement as it is now; None means nothing is to be changed.

    `also` is written with it or not at all. Read again and repeated if something else changed it
    meanwhile. Raises NotFound, TryAgain.
    """
    for _ in range(TRIES):
        stored = find_settlement(dealer_id, settlement_id)
        if stored is None:
            raise NotFound("There is no such settlement.")
        changed = change(stored.settlement)
        if changed is None or changed == stored.settlement:
            return stored.settlement
        try:
            put = settlement_put(changed, read_version=stored.version)
            transact([put, *also], token=uuid4().hex)
        except WritesRefused:
            continue
        return changed
    raise TryAgain("The settlement is being changed by something else. Please try again.")


def list_settlements(
    dealer_id: DealerId, *, cursor: str = "", limit: int = PAGE_SIZE
) -> tuple[Sequence[Settlement], str]:
    """One page of a dealer's settlements, newest first, and the next cursor ("" = none).

    A cursor is a sort key only; the partition comes from the session.
    """
    older = Record.t_sk < cursor if cursor else None
    found = Record.by_time.query(
        index_keys.settlements_by_time(dealer_id),
        older,
        scan_index_forward=False,
        limit=limit + 1,
        page_size=limit + 1,
    )
    records = list(found)
    following = str(records[limit - 1].t_sk) if len(records) > limit else ""
    return [_unpacked(record).settlement for record in records[:limit]], following


def settlements_between(
    dealer_id: DealerId, bounds: tuple[datetime | None, datetime | None], *, most: int
) -> Iterator[Settlement]:
    """At most `most` settlements created within the bounds (None = open), newest first."""
    since, until = bounds
    first = index_keys.moment(since) if since else "0"
    last = f"{index_keys.moment(until)}~" if until else "~"
    found = Record.by_time.query(
        index_keys.settlements_by_time(dealer_id),
        Record.t_sk.between(first, last),
        scan_index_forward=False,
        limit=most,
    )
    for record in found:
        yield _unpacked(record).settlement


def save_transactions(
    dealer_id: DealerId, settlement_id: SettlementId, transactions: Iterable[BalanceTransaction]
) -> None:
    """Keep the payout's balance transactions; saving the same again changes nothing."""
    partition = keys.settlement(dealer_id, settlement_id)
    with Record.batch_write() as batch:
        for transaction in transactions:
            sort_key = keys.balance_transaction(transaction.transaction_id)
            batch.save(Record(partition, sort_key, body=packed(transaction)))


def list_transactions(
    dealer_id: DealerId, settlement_id: SettlementId
) -> Iterator[BalanceTransaction]:
    """The balance transactions kept with a settlement."""
    mine = Record.sk.startswith(keys.balance_transaction(""))
    for record in Record.query(keys.settlement(dealer_id, settlement_id), mine):
        yield unpacked(record, BalanceTransaction)


def settlements_since(dealer_id: DealerId, since: datetime) -> Iterator[Settlement]:
    """The settlements of payouts made at or after `since`, oldest first, by the time index."""
    by_time = index_keys.settlements_by_time(dealer_id)
    for record in Record.by_time.query(by_time, Record.t_sk >= index_keys.moment(since)):
        yield _unpacked(record).settlement


def find_posting(
    dealer_id: DealerId, settlement_id: SettlementId, reference: str
) -> Posting | None:
    """The posting exactly as it was (or is about to be) sent, or None before the first try."""
    record = find_record(_posting_key(dealer_id, settlement_id, reference))
    return None if record is None else _posting.decode(zlib.decompress(record.body))


def freeze_posting(dealer_id: DealerId, settlement_id: SettlementId, posting: Posting) -> Posting:
    """Keep `posting` before it is sent; returns the one already kept if there is one.

    A reference stands for one content for ever, so a repeat must send the very same lines even
    if the dealer's settings have changed since. Raises WritesRefused if it could not be kept.
    """
    kept = find_posting(dealer_id, settlement_id, posting.reference)
    if kept is not None:
        return kept
    put = posting_put(dealer_id, settlement_id, posting, condition=ABSENT)
    try:
        transact([put], token=uuid4().hex)
    except WritesRefused:
        kept = find_posting(dealer_id, settlement_id, posting.reference)
        if kept is None:
            raise
        return kept
    return posting


def posting_put(
    dealer_id: DealerId,
    settlement_id: SettlementId,
    posting: Posting,
    *,
    condition: Condition | None = None,
) -> Put:
    """The write "posting"; without a condition for one that the ERP has taken."""
    key = _posting_key(dealer_id, settlement_id, posting.reference)
    return Put("posting", Record(*key, body=zlib.compress(packed(posting))), condition)


def thaw_refused(dealer_id: DealerId, settlement_id: SettlementId, posting: Posting) -> bool:
    """Forget a kept posting that was refused; False if another run's try was taken meanwhile.

    That is noted with the settlement in the transaction that keeps what was taken, so whichever
    comes first, what the ERP holds stays kept. Raises NotFound, TryAgain.
    """
    key = _posting_key(dealer_id, settlement_id, posting.reference)
    for _ in range(TRIES):
        stored = find_settlement(dealer_id, settlement_id)
        if stored is None:
            raise NotFound("There is no such settlement.")
        if is_taken(stored.settlement, posting.reference):
            return False
        try:
            transact([Remove("posting", key), settlement_unmoved(stored)], token=uuid4().hex)
        except WritesRefused:
            continue
        return True
    raise TryAgain("The settlement is being changed by something else. Please try again.")


def thaw_posting(dealer_id: DealerId, settlement_id: SettlementId, reference: str) -> None:
    """Forget a kept posting of which nothing was ever sent."""
    Record(*_posting_key(dealer_id, settlement_id, reference)).delete()


def _posting_key(
    dealer_id: DealerId, settlement_id: SettlementId, reference: str
) -> tuple[str, str]:
    name = reference.removeprefix(f"{settlement_id}:")
    return keys.settlement(dealer_id, settlement_id), keys.settlement_posting(name)


def _unpacked(record: Record) -> StoredSettlement:
    settlement = _settlement.decode(zlib.decompress(record.body))
    return StoredSettlement(settlement, int(record.version))
