"""A dealer's books as three companies keep them: our ledger, the processor, the ERP's GL."""

import json
import os
import subprocess
import sys
import urllib.request
from typing import Any

from sandbox.world import keys
from tests.journeys.walker import ROOT


def our_ledger(run: dict[str, Any], dealer: str) -> dict[str, int]:
    """Debits − credits in cents by the dealer's GL number, read in a process of its own."""
    balances: dict[str, int] = _asked(run, "ledger", dealer)
    return balances


def set_aside(run: dict[str, Any], event_id: str) -> str:
    """Why the product set an event aside, or ""."""
    reason: str = _asked(run, "event", event_id)
    return reason


def general_ledger(run: dict[str, Any], dealer: str) -> dict[str, int]:
    """The simulated Spruce's GL, the same way."""
    accounts = _spruce_ledger(run, dealer)["accounts"]
    return {row["account"]: row["balance_cents"] for row in accounts}


def posting_count(run: dict[str, Any], dealer: str) -> int:
    """How many postings the simulated Spruce has taken."""
    return int(_spruce_ledger(run, dealer)["posting_count"])


def _spruce_ledger(run: dict[str, Any], dealer: str) -> dict[str, Any]:
    url = f"{run['sandbox_url']}/spruce/{dealer}/gl"
    found: dict[str, Any] = _get(url, {"Authorization": f"Bearer {keys.SPRUCE_KEY}"})
    return found


def processor_list(run: dict[str, Any], account: str, what: str) -> list[dict[str, Any]]:
    """Everything of a kind (payment_intents, charges, events) on a connected account."""
    url = f"{run['sandbox_url']}/stripe/v1/{what}?limit=100"
    headers = {"Authorization": f"Bearer {keys.STRIPE_SECRET_KEY}", "Stripe-Account": account}
    found: list[dict[str, Any]] = []
    while True:
        page = _get(url + (f"&starting_after={found[-1]['id']}" if found else ""), headers)
        found += page["data"]
        if not page["has_more"]:
            return found


def processor_holds(run: dict[str, Any], account: str) -> int:
    """What the processor holds for a connected account, available or not, in cents."""
    url = f"{run['sandbox_url']}/stripe/v1/balance"
    headers = {"Authorization": f"Bearer {keys.STRIPE_SECRET_KEY}", "Stripe-Account": account}
    found = _get(url, headers)
    return sum(part["amount"] for kind in ("available", "pending") for part in found[kind])


def _get(url: str, headers: dict[str, str]) -> Any:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  The sandbox's address.
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def _asked(run: dict[str, Any], *question: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.books", *question],
        cwd=ROOT, env={**os.environ, **run["environment"]},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def _answer(question: str, name: str) -> dict[str, int] | str:
    from chalicelib.config import read_config
    from chalicelib.domain.ids import DealerId
    from chalicelib.storage.dealers import get_dealer
    from chalicelib.storage.ledger import trial_balance
    from chalicelib.storage.records import use_table
    from chalicelib.storage.unmatched_events import find_unmatched

    config = read_config()
    use_table(config.table_name, config.region)
    if question == "event":
        found = find_unmatched(name)
        return found.reason if found else ""
    numbers = get_dealer(DealerId(name)).gl
    balances = trial_balance(DealerId(name))
    return {getattr(numbers, account): cents for account, cents in balances.items()}


if __name__ == "__main__":
    print(json.dumps(_answer(*sys.argv[1:])))  # noqa: T201


def books_agree(run: dict[str, Any]) -> bool:
    """Our Clearing is what the processor holds, and the trial balance is 0."""
    dealer = run["dealers"][0]
    ours = our_ledger(run, dealer["id"])
    held = processor_holds(run, dealer["processor_account"])
    return ours.get("1050", 0) == held and sum(ours.values()) == 0
