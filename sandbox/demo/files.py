"""The demo dealer's ledger as CSV files, dated relative to a day; same seed, same files."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from random import Random

from sandbox.demo.customers import Customer, customers
from sandbox.demo.ledger import Ledger, write_customer

SEED = 2400
COLUMNS = {
    "accounts": "account_id name account_kind billing_kind status credit_limit currency",
    "contacts": "account_id contact_id email name phone is_primary",
    "invoices": "account_id invoice_id amount outstanding_amount currency transaction_date"
    " payment_due_date job_id job_name po_number discount_amount discount_date statement_id"
    " paid_date",
    "adjustments": "account_id adjustment_id amount outstanding_amount currency kind"
    " payment_due_date transaction_date voucher_id adjustment_invoice_id job_id job_name"
    " statement_id",
    "statements": "account_id statement_id closed_on due_date balance discount_base"
    " discount_amount discount_date grace_days",
}


def write_demo(folder: Path, *, today: date, seed: int = SEED) -> dict[str, Path]:
    """Write the five files of the demo as of the end of `today`; returns them by import name."""
    random = Random(seed)  # noqa: S311  A demo needs to be the same every time, not secret.
    everyone = customers(random)
    ledger = Ledger()
    for customer in everyone:
        write_customer(ledger, random, customer, today)
    rows: dict[str, Iterable[Sequence[str]]] = {
        "accounts": [_account(customer) for customer in everyone],
        "contacts": [_contact(customer) for customer in everyone],
        "invoices": ledger.invoices,
        "adjustments": ledger.adjustments,
        "statements": ledger.statements,
    }
    folder.mkdir(parents=True, exist_ok=True)
    return {name: _written(folder / f"{name}.csv", COLUMNS[name], rows[name]) for name in COLUMNS}


def _account(customer: Customer) -> tuple[str, ...]:
    return (
        customer.account_id,
        customer.name,
        customer.kind,
        customer.billing,
        customer.status,
        f"{customer.limit_dollars}.00" if customer.kind == "credit" else "",
        "USD",
    )


def _contact(customer: Customer) -> tuple[str, ...]:
    return (customer.account_id, "1", customer.email, customer.contact, customer.phone, "true")


def _written(path: Path, columns: str, rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(columns.split())
        writer.writerows(rows)
    return path
