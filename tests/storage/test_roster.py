"""The roster: small, complete, and never behind what was written."""

import random
from dataclasses import replace
from uuid import uuid4

import pytest

from chalicelib.domain.accounts import Account, Totals
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.storage import roster as rosters
from chalicelib.storage.roster import compact_roster, get_head, read_roster, row_put
from chalicelib.storage.roster_columns import ColumnsDamaged, columns_of, decoded, encoded
from chalicelib.storage.roster_row import row_of
from chalicelib.storage.transactions import transact
from tests.storage.ledgers import TWO_ACCOUNTS, LedgerWorld, counted

BYTES_AN_ACCOUNT = 45
TRADES = ("Homes", "Concrete", "Roofing", "Framing", "Builders")


def an_account(number: int, draw: random.Random) -> Account:
    """An account with figures of the size a dealer sees."""
    name = f"{draw.choice(TRADES)} {draw.randrange(9999)} {draw.choice(TRADES)}"
    owes = draw.random() < 0.6
    totals = Totals(
        current_cents=draw.randrange(2_000_000) if owes else 0,
        days_1_30_cents=draw.randrange(900_000) if owes and draw.random() < 0.4 else 0,
        days_91_up_cents=draw.randrange(300_000) if owes and draw.random() < 0.1 else 0,
        invoices=draw.randrange(1, 14) if owes else 0,
    )
    return Account(
        DealerId("sized"),
        AccountId(f"{number:07d}"),
        name,
        totals=totals,
        money_version=number % 60,
    )


def put_row(world: LedgerWorld, account: Account) -> None:
    transact([row_put(account)], token=uuid4().hex)


def account_of(world: LedgerWorld, number: int, **changes: object) -> Account:
    known = Account(world.dealer_id, AccountId(f"C-{number}"), f"Customer {number}")
    return replace(known, **{"money_version": 1, **changes})


def test_an_account_takes_at_most_45_bytes_of_the_file() -> None:
    draw = random.Random(7)  # noqa: S311  Sizes, not secrets.
    rows = [row_of(an_account(number, draw)) for number in range(20_000)]

    content = encoded(columns_of(rows))

    assert len(content) / len(rows) <= BYTES_AN_ACCOUNT
    columns = decoded(content)
    assert [columns.row(position) for position in (0, 7_777, 19_999)] == [
        rows[position] for position in (0, 7_777, 19_999)
    ]


def test_damaged_bytes_are_refused() -> None:
    with pytest.raises(ColumnsDamaged):
        decoded(b"something else")


def test_changed_rows_show_at_once_over_the_file(ledger: LedgerWorld) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS)
    put_row(ledger, account_of(ledger, 1, name="Renamed", money_version=9))
    put_row(ledger, account_of(ledger, 3, credit_limit_cents=2**40))

    columns = read_roster(ledger.files, ledger.dealer_id).columns

    assert columns.texts["name"] == ["Renamed", "Peña Concrete", "Customer 3"]
    assert columns.row(2).credit_limit_cents == 2**40


def test_an_older_row_never_replaces_a_newer_one(ledger: LedgerWorld) -> None:
    put_row(ledger, account_of(ledger, 1, name="New", money_version=5))
    assert compact_roster(ledger.files, ledger.dealer_id)
    put_row(ledger, account_of(ledger, 1, name="Old", money_version=4))

    columns = read_roster(ledger.files, ledger.dealer_id).columns

    assert columns.texts["name"] == ["New"]


def test_compaction_keeps_every_account_and_drops_the_changed_rows(ledger: LedgerWorld) -> None:
    for number in range(5):
        put_row(ledger, account_of(ledger, number))
    before = read_roster(ledger.files, ledger.dealer_id)
    names = list(before.columns.texts["name"])

    assert compact_roster(ledger.files, ledger.dealer_id)

    after = read_roster(ledger.files, ledger.dealer_id)
    assert after.columns.texts["name"] == names
    assert after.overlay == {}
    assert not compact_roster(ledger.files, ledger.dealer_id)


def test_a_row_written_during_compaction_survives_it(
    ledger: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_row(ledger, account_of(ledger, 1, name="Before"))
    write = ledger.files.write

    def write_and_change(key: str, content: bytes, content_type: str) -> None:
        write(key, content, content_type)
        put_row(ledger, account_of(ledger, 1, name="Meanwhile", money_version=2))

    monkeypatch.setattr(ledger.files, "write", write_and_change)
    assert compact_roster(ledger.files, ledger.dealer_id)

    roster = read_roster(ledger.files, ledger.dealer_id)
    assert roster.columns.texts["name"] == ["Meanwhile"]


def test_of_two_compactions_one_wins_and_nothing_is_lost(
    ledger: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_row(ledger, account_of(ledger, 1))
    write, nested = ledger.files.write, []

    def write_after_another(key: str, content: bytes, content_type: str) -> None:
        if not nested:
            nested.append(True)
            assert compact_roster(ledger.files, ledger.dealer_id)
        write(key, content, content_type)

    monkeypatch.setattr(ledger.files, "write", write_after_another)

    assert not compact_roster(ledger.files, ledger.dealer_id)
    assert get_head(ledger.dealer_id).version == 1
    assert len(read_roster(ledger.files, ledger.dealer_id).columns) == 1


def test_a_cold_read_is_one_query_and_one_file(
    ledger: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS)
    rosters.forget_rosters()

    with counted(monkeypatch) as requests:
        read_roster(ledger.files, ledger.dealer_id)

    assert requests == ["Query", "GetObject"]
