"""100,000 rows (S8): memory stays bounded, a crash in mid-file is resumed, twice changes nothing.

IMPORT_ROWS writes that many rows to the database, 100,000 in `make soak`; reading them all, with
what they make of each account, is quick enough for every run.
"""

import json
import os
import subprocess
import sys

import pytest

from chalicelib.services.import_ledger import LedgerImport, apply_ledger, validate_ledger
from chalicelib.services.list_customers import CustomerQuery, list_customers
from sandbox.places import ROOT
from tests.services import large_files
from tests.services.large_files import ROWS, account_lines, invoice_lines, written
from tests.storage.ledgers import LedgerWorld, stored_items

IMPORT_ROWS = int(os.environ.get("IMPORT_ROWS", "2000"))
ACCOUNTS = max(200, IMPORT_ROWS // 50)
MOST_MB, MOST_GROWTH_MB = 110, 48  # Of which the spill's own cache is 32.


def test_a_hundred_thousand_rows_are_checked_and_planned_in_little_memory() -> None:
    """A process of its own reads 10,000 rows, then 100,000: ten times the rows, not the memory."""
    done = subprocess.run(
        [sys.executable, "-m", large_files.__name__],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    tenth, whole = json.loads(done.stdout)

    doubled, wrong = ROWS // large_files.DUPLICATE_EVERY, ROWS // large_files.WRONG_EVERY
    assert (whole["lines"], whole["invalid"]) == (ROWS + doubled, doubled + wrong)
    assert (whole["accounts"], whole["invoices"]) == (large_files.ACCOUNTS, ROWS - wrong)
    assert whole["cents"] == sum(cents_of(number) for number in range(ROWS))
    assert whole["first"][0] == "invoices, row 3: invoice_id “I-000000” is a duplicate of row 2"
    assert whole["peak_mb"] <= MOST_MB
    assert whole["peak_mb"] - tenth["peak_mb"] <= MOST_GROWTH_MB


def test_a_large_import_that_crashes_is_resumed_and_the_same_files_change_nothing(
    ledger: LedgerWorld,
) -> None:
    done = crash_after(ledger, accounts=100)
    with checked(ledger) as resumed:
        apply_ledger(ledger, resumed, skip=done)
    first_and_last = ("L-00000", f"L-{ACCOUNTS - 1:05d}")
    before = stored_items(ledger.dealer_id, first_and_last)

    with checked(ledger) as again:
        apply_ledger(ledger, again)

    totals = list_customers(ledger, ledger.dealer_id, query=CustomerQuery()).totals
    report = again.reports["invoices"]
    assert done == 100
    assert (totals.accounts, totals.invoices) == (ACCOUNTS, report.valid)
    assert totals.outstanding_cents == sum(cents_of(number) for number in range(IMPORT_ROWS))
    assert (again.accounts_changed, report.unchanged) == (0, report.valid)
    assert stored_items(ledger.dealer_id, first_and_last) == before


def checked(ledger: LedgerWorld) -> LedgerImport:
    """The files, every row checked."""
    return validate_ledger(
        ledger,
        ledger.dealer_id,
        files={
            "accounts": written(account_lines(ACCOUNTS)),
            "invoices": written(invoice_lines(IMPORT_ROWS, ACCOUNTS)),
        },
        as_of=ledger.clock.at,
        limit_bytes=large_files.FILE_BYTES,
    )


def crash_after(ledger: LedgerWorld, *, accounts: int) -> int:
    """Apply until so many accounts are done, then die; how many were."""
    done = 0

    def die(so_far: int) -> None:
        nonlocal done
        done = so_far
        if so_far >= accounts:
            raise MemoryError("the worker is gone")

    with checked(ledger) as first, pytest.raises(MemoryError):
        apply_ledger(ledger, first, progress=die)
    return done


def cents_of(number: int) -> int:
    """What the invoice of a row is for; nothing if its amount is wrong."""
    wrong = number % large_files.WRONG_EVERY == large_files.WRONG_EVERY - 1
    return 0 if wrong else (100 + number % 900) * 100 + 50
