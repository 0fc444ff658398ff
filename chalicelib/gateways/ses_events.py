"""What Amazon SES publishes about a mail, as a MailEvent; its words are translated here alone.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from chalicelib.domain.mails import Fate, MailEvent

PERMANENT = "Permanent"
_REASONS = {
    "NoEmail": "there is no such mailbox",
    "General": "the mail server refused it",
    "MailboxFull": "the mailbox is full",
    "MessageTooLarge": "the mail server found it too large",
    "ContentRejected": "the mail server refused its content",
    "Suppressed": "the mail service knows the address as dead",
    "OnAccountSuppressionList": "the mail service knows the address as dead",
}


Part = TypeVar("Part")


class UnreadableEvent(ValueError):
    """The message is not what SES publishes."""


class _Mail(msgspec.Struct, rename="camel"):
    message_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)]


class _Recipient(msgspec.Struct, rename="camel"):
    email_address: str


class _Delivery(msgspec.Struct):
    recipients: list[str]


class _Bounce(msgspec.Struct, rename="camel"):
    bounce_type: str
    bounced_recipients: list[_Recipient]
    bounce_sub_type: str = ""


class _Complaint(msgspec.Struct, rename="camel"):
    complained_recipients: list[_Recipient]


class _Event(msgspec.Struct, rename="camel"):
    event_type: str
    mail: _Mail
    delivery: _Delivery | None = None
    bounce: _Bounce | None = None
    complaint: _Complaint | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    fate: Fate
    emails: list[str]
    reason: str = ""


def read_ses_event(body: Mapping[str, object]) -> MailEvent | None:
    """The event in a queue message; None for a kind that says nothing about arriving.

    Raises UnreadableEvent.
    """
    try:
        event = msgspec.convert(body, _Event)
        said = _said(event)
        if said is None:
            return None
        return MailEvent(
            message_id=event.mail.message_id,
            fate=said.fate,
            emails=tuple(email.strip().lower() for email in said.emails),
            mailed_at=event.mail.timestamp,
            reason=said.reason,
        )
    except msgspec.ValidationError as error:
        raise UnreadableEvent(str(error)) from error


def _said(event: _Event) -> _Said | None:
    """A kind without its part is as unreadable as a wrong part. Raises ValidationError."""
    match event.event_type:
        case "Delivery":
            return _Said(Fate.DELIVERED, _part(event.delivery).recipients)
        case "Bounce":
            bounce = _part(event.bounce)
            fate = Fate.BOUNCED if bounce.bounce_type == PERMANENT else Fate.SOFT_BOUNCED
            emails = [person.email_address for person in bounce.bounced_recipients]
            return _Said(fate, emails, _REASONS.get(bounce.bounce_sub_type, ""))
        case "Complaint":
            people = _part(event.complaint).complained_recipients
            return _Said(Fate.COMPLAINED, [person.email_address for person in people])
        case _:
            return None


def _part(part: Part | None) -> Part:
    if part is None:
        raise msgspec.ValidationError("the event lacks the part its type promises")
    return part
