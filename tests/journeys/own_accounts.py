"""Accounts made for one run of the journeys, brought in by the product's own import command."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.journeys.walker import ROOT, fetch_json

JOBS = ("Alder Street duplex", "Birch Court barn", "Cedar Lane remodel")
LARGE = 240  # Above the 200 rows a page carries at once.
SMALL = 6


@dataclass(frozen=True)
class Own:
    """The account numbers of one run; every person and company in them is made up."""

    dealer: str
    stamp: str

    def account(self, name: str) -> str:
        """The number of one of the accounts below."""
        return f"{self.stamp}-{name}"

    def email(self, name: str) -> str:
        """The contact's address."""
        return f"{name}.{self.stamp}@example.com"


SIZES = {
    "large": LARGE,
    "empty": 0,
    "payer": SMALL,
    "balance": SMALL,
    "shut": 2,
    "keyboard": SMALL,
    "returned": SMALL,
    "chargeback": SMALL,
    "used": 1,
    "expired": 1,
    "superseded": 1,
    "revoked": 1,
    "declined": 1,
    "elsewhere": 1,
    "verify": 1,
    "refund": 2,
    "unheard": SMALL,
}


def import_own_accounts(run: dict[str, Any], folder: Path) -> Own:
    """Write the files and run the import against the running product."""
    own = Own(dealer=run["dealers"][0]["id"], stamp=f"{int(time.time()) % 10_000_000:07d}")
    now = datetime.fromisoformat(fetch_json(f"{run['sandbox_url']}/clock")["now"])
    files = {
        "accounts": _accounts(own),
        "contacts": _contacts(own),
        "invoices": _invoices(own, now.date()),
    }
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)
    (folder / "run.json").write_text(json.dumps(run))
    named = [part for name in files for part in (f"--{name}", str(folder / f"{name}.csv"))]
    done = subprocess.run(
        [sys.executable, "-m", "tools.import_ledger", "--dealer", own.dealer, *named,
         "--as-of", now.astimezone(UTC).isoformat()],
        cwd=ROOT, env={**os.environ, "RUN_FOLDER": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return own


def _accounts(own: Own) -> Iterable[tuple[str, ...]]:
    yield "account_id", "name", "account_kind", "billing_kind"
    for name in SIZES:
        billing = "balance_forward" if name == "balance" else "open_item"
        yield own.account(name), f"Demo {name.capitalize()} Builders", "credit", billing


def _contacts(own: Own) -> Iterable[tuple[str, ...]]:
    yield "account_id", "contact_id", "email", "name", "is_primary"
    for name in SIZES:
        yield own.account(name), "1", own.email(name), "Demo Contact", "true"


def _invoices(own: Own, today: date) -> Iterable[tuple[str, ...]]:
    yield (
        "account_id", "invoice_id", "amount", "outstanding_amount", "currency",
        "transaction_date", "payment_due_date", "job_id", "job_name",
    )  # fmt: skip
    for name, count in SIZES.items():
        for number in range(count):
            job = number % len(JOBS)
            sent = today - timedelta(days=5 + number % 130)
            amount = f"{100 + 7 * number}.{number % 100:02d}"
            yield (
                own.account(name), f"{own.stamp}-{name}-{number:03d}", amount, amount, "USD",
                sent.isoformat(), (sent + timedelta(days=30)).isoformat(), f"J{job}", JOBS[job],
            )  # fmt: skip
