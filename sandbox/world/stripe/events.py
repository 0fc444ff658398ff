"""Events of the simulated processor: recorded with the account, then handed to the sink."""

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sandbox.world.clock import SandboxClock
from sandbox.world.jsontypes import Json
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.faults import Script, WebhookFault, WebhookNoise
from sandbox.world.stripe.wire import public

API_VERSION = "2026-10-28.endive"
# How many neighbours a reordered delivery may overtake.
_SHUFFLE_WINDOW = 6.0
_AMOUNTS = ("amount", "amount_received", "amount_captured", "amount_refunded")


@dataclass(frozen=True)
class Delivery:
    """One webhook on its way: `endpoint` is account or connect, `order` where it queues."""

    endpoint: str
    event: Json
    order: float


Sink = Callable[[Delivery], None]


class EventFeed:
    """Records events and plans their deliveries as the script demands."""

    def __init__(self, clock: SandboxClock, script: Script, sink: Sink) -> None:
        self._clock = clock
        self._script = script
        self._sink = sink
        self._sent = 0
        self._random = random.Random(0)  # noqa: S311 - noise must be reproducible by its seed.
        self._noise: WebhookNoise | None = None

    def emit(self, book: Book, event_type: str, thing: Json, *, key: str | None = None) -> Json:
        """Record an event about `thing` as it is now, and plan its webhook."""
        event: Json = {
            "id": book.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": int(self._clock.now().timestamp()),
            "type": event_type,
            "data": {"object": public(thing)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": key},
        }
        if book.account:
            event["account"] = book.account
        book.add(event)
        self._plan(event)
        return event

    def deliver_again(self, event: Json) -> None:
        """Send an event once more, as Stripe's dashboard can."""
        self._send(event)

    def _plan(self, event: Json) -> None:
        noise, fault = self._current_noise(), self._script.take_event(event["type"])
        fault = fault or WebhookFault()
        if noise.never or fault.never:
            return
        copies = 1 + fault.duplicate + (self._random.random() < noise.duplicate)
        sent = _distorted(event, fault)
        days = fault.delay_days or noise.delay_days
        for _ in range(copies):
            if days:
                self._clock.at(self._clock.now() + timedelta(days=days), lambda: self._send(sent))
            else:
                self._send(sent)

    def _send(self, event: Json) -> None:
        self._sent += 1
        late = self._random.uniform(0, _SHUFFLE_WINDOW) if self._current_noise().reorder else 0.0
        endpoint = "connect" if "account" in event else "account"
        self._sink(Delivery(endpoint=endpoint, event=event, order=self._sent + late))

    def _current_noise(self) -> WebhookNoise:
        noise = self._script.webhooks
        if noise is not self._noise:
            self._noise = noise
            self._random.seed(noise.seed)
        return noise


def _distorted(event: Json, fault: WebhookFault) -> Json:
    if fault.amount_cents is None and not fault.livemode:
        return event
    lie = copy.deepcopy(event)
    thing = lie["data"]["object"]
    if fault.amount_cents is not None:
        thing |= {name: fault.amount_cents for name in _AMOUNTS if name in thing}
    if fault.livemode:
        lie["livemode"] = True
        thing |= {"livemode": True} if "livemode" in thing else {}
    return lie
