"""Reads what the product sent through the local AWS's SES, newest first."""

import json
import re
import urllib.request
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sandbox.world.jsontypes import Json

_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Mail:
    """One sent mail; `html` is None for plain-text mails."""

    id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str | None
    sent_at: str
    message_id: str  # As SES gave it to the product.

    def links(self) -> list[str]:
        """Return the addresses in the text, or in the HTML where there is no text."""
        return list(dict.fromkeys(_LINK.findall(self.text or self.html or "")))

    def as_json(self) -> Json:
        """Return the mail as tests read it, `links` included."""
        return asdict(self) | {"links": self.links()}


def fetch_mails(aws: str) -> list[Mail]:
    """Return all sent mails, newest first; raise OSError where the local AWS does not answer."""
    url = f"{aws.rstrip('/')}/_ministack/ses/messages"
    with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - own URL.
        return read_mails(json.load(answer))


def read_mails(stored: Json) -> list[Mail]:
    """Read the local AWS's listing: messages by AWS account."""
    records = [record for account in stored["messages"].values() for record in account]
    records.sort(key=lambda record: record["Timestamp"], reverse=True)
    return [_mail(record) for record in records]


def _mail(record: Json) -> Mail:
    sent_at = datetime.fromtimestamp(record["Timestamp"], UTC).isoformat(timespec="milliseconds")
    return Mail(
        id=record["MessageId"].partition("@")[0],
        sender=record["Source"],
        to=tuple(record["To"]),
        subject=record["Subject"],
        text=record["BodyText"] or "",
        html=record["BodyHtml"] or None,
        sent_at=sent_at,
        message_id=record["MessageId"],
    )
