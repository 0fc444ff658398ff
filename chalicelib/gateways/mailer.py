"""Sending mail; the SES adapter is beside it."""

from dataclasses import dataclass
from typing import Protocol


class MailRefused(Exception):
    """The mail service will not take this letter; repeating it changes nothing."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered mail."""

    to: str
    subject: str
    text: str
    html: str
    reply_to: str = ""


class Mailer(Protocol):
    """Sends one letter."""

    def send(self, letter: Letter) -> str:
        """Hand a letter to the mail service; returns its message id. Raises MailRefused."""
