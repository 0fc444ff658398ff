"""Files that are wrong: each says what and where, and nothing is changed."""

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.import_ledger import apply_ledger
from tests.storage.ledgers import (
    ACCOUNTS,
    CONTACTS,
    INVOICES,
    THREE_INVOICES,
    TWO_ACCOUNTS,
    LedgerWorld,
    stored_items,
)

GOOD = "C-1,I-9,10.00,10.00,USD,2026-11-01,2026-12-01,\n"


def test_a_missing_column_refuses_the_import_and_changes_nothing(ledger: LedgerWorld) -> None:
    invoices = "account_id,invoice_id,amount,outstanding_amount,currency,transaction_date\n"
    before = stored_items(ledger.dealer_id)

    with (
        ledger.check(accounts=TWO_ACCOUNTS, invoices=invoices) as checked,
        pytest.raises(InvalidInput, match="Nothing was changed"),
    ):
        apply_ledger(ledger, checked)

    (problem,) = checked.reports["invoices"].problems
    expected = "invoices: the header lacks the column payment_due_date"
    assert problem.sentence == expected
    assert stored_items(ledger.dealer_id) == before


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (GOOD.replace("2026-11-01", "11/01/2026"), "transaction_date", "write it as 2026-03-31"),
        (GOOD.replace("2026-11-01", "2026-02-30"), "transaction_date", "is not a date"),
        (GOOD.replace("2026-12-01", ""), "payment_due_date", "is empty"),
        (GOOD.replace("10.00,10.00", "10.005,10.00"), "amount", "is not an amount"),
        (GOOD.replace("10.00,10.00", "1e3,10.00"), "amount", "is not an amount"),
        (GOOD.replace("10.00,10.00", "1,000.00,10.00"), "", "has 9 cells"),
        (GOOD.replace("10.00,10.00", "١٠.00,10.00"), "amount", "is not an amount"),
        (GOOD.replace("10.00,10.00", "10.00,-5.00"), "outstanding_amount", "is negative"),
        (GOOD.replace("10.00,10.00", "10.00,10.01"), "outstanding_amount", "more than the amount"),
        (GOOD.replace("USD", "CAD"), "currency", "is not the dealer's currency USD"),
        (GOOD.replace("C-1", "C-404"), "account_id", "is an account we do not know"),
        (GOOD.replace("I-9", "I#9"), "invoice_id", "contains #"),
        (GOOD.replace("I-9", "I" * 65), "invoice_id", "is longer than 64 characters"),
        (GOOD.replace("I-9", "I\x009"), "invoice_id", "control character"),
    ],
)
def test_a_bad_row_says_where_and_why(
    ledger: LedgerWorld, row: str, column: str, words: str
) -> None:
    with ledger.check(accounts=TWO_ACCOUNTS, invoices=INVOICES + row) as checked:
        report = checked.reports["invoices"]

    assert (report.lines, report.invalid) == (1, 1)
    assert report.problems[0].line == 2
    assert report.problems[0].column == column
    assert words in report.problems[0].reason


def test_a_duplicate_id_names_the_first_row(ledger: LedgerWorld) -> None:
    with ledger.check(accounts=TWO_ACCOUNTS, invoices=INVOICES + GOOD + GOOD) as checked:
        report = checked.reports["invoices"]

    assert report.problems[0].sentence == (
        "invoices, row 3: invoice_id “I-9” is a duplicate of row 2"
    )


def test_an_oversize_file_is_refused_before_it_is_read_to_the_end(ledger: LedgerWorld) -> None:
    rows = "".join(GOOD.replace("I-9", f"I-{number}") for number in range(40_000))

    with ledger.check(
        accounts=TWO_ACCOUNTS, invoices=INVOICES + rows, limit_bytes=1_000_000
    ) as checked:
        report = checked.reports["invoices"]

    assert report.refused
    assert "larger than 1 MB" in report.problems[0].sentence
    assert report.lines < 40_000


def test_a_file_that_is_not_text_is_refused(ledger: LedgerWorld) -> None:
    with ledger.check(accounts=b"account_id,name\nC-1,\xff\xfe\n") as checked:
        assert checked.is_refused
        assert "not UTF-8" in checked.reports["accounts"].problems[0].reason


def test_an_unclosed_quote_is_refused(ledger: LedgerWorld) -> None:
    with ledger.check(accounts=ACCOUNTS + 'C-1,"Alder,credit,\n') as checked:
        assert checked.is_refused


def test_an_empty_file_is_refused(ledger: LedgerWorld) -> None:
    with ledger.check(accounts="") as checked:
        assert "needs a header row" in checked.reports["accounts"].problems[0].reason


def test_valid_rows_are_imported_once_confirmed(ledger: LedgerWorld) -> None:
    bad_contact = CONTACTS + "C-1,1,not-an-address,Ana,true\nC-2,1,ok@example.com,Ben,true\n"

    imported = ledger.bring_in(accounts=TWO_ACCOUNTS, contacts=bad_contact, invoices=THREE_INVOICES)

    report = imported.reports["contacts"]
    assert (report.inserted, report.invalid) == (1, 1)
    assert "is not an e-mail address" in report.problems[0].reason


def test_an_account_in_another_currency_is_refused(ledger: LedgerWorld) -> None:
    accounts = "account_id,name,currency\nC-1,Oak Homes,cad\nC-2,Elm Homes,usd\nC-3,Ash Homes,\n"

    with ledger.check(accounts=accounts) as checked:
        problems = checked.reports["accounts"].problems

    assert [(it.line, it.column) for it in problems] == [(2, "currency")]


ZONED = "account_id,name,time_zone\nC-1,Oak Homes,{}\nC-2,Elm Homes,\nC-3,Ash Homes,{}\n"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("UTC", "UTC", ()),
        ("UTC", "America/Denver", ("1 row names another time zone than yours (row 4: “America/",)),
        ("PST", "America/Denver", ("2 rows name another time zone than yours (row 2: “PST”).",)),
    ],
)
def test_an_accounts_own_time_zone_is_pointed_out_and_does_not_rule(
    ledger: LedgerWorld, first: str, second: str, said: tuple[str, ...]
) -> None:
    with ledger.check(accounts=ZONED.format(first, second)) as checked:
        report = checked.reports["accounts"]

    assert (report.lines, report.invalid, len(report.notes)) == (3, 0, len(said))
    for note, words in zip(report.notes, said, strict=True):
        assert note.startswith(words)
        assert note.endswith("Days and discounts of all accounts end by UTC.")
