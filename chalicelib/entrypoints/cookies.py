"""Our cookies: names, values and attributes. Every one is `__Host-` and SameSite=Lax."""

import base64
import binascii
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie

from chalicelib.domain.people import Face

SESSION = {Face.PAYER: "__Host-payer", Face.OPERATOR: "__Host-operator"}
INVITATION = "__Host-invitation"
REGISTRATION = "__Host-registration"
FORM = "__Host-form"  # Binds forms of signed-out pages to one browser.
INVITATION_LASTS = timedelta(minutes=30)
LONGEST_VALUE = 1024
SESSION_PARTS = 4


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie to set; no `lasts` means until the browser closes, an empty value deletes."""

    name: str
    value: str
    lasts: timedelta | None = None

    def header(self) -> str:
        """The Set-Cookie value."""
        age = ""
        if not self.value:
            age = "; Max-Age=0"
        elif self.lasts is not None:
            age = f"; Max-Age={int(self.lasts.total_seconds())}"
        return f"{self.name}={self.value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}"


@dataclass(frozen=True, slots=True)
class SessionValue:
    """What a session cookie claims; believed only as far as the stored session agrees."""

    user_id: str
    dealer_id: str
    account_id: str
    secret: str

    def text(self) -> str:
        """The cookie's value; parts are base64url, so ids may contain anything."""
        ids = (self.user_id, self.dealer_id, self.account_id)
        return ".".join([*(_encoded(part) for part in ids), self.secret])


def parsed_session(value: str) -> SessionValue | None:
    """The parts of a session cookie, None if it is not one of ours."""
    parts = value.split(".")
    if len(parts) != SESSION_PARTS or len(value) > LONGEST_VALUE:
        return None
    try:
        user_id, dealer_id, account_id = (_decoded(part) for part in parts[:3])
    except (binascii.Error, ValueError):
        return None
    return SessionValue(user_id, dealer_id, account_id, parts[3])


def session_cookie(face: Face, value: SessionValue) -> Cookie:
    """The cookie of a new session."""
    return Cookie(SESSION[face], value.text())


def forget(name: str) -> Cookie:
    """Delete a cookie."""
    return Cookie(name, "")


def read_cookies(header: str) -> dict[str, str]:
    """Cookies of a request; a malformed header is no cookies."""
    jar = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _encoded(part: str) -> str:
    return base64.urlsafe_b64encode(part.encode()).decode().rstrip("=")


def _decoded(part: str) -> str:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
