"""The Customers dashboard: filters, sorting, paging, totals and the CSV, in one request."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.accounts import Badge
from chalicelib.domain.aging import Bucket
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import AccountId
from chalicelib.services.export_customers import COLUMNS, export_customers
from chalicelib.services.list_customers import CustomerPage, CustomerQuery, list_customers
from chalicelib.services.list_customers_selection import SORTS, CustomerFilter
from chalicelib.services.refresh_dealer import refresh_dealers
from chalicelib.storage.accounts import get_account, get_state, header_put
from chalicelib.storage.roster import get_head, row_put
from chalicelib.storage.transactions import transact
from tests.storage.ledgers import (
    ACCOUNTS,
    ADJUSTMENTS,
    INVOICES,
    NOW,
    LedgerWorld,
    counted,
)

FIVE = ACCOUNTS + (
    "10-A,Alder Homes,credit,\n10-B,Peña Concrete,credit,\n11-C,O'Brien-Hughes Framing,credit,\n"
    "12-D,Counter sales,cash,\n13-E,=cmd|evil,credit,\n"
)
OPEN = INVOICES + (
    "10-A,I-1,100.00,100.00,USD,2026-07-01,2026-07-31,\n"
    "10-A,I-2,50.00,50.00,USD,2026-11-01,2026-12-01,\n"
    "10-B,I-3,9000.00,9000.00,USD,2026-09-20,2026-10-20,\n"
    "11-C,I-4,20.00,20.00,USD,2026-11-20,2026-11-22,\n"
    "12-D,I-5,5.00,5.00,USD,2026-09-20,2026-10-20,\n"
)
CREDIT = ADJUSTMENTS + "11-C,CM-1,30.00,30.00,USD,credit,2026-11-02\n"


@pytest.fixture
def dashboard(ledger: LedgerWorld) -> LedgerWorld:
    """Five accounts of every sort."""
    ledger.bring_in(accounts=FIVE, invoices=OPEN, adjustments=CREDIT)
    return ledger


def listed(world: LedgerWorld, **query: object) -> CustomerPage:
    return list_customers(world, world.dealer_id, query=CustomerQuery(**query))


def ids(page: CustomerPage) -> list[str]:
    return [customer.row.account_id for customer in page.customers]


def found(world: LedgerWorld, **wanted: object) -> set[str]:
    return set(ids(listed(world, filter=CustomerFilter(**wanted))))


def mark(world: LedgerWorld, account_id: str, **changes: object) -> None:
    """Change a header the way an invitation does."""
    account = get_account(world.dealer_id, AccountId(account_id))
    raised = replace(account, **changes).raised()
    writes = [header_put(raised, expected_version=account.money_version), row_put(raised)]
    transact(writes, token=uuid4().hex)


def test_the_first_page_is_ranked_by_priority(dashboard: LedgerWorld) -> None:
    page = listed(dashboard)

    scores = [customer.row.score_tenths for customer in page.customers]
    assert scores == sorted(scores, reverse=True)
    assert ids(page)[0] == "10-B"


def test_cash_accounts_are_not_ranked(dashboard: LedgerWorld) -> None:
    (cash,) = listed(dashboard, filter=CustomerFilter(account_kind="cash")).customers

    assert cash.row.priority.excluded == "cash"


def test_totals_cover_the_filtered_set_and_everything(dashboard: LedgerWorld) -> None:
    page = listed(dashboard, filter=CustomerFilter(bucket=Bucket.DAYS_91_UP))

    assert (page.totals.accounts, page.totals.gross_cents) == (1, 15_000)
    assert (page.everything.accounts, page.everything.outstanding_cents) == (5, 914_500)
    assert page.everything.credits_cents == 3_000


def test_an_item_due_today_is_not_past_due(dashboard: LedgerWorld) -> None:
    assert found(dashboard, past_due=True) == {"10-A", "10-B", "12-D"}


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("pena", {"10-B"}),
        ("PEÑA con", {"10-B"}),
        ("hughes", {"11-C"}),
        ("o'brien", {"11-C"}),
        ("10-", {"10-A", "10-B"}),
        ("lder", set()),
        ("alder concrete", set()),
        ("   ", {"10-A", "10-B", "11-C", "12-D", "13-E"}),
    ],
)
def test_search_finds_words_and_numbers_by_their_beginning(
    dashboard: LedgerWorld, search: str, expected: set[str]
) -> None:
    assert found(dashboard, search=search) == expected


def test_balances_are_filtered_after_credits(dashboard: LedgerWorld) -> None:
    assert found(dashboard, least_cents=15_000) == {"10-A", "10-B"}
    assert found(dashboard, most_cents=-1) == {"11-C"}


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("descending", [True, False])
def test_pages_of_every_sort_join_without_gaps(
    dashboard: LedgerWorld, sort: str, *, descending: bool
) -> None:
    query = {"sort": sort, "descending": descending}
    whole = ids(listed(dashboard, **query))

    first = listed(dashboard, size=2, **query)
    second = listed(dashboard, size=2, cursor=first.next_cursor, **query)
    third = listed(dashboard, size=2, cursor=second.next_cursor, **query)
    back = listed(dashboard, size=2, cursor=second.previous_cursor, **query)

    assert ids(first) + ids(second) + ids(third) == whole
    assert (second.first, third.next_cursor) == (3, "")
    assert ids(back) == ids(first)


def test_a_foreign_cursor_is_refused(dashboard: LedgerWorld) -> None:
    page = listed(dashboard, sort="name", size=2)

    for cursor in ("garbage", "é", page.next_cursor):
        with pytest.raises(InvalidInput):
            listed(dashboard, sort="outstanding", cursor=cursor)


def test_a_warm_page_is_one_request(
    dashboard: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(dashboard)
    mark(dashboard, "10-A", badge=Badge.PENDING, invited_at=NOW)

    with counted(monkeypatch) as requests:
        page = listed(dashboard, sort="name", filter=CustomerFilter(search="alder"))

    assert requests == ["Query"]
    assert page.customers[0].badge is Badge.PENDING


def test_an_accounts_whole_state_is_one_request(
    dashboard: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted(monkeypatch) as requests:
        state = get_state(dashboard.dealer_id, AccountId("10-A"))

    assert requests == ["Query"]
    assert len(state.payables) == 2


def test_a_pending_invitation_reads_expired_after_its_last_day(dashboard: LedgerWorld) -> None:
    mark(dashboard, "10-A", badge=Badge.PENDING, invited_at=NOW)
    dashboard.clock.at = NOW + timedelta(days=8)
    waiting = found(dashboard, pending_days=7)
    dashboard.clock.at = (NOW + timedelta(days=14)).replace(hour=23, minute=59)
    last_day = found(dashboard, badge=Badge.PENDING)
    dashboard.clock.at = (NOW + timedelta(days=15)).replace(hour=0, minute=1)

    expired = listed(dashboard, filter=CustomerFilter(badge=Badge.EXPIRED))

    assert waiting == last_day == {"10-A"}
    assert ids(expired) == ["10-A"]
    assert expired.customers[0].badge is Badge.EXPIRED


def test_mails_that_came_back_are_a_filter_while_nobody_has_answered(
    dashboard: LedgerWorld,
) -> None:
    mark(dashboard, "10-A", badge=Badge.PENDING, invited_at=NOW, delivery="bounced")
    mark(dashboard, "10-B", badge=Badge.EXPIRED, invited_at=NOW, delivery="complained")
    mark(dashboard, "11-C", badge=Badge.PENDING, invited_at=NOW, delivery="delivered")
    mark(dashboard, "12-D", badge=Badge.ACCEPTED, invited_at=NOW, delivery="bounced")

    page = listed(dashboard, filter=CustomerFilter(came_back=True))
    told = {c.row.account_id: c.delivery for c in listed(dashboard).customers}

    assert set(ids(page)) == {"10-A", "10-B"}
    assert told == {"10-A": "bounced", "10-B": "complained", "11-C": "delivered", "12-D": "",
                    "13-E": ""}  # fmt: skip


def test_only_the_ticked_rows_are_exported_in_the_lists_order(dashboard: LedgerWorld) -> None:
    query = CustomerQuery(sort="name", descending=False)
    ticked = {"12-D", "10-A", "of another dealer"}

    text = export_customers(dashboard, dashboard.dealer_id, query=query, only=ticked)

    rows = [row["account_id"] for row in csv.DictReader(io.StringIO(text))]
    assert rows == ["10-A", "12-D"]


def test_midnight_turns_items_past_due_without_an_import(
    dashboard: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = get_head(dashboard.dealer_id)
    dashboard.clock.at = NOW + timedelta(days=1)
    # The table holds the dealers of every other test too; a night for all of them takes minutes.
    place = "chalicelib.services.refresh_dealer.list_dealers"
    monkeypatch.setattr(place, lambda: [dashboard.dealer_id])

    refresh_dealers(dashboard)

    assert get_head(dashboard.dealer_id).version == before.version + 1
    assert "11-C" in found(dashboard, past_due=True)


def test_the_csv_has_every_column_and_no_formula(dashboard: LedgerWorld) -> None:
    query = CustomerQuery(sort="name", descending=False)

    text = export_customers(dashboard, dashboard.dealer_id, query=query)

    rows = {row["account_id"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(COLUMNS) >= 36
    assert rows["13-E"]["name"] == "'=cmd|evil"
    assert rows["11-C"]["credits"] == "-30.00"
    assert rows["10-A"]["past_due_91_up"] == "100.00"
    assert rows["10-A"]["currency"] == "USD"
