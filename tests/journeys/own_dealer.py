"""A dealer made for one journey, for what would change the demo dealer under the others."""

import csv
import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.journeys.walker import ROOT

ACCOUNT, INVOICES = "S-100", (("S-1", "1000.00"), ("S-2", "500.00"), ("S-3", "100.00"))


def open_dealer(run: dict[str, Any], folder: Path) -> dict[str, Any]:
    """run.json as this dealer's people would read it: its id and logins only."""
    dealer = f"own-{time.time_ns() % 10**9}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.own_dealer", dealer, str(folder)],
        cwd=ROOT, env={**os.environ, **run["environment"]},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return {**run, "dealers": [{"id": dealer}], "logins": json.loads(done.stdout)}


def _open(name: str, folder: Path) -> list[dict[str, str]]:
    from dataclasses import asdict

    from chalicelib.bootstrap import AwsWorld
    from chalicelib.config import read_config
    from chalicelib.domain.dealers import Dealer
    from chalicelib.domain.ids import DealerId
    from chalicelib.storage.records import use_table
    from sandbox.seed import seed_dealer, seed_operators

    config = read_config()
    use_table(config.table_name, config.region)
    world = AwsWorld(config)
    acct = f"acct_{name.replace('-', '_')}"
    dealer = Dealer(DealerId(name), "Demo Yard", is_demo=True, processor_account=acct)
    files = _files(folder, world.clock.now().date() - timedelta(days=20))
    seed_dealer(world, dealer, files, config.stripe_api_base.rstrip("/"))
    return [asdict(login) for login in seed_operators(world, dealer)]


def _files(folder: Path, sent: Any) -> dict[str, Path]:
    due, email = (sent + timedelta(days=30)).isoformat(), f"ap.{folder.name}@example.com"
    rows = {
        "accounts": [("account_id", "name", "account_kind"), (ACCOUNT, "Demo Builders", "credit")],
        "contacts": [("account_id", "contact_id", "email"), (ACCOUNT, "1", email)],
        "invoices": [
            ("account_id", "invoice_id", "amount", "outstanding_amount", "currency",
             "transaction_date", "payment_due_date"),
            *((ACCOUNT, number, amount, amount, "USD", sent.isoformat(), due)
              for number, amount in INVOICES),
        ],
    }  # fmt: skip
    for name, lines in rows.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(lines)
    return {name: folder / f"{name}.csv" for name in rows}


if __name__ == "__main__":
    print(json.dumps(_open(sys.argv[1], Path(sys.argv[2]))))  # noqa: T201
