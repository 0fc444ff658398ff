"""The front door plays CloudFront: what it passes on, what it adds, and what it never believes."""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sandbox.front_door import EDGE_ANSWER_HEADERS, Origin, StaticFile, open_front_door


class Stage(BaseHTTPRequestHandler):
    """Stands for the API stage: keeps the last request and sets two cookies."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append((self.path, headers, body))
        self.send_response(303)
        self.send_header("Location", "/outstanding")
        self.send_header("Set-Cookie", "__Host-payer=a; Secure; HttpOnly; Path=/")
        self.send_header("Set-Cookie", "__Host-invitation=; Max-Age=0; Secure; Path=/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – named by the base class.
        """Keep quiet."""


@pytest.fixture
def seen() -> list[tuple[str, dict[str, str], bytes]]:
    """Requests that reached the stage: path, headers, body."""
    return []


@pytest.fixture
def door(seen: list[tuple[str, dict[str, str], bytes]]) -> Iterator[http.client.HTTPConnection]:
    """A connection to an open front door before a stage that records."""
    stage = ThreadingHTTPServer(("127.0.0.1", 0), type("S", (Stage,), {"seen": seen}))
    origin = Origin(
        aws_endpoint=f"http://127.0.0.1:{stage.server_port}",
        api_id="api1", stage="live", static_bucket="static", secret="edge-secret",
    )  # fmt: skip
    front = open_front_door(origin, port=0)
    front.RequestHandlerClass.files.known["static/app.1.css"] = StaticFile(
        "text/css", "public, max-age=31536000, immutable", b"body{}", b"zipped"
    )
    for server in (stage, front):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", front.server_port, timeout=5)
    yield connection
    connection.close()
    for server in (front, stage):
        server.shutdown()
        server.server_close()


def test_a_form_reaches_the_stage_with_the_edges_own_headers(
    door: http.client.HTTPConnection, seen: list[tuple[str, dict[str, str], bytes]]
) -> None:
    forged = {"X-Origin-Secret": "guessed", "X-Viewer-Address": "1.2.3.4", "Cookie": "c=1"}

    door.request("POST", "/quotes?x=1", body=b"tick=1", headers=forged)
    door.getresponse().read()

    path, headers, body = seen[0]
    assert (path, body) == ("/live/quotes?x=1", b"tick=1")
    assert headers["x-origin-secret"] == "edge-secret"
    assert headers["x-viewer-address"] == "127.0.0.1"
    assert headers["host"].startswith("api1.execute-api.localhost:")
    assert headers["cookie"] == "c=1"


def test_redirects_and_every_cookie_come_back(door: http.client.HTTPConnection) -> None:
    door.request("POST", "/sign-in", body=b"")
    answer = door.getresponse()

    cookies = answer.headers.get_all("Set-Cookie") or []

    assert answer.status == 303
    assert answer.headers["Location"] == "/outstanding"
    assert [cookie.split("=")[0] for cookie in cookies] == ["__Host-payer", "__Host-invitation"]


def test_the_connection_stays_open_between_requests(door: http.client.HTTPConnection) -> None:
    door.request("POST", "/a", body=b"")
    door.getresponse().read()
    first = door.sock

    door.request("POST", "/b", body=b"")
    door.getresponse().read()

    assert first is not None
    assert door.sock is first


def test_answers_without_security_headers_get_the_edges(door: http.client.HTTPConnection) -> None:
    door.request("POST", "/a", body=b"")
    answer = door.getresponse()

    added = {name: answer.headers[name] for name in EDGE_ANSWER_HEADERS}

    assert added == EDGE_ANSWER_HEADERS


@pytest.mark.parametrize(
    ("accepts", "body"), [("gzip, br", b"zipped"), ("identity", b"body{}")], ids=["zip", "plain"]
)
def test_a_built_file_is_cached_for_good_and_zipped_if_wanted(
    door: http.client.HTTPConnection, accepts: str, body: bytes
) -> None:
    door.request("GET", "/static/app.1.css", headers={"Accept-Encoding": accepts})
    answer = door.getresponse()

    assert answer.read() == body
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_body_beyond_the_limit_is_refused_unread(
    door: http.client.HTTPConnection, seen: list[tuple[str, dict[str, str], bytes]]
) -> None:
    door.putrequest("POST", "/quotes")
    door.putheader("Content-Length", "99999999")
    door.endheaders()

    assert door.getresponse().status == 413
    assert seen == []
