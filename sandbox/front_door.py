"""Stands in for CloudFront on one machine: pages from the API stage, /static/* from the bucket.

Run as `python -m sandbox.front_door`; what it needs comes as FRONT_DOOR, a JSON object.
"""

import gzip
import json
import os
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3
from botocore.exceptions import ClientError

from sandbox.aws import local_client

# Between two hosts these say something about one connection only.
HOP_HEADERS = frozenset({
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    "host", "content-length",
})  # fmt: skip
# Only the edge may say these; a client that sends them is not believed.
EDGE_HEADERS = frozenset(
    {"x-origin-secret", "x-viewer-address", "x-viewer-host", "x-forwarded-for", "forwarded"}
)
# What CloudFront's headers policy adds to answers that lack them (infra/resources/edge.yaml).
EDGE_ANSWER_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
LARGEST_BODY_BYTES = 10_000_000
PAGE_SECONDS = 35.0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where pages and files come from, and the secret that proves the request passed the edge."""

    aws_endpoint: str
    api_id: str
    stage: str
    static_bucket: str
    secret: str

    @property
    def api_host(self) -> str:
        """Host name by which the local API Gateway knows the API."""
        return f"{self.api_id}.execute-api.localhost:{self.aws_endpoint.rsplit(':', 1)[1]}"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A built file as it is handed out."""

    kind: str
    caching: str
    body: bytes
    zipped: bytes


@dataclass(slots=True)
class StaticFiles:
    """The bucket's files, kept once read: their names change with their content."""

    origin: Origin
    known: dict[str, StaticFile] = field(default_factory=dict)

    def find_file(self, path: str) -> StaticFile | None:
        """The file at `/static/…`, or None."""
        key = path.lstrip("/").split("?", 1)[0]
        if key not in self.known:
            client = local_client("s3", self.origin.aws_endpoint)
            try:
                answer = client.get_object(Bucket=self.origin.static_bucket, Key=key)
            except ClientError:
                return None
            body = answer["Body"].read()
            caching = answer.get("CacheControl", "no-store")
            self.known[key] = StaticFile(answer["ContentType"], caching, body, gzip.compress(body))
        return self.known[key]


class FrontDoor(BaseHTTPRequestHandler):
    """Answers one connection; the server gives it `origin`, `files` and `pool`."""

    protocol_version = "HTTP/1.1"
    # Small answers would otherwise wait for the client's acknowledgement.
    wbufsize = 65536
    disable_nagle_algorithm = True
    origin: Origin
    files: StaticFiles
    pool: urllib3.PoolManager

    def answer(self) -> None:
        """Answer a request from the bucket or the API stage."""
        if self.path.startswith("/static/") and self.command in ("GET", "HEAD"):
            self._answer_file()
        else:
            self._answer_page()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815 – named by the base class.

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – named by the base class.
        """Keep quiet: addresses of mail links carry tokens."""

    def _answer_file(self) -> None:
        found = self.files.find_file(self.path)
        if found is None:
            self._send(404, [("Content-Type", "text/plain")], b"There is no such file.\n")
            return
        zips = "gzip" in self.headers.get("Accept-Encoding", "")
        headers = [
            ("Content-Type", found.kind),
            ("Cache-Control", found.caching),
            ("Vary", "Accept-Encoding"),
        ]
        if zips:
            headers.append(("Content-Encoding", "gzip"))
        self._send(200, headers, found.zipped if zips else found.body)

    def _answer_page(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY_BYTES:
            self.close_connection = True
            self._send(413, [("Content-Type", "text/plain")], b"The request is too large.\n")
            return
        try:
            answer = self.pool.request(
                self.command,
                f"{self.origin.aws_endpoint}/{self.origin.stage}{self.path}",
                body=self.rfile.read(length) if length else None,
                headers=self._origin_headers(),
            )
        except urllib3.exceptions.HTTPError:
            self._send(502, [("Content-Type", "text/plain")], b"The product does not answer.\n")
            return
        headers = [pair for pair in answer.headers.items() if pair[0].lower() not in HOP_HEADERS]
        self._send(answer.status, headers, answer.data)

    def _origin_headers(self) -> urllib3.HTTPHeaderDict:
        headers = urllib3.HTTPHeaderDict()
        for name, value in self.headers.items():
            if name.lower() not in HOP_HEADERS | EDGE_HEADERS:
                headers.add(name, value)
        headers["Host"] = self.origin.api_host
        headers["X-Origin-Secret"] = self.origin.secret
        headers["X-Viewer-Address"] = self.client_address[0]
        headers["X-Viewer-Host"] = self.headers.get("Host", "")
        return headers

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        said = {name.lower() for name, _ in headers}
        added = [pair for pair in EDGE_ANSWER_HEADERS.items() if pair[0].lower() not in said]
        for name, value in [*headers, *added]:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()


class FrontDoorServer(ThreadingHTTPServer):
    """Threads end with the server; many connections may wait at once."""

    daemon_threads = True
    request_queue_size = 128


def open_front_door(origin: Origin, *, port: int) -> FrontDoorServer:
    """A server on loopback that is bound but not yet serving; port 0 picks a free one."""
    pool = urllib3.PoolManager(
        maxsize=64, retries=False, timeout=urllib3.Timeout(connect=5, read=PAGE_SECONDS)
    )
    rooms = {"origin": origin, "files": StaticFiles(origin), "pool": pool}
    return FrontDoorServer(("127.0.0.1", port), type("OpenFrontDoor", (FrontDoor,), rooms))


def main() -> None:
    """Serve until ended."""
    settings = json.loads(os.environ["FRONT_DOOR"])
    port = settings.pop("port")
    open_front_door(Origin(**settings), port=port).serve_forever()


if __name__ == "__main__":
    main()
