"""Addresses of an account that are not mailed any more, and mailing one of them again."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from chalicelib.domain.accounts import Account
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.domain.mails import Suppression
from chalicelib.services.change_invitation import until_stored
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_account, log_put
from chalicelib.storage.invitations import find_invitations
from chalicelib.storage.mails import find_suppressions, get_suppression, suppression_put
from chalicelib.storage.transactions import transact
from chalicelib.storage.users import list_logins


def list_suppressed(account: Account) -> Sequence[Suppression]:
    """Which of its addresses are not mailed: the contacts', logins', newest invitation's."""
    emails = [contact.email.strip().lower() for contact in account.contacts]
    if account.invitation_id:
        newest = find_invitations(account.dealer_id, [account.invitation_id])
        emails += [invitation.email for invitation in newest.values()]
    if account.company_id:
        emails += [user.email for user in list_logins(account.dealer_id, account.company_id)]
    found = find_suppressions(account.dealer_id, emails)
    return [found[email] for email in dict.fromkeys(emails) if email in found]


def allow_mail(
    world: World, dealer_id: DealerId, *, account_id: AccountId, email: str, operator: str
) -> None:
    """Mail an address of the account again, for every account of the dealer; who and when is kept.

    Raises NotFound for an address that is not the account's or is mailed anyway.
    """
    now = world.clock.now()

    def attempt() -> None:
        account = get_account(dealer_id, account_id)
        if email not in {one.email for one in list_suppressed(account)}:
            raise NotFound("Mails to this address are not held back.")
        stored = get_suppression(dealer_id, email)
        if stored.suppression is None or not stored.suppression.stands:
            raise NotFound("Mails to this address are not held back.")
        lifted = replace(stored.suppression, lifted_at=now, lifted_by=operator)
        line = log_put(dealer_id, account_id, now, operator, f"Allowed mails to {email} again.")
        transact([suppression_put(dealer_id, stored, lifted), line], token=uuid4().hex)

    until_stored(attempt)
