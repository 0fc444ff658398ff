"""Mailings: invitations prepared together. Who would get one, who would not, and how it went."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.accounts import Account, AccountKind, Badge
from chalicelib.domain.email_addresses import normal_address
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import AccountId, DealerId, InvitationId, MailingId
from chalicelib.domain.invitations import Delivery, Invitation, badge

CHUNK = 25  # Accounts one queue message is about.


class Verdict(StrEnum):
    """What the check before sending found; only SEND is invited."""

    SEND = "send"
    CLOSED = "closed"  # A cash, system or inactive account.
    DISABLED = "disabled"  # Its portal access is switched off.
    ACCEPTED = "accepted"
    PENDING = "pending"
    DECLINED = "declined"
    NO_EMAIL = "no_email"
    INVALID = "invalid"
    SUPPRESSED = "suppressed"  # The last mail to that very address came back.
    DUPLICATE = "duplicate"  # An account before it has the same address.


class Outcome(StrEnum):
    """How far one account's invitation is; REFUSED is final and has a sentence."""

    WAITING = "waiting"
    INVITED = "invited"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One chosen account."""

    account_id: AccountId
    name: str
    email: str
    contact_id: str
    verdict: Verdict
    outcome: Outcome = Outcome.WAITING
    said: str = ""

    @property
    def is_open(self) -> bool:
        """Still to be invited."""
        return self.verdict is Verdict.SEND and self.outcome is Outcome.WAITING


@dataclass(frozen=True, slots=True)
class Mailing:
    """The head of a mailing; its entries are kept in chunks. Business time."""

    mailing_id: MailingId
    dealer_id: DealerId
    operator: str
    prepared_at: datetime
    chosen: int
    to_send: int
    started_at: datetime | None = None


def checked(
    accounts: Iterable[Account], newest: Mapping[InvitationId, Invitation], now: datetime
) -> list[Entry]:
    """One entry an account in the order given; of equal addresses only the first is to be sent."""
    taken: set[str] = set()
    entries = []
    for account in accounts:
        entry = _entry(account, newest, now)
        if entry.verdict is Verdict.SEND:
            if entry.email in taken:
                entry = replace(entry, verdict=Verdict.DUPLICATE)
            taken.add(entry.email)
        entries.append(entry)
    return entries


def chunks_of(entries: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    """The entries to be sent first, so that only the chunks in front have work."""
    ordered = sorted(entries, key=lambda entry: entry.verdict is not Verdict.SEND)
    return [tuple(ordered[start : start + CHUNK]) for start in range(0, len(ordered), CHUNK)]


def _entry(account: Account, newest: Mapping[InvitationId, Invitation], now: datetime) -> Entry:
    contact = account.primary_contact
    invitation = newest.get(account.invitation_id) if account.invitation_id else None
    typed = contact.email if contact else ""
    try:
        email, sendable = (normal_address(typed) if typed else ""), True
    except InvalidInput:
        email, sendable = typed, False
    verdict = _standing(account, invitation, now)
    if verdict is Verdict.SEND and not email:
        verdict = Verdict.NO_EMAIL
    elif verdict is Verdict.SEND and not sendable:
        verdict = Verdict.INVALID
    elif verdict is Verdict.SEND and _came_back(invitation, email):
        verdict = Verdict.SUPPRESSED
    contact_id = contact.contact_id if contact else ""
    return Entry(account.account_id, account.name, email, contact_id, verdict)


def _standing(account: Account, invitation: Invitation | None, now: datetime) -> Verdict:
    """Whether the account may be invited at all, whatever its address."""
    if account.status != "active" or account.account_kind in {AccountKind.CASH, AccountKind.SYSTEM}:
        return Verdict.CLOSED
    if account.portal_disabled:
        return Verdict.DISABLED
    shown = badge(invitation, has_active_payer=account.badge is Badge.ACCEPTED, now=now)
    verdicts = {
        Badge.ACCEPTED: Verdict.ACCEPTED,
        Badge.PENDING: Verdict.PENDING,
        Badge.DECLINED: Verdict.DECLINED,
    }
    return verdicts.get(shown, Verdict.SEND)


def _came_back(invitation: Invitation | None, email: str) -> bool:
    returned = {Delivery.BOUNCED, Delivery.COMPLAINED}
    return invitation is not None and invitation.delivery in returned and invitation.email == email
