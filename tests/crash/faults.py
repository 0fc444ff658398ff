"""Places to crash at: every call a process makes to somebody else has a number."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from pynamodb.connection.base import Connection
from stripe import APIConnectionError
from urllib3.exceptions import ProtocolError

from chalicelib.gateways.workflows import WorkflowsUnreachable
from sandbox.world.stripe.inprocess import InProcessStripe
from sandbox.world.stripe.world import StripeWorld
from tests.crash.machine import Crash
from tests.stage import Bodies


@dataclass
class Faults:
    """Numbers every outside call; crashes before or after the planned ones, or somebody meddles."""

    planned: dict[int, str] = field(default_factory=dict)  # Call number → before, after or lost.
    calls: int = 0
    armed: bool = False
    happened: list[str] = field(default_factory=list)
    meddle: Callable[[], Any] | None = None  # What another person does in the middle of a call.

    def point(self, name: str, call: Callable[[], Any]) -> Any:
        if not self.armed:
            return call()
        self.calls += 1
        how = self.planned.pop(self.calls, "")
        if how:
            self.happened.append(f"{how} {name} ({self.calls})")
        if how == "before":
            raise Crash(name)
        if how == "meddle" and self.meddle is not None:
            self.armed = False
            self.meddle()
            self.armed = True
        answer = call()
        if how == "after":
            raise Crash(name)
        if how == "lost":
            _lose(name)
        return answer


def _lose(name: str) -> None:
    """The answer does not arrive, as each library or adapter says so."""
    if name.startswith("db"):
        raise ReadTimeoutError(endpoint_url="database")
    if name == "queue":
        raise ReadTimeoutError(endpoint_url="queue")
    if name in ("start", "complete"):
        raise WorkflowsUnreachable
    if name == "processor":
        raise APIConnectionError("The reply was lost.", should_retry=True)
    if name == "spruce":
        raise ProtocolError("The line dropped.")


class CrashingStripe(InProcessStripe):
    """The processor's transport with a place to crash at."""

    def __init__(self, world: StripeWorld, faults: Faults) -> None:
        super().__init__(world)
        self._faults = faults

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None,
        *, _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:  # fmt: skip
        call = super().request
        answered: tuple[str, int, Mapping[str, str]] = self._faults.point(
            "processor", lambda: call(method, url, headers, post_data, _usage=_usage)
        )
        return answered


@dataclass
class CrashingQueues(Bodies):
    """Queues with a place to crash at."""

    faults: Faults = field(default_factory=Faults)

    def send_event(self, event: dict[str, str | bool]) -> None:
        send = super().send_event
        self.faults.point("queue", lambda: send(event))

    def send_mail(self, mail: str, dealer: str, **ids: str) -> None:
        send = super().send_mail
        self.faults.point("queue", lambda: send(mail, dealer, **ids))


@contextmanager
def crashing_database(faults: Faults) -> Iterator[None]:
    """Every request to the database becomes a place to crash at."""
    original = Connection.dispatch

    def dispatch(self: Connection, name: str, kwargs: Any, *rest: Any) -> Any:
        return faults.point(f"db {name}", lambda: original(self, name, kwargs, *rest))

    patch = pytest.MonkeyPatch()
    patch.setattr(Connection, "dispatch", dispatch)
    try:
        yield
    finally:
        patch.undo()
