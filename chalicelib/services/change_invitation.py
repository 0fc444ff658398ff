"""Write a change of an invitation with its account's badge, roster row and log, all or none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from pynamodb.exceptions import TransactWriteError
from ulid import ULID

from chalicelib.domain.accounts import Account
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.invitations import Delivery, Invitation, InvitationState
from chalicelib.storage.accounts import header_put, log_put
from chalicelib.storage.invitations import Stored, invitation_put
from chalicelib.storage.roster import row_put
from chalicelib.storage.transactions import Put, Write, WritesRefused, transact

TRIES = 6
MAIL_WATCH = timedelta(minutes=15)  # A mail still queued after that is queued again.
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Told:
    """The line the account's activity gets."""

    at: datetime
    source: str  # The operator's name, "payer" or "mail".
    text: str


def account_writes(read: Account, changed: Account, told: Told) -> list[Put]:
    """Header, roster row and activity of a changed account, guarded by the version read."""
    raised = replace(changed, money_version=read.money_version).raised()
    return [
        header_put(raised, expected_version=read.money_version),
        row_put(raised),
        log_put(read.dealer_id, read.account_id, told.at, told.source, told.text),
    ]


def store_change(
    stored: Stored, changed: Invitation, *, now: datetime, beside: Sequence[Write] = ()
) -> None:
    """One transaction: the invitation and what changes with it. Raises WritesRefused."""
    transact([invitation_write(stored, changed, now=now), *beside], token=str(ULID()))


def invitation_write(stored: Stored, changed: Invitation, *, now: datetime) -> Put:
    """Write "invitation" with the moment the sweep looks at it next."""
    return invitation_put(stored, changed, due_at=_looked_at_again(changed, now))


def _looked_at_again(invitation: Invitation, now: datetime) -> datetime | None:
    if invitation.state is not InvitationState.PENDING:
        return None
    if invitation.expires_at is not None:
        after = invitation.expires_at + timedelta(seconds=1)
        if invitation.remind_at is not None:
            after = min(after, max(invitation.remind_at, now + MAIL_WATCH))
        return after if after > now else None
    return now + MAIL_WATCH if invitation.delivery is Delivery.QUEUED else None


def until_stored(attempt: Callable[[], Result]) -> Result:
    """Repeat `attempt`, which reads anew each time, while others change the same items.

    Raises TryAgain when they never stop; any other refused write goes on to the caller.
    """
    for _ in range(TRIES):
        try:
            return attempt()
        except WritesRefused as refused:
            if not refused.names & {"account", "invitation", "chunk", "mail", "suppression"}:
                raise
        except TransactWriteError:
            continue  # A conflict that outlasted the transaction's own patience.
    raise TryAgain("Many people are changing this right now. Nothing was done; please try again.")
