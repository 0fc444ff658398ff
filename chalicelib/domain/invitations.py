"""Invitations: badge, validity and what each state allows; tokens are made elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.ids import AccountId, DealerId, InvitationId


class InvitationState(StrEnum):
    """Stored states; Expired is decided by time at the moment of reading."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"


class Delivery(StrEnum):
    """The truth about the mail."""

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
    opened_at: datetime | None = None
    accepted_at: datetime | None = None
