"""The sweep over invitations: makes expiry visible, reminds before it, queues lost mails again."""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.accounts import Badge
from chalicelib.domain.ids import DealerId, InvitationId
from chalicelib.domain.invitations import Delivery, Invitation, InvitationState, state_now
from chalicelib.services.change_invitation import Told, account_writes, store_change, until_stored
from chalicelib.services.invite_customer import REMINDER, queue_invitation_mail
from chalicelib.services.world import World
from chalicelib.storage import parsed_keys
from chalicelib.storage.accounts import get_account
from chalicelib.storage.due import due_items
from chalicelib.storage.invitations import DUE, Stored, get_invitation
from chalicelib.storage.transactions import Put


def expire_invitations(world: World) -> int:
    """Handle every invitation whose moment has passed; how many were handled.

    One that fails stops no other; the failures are raised together at the end.
    """
    now = world.clock.now()
    found = [parsed_keys.parsed_invitation(item.partition) for item in due_items(DUE, now=now)]
    failures = []
    for dealer_id, invitation_id in found:
        try:
            _handle(world, dealer_id, invitation_id)
        except Exception as error:  # noqa: BLE001  Whatever it is, the others come first.
            failures.append(error)
    if failures:
        raise ExceptionGroup("invitations could not be handled", failures)
    return len(found)


def _handle(world: World, dealer_id: DealerId, invitation_id: InvitationId) -> None:
    now = world.clock.now()

    def attempt() -> None:
        stored = get_invitation(dealer_id, invitation_id)
        invitation = stored.invitation
        state = state_now(invitation, now)
        if state is InvitationState.EXPIRED:
            _show_expired(stored, now)
            return
        store_change(stored, invitation, now=now)
        if state is not InvitationState.PENDING:
            return
        if invitation.delivery is Delivery.QUEUED:
            queue_invitation_mail(world, invitation)
        elif _wants_reminder(invitation, now):
            queue_invitation_mail(world, invitation, mail=REMINDER)

    until_stored(attempt)


def _wants_reminder(invitation: Invitation, now: datetime) -> bool:
    """Due, and the link would open something: access may be enabled again before it expires."""
    if invitation.remind_at is None or invitation.remind_at > now:
        return False
    return not get_account(invitation.dealer_id, invitation.account_id).portal_disabled


def _show_expired(stored: Stored, now: datetime) -> None:
    invitation = stored.invitation
    account = get_account(invitation.dealer_id, invitation.account_id)
    beside: list[Put] = []
    if account.invitation_id == invitation.invitation_id and account.badge is Badge.PENDING:
        told = Told(now, "system", f"The invitation of {invitation.email} expired.")
        beside = account_writes(account, replace(account, badge=Badge.EXPIRED), told)
    store_change(stored, invitation, now=now, beside=beside)
