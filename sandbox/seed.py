"""Fills a fresh deployment with two demo dealers: one made up, one from a public sample."""

import argparse
import base64
import hashlib
import json
import time
import urllib.request
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from chalicelib.bootstrap import AwsWorld
from chalicelib.config import read_config
from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import DealerId
from chalicelib.services.create_operator import create_operator
from chalicelib.services.world import World
from chalicelib.storage.dealers import put_dealer
from chalicelib.storage.records import use_table
from sandbox.demo.files import write_demo
from sandbox.places import BUILD, ROOT
from tools.convert_ibm import CUT, SOURCE, convert
from tools.import_ledger import extract_time, import_files, summary

PASSWORD = "Timber-Frame-2400"
OPERATORS = (("admin", "Alma Reyes"), ("ar", "Noor Haddad"), ("viewer", "Vic Tran"))
DEMO = DealerId("cascade-demo")
IBM = DealerId("ibm-demo")


@dataclass(frozen=True, slots=True)
class Login:
    """How to sign in as one demo operator."""

    dealer: str
    role: str
    name: str
    email: str
    password: str
    totp_secret: str


def _dealer(dealer_id: DealerId, name: str, world_url: str, *, statements_on: bool) -> Dealer:
    return Dealer(
        dealer_id=dealer_id,
        name=name,
        phone="503-555-0142",
        address="2400 Mill Road, Demo City, OR 97000",
        is_demo=True,
        processor_account=f"acct_demo_{dealer_id.partition('-')[0]}",
        erp_url=f"{world_url}/spruce/{dealer_id}",
        statements_on=statements_on,
    )


def seed_dealer(world: World, dealer: Dealer, files: dict[str, Path], stripe_url: str) -> None:
    """A dealer, its connected account at the simulated processor and its imported ledger."""
    put_dealer(dealer)
    _post(f"{stripe_url}/_accounts", {"id": dealer.processor_account, "name": dealer.name})
    # The files' own time, so that `make import` of the same files later changes nothing.
    as_of = min(world.clock.now(), extract_time(None, files))
    ledger = import_files(world, dealer.dealer_id, paths=files, as_of=as_of)
    if any(report.invalid or report.refused for report in ledger.reports.values()):
        raise SystemExit(summary(ledger.reports))


def seed_operators(world: World, dealer: Dealer) -> list[Login]:
    """An admin, an AR clerk and a viewer, with TOTP secrets that are the same at every start."""
    logins = []
    for role, name in OPERATORS:
        email = f"{role}@{dealer.dealer_id}.example.com"
        secret = base64.b32encode(hashlib.sha256(email.encode()).digest()[:20]).decode()
        create_operator(
            world,
            dealer.dealer_id,
            email=email,
            name=name,
            role=role,
            password=PASSWORD,
            totp_secret=secret,
        )
        logins.append(Login(dealer.dealer_id, role, name, email, PASSWORD, secret))
    return logins


def _post(url: str, body: dict[str, str]) -> None:
    request = urllib.request.Request(  # noqa: S310  The sandbox's own address.
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        answer.read()


def _ledgers(world_url: str, today: date) -> list[tuple[Dealer, dict[str, Path]]]:
    """The dealers there is data for, with the files of each."""
    demo = _dealer(DEMO, "Cascade Lumber (demo)", world_url, statements_on=True)
    ledgers = [(demo, write_demo(BUILD / "demo", today=today))]
    source = ROOT / SOURCE
    if source.exists():
        ibm = _dealer(IBM, "Public ledger (demo, IBM sample)", world_url, statements_on=False)
        ledgers.append((ibm, convert(source, BUILD / "ibm", cut=CUT, today=today)))
    return ledgers


def seed() -> dict[str, list[dict[str, str]]]:
    """Seed everything; returns the `dealers` and `logins` of run.json."""
    config = read_config()
    use_table(config.table_name, config.region)
    world = AwsWorld(config)
    stripe_url = config.stripe_api_base.rstrip("/")
    world_url = stripe_url.removesuffix("/stripe")
    time_zone = _dealer(DEMO, "", world_url, statements_on=True).time_zone
    today = dealer_day(world.clock.now(), time_zone)
    dealers, logins = [], []
    for dealer, files in _ledgers(world_url, today):
        seed_dealer(world, dealer, files, stripe_url)
        logins += [asdict(login) for login in seed_operators(world, dealer)]
        dealers.append(
            {
                "id": dealer.dealer_id,
                "name": dealer.name,
                "processor_account": dealer.processor_account,
            }
        )
    return {"dealers": dealers, "logins": logins}


def main() -> None:
    """Seed and write what was made to `--out`, for run.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    started = time.monotonic()
    out = parser.parse_args().out
    out.write_text(json.dumps(seed(), indent=2))
    print(f"seeded in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
