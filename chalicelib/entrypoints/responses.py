"""What a page answers with, and the headers every answer carries."""

import json
from dataclasses import dataclass

from chalice.app import Response

from chalicelib.entrypoints.cookies import Cookie

SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Html:
    """A whole page."""

    text: str
    status: int = 200
    cookies: tuple[Cookie, ...] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a page, asked for by script; `reload` asks for the whole page instead."""

    text: str
    status: int = 200
    reload: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """See other, on our own pages only; `path` begins with one slash."""

    path: str
    cookies: tuple[Cookie, ...] = ()

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or self.path.startswith(("//", "/\\")):
            raise ValueError("Redirect stays on our pages; use Away for a vendor's page")


@dataclass(frozen=True, slots=True)
class Away:
    """See other, to a vendor's hosted page or a short-lived file link that we made."""

    url: str


@dataclass(frozen=True, slots=True)
class Csv:
    """A download; `filename` is plain ASCII."""

    text: str
    filename: str


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words for machines (webhooks, health)."""

    text: str
    status: int = 200


Answer = Html | Fragment | Redirect | Away | Csv | Text


def chalice_response(answer: Answer, extra: tuple[Cookie, ...] = ()) -> Response:
    """The answer as Chalice sends it, without the security headers."""
    match answer:
        case Html(text, status, cookies):
            return _response(text, status, "text/html; charset=utf-8", cookies + extra)
        case Fragment(text, status, reload):
            found = _response(text, status, "text/html; charset=utf-8", extra)
            if reload:
                found.headers["HX-Refresh"] = "true"
            return found
        case Redirect(path, cookies):
            return _response("", SEE_OTHER, "text/plain", cookies + extra, location=path)
        case Away(url):
            return _response("", SEE_OTHER, "text/plain", extra, location=url)
        case Csv(text, filename):
            found = _response(text, 200, "text/csv; charset=utf-8", extra)
            found.headers["Content-Disposition"] = f"attachment; filename={json.dumps(filename)}"
            return found
        case Text(text, status):
            return _response(text, status, "text/plain; charset=utf-8", ())


def _response(
    text: str, status: int, kind: str, cookies: tuple[Cookie, ...], location: str = ""
) -> Response:
    response = Response(body=text, status_code=status, headers={"Content-Type": kind})
    if location:
        response.headers["Location"] = location
    if cookies:
        response.headers["Set-Cookie"] = [cookie.header() for cookie in cookies]
    return response


def security_headers(form_action_hosts: tuple[str, ...], referrer: str) -> dict[str, str]:
    """Headers of every answer (docs: ui.md, CSP). `referrer` is a Referrer-Policy value.

    `form-action` names the vendors' hosted pages, because Chromium applies it to the redirect
    that follows a form post.
    """
    own = "script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'"
    form_action = " ".join(("'self'", *form_action_hosts))
    return {
        "Content-Security-Policy": f"default-src 'none'; {own}; form-action {form_action}; "
        "frame-ancestors 'none'; base-uri 'none'",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": referrer,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "Cache-Control": "no-store",
    }
