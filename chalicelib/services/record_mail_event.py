"""Take what the mail service says about a mail to its effect: badge, activity, suppression."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain.errors import TryAgain
from chalicelib.domain.invitations import Delivery, Invitation, shown_delivery
from chalicelib.domain.mails import FOR_GOOD, Fate, MailEvent, SentMail, is_news, suppressed_by
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.ses_events import read_ses_event
from chalicelib.services.change_invitation import (
    Told,
    account_writes,
    invitation_write,
    until_stored,
)
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_account, log_put
from chalicelib.storage.invitations import get_invitation
from chalicelib.storage.mails import find_mail, get_suppression, mail_put, suppression_put
from chalicelib.storage.transactions import Write, transact

IGNORED, REPEATED, UNKNOWN, MISMATCHED = "ignored", "repeated", "unknown", "mismatched"
STORED_WITHIN = timedelta(minutes=10)  # By then a mail that left is remembered, or never will be.
_DELIVERIES = {
    Fate.DELIVERED: Delivery.DELIVERED,
    Fate.SOFT_BOUNCED: Delivery.BOUNCED,
    Fate.BOUNCED: Delivery.BOUNCED,
    Fate.COMPLAINED: Delivery.COMPLAINED,
}
_SAID = {
    Fate.DELIVERED: "Delivered to {email}: {mail}.",
    Fate.SOFT_BOUNCED: "Came back from {email}: {mail}. A later mail may arrive.",
    Fate.BOUNCED: "Came back from {email} for good: {mail}. Nothing more is sent there.",
    Fate.COMPLAINED: "{email} reported as spam: {mail}. Nothing more is sent there.",
}


def record_mail_event(world: World, body: Mapping[str, object]) -> str:
    """Record one event; a repeat, a late or an unknown one changes nothing.

    Returns the fate recorded, or "ignored" (says nothing about arriving), "repeated" (known, or
    weaker than what is known), "unknown" (no mail of ours), "mismatched" (another address).
    Raises TryAgain for a mail that may not be stored yet; UnreadableEvent.
    """
    event = read_ses_event(body)
    if event is None:
        return IGNORED

    def attempt() -> str:
        stored = find_mail(event.message_id)
        if stored is None:
            if wall_now() - event.mailed_at < STORED_WITHIN:
                raise TryAgain("The mail is not stored yet.")
            return UNKNOWN
        if stored.mail.email not in event.emails:
            return MISMATCHED
        if not is_news(stored.mail.fate, event.fate):
            return REPEATED
        mail = replace(stored.mail, fate=event.fate)
        now = world.clock.now()
        writes = [
            mail_put(stored, mail),
            *_suppression(mail, now),
            *_invitation_or_line(mail, event, now),
        ]
        transact(writes, token=uuid4().hex)
        return event.fate.value

    return until_stored(attempt)


def _suppression(mail: SentMail, now: datetime) -> list[Write]:
    stored = get_suppression(mail.dealer_id, mail.email)
    fresh = suppressed_by(mail, stored.suppression, now)
    return [suppression_put(mail.dealer_id, stored, fresh)] if fresh else []


def _invitation_or_line(mail: SentMail, event: MailEvent, now: datetime) -> list[Write]:
    """The line of the account's activity, with the invitation and the badge it is about."""
    told = Told(now, "mail", _words(mail, event))
    line: Write = log_put(mail.dealer_id, mail.account_id, told.at, told.source, told.text)
    if mail.invitation_id is None:
        return [line]
    stored = get_invitation(mail.dealer_id, mail.invitation_id)
    if not _concerns(stored.invitation, mail):
        return [line]
    changed = replace(stored.invitation, delivery=_DELIVERIES[mail.fate])
    write = invitation_write(stored, changed, now=now)
    account = get_account(mail.dealer_id, mail.account_id)
    if account.invitation_id != mail.invitation_id:
        return [write, line]
    shown = replace(account, delivery=shown_delivery(changed))
    return [write, *account_writes(account, shown, told)]


def _concerns(invitation: Invitation, mail: SentMail) -> bool:
    """Its newest mail, or for bad news any mail of the generation that stands."""
    if invitation.generation != mail.generation:
        return False
    return invitation.message_id == mail.message_id or mail.fate in FOR_GOOD


def _words(mail: SentMail, event: MailEvent) -> str:
    said = _SAID[event.fate].format(email=mail.email, mail=mail.mail.replace("_", " "))
    return f"{said} Reason: {event.reason}." if event.reason else said
