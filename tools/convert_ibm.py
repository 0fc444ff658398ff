"""The public IBM sample of late payments as the product's own files, for tests and the sandbox.

The sample has no names and no open items of its own: what is open depends on the day one asks.
"""

import argparse
import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

SOURCE = Path("../shared/data/ibm_ar/late_payment_histories.csv")
CUT = date(2012, 12, 31)


@dataclass(frozen=True, slots=True)
class _Invoice:
    customer: str
    number: str
    amount: str
    invoiced: date
    due: date
    settled: date


def convert(source: Path, out: Path, *, cut: date, today: date) -> dict[str, Path]:
    """Write accounts, contacts and invoices as they stood at the end of `cut`.

    Open are invoices with invoiced ≤ cut < settled. Every date is moved by today − cut, so that
    the cut becomes today. Returns the files by their import name.
    """
    shift = today - cut
    invoices = [invoice for invoice in _read(source) if invoice.invoiced <= cut]
    customers = sorted({invoice.customer for invoice in invoices})
    out.mkdir(parents=True, exist_ok=True)
    accounts = [(name, f"Customer {name} (demo)", "credit", "open_item") for name in customers]
    contacts = [
        (name, "1", f"{name.lower()}@example.com", f"Accounts payable {name}", "true")
        for name in customers
    ]
    rows = [_row(invoice, cut, shift) for invoice in invoices]
    return {
        "accounts": _write(
            out / "accounts.csv", "account_id name account_kind billing_kind", accounts
        ),
        "contacts": _write(
            out / "contacts.csv", "account_id contact_id email name is_primary", contacts
        ),
        "invoices": _write(
            out / "invoices.csv",
            "account_id invoice_id amount outstanding_amount currency transaction_date"
            " payment_due_date paid_date",
            rows,
        ),
    }


def _read(source: Path) -> Iterable[_Invoice]:
    with source.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield _Invoice(
                row["customerID"],
                row["invoiceNumber"],
                row["InvoiceAmount"],
                _day(row["InvoiceDate"]),
                _day(row["DueDate"]),
                _day(row["SettledDate"]),
            )


def _day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007  A day has no zone.


def _row(invoice: _Invoice, cut: date, shift: timedelta) -> tuple[str, ...]:
    is_open = invoice.settled > cut
    return (
        invoice.customer,
        invoice.number,
        invoice.amount,
        invoice.amount if is_open else "0.00",
        "USD",
        (invoice.invoiced + shift).isoformat(),
        (invoice.due + shift).isoformat(),
        "" if is_open else (invoice.settled + shift).isoformat(),
    )


def _write(path: Path, columns: str, rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(columns.split())
        writer.writerows(rows)
    return path


def main() -> None:
    """Convert for a cut day; `--today` is the day it becomes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=SOURCE)
    parser.add_argument("--out", type=Path, default=Path("build/ibm"))
    parser.add_argument("--cut", type=date.fromisoformat, default=CUT)
    parser.add_argument("--today", type=date.fromisoformat)
    wanted = parser.parse_args()
    files = convert(wanted.source, wanted.out, cut=wanted.cut, today=wanted.today or wanted.cut)
    print("\n".join(str(path) for path in files.values()))


if __name__ == "__main__":
    main()
