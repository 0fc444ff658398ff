"""The sandbox's business clock, and the simulators' work that falls due on it."""

import heapq
import itertools
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Work = Callable[[], None]
_STEP = re.compile(r"^(\d+)([smhdw]?)$")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


class ClockRefused(ValueError):
    """The clock was asked for something it cannot do; the message says what."""


def wall_now() -> datetime:
    """Return the machine's own time, aware, in UTC."""
    return datetime.now(UTC)


def parse_step(step: str | int) -> timedelta:
    """Read "3d", "4h", "90m", "10s" or a number of seconds; raise ClockRefused otherwise."""
    match = _STEP.match(str(step).strip())
    if match is None:
        raise ClockRefused(f"{step!r} is not a step such as 3d, 4h, 90m or a number of seconds.")
    return timedelta(seconds=int(match.group(1)) * _UNITS[match.group(2)])


def parse_instant(text: str) -> datetime:
    """Read an ISO instant with its zone; raise ClockRefused otherwise."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ClockRefused(f"{text!r} is not an ISO instant.") from error
    if instant.tzinfo is None:
        raise ClockRefused(f"{text!r} has no zone; write for example 2026-11-22T09:00:00Z.")
    return instant.astimezone(UTC)


class SandboxClock:
    """Business time. Runs with the wall clock from where it was set, or stands still in tests."""

    def __init__(self, start: datetime | None = None, *, running: bool = True) -> None:
        self._wall: Callable[[], datetime] = wall_now
        if not running:
            frozen = start or wall_now()
            self._wall = lambda: frozen
        self._offset = (start - self._wall()) if start else timedelta(0)
        self._pinned: datetime | None = None
        self._due: list[tuple[datetime, int, Work]] = []
        self._sequence = itertools.count()
        # The simulators share this lock: one world, one order of events, no deadlocks.
        self.lock = threading.RLock()

    def now(self) -> datetime:
        """Return business time, aware, in UTC; while work runs, the moment it fell due."""
        with self.lock:
            return self._pinned or self._wall() + self._offset

    def at(self, when: datetime, work: Work) -> None:
        """Run `work` once business time reaches `when`."""
        with self.lock:
            heapq.heappush(self._due, (when, next(self._sequence), work))

    def advance(self, step: timedelta) -> datetime:
        """Move forward by `step`, running what falls due on the way in time order."""
        return self.set(self.now() + step)

    def set(self, instant: datetime) -> datetime:
        """Jump to `instant`; forwards runs what falls due on the way, backwards runs nothing."""
        with self.lock:
            self._run_until(instant)
            self._offset = instant - self._wall()
            return self.now()

    def tick(self) -> None:
        """Run what fell due by the mere passing of time."""
        with self.lock:
            self._run_until(self.now())

    def _run_until(self, instant: datetime) -> None:
        while self._due and self._due[0][0] <= instant:
            when, _, work = heapq.heappop(self._due)
            self._pinned = max(when, self._pinned or when)
            try:
                work()
            finally:
                self._pinned = None
