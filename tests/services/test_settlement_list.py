"""The list of settlements: filtered by what is to be done and by day, sorted, page by page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.ids import SettlementId
from chalicelib.domain.settlements import (
    CategoryPosting,
    PostingCategory,
    PostingState,
    Settlement,
)
from chalicelib.services.list_settlements import (
    SORTS,
    SettlementFilters,
    SettlementPage,
    Standing,
    list_settlements,
    standing_of,
)
from chalicelib.storage.settlements import change_settlement, settlement_put
from chalicelib.storage.transactions import transact
from tests.domain.builders import NOON
from tests.services.settling import SettlingWorld
from tests.services.story import open_dealer

POSTED = tuple(CategoryPosting(it, PostingState.POSTED) for it in PostingCategory)
WAITING = tuple(CategoryPosting(it, PostingState.WAITING) for it in PostingCategory)


def a_settlement(world: SettlingWorld, number: int) -> Settlement:
    """A proven deposit of a day of its own, posted."""
    at, gross = NOON + timedelta(days=number), 10_000 * (number + 1)
    return Settlement(
        SettlementId(f"po_{number}"), world.dealer_id, "USD", at, at, deposit_cents=gross,
        gross_cents=gross, fees_cents=0, refunds_cents=0, returns_cents=0, disputes_cents=0,
        adjustments_cents=0, parts=(), postings=POSTED,
    )  # fmt: skip


@pytest.fixture
def stored(settling: SettlingWorld) -> Sequence[Settlement]:
    """Four days of deposits: to post, posted, resolved, and one nobody can explain."""
    open_dealer(settling)
    made = [a_settlement(settling, number) for number in range(4)]
    made[0] = replace(made[0], postings=WAITING)
    made[2] = replace(made[2], resolved_at=NOON + timedelta(days=5))
    made[3] = replace(made[3], unmatched=("txn_1",))
    for one in made:
        transact([settlement_put(one, read_version=None)], token=uuid4().hex)
    return made


def listed(world: SettlingWorld, cursor: str = "", limit: int = 50, **wanted: object) -> list[str]:
    return names(shown(world, cursor, limit, **wanted))


def shown(
    world: SettlingWorld, cursor: str = "", limit: int = 50, **wanted: object
) -> SettlementPage:
    filters = SettlementFilters(**wanted)  # type: ignore[arg-type]
    return list_settlements(world, world.dealer_id, filters=filters, cursor=cursor, limit=limit)


def names(page: SettlementPage) -> list[str]:
    return [one.settlement_id for one in page.settlements]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("standing", "found"),
    [
        (Standing.TO_POST, ["po_0"]),
        (Standing.TO_RESOLVE, ["po_1"]),
        (Standing.RESOLVED, ["po_2"]),
        (Standing.DIFFERENCE, ["po_3"]),
        (None, ["po_3", "po_2", "po_1", "po_0"]),
    ],
)
def test_settlements_are_found_by_what_is_still_to_be_done(
    settling: SettlingWorld, standing: Standing | None, found: list[str]
) -> None:
    assert listed(settling, standing=standing) == found


def test_one_that_is_being_posted_waits_for_nobody(stored: Sequence[Settlement]) -> None:
    row = replace(WAITING[0], state=PostingState.POSTING)

    assert standing_of(replace(stored[0], postings=(row, *POSTED[1:]))) is None


@pytest.mark.usefixtures("stored")
def test_days_are_inclusive_at_both_ends(settling: SettlingWorld) -> None:
    first, last = NOON.date() + timedelta(days=1), NOON.date() + timedelta(days=2)

    assert listed(settling, since=first, until=last) == ["po_2", "po_1"]
    assert listed(settling, since=last) == ["po_3", "po_2"]
    assert listed(settling, until=date(2020, 1, 1)) == []


@pytest.mark.usefixtures("stored")
def test_a_filtered_list_is_read_page_by_page(settling: SettlingWorld) -> None:
    first = shown(settling, limit=3, sort="id")
    second = shown(settling, first.cursor, limit=3, sort="id")

    assert names(first) == ["po_3", "po_2", "po_1"]
    assert names(second) == ["po_0"]
    assert (second.cursor, first.is_exact) == ("", True)


def test_a_page_goes_on_where_it_was_though_its_last_row_has_left_the_filter(
    settling: SettlingWorld, stored: Sequence[Settlement]
) -> None:
    for number in (1, 2):
        change_settlement(
            settling.dealer_id,
            stored[number].settlement_id,
            lambda now: replace(now, postings=WAITING, resolved_at=None),
        )
    first = shown(settling, limit=1, standing=Standing.TO_POST)
    change_settlement(
        settling.dealer_id, stored[2].settlement_id, lambda now: replace(now, postings=POSTED)
    )

    second = shown(settling, first.cursor, limit=5, standing=Standing.TO_POST)

    assert (names(first), names(second)) == (["po_2"], ["po_1", "po_0"])


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("sort", SORTS)
def test_every_column_sorts_both_ways(settling: SettlingWorld, sort: str) -> None:
    down = shown(settling, sort=sort).settlements
    up = shown(settling, sort=sort, descending=False).settlements

    keys = [SORTS[sort](one) for one in down]
    assert keys == sorted(keys, reverse=True)
    assert list(up) == list(down)[::-1]
    assert len(down) == 4


@pytest.mark.usefixtures("stored")
def test_the_oldest_first_is_read_page_by_page(settling: SettlingWorld) -> None:
    first = shown(settling, limit=3, descending=False)
    second = shown(settling, first.cursor, limit=3, descending=False)

    assert [names(first), names(second)] == [["po_0", "po_1", "po_2"], ["po_3"]]
