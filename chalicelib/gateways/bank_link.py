"""Linking a bank account on a hosted page; the Plaid adapter is in plaid_bank_link.py."""

from dataclasses import dataclass
from typing import Protocol


class BankLinkUnreachable(Exception):
    """No answer; starting again is safe."""


class BankLinkRefused(Exception):
    """A definite no; `code` is the vendor's. Repeating the same request cannot help."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LinkAlreadyTaken(BankLinkRefused):
    """The one-time result of the hosted page was fetched before, by us or never stored."""


@dataclass(frozen=True, slots=True)
class WebhookKey:
    """A P-256 public key that signs the vendor's webhooks; coordinates in base64url."""

    key_id: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class LinkSession:
    """A hosted page waiting for the payer."""

    link_token: str
    url: str


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """What the payer chose; `access_token` is a secret and is kept encrypted."""

    access_token: str
    item_id: str
    account_id: str
    institution: str
    account_name: str
    last4: str


class BankLink(Protocol):
    """Hosted linking, there and back by redirect."""

    def start(self, *, client_user_id: str, dealer_name: str, return_url: str) -> LinkSession:
        """A hosted page to send the payer to. Raises BankLinkUnreachable or BankLinkRefused."""

    def finish(self, link_token: str) -> LinkedAccount | None:
        """What was linked, or None while or because nothing was.

        Fetches the access token, which works once: raises LinkAlreadyTaken the second time.
        """

    def bank_token(self, linked: LinkedAccount) -> str:
        """The processor's one-time bank account token."""

    def webhook_key(self, key_id: str) -> WebhookKey | None:
        """The key that signs webhooks under this id; None if unknown or expired."""
