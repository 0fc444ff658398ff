"""The product behind a proxy that fails: clients of its own, impatient and without pauses."""

import time
import types
from collections.abc import Iterator

import pytest
from chalice.app import Chalice

from chalicelib.rendering import templating
from tests.conftest import LocalAws
from tests.entrypoints.conftest import AnyAsset, app
from tests.faults.proxy import FaultProxy
from tests.faults.shop import Shop, open_shop
from tests.figures import figures
from tests.stage import Stage, stage

__all__ = ["app", "figures", "stage"]


@pytest.fixture(scope="session")
def proxy(local_aws: LocalAws) -> Iterator[FaultProxy]:
    """The proxy before this session's local AWS; harmless until told otherwise."""
    started = FaultProxy(local_aws.endpoint)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def behind_proxy(
    stage: Stage, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FaultProxy]:
    """Every request to AWS goes through the proxy; retries follow at once."""
    at_once = types.SimpleNamespace(sleep=lambda _: None, monotonic=time.monotonic)
    monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
    monkeypatch.setattr("botocore.endpoint.time", at_once)
    monkeypatch.setattr("chalicelib.storage.transactions.time", at_once)
    with proxy.clients.used("patient"):
        yield proxy


@pytest.fixture
def shop(
    app: Chalice,
    stage: Stage,
    local_aws: LocalAws,
    behind_proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Shop]:
    """A dealer, an account that owes and its payer, all behind the proxy."""
    monkeypatch.setattr(templating, "_manifest", AnyAsset)
    with open_shop(app, stage, local_aws) as opened:
        for room in ("guard.product_world", "queues.world", "steps.world", "schedules.world"):
            monkeypatch.setattr(f"chalicelib.entrypoints.{room}", lambda: opened.world)
        opened.browser.get("/outstanding")  # Where the payer ticks, and the first form's token.
        yield opened
