"""Settings, general ledger: which of the dealer's accounts ours are posted to."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Chrome
from .figures import Link


@dataclass(frozen=True, kw_only=True)
class GlAccount:
    """One account: `name` is its form field, `stands_alone` if no other may have its number."""

    name: str
    label: str
    number: str
    use: str
    stands_alone: bool = False


@dataclass(frozen=True, kw_only=True)
class GlAccounts:
    """GET /console/settings/accounts: POSTs each number by name, with the version they were read.

    `may_change` False shows the same without a form.
    """

    chrome: Chrome
    tabs: tuple[Link, ...]
    version: int
    accounts: tuple[GlAccount, ...]
    may_change: bool
