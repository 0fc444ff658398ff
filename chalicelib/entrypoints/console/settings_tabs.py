"""The pages under Settings, and the lines of the audit log as they are shown."""

from collections.abc import Iterable

from chalicelib.domain.dealers import Dealer
from chalicelib.entrypoints.presenting import zoned
from chalicelib.rendering.views.figures import Link, TimelineEntry
from chalicelib.storage.accounts import LogEntry

ADMINS = frozenset({"admin"})
PAGES = (
    ("General", "/console/settings"),
    ("Card surcharge", "/console/settings/surcharge"),
)


def settings_tabs(current: str) -> tuple[Link, ...]:
    """The tabs under Settings with the one at `current` marked."""
    return tuple(Link(label=name, href=to, current=to == current) for name, to in PAGES)


def audit_lines(dealer: Dealer, log: Iterable[LogEntry]) -> tuple[TimelineEntry, ...]:
    """Who changed what, in the dealer's zone."""
    return tuple(
        TimelineEntry(at=zoned(dealer, entry.at), label=entry.text, source=entry.source)
        for entry in log
    )
