"""Open an invitation from its mail link: look, note that it was opened, consume nothing."""

import re
from dataclasses import dataclass, replace

from chalicelib.domain.accounts import Account
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import LinkRefused, NotFound
from chalicelib.domain.ids import DealerId, InvitationId
from chalicelib.domain.invitations import (
    Invitation,
    InvitationState,
    check_link,
    shown_delivery,
    state_now,
)
from chalicelib.services.change_invitation import Told, account_writes, store_change
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_account
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.invitations import Stored, get_invitation
from chalicelib.storage.sessions import hashed
from chalicelib.storage.transactions import Put, WritesRefused

_LINK = re.compile(r"([A-Za-z0-9_.-]{1,64})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{20,128})")
_UNKNOWN = "This link is not valid."
SUPERSEDED = "superseded"
# After these the account may be invited anew.
_LEAVES_ROOM = frozenset({"expired", "revoked", "declined", SUPERSEDED})
_DISABLED = "Online access to this account is switched off."


@dataclass(frozen=True, slots=True)
class Link:
    """What a mail link names; believed only as far as the secret's hash agrees."""

    dealer_id: DealerId
    invitation_id: InvitationId
    secret: str

    def text(self) -> str:
        """The value in the address and in the short-lived cookie."""
        return f"{self.dealer_id}.{self.invitation_id}.{self.secret}"


@dataclass(frozen=True, slots=True)
class Opened:
    """An invitation that may be used, and whose it is."""

    stored: Stored
    account: Account
    dealer: Dealer

    @property
    def invitation(self) -> Invitation:
        """The invitation itself."""
        return self.stored.invitation


def parsed_link(text: str) -> Link:
    """The parts of `<dealer>.<invitation>.<secret>`; raises LinkRefused (unknown)."""
    found = _LINK.fullmatch(text)
    if found is None:
        raise LinkRefused(_UNKNOWN, "unknown")
    return Link(DealerId(found[1]), InvitationId(found[2]), found[3])


def open_invitation(world: World, link: Link) -> Opened:
    """The invitation behind a link at this business moment; changes nothing.

    Raises LinkRefused with its reason; a foreign dealer or id answers like a wrong secret.
    """
    stored = _stored(link)
    check_link(stored.invitation, hashed(link.secret), world.clock.now())
    account = get_account(link.dealer_id, stored.invitation.account_id)
    if account.portal_disabled:
        raise LinkRefused(_DISABLED, "disabled")
    return Opened(stored, account, get_dealer(link.dealer_id))


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a link opens nothing, for whoever holds its secret; `newer` is what took its place."""

    invitation: Invitation
    dealer: Dealer
    newer: Invitation | None = None


def refused_invitation(world: World, link: Link, reason: str) -> Refused:
    """For the words of a refused link: only for who holds one of its secrets.

    Raises LinkRefused (unknown) for anybody else.
    """
    invitation, dealer = _stored(link).invitation, get_dealer(link.dealer_id)
    if hashed(link.secret) not in invitation.token_hashes + invitation.superseded_hashes:
        raise LinkRefused(_UNKNOWN, "unknown")
    newer = _invited_anew(world, invitation) if reason in _LEAVES_ROOM else None
    if reason == SUPERSEDED:
        newer = newer or invitation
    return Refused(invitation, dealer, newer)


def _invited_anew(world: World, old: Invitation) -> Invitation | None:
    """The account's newest invitation, if that is another one and somebody may still use it."""
    newest_id = get_account(old.dealer_id, old.account_id).invitation_id
    if newest_id is None or newest_id == old.invitation_id:
        return None
    newest = get_invitation(old.dealer_id, newest_id).invitation
    return newest if state_now(newest, world.clock.now()) is InvitationState.PENDING else None


def note_opened(world: World, opened: Opened) -> None:
    """Remember the first time the link was opened; losing a race loses only the note."""
    if opened.invitation.opened_at is not None:
        return
    now, account = world.clock.now(), opened.account
    seen = replace(opened.invitation, opened_at=now)
    beside: list[Put] = []
    if account.invitation_id == seen.invitation_id:
        told = Told(now, "payer", f"Somebody opened the link sent to {seen.email}.")
        changed = replace(account, delivery=shown_delivery(seen))
        beside = account_writes(account, changed, told)
    try:
        store_change(opened.stored, seen, now=now, beside=beside)
    except WritesRefused:
        return


def _stored(link: Link) -> Stored:
    try:
        return get_invitation(link.dealer_id, link.invitation_id)
    except NotFound:
        raise LinkRefused(_UNKNOWN, "unknown") from None
