"""Decline an invitation: the link stops working and the dealer sees it."""

from dataclasses import replace

from chalicelib.domain.accounts import Badge
from chalicelib.domain.invitations import InvitationState
from chalicelib.services.change_invitation import Told, account_writes, store_change, until_stored
from chalicelib.services.open_invitation import Link, open_invitation
from chalicelib.services.world import World

LONGEST_REASON = 500


def decline_invitation(world: World, link: Link, *, reason: str = "") -> None:
    """Mark it declined, with the reason in the account's activity. Raises LinkRefused."""
    now = world.clock.now()
    why = f" Reason: {reason[:LONGEST_REASON]}" if reason else ""

    def attempt() -> None:
        opened = open_invitation(world, link)
        account = opened.account
        declined = replace(opened.invitation, state=InvitationState.DECLINED)
        told = Told(now, "payer", f"{declined.email} declined the invitation.{why}")
        changed = account
        # Someone else may have joined meanwhile, and then the account stays accepted.
        if account.badge is not Badge.ACCEPTED:
            changed = replace(account, badge=Badge.DECLINED)
        beside = account_writes(account, changed, told)
        store_change(opened.stored, declined, now=now, beside=beside)

    until_stored(attempt)
