"""Checks on where a request comes from: the front door, the right host, our own pages."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from chalicelib.config import Config
from chalicelib.domain.errors import NotAllowed, NotFound

SAFE_METHODS = frozenset({"GET", "HEAD"})
CONSOLE = "/console"


def is_console(path: str) -> bool:
    """True for the operators' pages."""
    return path == CONSOLE or path.startswith(CONSOLE + "/")


def require_front_door(config: Config, headers: Mapping[str, str]) -> None:
    """Only the front door knows the origin secret; its other headers are believed after this."""
    sent = hashlib.sha256(headers.get("x-origin-secret", "").encode()).hexdigest()
    if not hmac.compare_digest(sent, config.origin_secret_sha256.lower()):
        raise NotAllowed("This address is not open to visitors. Use the address you were given.")


def require_host(config: Config, headers: Mapping[str, str], path: str) -> None:
    """Portal and console on separate hosts answer only for their own pages.

    The front door names the host in X-Viewer-Host; without it nothing is served there.
    """
    portal, console = urlsplit(config.portal_url).netloc, urlsplit(config.console_url).netloc
    if portal == console:
        return
    if headers.get("x-viewer-host", "").lower() != (console if is_console(path) else portal):
        raise NotFound("There is no page at this address.")


def require_our_pages(config: Config, headers: Mapping[str, str], path: str) -> None:
    """A form post must come from our own page: Fetch Metadata, or Origin where it is missing."""
    refusal = "This form was not sent from our own page, so nothing was done."
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise NotAllowed(refusal)
        return
    base = urlsplit(config.console_url if is_console(path) else config.portal_url)
    if headers.get("origin", "") != f"{base.scheme}://{base.netloc}":
        raise NotAllowed(refusal)


def form_token(secret: str) -> str:
    """The token of every form shown to the holder of `secret` (a session's or a browser's)."""
    return hashlib.sha256(f"form:{secret}".encode()).hexdigest()


def require_token(sent: str, expected: str) -> None:
    """The form carries the token of the session that posts it."""
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        raise NotAllowed(
            "This form belongs to another session, so nothing was done. Reload the page."
        )
