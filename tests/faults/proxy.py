"""A proxy before the local AWS that fails as AWS fails; faults follow a seed, so they repeat."""

import asyncio
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import microburst.rules
import pytest
from aiohttp import web
from microburst.app import make_app
from microburst.core.pipeline import Microburst

from tests.faults.clients import SECONDS, Clients

TOO_LATE_MS = 1_000 * SECONDS["impatient"] + 70  # An answer by then finds nobody waiting.
Rule = dict[str, Any]


class FaultProxy:
    """Microburst on a loopback port of its own, served by a thread of this process."""

    def __init__(self, upstream: str) -> None:
        self._burst = Microburst(upstream)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.url = ""
        self.clients = Clients()

    def start(self) -> None:
        """Serve; `url` is what AWS_ENDPOINT_URL must say."""
        self._thread.start()
        port = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)
        self.url = f"http://127.0.0.1:{port}"

    async def _serve(self) -> int:
        self._runner = web.AppRunner(make_app(self._burst), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port: int = self._runner.addresses[0][1]
        return port

    def stop(self) -> None:
        """End the server and its thread."""
        asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _ended(self) -> None:
        await self._runner.cleanup()
        # Requests whose sender gave up may still be on their way.
        late = asyncio.all_tasks() - {asyncio.current_task()}
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    @contextmanager
    def failing(self, rules: Sequence[Rule], *, seed: int) -> Iterator[None]:
        """Inside, requests fail by `rules`, drawn from `seed`, and nobody waits long."""
        patch = pytest.MonkeyPatch()
        # The proxy draws from the random module; one of our own makes a run repeatable.
        patch.setattr(microburst.rules, "random", random.Random(seed))  # noqa: S311
        self._burst.engine.set_rules(list(rules))
        try:
            with self.clients.used("impatient"):
                yield
        finally:
            self._burst.engine.set_rules([])
            patch.undo()

    def taken(self) -> list[str]:
        """What failed since last asked, as `operation:action`."""
        fired = [f"{event.operation}:{event.action}" for event in self._burst.fired]
        self._burst.fired.clear()
        return fired


def refused(code: str, status: int, probability: float, **fields: Any) -> Rule:
    """An error answer of DynamoDB; nothing was written."""
    error = {"code": code, "status": status, "message": "injected", "fields": fields}
    return {"service": "dynamodb", "probability": probability, "error": error}


CONFLICT: Rule = {
    **refused(
        "TransactionCanceledException", 400, 0.3,
        CancellationReasons=[{"Code": "TransactionConflict", "Message": "injected"}],
    ),
    "operation": "TransactWriteItems",
}  # fmt: skip
# Kind → the rules that make it. In "late" a request is carried out after its sender gave up.
KINDS: dict[str, tuple[Rule, ...]] = {
    "throttle": (refused("ProvisionedThroughputExceededException", 400, 0.25),),
    "error 500": (refused("InternalServerError", 500, 0.25),),
    "conflict": (CONFLICT,),
    "reset": ({"service": "*", "probability": 0.25, "reset": True},),
    "timeout": ({"service": "*", "probability": 0.05, "timeout_ms": TOO_LATE_MS},),
    "delay": ({"service": "*", "probability": 0.3, "latency": {"min": 1, "max": 30}},),
    "late": ({"service": "*", "probability": 0.05, "latency": TOO_LATE_MS},),
    "reply lost": ({"service": "*", "probability": 0.25, "response": {"abort_bytes": 0}},),
    "queue 500": (
        {"service": "sqs", "probability": 0.5, "error": {"code": "InternalFailure", "status": 500}},
    ),
}  # fmt: skip


def mixed(rng: random.Random) -> list[Rule]:
    """Two to five kinds at once, each somewhat rarer than alone."""
    rules = [rule for kind in rng.sample(sorted(KINDS), rng.randint(2, 5)) for rule in KINDS[kind]]
    return [rule | {"probability": rule["probability"] * rng.uniform(0.2, 0.7)} for rule in rules]
