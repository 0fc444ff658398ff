"""What waits for a person at the dealer, and one event that was set aside."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Badge, Chrome
from .figures import Link


@dataclass(frozen=True, kw_only=True)
class NoticeRow:
    """One notice; Done POSTs csrf, kind and subject. `since` is an ISO date-time, dealer's zone."""

    kind: str
    subject: str
    label: Badge
    sentence: str
    since: str
    href: str = ""
    amount_cents: int = 0


@dataclass(frozen=True, kw_only=True)
class Attention:
    """GET /console/attention: newest first; `has_more` if only the first are shown."""

    chrome: Chrome
    tabs: tuple[Link, ...]
    rows: tuple[NoticeRow, ...]
    may_act: bool
    has_more: bool = False


@dataclass(frozen=True, kw_only=True)
class KeptEvent:
    """GET /console/attention/events/{event}; Handle again POSTs csrf to `again_url`."""

    chrome: Chrome
    tabs: tuple[Link, ...]
    event_id: str
    event_type: str
    object_id: str
    reason: str
    kept_at: str
    again_url: str
    may_act: bool
