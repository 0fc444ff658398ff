"""A small HTTP server that stands for the product's front door and keeps what it is sent."""

import queue
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


class Inbox:
    """Answers every POST with the next of `answers` (200 once they are used up)."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self._received: queue.Queue[Received] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def next(self) -> Received:
        """Wait for the next request; raises queue.Empty if none comes."""
        return self._received.get(timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(inbox.answers.pop(0) if inbox.answers else 200)
                self.end_headers()
                inbox._received.put(Received(self.path, dict(self.headers.items()), body))

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        return Handler
