"""Invite a customer account to the payments portal, send it again, or withdraw it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from ulid import ULID

from chalicelib.domain.accounts import Account, AccountKind, Badge
from chalicelib.domain.email_addresses import normal_address
from chalicelib.domain.errors import AlreadyDone, Conflict, InvalidInput, NotFound
from chalicelib.domain.ids import AccountId, DealerId, InvitationId
from chalicelib.domain.invitations import (
    RESENDABLE,
    Delivery,
    Invitation,
    InvitationState,
    state_now,
)
from chalicelib.services.change_invitation import Told, account_writes, store_change, until_stored
from chalicelib.services.post_letter import require_mailable
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_account
from chalicelib.storage.invitations import Stored, get_invitation
from chalicelib.storage.transactions import Write

_NOT_RESENT = {
    InvitationState.REVOKED: "This invitation was withdrawn. Invite the account again.",
    InvitationState.DECLINED: "They declined. Open the account to send it again on purpose.",
}
INVITATION, REMINDER = "invitation", "invitation_reminder"  # Mails of an invitation.


def invite_customer(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    operator: str,
    contact_id: str = "",
    email: str = "",
    record: Callable[[], Sequence[Write]] = tuple,
) -> Invitation:
    """Store a new invitation and queue its mail; to `email`, else to the contact on file.

    `record` makes the writes that keep account of it in the same transaction, anew for each try.
    Raises AlreadyDone (accepted, or one is waiting), Conflict (inactive account, access disabled),
    InvalidInput (no usable address) or NotFound.
    """
    now = world.clock.now()

    def attempt() -> Invitation:
        account = get_account(dealer_id, account_id)
        _require_invitable(account, now)
        invitation = _invitation_for(account, contact_id=contact_id, email=email, now=now)
        require_mailable(dealer_id, invitation.email)
        changed = replace(
            account,
            badge=Badge.PENDING,
            invitation_id=invitation.invitation_id,
            invited_at=now,
            delivery="",
        )
        told = Told(now, operator, f"Invited {invitation.email}.")
        beside = [*account_writes(account, changed, told), *record()]
        store_change(Stored(invitation, 0), invitation, now=now, beside=beside)
        return invitation

    return _queued(world, until_stored(attempt))


def resend_invitation(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    operator: str,
    email: str = "",
    resendable: frozenset[InvitationState] = RESENDABLE,
    record: Callable[[], Sequence[Write]] = tuple,
) -> Invitation:
    """Make a new generation, so that the old link says it was replaced, and queue its mail.

    `record` as in `invite_customer`. Raises AlreadyDone (accepted), Conflict (withdrawn or not
    `resendable`, access disabled), InvalidInput or NotFound.
    """
    now = world.clock.now()

    def attempt() -> Invitation:
        account, stored = _newest(dealer_id, account_id)
        old = stored.invitation
        _require_resendable(account, old, now, resendable)
        fresh = _next_generation(old, normal_address(email) if email else old.email)
        require_mailable(dealer_id, fresh.email)
        changed = replace(account, badge=Badge.PENDING, invited_at=now, delivery="")
        told = Told(now, operator, f"Sent the invitation again, to {fresh.email}.")
        beside = [*account_writes(account, changed, told), *record()]
        store_change(stored, fresh, now=now, beside=beside)
        return fresh

    return _queued(world, until_stored(attempt))


def revoke_invitation(
    world: World, dealer_id: DealerId, *, account_id: AccountId, operator: str
) -> None:
    """Withdraw an invitation nobody has used; its link dies at once.

    Raises AlreadyDone (accepted or withdrawn) or NotFound.
    """
    now = world.clock.now()

    def attempt() -> None:
        account, stored = _newest(dealer_id, account_id)
        if stored.invitation.state in {InvitationState.ACCEPTED, InvitationState.REVOKED}:
            raise AlreadyDone("There is no open invitation to withdraw.")
        revoked = replace(stored.invitation, state=InvitationState.REVOKED)
        told = Told(now, operator, f"Withdrew the invitation of {revoked.email}.")
        beside = account_writes(account, replace(account, badge=Badge.REVOKED), told)
        store_change(stored, revoked, now=now, beside=beside)

    until_stored(attempt)


def queue_invitation_mail(world: World, invitation: Invitation, *, mail: str = INVITATION) -> None:
    """Ask the mail worker for a mail of this generation; the body holds ids only."""
    world.queues.send_mail(
        mail,
        invitation.dealer_id,
        id=invitation.invitation_id,
        generation=str(invitation.generation),
    )


def _queued(world: World, invitation: Invitation) -> Invitation:
    # If this is lost the sweep finds the invitation still queued and asks again.
    queue_invitation_mail(world, invitation)
    return invitation


def _newest(dealer_id: DealerId, account_id: AccountId) -> tuple[Account, Stored]:
    account = get_account(dealer_id, account_id)
    if account.invitation_id is None:
        raise NotFound("This account has not been invited yet.")
    return account, get_invitation(dealer_id, account.invitation_id)


def _require_enabled(account: Account) -> None:
    if account.portal_disabled:
        raise Conflict("Portal access of this account is disabled. Enable it first.")


def _next_generation(old: Invitation, email: str) -> Invitation:
    return replace(
        old,
        email=email,
        state=InvitationState.PENDING,
        generation=old.generation + 1,
        token_hashes=(),
        superseded_hashes=old.superseded_hashes + old.token_hashes,
        delivery=Delivery.QUEUED,
        sent_at=None,
        expires_at=None,
        remind_at=None,
        opened_at=None,
        message_id="",
    )


def _require_resendable(
    account: Account, old: Invitation, now: datetime, resendable: frozenset[InvitationState]
) -> None:
    _require_enabled(account)
    state = state_now(old, now)
    if account.badge is Badge.ACCEPTED or state is InvitationState.ACCEPTED:
        raise AlreadyDone("This account has accepted its invitation already.")
    if state not in resendable:
        raise Conflict(_NOT_RESENT[state])


def _require_invitable(account: Account, now: datetime) -> None:
    _require_enabled(account)
    if account.badge is Badge.ACCEPTED:
        raise AlreadyDone("This account has accepted its invitation already.")
    if account.badge is Badge.PENDING and _still_waits(account, now):
        raise AlreadyDone("An invitation is waiting already. Send it again instead.")
    if account.status != "active":
        raise Conflict("This account is not active, so it cannot be invited.")
    if account.account_kind in {AccountKind.CASH, AccountKind.SYSTEM}:
        raise Conflict("Cash and system accounts have nothing to pay online.")


def _still_waits(account: Account, now: datetime) -> bool:
    """Time decides, not the badge: the sweep may not have shown the expiry yet."""
    if account.invitation_id is None:
        return False
    newest = get_invitation(account.dealer_id, account.invitation_id).invitation
    return state_now(newest, now) is InvitationState.PENDING


def _invitation_for(account: Account, *, contact_id: str, email: str, now: datetime) -> Invitation:
    contact = next((c for c in account.contacts if c.contact_id == contact_id), None)
    contact = contact or (None if email or contact_id else account.primary_contact)
    typed = email or (contact.email if contact else "")
    if not typed:
        sentence = "Choose a contact on file or type an e-mail address."
        raise InvalidInput(sentence, {"email": sentence})
    return Invitation(
        invitation_id=InvitationId(str(ULID())),
        dealer_id=account.dealer_id,
        account_id=account.account_id,
        email=normal_address(typed),
        contact_name=contact.name if contact else "",
        created_at=now,
    )
