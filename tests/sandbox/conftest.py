"""Fixtures: the processor in-process, and the whole world over HTTP on a free port."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.serving import make_server

from sandbox.world.clock import SandboxClock
from sandbox.world.server import create_app
from sandbox.world.world import SandboxWorld, build_world
from tests.sandbox.builders import START, Processor
from tests.sandbox.inbox import Inbox

POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Served:
    """A running world: its address, its insides and the inbox its webhooks go to."""

    url: str
    world: SandboxWorld
    inbox: Inbox


@pytest.fixture
def processor() -> Processor:
    return Processor()


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    inbox = Inbox()
    yield inbox
    inbox.close()


@pytest.fixture
def served(inbox: Inbox) -> Iterator[Served]:
    clock = SandboxClock(START, running=False)
    world = build_world(
        public_url="http://localhost:8090", webhooks_url=inbox.url, clock=clock, seed="tests"
    )
    server = make_server("127.0.0.1", 0, create_app(world, aws=inbox.url), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    yield Served(url=f"http://127.0.0.1:{server.server_port}", world=world, inbox=inbox)
    server.shutdown()
    thread.join()
    server.server_close()
