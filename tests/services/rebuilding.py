"""Rebuilding one account as a test asks for it."""

from typing import Any

from chalicelib.domain.accounts import Account
from chalicelib.services.rebuild_account import Rebuilt, rebuild_account
from chalicelib.storage.roster import read_roster


def rebuilt(world: Any, account: Account) -> Rebuilt:
    """The account's projections, folded anew."""
    roster = read_roster(world.files, account.dealer_id)
    return rebuild_account(world, account.dealer_id, account_id=account.account_id, roster=roster)
