"""Settings, team: the dealer's operators."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Chrome
from .figures import Link


@dataclass(frozen=True, kw_only=True)
class TeamRow:
    """One operator; times are ISO date-times in the dealer's zone, `signed_in_at` "" if never."""

    name: str
    email: str
    role: str
    joined_at: str
    signed_in_at: str = ""
    is_you: bool = False


@dataclass(frozen=True, kw_only=True)
class Team:
    """GET /console/settings/team: who signs in for the dealer, by name."""

    chrome: Chrome
    tabs: tuple[Link, ...]
    rows: tuple[TeamRow, ...]
