"""A browser for tests: calls the Chalice app with the events API Gateway would send."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from chalice.app import Chalice

from chalicelib.entrypoints.signing import session_cookie
from chalicelib.services.sign_in import SignedIn
from tests.stage import ORIGIN_SECRET

FRONT_DOOR = {"X-Origin-Secret": ORIGIN_SECRET, "X-Viewer-Address": "203.0.113.7"}
FORM = "application/x-www-form-urlencoded"
_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Page:
    """An answer: status, headers in lower case, text, Set-Cookie lines."""

    status: int
    headers: dict[str, str]
    text: str
    set_cookies: tuple[str, ...]

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers.get("location", "")

    @property
    def csrf(self) -> str:
        """The token of the first form."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.text)
        return found[1] if found else ""


@dataclass
class Browser:
    """Keeps cookies; sends what a browser on our own pages sends."""

    app: Chalice
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=lambda: dict(FRONT_DOOR))
    csrf: str = ""

    def signed_in(self, entered: SignedIn) -> "Browser":
        """The same browser with a session's cookie."""
        cookie = session_cookie(entered)
        self.cookies[cookie.name] = cookie.value
        return self

    def get(self, path: str, **headers: str) -> Page:
        """Follow a link."""
        return self._send("GET", path, "", headers)

    def post(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> Page:
        """Post a form with the token of the last page that had one."""
        fields = {"csrf": self.csrf, **(form or {})}
        body = urlencode(fields, doseq=True)
        sent = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin", **headers}
        return self._send("POST", path, body, sent)

    def _send(self, method: str, path: str, body: str, headers: dict[str, str]) -> Page:
        parts = urlsplit(path)
        resource, parameters = matched(self.app, parts.path)
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query.setdefault(name, []).append(value)
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**self.headers, **{n.replace("_", "-"): v for n, v in headers.items()}}
        answer = self.app(
            {
                "headers": {**sent, **({"Cookie": jar} if jar else {})},
                "multiValueQueryStringParameters": query or None,
                "pathParameters": parameters,
                "body": body or None,
                "stageVariables": None,
                "isBase64Encoded": False,
                "requestContext": {
                    "httpMethod": method,
                    "resourcePath": resource,
                    "path": parts.path,
                },
            },
            None,
        )
        return self._kept(answer)

    def _kept(self, answer: dict[str, Any]) -> Page:
        lines = tuple(answer["multiValueHeaders"].get("Set-Cookie", ()))
        for line in lines:
            name, _, rest = line.partition("=")
            value = rest.split(";")[0]
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        headers = {name.lower(): str(value) for name, value in answer["headers"].items()}
        page = Page(answer["statusCode"], headers, answer["body"], lines)
        self.csrf = page.csrf or self.csrf
        return page


def matched(app: Chalice, path: str) -> tuple[str, dict[str, str]]:
    """The route pattern of a path and its parameters; literal routes win over patterns."""
    for pattern in sorted(app.routes, key=lambda known: known.count("{")):
        expression = _PARAMETER.sub(r"(?P<\1>[^/]+)", pattern)
        found = re.fullmatch(expression, path)
        if found:
            return pattern, found.groupdict()
    raise LookupError(f"no route for {path}")
