"""`make rebuild DEALER=`: fold every account from its events, compare with what is shown (R10)."""

import argparse
import sys

from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.ids import DealerId
from chalicelib.services.rebuild_account import Rebuilt, rebuild_account
from chalicelib.services.world import World
from chalicelib.storage.accounts import list_account_ids
from chalicelib.storage.roster import read_roster
from tools.import_ledger import connected_world

SHOWN = 50


def rebuild(world: World, dealer_id: DealerId) -> list[Rebuilt]:
    """Every account of the dealer, rebuilt; nothing is written."""
    roster = read_roster(world.files, dealer_id)
    return [
        rebuild_account(world, dealer_id, account_id=account_id, roster=roster)
        for account_id in list_account_ids(dealer_id)
    ]


def summary(accounts: list[Rebuilt]) -> str:
    """How much was rebuilt and how much came out equal, then what did not."""
    unequal = [words for account in accounts for words in account.unequal]
    equal = sum(not account.unequal for account in accounts)
    percent = 100 * equal / len(accounts) if accounts else 100
    counts = ", ".join(
        f"{sum(getattr(it, name) for it in accounts):,} {name}"
        for name in ("payments", "events", "entries")
    )
    lines = [f"{len(accounts):,} accounts, {counts} rebuilt", f"{percent:g} % equal"]
    return "\n".join(lines + [f"  {words}" for words in unequal[:SHOWN]])


def main() -> int:
    """Rebuild and report; 1 if anything is unequal."""
    parser = argparse.ArgumentParser(prog="make rebuild", description=__doc__)
    parser.add_argument("--dealer", required=True)
    wanted = parser.parse_args()
    try:
        accounts = rebuild(connected_world(), DealerId(wanted.dealer))
    except (DrypowderError, OSError) as error:
        print(error)
        return 1
    print(summary(accounts))
    return int(any(account.unequal for account in accounts))


if __name__ == "__main__":
    sys.exit(main())
