"""Business time. Production reads the wall clock; the sandbox points at its own clock."""

import json
import urllib.request
from datetime import UTC, datetime
from typing import Protocol

CLOCK_TIMEOUT_SECONDS = 2


class Clock(Protocol):
    """Where business time comes from."""

    def now(self) -> datetime:
        """Business time, aware, UTC."""


class WallClock:
    """Real time."""

    def now(self) -> datetime:
        """The machine's time."""
        return wall_now()


class RemoteClock:
    """A clock served over HTTP as `{"now": ISO 8601}` (docs/SANDBOX.md)."""

    def __init__(self, url: str) -> None:
        self._url = url

    def now(self) -> datetime:
        """The served time, aware, UTC."""
        with urllib.request.urlopen(self._url, timeout=CLOCK_TIMEOUT_SECONDS) as answer:  # noqa: S310
            moment = datetime.fromisoformat(json.load(answer)["now"])
        return moment.astimezone(UTC)


def wall_now() -> datetime:
    """Real time for signatures, sessions and TOTP, which never follow a sandbox clock."""
    return datetime.now(UTC)
