"""An account's statements as its page lists them: newest first, each as it stands today."""

from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.ids import AccountId
from chalicelib.services.list_statements import ListedStatement, StatementState, list_statements
from chalicelib.services.view_outstanding import Outstanding, view_outstanding
from tests.services.test_import_ledger import a_claim, hold
from tests.storage.ledgers import TWO_ACCOUNTS, LedgerWorld, counted, renamed

C1, C2 = AccountId("C-1"), AccountId("C-2")
INVOICES = (
    "account_id,invoice_id,amount,outstanding_amount,currency,transaction_date,"
    "payment_due_date,statement_id\n"
    "C-1,I-1,60.00,60.00,USD,2026-08-10,2026-09-25,S-08\n"
    "C-1,I-2,80.00,80.00,USD,2026-09-10,2026-10-25,S-09\n"
    "C-1,I-3,90.00,50.00,USD,2026-10-10,2026-12-10,S-10\n"
)
CREDITS = (
    "account_id,adjustment_id,amount,outstanding_amount,currency,kind,transaction_date,"
    "statement_id\n"
    "C-1,K-1,20.00,20.00,USD,credit,2026-10-12,S-10\n"
)
STATEMENTS = (
    "account_id,statement_id,closed_on,due_date,balance,discount_base,discount_amount,"
    "discount_date,grace_days\n"
    "C-1,S-07,2026-07-31,2026-08-25,75.00,,,,\n"
    "C-1,S-10,2026-10-31,2026-12-10,70.00,70.00,1.40,2026-11-20,2\n"
    "C-1,S-08,2026-08-31,2026-09-25,60.00,,,,\n"
    "C-1,S-09,2026-09-30,2026-10-25,80.00,80.00,1.60,2026-10-10,\n"
)


@pytest.fixture
def stated(ledger: LedgerWorld) -> LedgerWorld:
    """Four closes of C-1; what S-07 listed is paid, a payment is on its way for S-08's."""
    renamed(ledger.dealer, statements_on=True, time_zone="America/Los_Angeles")
    ledger.bring_in(
        accounts=TWO_ACCOUNTS, invoices=INVOICES, adjustments=CREDITS, statements=STATEMENTS
    )
    hold(ledger, a_claim())  # $60.00 of I-1.
    return ledger


def read(world: LedgerWorld, account: AccountId = C1) -> Outstanding:
    return view_outstanding(world, world.dealer_id, account_id=account)


def listed(world: LedgerWorld, *, start: int = 0, limit: int = 100) -> tuple[ListedStatement, ...]:
    return list_statements(world, read(world), start=start, limit=limit)[0]


def test_statements_are_listed_newest_close_first_with_what_is_open_today(
    stated: LedgerWorld,
) -> None:
    found = listed(stated)

    assert [(it.statement.statement_id, it.open_cents, it.state) for it in found] == [
        ("S-10", 3_000, StatementState.OPEN),
        ("S-09", 8_000, StatementState.PAST_DUE),
        ("S-08", 6_000, StatementState.ON_ITS_WAY),
        ("S-07", 0, StatementState.CLEAR),
    ]
    assert [it.is_current for it in found] == [True, False, False, False]


def test_a_discount_says_its_last_moment_in_the_dealers_zone_and_whether_it_has_passed(
    stated: LedgerWorld,
) -> None:
    newest, older, bare, _ = listed(stated)

    assert newest.discount_until
    at = newest.discount_until.astimezone(ZoneInfo("America/Los_Angeles"))
    assert f"{at:%Y-%m-%d %H:%M:%S}" == "2026-11-22 23:59:59"  # Two days of grace.
    assert (newest.is_discount_over, older.is_discount_over) == (False, True)
    assert (bare.discount_until, bare.is_discount_over) == (None, False)


def test_the_list_goes_on_where_a_page_ends(stated: LedgerWorld) -> None:
    first, more = list_statements(stated, read(stated), start=0, limit=3)
    rest, none = list_statements(stated, read(stated), start=3, limit=3)

    assert [it.statement.statement_id for it in (*first, *rest)] == ["S-10", "S-09", "S-08", "S-07"]
    assert (more, none) == (True, False)


def test_an_account_without_statements_has_an_empty_list(stated: LedgerWorld) -> None:
    assert list_statements(stated, read(stated, C2), start=0, limit=3) == ((), False)


def test_without_statements_in_settings_none_is_the_current_one(stated: LedgerWorld) -> None:
    renamed(stated.dealer, statements_on=False)

    assert not any(it.is_current for it in listed(stated))


def test_the_tab_takes_two_requests(stated: LedgerWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    read(stated)  # The dealer's settings are cached.

    with counted(monkeypatch) as requests:
        list_statements(stated, read(stated), start=0, limit=100)

    assert requests == ["Query", "Query"]
