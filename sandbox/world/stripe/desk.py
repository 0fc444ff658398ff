"""What every endpoint of the simulated processor shares, and one call to it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.world.clock import SandboxClock
from sandbox.world.jsontypes import Json
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.errors import InvalidRequest, missing
from sandbox.world.stripe.events import EventFeed
from sandbox.world.stripe.faults import Script
from sandbox.world.stripe.settings import Settings


@dataclass(frozen=True)
class BankToken:
    """What a one-time bank account token stands for."""

    bank_name: str
    routing_number: str
    last4: str
    account_type: str
    holder_name: str
    holder_type: str = "company"


@dataclass
class Desk:
    """Clock, script, event feed, books and bank tokens of the one simulated processor."""

    clock: SandboxClock
    script: Script
    feed: EventFeed
    seed: str
    public_url: str  # Where a browser finds the hosted pages.
    books: dict[str | None, Book] = field(default_factory=dict)
    tokens: dict[str, BankToken] = field(default_factory=dict)
    used_tokens: set[str] = field(default_factory=set)

    @property
    def settings(self) -> Settings:
        """Return prices and delays as scripted now."""
        return self.script.settings

    def now(self) -> datetime:
        """Return business time."""
        return self.clock.now()

    def stamp(self) -> int:
        """Return business time as Stripe writes it: whole seconds since 1970."""
        return int(self.clock.now().timestamp())

    def open_book(self, account: str | None) -> Book:
        """Return the account's book, opening it if needed."""
        return self.books.setdefault(account, Book(account=account, seed=self.seed))

    def mint_bank_token(self, details: BankToken) -> str:
        """Return a one-time token for `details`, as the bank link asks for it."""
        token = f"btok_{secrets.token_hex(12)}"
        self.tokens[token] = details
        return token

    def take_bank_token(self, token: str) -> BankToken:
        """Consume and return a token; raise InvalidRequest for an unknown or used one."""
        if token in self.used_tokens:
            raise InvalidRequest(
                f"You cannot use a Stripe token more than once: {token}.",
                code="token_already_used",
                param="source",
            )
        if token not in self.tokens:
            raise InvalidRequest(
                f"No such token: '{token}'", code="resource_missing", param="source"
            )
        self.used_tokens.add(token)
        return self.tokens.pop(token)


@dataclass(frozen=True)
class Call:
    """One authenticated call: the account's book, decoded parameters, ids from the path."""

    desk: Desk
    book: Book
    params: Json
    ids: tuple[str, ...]
    key: str | None = None

    def text(self, name: str) -> str:
        """Return a required text parameter."""
        value = self.params.get(name)
        if not isinstance(value, str) or not value:
            raise missing(name)
        return value

    def optional(self, name: str) -> str | None:
        """Return a text parameter, or None where it is absent or empty."""
        value = self.params.get(name)
        return value if isinstance(value, str) and value else None

    def flag(self, name: str) -> bool:
        """Return a true/false parameter, false where absent."""
        value = self.params.get(name, "false")
        if value not in {"true", "false"}:
            raise InvalidRequest(f"Invalid boolean: {value}", param=name)
        return bool(value == "true")

    def emit(self, event_type: str, thing: Json) -> None:
        """Record an event caused by this call."""
        self.desk.feed.emit(self.book, event_type, thing, key=self.key)


Endpoint = Callable[[Call], Json]
