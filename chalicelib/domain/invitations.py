"""Invitations: badge, validity and what each state allows; tokens are made elsewhere."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.accounts import Badge
from chalicelib.domain.days import day_end, dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.email_addresses import masked_address
from chalicelib.domain.errors import LinkRefused
from chalicelib.domain.ids import AccountId, DealerId, InvitationId

REMINDER_HOUR = timedelta(hours=15)  # Before the end of the dealer's day: about 9 in the morning.


class InvitationState(StrEnum):
    """EXPIRED is never stored: time decides it at the moment of reading."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Delivery(StrEnum):
    """The truth about the mail; a bounce may be for now or for good (domain/mails.py)."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation of one account; `generation` rises with each resend."""

    invitation_id: InvitationId
    dealer_id: DealerId
    account_id: AccountId
    email: str
    contact_name: str
    created_at: datetime
    state: InvitationState = InvitationState.PENDING
    generation: int = 1
    token_hashes: tuple[str, ...] = ()  # SHA-256 of the current generation's tokens.
    superseded_hashes: tuple[str, ...] = ()
    delivery: Delivery = Delivery.QUEUED
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    remind_at: datetime | None = None  # When the reminder is due; None: sent, or none wanted.
    opened_at: datetime | None = None
    message_id: str = ""  # Of the generation's newest mail; "" before, or if it was refused.
    accepted_at: datetime | None = None


UNANSWERED = frozenset({InvitationState.PENDING, InvitationState.EXPIRED})
RESENDABLE = UNANSWERED | {InvitationState.DECLINED}  # Declined: one at a time, on purpose.
_BADGES = {
    InvitationState.PENDING: Badge.PENDING,
    InvitationState.ACCEPTED: Badge.ACCEPTED,
    InvitationState.DECLINED: Badge.DECLINED,
    InvitationState.EXPIRED: Badge.EXPIRED,
    InvitationState.REVOKED: Badge.REVOKED,
}

_REFUSALS = {
    InvitationState.ACCEPTED: ("used", "This invitation has already been used. Please sign in."),
    InvitationState.DECLINED: ("declined", "This invitation was declined."),
    InvitationState.REVOKED: ("revoked", "This invitation was withdrawn by the sender."),
    InvitationState.EXPIRED: ("expired", "This invitation has expired. Ask for a new one."),
}


def expires_at(sent_at: datetime, dealer: Dealer) -> datetime:
    """23:59:59 in the dealer's zone on the last valid day after sending, as UTC."""
    last_day = dealer_day(sent_at, dealer.time_zone) + timedelta(days=dealer.invitation_days)
    return day_end(last_day, dealer.time_zone)


def remind_at(sent_at: datetime, dealer: Dealer) -> datetime | None:
    """The reminder's moment, whole days before expiry; None if none is wanted or time is short."""
    before = timedelta(days=dealer.invitation_reminder_days)
    at = expires_at(sent_at, dealer) - before - REMINDER_HOUR
    return at if before and at > sent_at else None


def state_now(invitation: Invitation, now: datetime) -> InvitationState:
    """The state at a moment: a pending invitation past its last second is expired."""
    if invitation.state is not InvitationState.PENDING or invitation.expires_at is None:
        return invitation.state
    # The last valid second is whole: 23:59:59.4 still belongs to it.
    is_over = now >= invitation.expires_at + timedelta(seconds=1)
    return InvitationState.EXPIRED if is_over else InvitationState.PENDING


def badge(newest: Invitation | None, *, has_active_payer: bool, now: datetime) -> Badge:
    """Accepted if anyone active can pay the account, else the newest invitation's state."""
    if has_active_payer:
        return Badge.ACCEPTED
    return _BADGES[state_now(newest, now)] if newest else Badge.NONE


OPENED = "opened link"
CAME_BACK = frozenset({Delivery.BOUNCED, Delivery.COMPLAINED})


def shown_delivery(invitation: Invitation) -> str:
    """How its mail fared, in a word or two; bad news is never hidden by an opened link."""
    if invitation.opened_at is not None and invitation.delivery not in CAME_BACK:
        return OPENED
    return invitation.delivery.value


def is_refused(invitation: Invitation) -> bool:
    """The mail service did not even take its mail."""
    return invitation.delivery is Delivery.BOUNCED and not invitation.message_id


def check_link(invitation: Invitation | None, token_hash: str, now: datetime) -> Invitation:
    """The invitation a mail link opens; `token_hash` is the SHA-256 of the link's secret, as hex.

    Raises LinkRefused with one of errors.LINK_REASONS; a wrong secret learns nothing else.
    """
    if invitation is None:
        raise LinkRefused("This link is not valid.", "unknown")
    if _holds(invitation.superseded_hashes, token_hash):
        sent_to = masked_address(invitation.email)
        raise LinkRefused(
            f"This link was replaced by a newer one, sent to {sent_to}.", "superseded"
        )
    if not _holds(invitation.token_hashes, token_hash):
        raise LinkRefused("This link is not valid.", "unknown")
    refusal = _REFUSALS.get(state_now(invitation, now))
    if refusal:
        reason, sentence = refusal
        raise LinkRefused(sentence, reason)
    return invitation


def can_resend(invitation: Invitation, now: datetime) -> bool:
    """Pending, expired and declined ones can be sent again; accepted and revoked ones cannot."""
    return state_now(invitation, now) in RESENDABLE


def _holds(hashes: tuple[str, ...], token_hash: str) -> bool:
    found = [hmac.compare_digest(known.encode(), token_hash.encode()) for known in hashes]
    return any(found)
