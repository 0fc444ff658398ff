"""Prepare invitations for many accounts, new or sent again: check each, store it, send nothing."""

from collections.abc import Sequence

from ulid import ULID

from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.ids import AccountId, DealerId, MailingId
from chalicelib.domain.mailings import (
    Known,
    Mailing,
    Purpose,
    Verdict,
    addresses,
    checked,
    chunks_of,
)
from chalicelib.services.world import World
from chalicelib.storage.accounts import find_accounts
from chalicelib.storage.invitations import find_invitations
from chalicelib.storage.mailings import create_mailing
from chalicelib.storage.mails import find_suppressions

MOST_ACCOUNTS = 5_000


def prepare_mailing(
    world: World,
    dealer_id: DealerId,
    *,
    account_ids: Sequence[AccountId],
    operator: str,
    purpose: Purpose = Purpose.INVITE,
) -> Mailing:
    """Store who would be mailed and why the others would not, in the order chosen.

    Raises InvalidInput (nothing or too much chosen) or NotFound (one of them is not the dealer's).
    """
    chosen = list(dict.fromkeys(account_ids))
    if not chosen:
        raise InvalidInput("Tick at least one customer first.")
    if len(chosen) > MOST_ACCOUNTS:
        sentence = f"At most {MOST_ACCOUNTS:,} accounts can be mailed together. Use more filters."
        raise InvalidInput(sentence)
    found = find_accounts(dealer_id, chosen)
    if len(found) != len(chosen):
        raise NotFound("One of these accounts does not exist. Reload the list and choose again.")
    newest = find_invitations(
        dealer_id, [known.invitation_id for known in found.values() if known.invitation_id]
    )
    now, accounts = world.clock.now(), [found[account_id] for account_id in chosen]
    suppressed = find_suppressions(dealer_id, addresses(accounts, newest, purpose))
    entries = checked(accounts, Known(newest, suppressed, now), purpose)
    chunks = chunks_of(entries)
    mailing = Mailing(
        mailing_id=MailingId(str(ULID())),
        dealer_id=dealer_id,
        operator=operator,
        prepared_at=now,
        chosen=len(entries),
        to_send=sum(entry.verdict is Verdict.SEND for entry in entries),
        purpose=purpose,
    )
    create_mailing(mailing, chunks)
    return mailing
