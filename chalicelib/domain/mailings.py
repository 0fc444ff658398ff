"""Mailings: invitations prepared together. Who would get one, who would not, and how it went."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.accounts import Account, AccountKind, Badge
from chalicelib.domain.email_addresses import normal_address
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import AccountId, DealerId, InvitationId, MailingId
from chalicelib.domain.invitations import Invitation, badge, is_refused

CHUNK = 25  # Accounts one queue message is about.


class Purpose(StrEnum):
    """What a mailing does for each of its accounts."""

    INVITE = "invite"
    RESEND = "resend"  # A new link for an invitation that is pending or has expired.


class Verdict(StrEnum):
    """What the check before sending found; only SEND is mailed."""

    SEND = "send"
    CLOSED = "closed"  # A cash, system or inactive account.
    DISABLED = "disabled"  # Its portal access is switched off.
    ACCEPTED = "accepted"
    PENDING = "pending"
    NOT_INVITED = "not_invited"  # So there is nothing to send again.
    DECLINED = "declined"
    NO_EMAIL = "no_email"
    INVALID = "invalid"
    SUPPRESSED = "suppressed"  # Mails to that address came back, at any account of the dealer.
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
    purpose: Purpose = Purpose.INVITE


@dataclass(frozen=True, slots=True)
class Known:
    """What the check knows beside the accounts: their newest invitations, dead addresses, now."""

    newest: Mapping[InvitationId, Invitation]
    suppressed: Container[str]
    now: datetime


def addresses(
    accounts: Iterable[Account], newest: Mapping[InvitationId, Invitation], purpose: Purpose
) -> list[str]:
    """Whom the mailing would write to, one address an account, "" for none."""
    return [_address(account, _newest(account, newest), purpose)[0] for account in accounts]


def checked(accounts: Iterable[Account], known: Known, purpose: Purpose) -> list[Entry]:
    """One entry an account in the order given; of equal addresses only the first is invited.

    Invitations sent again were meant for their address one by one, so there it may be shared.
    """
    taken: set[str] = set()
    entries = []
    for account in accounts:
        entry = _entry(account, known, purpose)
        if entry.verdict is Verdict.SEND and purpose is Purpose.INVITE:
            if entry.email in taken:
                entry = replace(entry, verdict=Verdict.DUPLICATE)
            taken.add(entry.email)
        entries.append(entry)
    return entries


def chunks_of(entries: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    """The entries to be sent first, so that only the chunks in front have work."""
    ordered = sorted(entries, key=lambda entry: entry.verdict is not Verdict.SEND)
    return [tuple(ordered[start : start + CHUNK]) for start in range(0, len(ordered), CHUNK)]


def _newest(account: Account, newest: Mapping[InvitationId, Invitation]) -> Invitation | None:
    return newest.get(account.invitation_id) if account.invitation_id else None


def _address(account: Account, invitation: Invitation | None, purpose: Purpose) -> tuple[str, bool]:
    """The address, and whether a mail can be sent there; an invitation keeps its own."""
    if purpose is Purpose.RESEND:
        return (invitation.email, True) if invitation else ("", True)
    contact = account.primary_contact
    typed = contact.email if contact else ""
    try:
        return (normal_address(typed) if typed else ""), True
    except InvalidInput:
        return typed, False


def _entry(account: Account, known: Known, purpose: Purpose) -> Entry:
    invitation = _newest(account, known.newest)
    email, sendable = _address(account, invitation, purpose)
    verdict = _standing(account, invitation, known.now, purpose)
    if verdict is Verdict.SEND and not email:
        verdict = Verdict.NO_EMAIL
    elif verdict is Verdict.SEND and not sendable:
        verdict = Verdict.INVALID
    elif verdict is Verdict.SEND and (
        email in known.suppressed or _was_refused(invitation, email, purpose)
    ):
        verdict = Verdict.SUPPRESSED
    contact = account.primary_contact
    contact_id = contact.contact_id if contact else ""
    return Entry(account.account_id, account.name, email, contact_id, verdict)


def _standing(
    account: Account, invitation: Invitation | None, now: datetime, purpose: Purpose
) -> Verdict:
    """Whether the account may get such a mail at all, whatever its address."""
    if account.status != "active" or account.account_kind in {AccountKind.CASH, AccountKind.SYSTEM}:
        return Verdict.CLOSED
    if account.portal_disabled:
        return Verdict.DISABLED
    shown = badge(invitation, has_active_payer=account.badge is Badge.ACCEPTED, now=now)
    return _VERDICTS[purpose].get(shown, Verdict.SEND)


_VERDICTS: dict[Purpose, dict[Badge, Verdict]] = {
    Purpose.INVITE: {
        Badge.ACCEPTED: Verdict.ACCEPTED,
        Badge.PENDING: Verdict.PENDING,
        Badge.DECLINED: Verdict.DECLINED,
    },
    Purpose.RESEND: {
        Badge.ACCEPTED: Verdict.ACCEPTED,
        Badge.DECLINED: Verdict.DECLINED,
        Badge.NONE: Verdict.NOT_INVITED,
        Badge.REVOKED: Verdict.NOT_INVITED,
    },
}


def _was_refused(invitation: Invitation | None, email: str, purpose: Purpose) -> bool:
    """The mail service would not even take the last mail to it; sending again may be a repair."""
    if invitation is None or purpose is Purpose.RESEND:
        return False
    return is_refused(invitation) and invitation.email == email
