"""The dealer's settlements: by their state and days, in any column's order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from chalicelib.domain.days import day_end, day_start
from chalicelib.domain.ids import DealerId
from chalicelib.domain.settlements import PostingCategory, PostingState, Settlement
from chalicelib.services.world import World
from chalicelib.storage import settlements as store
from chalicelib.storage.dealers import get_dealer

PAGE_SIZE = 50
MOST = 500  # Read at once to filter and sort: two years of daily deposits.
UNPOSTED = (PostingState.WAITING, PostingState.FAILED)


class Standing(StrEnum):
    """What is still to be done about a settlement."""

    TO_POST = "to-post"
    TO_RESOLVE = "to-resolve"
    DIFFERENCE = "difference"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class SettlementFilters:
    """Days are the dealer's, bounds inclusive; `sort` is a key of SORTS."""

    standing: Standing | None = None
    since: date | None = None
    until: date | None = None
    sort: str = "created"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class SettlementPage:
    """One page and where the next begins ("" = nowhere).

    `is_exact` False: the days hold more than was read, so older ones are missing.
    """

    settlements: Sequence[Settlement]
    cursor: str
    is_exact: bool = True


def _by_posting(category: PostingCategory) -> Callable[[Settlement], tuple[str, float]]:
    """By how far a category is, then by when it was posted."""

    def place(settlement: Settlement) -> tuple[str, float]:
        row = next(row for row in settlement.postings if row.category is category)
        return row.state, row.posted_at.timestamp() if row.posted_at else 0.0

    return place


SORTS: Mapping[str, Callable[[Settlement], Any]] = MappingProxyType(
    {
        "id": lambda it: it.settlement_id,
        "created": lambda it: it.created_at,
        "payments": lambda it: len(it.parts),
        "gross": lambda it: it.gross_cents,
        "fees": lambda it: it.fees_cents,
        "returns": lambda it: it.refunds_cents + it.returns_cents + it.disputes_cents,
        "net": lambda it: it.deposit_cents,
        "invoices": _by_posting(PostingCategory.INVOICES),
        "credits": _by_posting(PostingCategory.CREDIT_ADJUSTMENTS),
        "debits": _by_posting(PostingCategory.DEBIT_ADJUSTMENTS),
        "cash": _by_posting(PostingCategory.CASH_AND_OTHER),
        "resolved": lambda it: it.resolved_at.timestamp() if it.resolved_at else 0.0,
    }
)
ALL = SettlementFilters()


def list_settlements(
    world: World,  # noqa: ARG001  Every use case takes the world first.
    dealer_id: DealerId,
    *,
    filters: SettlementFilters = ALL,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> SettlementPage:
    """One page by the time index; `cursor` is what the page before returned.

    Unfiltered and newest first it reads the page alone, otherwise up to MOST of the days asked for.
    """
    if filters == ALL and limit <= PAGE_SIZE:
        return SettlementPage(*store.list_settlements(dealer_id, cursor=cursor, limit=limit))
    read = list(store.settlements_between(dealer_id, _bounds(dealer_id, filters), most=MOST + 1))
    ordered = sorted(
        read[:MOST],
        key=lambda it: (SORTS[filters.sort](it), it.created_at),
        reverse=filters.descending,
    )
    # Filtered after the cursor: what it names may have left the filter since.
    names = [one.settlement_id for one in ordered]
    first = next((place + 1 for place, name in enumerate(names) if name == cursor), 0)
    found = [one for one in ordered[first:] if _matches(one, filters.standing)]
    page = found[:limit]
    following = page[-1].settlement_id if len(found) > limit else ""
    return SettlementPage(page, following, is_exact=len(read) <= MOST)


def standing_of(settlement: Settlement) -> Standing | None:
    """What comes first of what is to be done; None while it is being posted."""
    if settlement.resolved_at is not None:
        return Standing.RESOLVED
    if not settlement.is_proven:
        return Standing.DIFFERENCE
    states = {row.state for row in settlement.postings}
    if states & set(UNPOSTED):
        return Standing.TO_POST
    done = states <= {PostingState.POSTED, PostingState.NOTHING}
    return Standing.TO_RESOLVE if done else None


def _matches(settlement: Settlement, standing: Standing | None) -> bool:
    return standing is None or standing_of(settlement) is standing


def _bounds(
    dealer_id: DealerId, filters: SettlementFilters
) -> tuple[datetime | None, datetime | None]:
    zone = get_dealer(dealer_id).time_zone
    return (
        day_start(filters.since, zone) if filters.since else None,
        day_end(filters.until, zone) if filters.until else None,
    )
