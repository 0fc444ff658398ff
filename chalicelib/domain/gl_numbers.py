"""The dealer's own account numbers for our ledger's accounts: what they may look like and share."""

import re
from collections import Counter
from dataclasses import asdict

from chalicelib.domain.dealers import GlAccounts

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,19}")
UNREADABLE = "Up to 20 letters, digits, dots and hyphens, as in Spruce."
SHARED = "Used twice. Its balance proves something, so it needs an account of its own."
# Their balances are compared (Clearing is 0 per deposit); costs and income may share an account.
STAND_ALONE = frozenset(
    {"accounts_receivable", "clearing", "bank", "held_in_dispute", "unapplied_cash"}
)


def wrong_numbers(accounts: GlAccounts) -> dict[str, str]:
    """What is wrong with the numbers, by ledger account; {} if they can be posted to."""
    numbers: dict[str, str] = asdict(accounts)
    uses = Counter(numbers.values())
    wrong = {}
    for name, number in numbers.items():
        if not _NUMBER.fullmatch(number):
            wrong[name] = UNREADABLE
        elif name in STAND_ALONE and uses[number] > 1:
            wrong[name] = SHARED
    return wrong
