"""Linking a bank account on a hosted page; the Plaid adapter is in plaid_bank_link.py."""

from dataclasses import dataclass
from typing import Protocol


class BankLinkUnreachable(Exception):
    """No answer; starting again is safe."""


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
        """A hosted page to send the payer to."""

    def finish(self, link_token: str) -> LinkedAccount | None:
        """What was linked, or None while or because nothing was."""

    def bank_token(self, linked: LinkedAccount) -> str:
        """The processor's one-time bank account token."""
