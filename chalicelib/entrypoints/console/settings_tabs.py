"""What the pages under Settings share: their tabs, the version they read, the audit's lines."""

from collections.abc import Iterable

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput
from chalicelib.entrypoints.presenting import zoned
from chalicelib.entrypoints.visits import Visit
from chalicelib.rendering.views.figures import Link, TimelineEntry
from chalicelib.storage.accounts import LogEntry

ADMINS = frozenset({"admin"})
PAGES = (
    ("General", "/console/settings"),
    ("Card surcharge", "/console/settings/surcharge"),
    ("General ledger", "/console/settings/accounts"),
    ("Team", "/console/settings/team"),
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


def version_read(visit: Visit) -> int:
    """The version of the settings that the form was filled from. Raises InvalidInput."""
    text = visit.form.get("version")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004
        raise InvalidInput("The form could not be read. Open the page again.")
    return int(text)
