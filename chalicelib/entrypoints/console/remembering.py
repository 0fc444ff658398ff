"""Lists open as they were left: filters and order, kept in the operator's own browser.

Words searched for are not kept: they name people, and a search is asked once.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from chalicelib.domain.errors import InvalidInput
from chalicelib.entrypoints.cookies import Cookie, forget
from chalicelib.entrypoints.filters import href
from chalicelib.entrypoints.guard import Visit
from chalicelib.entrypoints.responses import Redirect

LASTS = timedelta(days=30)
LONGEST_QUERY = 300  # Every filter of a list fits; a cookie rides on every request.
CLEAR = "clear"
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RememberedList:
    """One list: its address, the parameters worth keeping, and what refuses those that are none.

    `check` raises InvalidInput as the page would: what it refuses is forgotten, so a browser never
    leads its operator to a page that cannot be shown.
    """

    name: str
    path: str
    kept: tuple[str, ...]
    check: Callable[[Typed], object]

    @property
    def cookie_name(self) -> str:
        """The cookie of this list."""
        return f"__Host-list-{self.name}"

    @property
    def clear_href(self) -> str:
        """The address that forgets the filters and shows the whole list."""
        return f"{self.path}?{CLEAR}=yes"

    def elsewhere(self, visit: Visit) -> Redirect | None:
        """Where a plain visit, or one that clears, goes on; None: the address says what to show."""
        if visit.query.get(CLEAR):
            return Redirect(self.path, cookies=(forget(self.cookie_name),))
        if visit.query.pairs:
            return None
        left = self._left(visit)
        return Redirect(href(self.path, left)) if left else None

    def remember(self, visit: Visit, typed: Typed) -> tuple[Cookie, ...]:
        """The cookie that keeps what the page was asked to show, if it is not kept already."""
        query = urlencode({name: typed[name] for name in self.kept if typed.get(name)})
        held = visit.cookies.get(self.cookie_name, "")
        if not query or len(query) > LONGEST_QUERY:
            return (forget(self.cookie_name),) if held else ()
        value = f"{_owner(visit)}.{base64.urlsafe_b64encode(query.encode()).decode().rstrip('=')}"
        return () if value == held else (Cookie(self.cookie_name, value, LASTS),)

    def _left(self, visit: Visit) -> dict[str, str]:
        owner, _, packed = visit.cookies.get(self.cookie_name, "").partition(".")
        if owner != _owner(visit):
            return {}  # Another operator's, of the same browser.
        try:
            query = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
            said = dict(parse_qsl(query[:LONGEST_QUERY]))
            left = {name: said[name] for name in self.kept if name in said}
            self.check({**dict.fromkeys(self.kept, ""), **left})
        except (binascii.Error, ValueError, InvalidInput):
            return {}
        return left


def _owner(visit: Visit) -> str:
    who = f"{visit.dealer_id}#{visit.signed_in.user_id}"
    return hashlib.sha256(who.encode()).hexdigest()[:16]
