"""A ledger of 100,000 invoices as Spruce would write it, made while it is read, never held whole.

Run as a module, it reads such files in a process of its own and prints what that took.
"""

import io
import json
import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import DealerId
from chalicelib.services.import_ledger_account import ImportTerms, Known, changed_account
from chalicelib.services.import_ledger_spill import Spill
from chalicelib.services.read_import_files import FileReport, read_import_file

ROWS, ACCOUNTS = 100_000, 2_000
DUPLICATE_EVERY, WRONG_EVERY = 1_000, 5_000
FILE_BYTES = 200_000_000
HEADER = (
    "account_id,invoice_id,amount,outstanding_amount,currency,transaction_date,"
    "payment_due_date,job_name\r\n"
)


def account_lines(accounts: int = ACCOUNTS) -> Iterator[str]:
    """The accounts' file."""
    yield "\ufeffaccount_id,name\r\n"
    for number in range(accounts):
        yield f'L-{number:05d},"Large ""demo"" {number}, Inc."\r\n'


def invoice_lines(rows: int = ROWS, accounts: int = ACCOUNTS) -> Iterator[str]:
    """Byte order mark, CRLF, quotes; accounts take turns, some rows are doubled, some wrong."""
    yield "\ufeff" + HEADER
    for number in range(rows):
        amount = "12.505" if number % WRONG_EVERY == WRONG_EVERY - 1 else f"{100 + number % 900}.50"
        row = (
            f"L-{number % accounts:05d},I-{number:06d},{amount},{amount},USD,2026-10-01,2026-11-01,"
            f'"Lot {number}, ""north"""\r\n'
        )
        yield row
        if number % DUPLICATE_EVERY == 0:
            yield row


class Written(io.RawIOBase):
    """Lines as a binary file that is made while it is read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._rest = lines, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        while len(self._rest) < len(view) and (line := next(self._lines, None)) is not None:
            self._rest += line.encode()
        part, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(part)] = part
        return len(part)


def written(lines: Iterator[str]) -> BinaryIO:
    """The same, buffered."""
    return io.BufferedReader(Written(lines))


def read_large(dealer: Dealer, spill: Spill, rows: int = ROWS) -> dict[str, FileReport]:
    """Check both files and keep their good rows."""
    files = {"accounts": account_lines(), "invoices": invoice_lines(rows)}
    return {
        name: read_import_file(
            name, written(lines), spill, dealer=dealer, limit_bytes=FILE_BYTES
        )
        for name, lines in files.items()
    }  # fmt: skip


def planned(dealer: Dealer, spill: Spill) -> tuple[int, int, int]:
    """What the rows make of each new account: accounts, open invoices, cents."""
    terms = ImportTerms(dealer.dealer_id, datetime(2026, 11, 22, tzinfo=UTC))
    accounts = invoices = cents = 0
    for account_id, rows in spill.by_account():
        change = changed_account(account_id, Known(None), rows, terms)
        accounts += 1
        invoices += len(change.payables)
        cents += sum(payable.open_cents for payable in change.payables.values())
    return accounts, invoices, cents


def _peak_mb() -> float:
    """Of this program alone: ru_maxrss remembers the process that started it as well."""
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(peak) / 1024


def main() -> None:
    """Read a tenth, then the whole, each with its plan; print the figures as JSON."""
    dealer = Dealer(DealerId("large"), "Large (demo)", "UTC")
    figures: list[dict[str, object]] = []
    for rows in (ROWS // 10, ROWS):
        started = time.monotonic()
        with Spill() as spill:
            report = read_large(dealer, spill, rows)["invoices"]
            accounts, invoices, cents = planned(dealer, spill)
        figures.append({
            "lines": report.lines, "invalid": report.invalid, "accounts": accounts,
            "invoices": invoices, "cents": cents, "peak_mb": _peak_mb(),
            "seconds": time.monotonic() - started,
            "first": [problem.sentence for problem in report.problems[:2]],
        })  # fmt: skip
    print(json.dumps(figures))  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
