"""The console's Settings page."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Chrome
from .figures import Link, TimelineEntry


@dataclass(frozen=True, kw_only=True)
class Settings:
    """GET /console/settings: POSTs the fields by name, with the version they were read at.

    `ach_fee` is a decimal amount, "0.00" when the dealer bears the cost, `refund_limit` one above
    which an administrator approves refunds, "0.00" for no limit; flags are "yes" or "",
    `books_closed_through` an ISO day, "" while nothing is closed.
    `time_zone` is a name of the IANA database, `zones` are the ones offered.
    What was refused is shown as it was typed.
    `may_change` False shows the same without a form.
    """

    chrome: Chrome
    tabs: tuple[Link, ...]
    version: int
    name: str
    phone: str
    address: str
    time_zone: str
    hold_hours: int | str
    invitation_days: int | str
    ach_fee: str
    refund_limit: str
    auto_post: bool
    statements_on: bool
    books_closed_through: str
    may_change: bool
    zones: tuple[str, ...] = ()
    audit: tuple[TimelineEntry, ...] = ()
