"""Disable a customer account's portal access, or enable it again."""

from dataclasses import replace

from ulid import ULID

from chalicelib.domain.errors import AlreadyDone
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.services.change_invitation import Told, account_writes, until_stored
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_account
from chalicelib.storage.transactions import transact


def disable_portal_access(
    world: World, dealer_id: DealerId, *, account_id: AccountId, operator: str
) -> None:
    """From now on its payers can neither see nor pay; what they submitted before goes on.

    Logins, company and saved methods stay. Raises AlreadyDone or NotFound.
    """
    text = "Disabled portal access."
    _change(world, dealer_id, account_id, is_disabled=True, told=(operator, text))


def enable_portal_access(
    world: World, dealer_id: DealerId, *, account_id: AccountId, operator: str
) -> None:
    """Its payers are let in again, as before. Raises AlreadyDone or NotFound."""
    text = "Enabled portal access again."
    _change(world, dealer_id, account_id, is_disabled=False, told=(operator, text))


def _change(
    world: World,
    dealer_id: DealerId,
    account_id: AccountId,
    *,
    is_disabled: bool,
    told: tuple[str, str],
) -> None:
    line = Told(world.clock.now(), *told)

    def attempt() -> None:
        account = get_account(dealer_id, account_id)
        if account.portal_disabled is is_disabled:
            word = "disabled" if is_disabled else "enabled"
            raise AlreadyDone(f"Portal access of this account is {word} already.")
        changed = replace(account, portal_disabled=is_disabled)
        transact(account_writes(account, changed, line), token=str(ULID()))

    until_stored(attempt)
