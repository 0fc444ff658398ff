"""Dealers: settings, payment numbers and which connected account is whose."""

import time
from collections.abc import Sequence
from uuid import uuid4

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import DealerId
from chalicelib.storage import index_keys, keys
from chalicelib.storage.records import Record, find_value, packed
from chalicelib.storage.transactions import Put, Write, transact

CACHE_SECONDS = 30.0
FIRST_NUMBER = 100_000

_cache: dict[DealerId, tuple[float, Dealer]] = {}


def get_dealer(dealer_id: DealerId) -> Dealer:
    """A dealer as at most 30 seconds ago; raises NotFound."""
    cached = _cache.get(dealer_id)
    if cached and time.monotonic() - cached[0] < CACHE_SECONDS:
        return cached[1]
    return fresh_dealer(dealer_id)


def fresh_dealer(dealer_id: DealerId) -> Dealer:
    """A dealer as it is now; raises NotFound."""
    dealer = find_value((keys.dealer(dealer_id), keys.DEALER), Dealer)
    if dealer is None:
        raise NotFound("There is no such dealer.")
    _cache[dealer_id] = (time.monotonic(), dealer)
    return dealer


def put_dealer(
    dealer: Dealer, *, read_version: int | None = None, also: Sequence[Write] = ()
) -> None:
    """Store a dealer, the look-up of its connected account and what goes with it, or nothing.

    With `read_version` refused (WritesRefused) if the settings changed since.
    """
    settings = Record(
        keys.dealer(dealer.dealer_id),
        keys.DEALER,
        body=packed(dealer),
        version=dealer.version,
        k_pk=index_keys.DEALERS,
        k_sk=dealer.dealer_id,
    )
    guard = None if read_version is None else Record.version == read_version
    writes: list[Write] = [Put("dealer", settings, guard), *also]
    if dealer.processor_account:
        account = Record(
            keys.global_processor_account(dealer.processor_account),
            keys.ONLY,
            body=packed(dealer.dealer_id),
        )
        ours = Record.body.does_not_exist() | (Record.body == packed(dealer.dealer_id))
        writes.append(Put("processor_account", account, condition=ours))
    transact(writes, token=uuid4().hex)
    _cache.pop(dealer.dealer_id, None)


def dealer_of_processor_account(processor_account: str) -> DealerId:
    """The dealer a connected account belongs to; raises NotFound."""
    key = keys.global_processor_account(processor_account), keys.ONLY
    found = find_value(key, str, consistent=False)
    if found is None:
        raise NotFound("That connected account belongs to no dealer.")
    return DealerId(found)


def list_dealers() -> tuple[DealerId, ...]:
    """Every dealer of the installation, by id."""
    return tuple(DealerId(record.k_sk) for record in Record.lookup.query(index_keys.DEALERS))


def next_number(dealer: Dealer) -> str:
    """The next short payment number, e.g. DP-100482; never given twice, gaps are possible."""
    counter = Record(keys.dealer(dealer.dealer_id), keys.NUMBER_COUNTER)
    counter.update(actions=[Record.counter.set((Record.counter | FIRST_NUMBER) + 1)])
    return f"{dealer.number_prefix}{int(counter.counter)}"
