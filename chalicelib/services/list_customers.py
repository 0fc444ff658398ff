"""The Customers dashboard: any sort, any filters, exact totals, from the roster alone."""

import base64
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress

import msgspec

from chalicelib.domain.accounts import Badge, DashboardSums
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import DealerId
from chalicelib.services.list_customers_selection import (
    SORTS,
    UNANSWERED_BADGES,
    CustomerFilter,
    badge_at,
    ordered,
    selected,
    sort_values,
)
from chalicelib.services.world import World
from chalicelib.storage import roster as rosters
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.roster import Roster
from chalicelib.storage.roster_row import RosterRow

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class CustomerQuery:
    """One page of the dashboard. `cursor` comes from a page before; "" is the first page."""

    filter: CustomerFilter = field(default_factory=CustomerFilter)
    sort: str = "priority"
    descending: bool = True
    cursor: str = ""
    size: int = PAGE_ROWS


@dataclass(frozen=True, slots=True)
class CustomerTotals(DashboardSums):
    """Sums over a set of accounts; cents and counts, credits positive."""

    accounts: int = 0
    current_cents: int = 0
    days_1_30_cents: int = 0
    days_31_60_cents: int = 0
    days_61_90_cents: int = 0
    days_91_up_cents: int = 0
    debits_cents: int = 0
    debits_past_due_cents: int = 0
    credits_cents: int = 0
    in_flight_cents: int = 0
    discounts_cents: int = 0
    invoices: int = 0
    invoices_past_due: int = 0
    debits: int = 0
    credits: int = 0


SUMS = tuple(name for name in CustomerTotals.__dataclass_fields__ if name != "accounts")


@dataclass(frozen=True, slots=True)
class Customer:
    """A row with its badge as of now."""

    row: RosterRow
    badge: Badge

    @property
    def delivery(self) -> str:
        """How the mail of an invitation that nobody has answered fared; else ""."""
        return self.row.delivery if self.badge in UNANSWERED_BADGES else ""


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """A page: `first` counts from 1 within the filtered set, 0 if it is empty."""

    customers: tuple[Customer, ...]
    totals: CustomerTotals  # Of everything the filter keeps.
    everything: CustomerTotals  # Of all accounts.
    first: int
    previous_cursor: str
    next_cursor: str
    as_of: datetime | None
    kinds: tuple[str, ...]  # The account kinds this dealer has.


def list_customers(world: World, dealer_id: DealerId, *, query: CustomerQuery) -> CustomerPage:
    """One page of accounts: one Query when warm, one S3 read more when cold.

    Raises InvalidInput for an unknown sort or a cursor that is not ours.
    """
    if query.sort not in SORTS:
        raise InvalidInput("The list cannot be sorted by that.")
    dealer, now = get_dealer(dealer_id), world.clock.now()
    roster = _roster(world, dealer_id)
    mask = selected(roster, query.filter, dealer, now)
    kept = _in_order(roster, mask, query)
    start, stop = _window(roster, kept, query)
    rows = (roster.columns.row(position) for position in kept[start:stop])
    return CustomerPage(
        customers=tuple(
            Customer(row, badge_at(row.badge, row.invited_at, dealer, now)) for row in rows
        ),
        totals=_totals(roster, None if all(mask) else mask),
        everything=_totals(roster, None),
        first=start + 1 if stop > start else 0,
        previous_cursor=_cursor(roster, kept[start], query, "before") if start else "",
        next_cursor=_cursor(roster, kept[stop - 1], query, "after") if stop < len(kept) else "",
        as_of=roster.head.as_of,
        kinds=tuple(sorted(roster.columns.words["account_kind"])),
    )


def each_customer(
    world: World,
    dealer_id: DealerId,
    *,
    query: CustomerQuery,
    only: Container[str] | None = None,
) -> Iterator[Customer]:
    """Every account the filter keeps (of those `only` some) in the query's order, for exports."""
    dealer, now = get_dealer(dealer_id), world.clock.now()
    roster = _roster(world, dealer_id)
    mask = selected(roster, query.filter, dealer, now)
    ids = roster.columns.texts["account_id"]
    for position in _in_order(roster, mask, query):
        if only is not None and ids[position] not in only:
            continue
        row = roster.columns.row(position)
        yield Customer(row, badge_at(row.badge, row.invited_at, dealer, now))


def _roster(world: World, dealer_id: DealerId) -> Roster:
    roster = rosters.read_roster(world.files, dealer_id)
    if len(roster.overlay) >= rosters.COMPACT_AT:
        rosters.compact_roster(world.files, dealer_id)
    return roster


def _in_order(roster: Roster, mask: bytearray, query: CustomerQuery) -> list[int]:
    """Positions the filter keeps; descending turns the order round, account ids included."""
    order = ordered(roster, query.sort)
    kept = [position for position in order if mask[position]]
    if query.descending:
        kept.reverse()
    return kept


def _totals(roster: Roster, mask: bytearray | None) -> CustomerTotals:
    numbers = roster.columns.numbers
    if mask is None:
        if not roster.sums:
            roster.sums = {name: sum(numbers[name]) for name in SUMS}
        return CustomerTotals(accounts=len(roster.columns), **roster.sums)
    sums = {name: sum(compress(numbers[name], mask)) for name in SUMS}
    return CustomerTotals(accounts=sum(mask), **sums)


def _window(roster: Roster, kept: Sequence[int], query: CustomerQuery) -> tuple[int, int]:
    """Where the page begins and ends: beside the cursor's account, even if that one has gone."""
    if not query.cursor:
        return 0, min(len(kept), query.size)
    side, place = _parsed(query.cursor)
    key = _keys(roster, query)
    ascending = kept[::-1] if query.descending else kept
    try:
        if (side == "after") is query.descending:
            at = bisect_left(ascending, place, key=key)
        else:
            at = bisect_right(ascending, place, key=key)
    except TypeError:
        raise _foreign() from None
    edge = len(kept) - at if query.descending else at
    if side == "after":
        return edge, min(len(kept), edge + query.size)
    return max(0, edge - query.size), edge


def _keys(roster: Roster, query: CustomerQuery) -> "_Key":
    return _Key(roster, query.sort)


class _Key:
    """What a position sorts by, account id last."""

    def __init__(self, roster: Roster, sort: str) -> None:
        self._value = sort_values(roster, sort)
        self._ids = roster.columns.texts["account_id"]

    def __call__(self, position: int) -> tuple[int | str, str]:
        return self._value(position), self._ids[position]


def _cursor(roster: Roster, position: int, query: CustomerQuery, side: str) -> str:
    value, account_id = _keys(roster, query)(position)
    packed = msgspec.json.encode([side, value, account_id])
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _parsed(cursor: str) -> tuple[str, tuple[int | str, str]]:
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        side, value, account_id = msgspec.json.decode(packed, type=tuple[str, int | str, str])
    except (ValueError, msgspec.MsgspecError):
        raise _foreign() from None
    if side not in {"after", "before"}:
        raise _foreign()
    return side, (value, account_id)


def _foreign() -> InvalidInput:
    return InvalidInput("That page of the list does not exist. Start from the first page.")
