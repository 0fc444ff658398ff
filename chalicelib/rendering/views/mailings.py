"""Invitations for many accounts: the check before sending, the progress, the recent ones."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Action, Badge, Chrome


@dataclass(frozen=True, kw_only=True)
class MailingRow:
    """One account: whom the mail goes to, or what was said instead; `delivery` once it is known."""

    name: str
    number: str
    href: str
    email: str = ""
    detail: str = ""
    delivery: str = ""


@dataclass(frozen=True, kw_only=True)
class MailingGroup:
    """Accounts the check found alike; `rows` are the first of `count`."""

    label: str
    why: str
    count: int
    rows: tuple[MailingRow, ...]
    tone: str = "plain"


@dataclass(frozen=True, kw_only=True)
class MailingProgress:
    """GET /console/invitations/{mailing}/progress: asks for itself again while `running`."""

    progress_href: str
    total: int
    invited_count: int
    running: bool
    refused: tuple[MailingRow, ...] = ()
    is_resending: bool = False

    @property
    def done_count(self) -> int:
        """Accounts whose outcome is known."""
        return self.invited_count + len(self.refused)


@dataclass(frozen=True, kw_only=True)
class MailingPage:
    """GET /console/invitations/{mailing}: `send` until it was started, then `progress`."""

    chrome: Chrome
    chosen: int
    to_send: int
    prepared_at: str
    operator: str
    groups: tuple[MailingGroup, ...]
    send: Action | None = None
    progress: MailingProgress | None = None
    is_resending: bool = False


@dataclass(frozen=True, kw_only=True)
class MailingSummary:
    """One line of the recent ones; `prepared_at` is ISO in the dealer's zone."""

    href: str
    prepared_at: str
    operator: str
    chosen: int
    to_send: int
    status: Badge
    purpose: str = "Invite"


@dataclass(frozen=True, kw_only=True)
class Mailings:
    """GET /console/invitations: the last ones, newest first."""

    chrome: Chrome
    rows: tuple[MailingSummary, ...]
