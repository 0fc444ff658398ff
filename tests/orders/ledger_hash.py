"""One hash of all a dealer's money: what is in it does not depend on the order of writing.

Two dealers to whom the same things happened have the same hash, whatever their ids are.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from chalicelib.domain.ids import AccountId
from chalicelib.domain.payments import Payment
from chalicelib.services.list_payments import list_own_payments
from chalicelib.services.list_settlements import list_settlements
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_state
from chalicelib.storage.ledger import list_entries
from chalicelib.storage.notices import list_notices

# When something was noticed, how old it was then and how often it was written depend on the order.
INCIDENTAL = {
    "version", "money_version", "run", "at", "submitted_at", "expected_at",
    "posted_at", "sent_at", "accepted_at", "created_at", "arrives_at", "as_of", "refreshed_at",
    "authorization", "current_cents", "days_1_30_cents", "days_31_60_cents", "days_61_90_cents",
    "days_91_up_cents", "invoices_past_due",
    "invoices_past_due_cents", "overdue_cent_days",
}  # fmt: skip
_PROCESSOR_ID = re.compile(r"\b([a-z]{2,8})_[A-Za-z0-9]{10,}\b")


def ledger_hash(world: World, dealer_id: Any, accounts: Sequence[AccountId]) -> str:
    """The SHA-256 of `ledger_facts`."""
    return hashlib.sha256("\n".join(ledger_facts(world, dealer_id, accounts)).encode()).hexdigest()


def ledger_facts(world: World, dealer_id: Any, accounts: Sequence[AccountId]) -> list[str]:
    """Entries, payments, claims, what is owed, settlements and notices, one sorted line each."""
    payments = [
        payment
        for account_id in accounts
        for payment in list_own_payments(world, dealer_id, account_id=account_id)[0]
    ]
    facts: list[tuple[str, Any]] = [("payment", payment) for payment in payments]
    for account_id in accounts:
        state = get_state(dealer_id, account_id)
        facts += [("claim", claim) for claim in state.claims]
        facts += [("payable", payable) for payable in state.payables]
        facts.append(("account", (account_id, state.account.totals)))
    for entry in list_entries(dealer_id):
        facts += [("line", (entry.event_key, entry.at, line)) for line in entry.lines]
    for settlement in list_settlements(world, dealer_id).settlements:
        facts.append(("settlement", settlement))
    facts += [("notice", notice) for notice in list_notices(dealer_id)]
    return sorted(_line(kind, fact, names_of(payments, dealer_id)) for kind, fact in facts)


def names_of(payments: Iterable[Payment], dealer_id: Any) -> dict[str, str]:
    """Ids → names that are alike wherever the same happened; payments by their number."""
    ordered = sorted(payments, key=lambda payment: payment.number)
    names = {str(payment.payment_id): f"payment {n}" for n, payment in enumerate(ordered)}
    return {str(dealer_id): "dealer", **names}


def _line(kind: str, fact: Any, names: dict[str, str]) -> str:
    plain = json.dumps([kind, msgspec.to_builtins(fact, str_keys=True)])
    for known, name in names.items():
        plain = plain.replace(known, name)
    return json.dumps(_settled(json.loads(_PROCESSOR_ID.sub(r"\1", plain))), sort_keys=True)


def _settled(value: Any) -> Any:
    """Without what is incidental; lists in an order that ids have no part in."""
    if isinstance(value, dict):
        return {name: _settled(one) for name, one in value.items() if name not in INCIDENTAL}
    if isinstance(value, list):
        return sorted((_settled(one) for one in value), key=json.dumps)
    return value
