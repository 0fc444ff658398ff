"""Signed webhooks on their way: a queue to drain in tests, a thread to deliver in the sandbox."""

import hashlib
import heapq
import hmac
import itertools
import json
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from dataclasses import dataclass, field

from sandbox.world import keys
from sandbox.world.clock import wall_now
from sandbox.world.jsontypes import Json
from sandbox.world.stripe.events import Delivery

_SECRETS = {
    "account": keys.STRIPE_ACCOUNT_WEBHOOK_SECRET,
    "connect": keys.STRIPE_CONNECT_WEBHOOK_SECRET,
}
_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 0.5
_TIMEOUT_SECONDS = 20.0
# Deliveries wait this long for neighbours, so that a reordered one can be overtaken.
_GATHER_SECONDS = 0.15
_LOG_LENGTH = 500


def sign(payload: str, *, secret: str, timestamp: int) -> str:
    """Return the Stripe-Signature header value: HMAC-SHA256 over "timestamp.payload"."""
    signed = f"{timestamp}.{payload}".encode()
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


@dataclass(frozen=True)
class SignedWebhook:
    """What the product receives: the raw body and its signature, for one endpoint."""

    endpoint: str
    payload: str
    signature: str

    def event(self) -> Json:
        """Return the event inside."""
        return dict(json.loads(self.payload))


def seal(delivery: Delivery) -> SignedWebhook:
    """Sign a delivery now, by wall time and with its endpoint's secret."""
    payload = json.dumps(delivery.event, indent=2)
    timestamp = int(wall_now().timestamp())
    signature = sign(payload, secret=_SECRETS[delivery.endpoint], timestamp=timestamp)
    return SignedWebhook(delivery.endpoint, payload, signature)


class WebhookBasket:
    """A sink that keeps deliveries until a test drains them, in their planned order."""

    def __init__(self) -> None:
        self._waiting: list[Delivery] = []

    def __call__(self, delivery: Delivery) -> None:
        """Take one delivery."""
        self._waiting.append(delivery)

    def drain(self) -> list[SignedWebhook]:
        """Return and forget everything that waits."""
        planned = sorted(self._waiting, key=lambda delivery: delivery.order)
        self._waiting = []
        return [seal(delivery) for delivery in planned]


@dataclass(order=True)
class _Waiting:
    due: float
    order: float
    number: int
    delivery: Delivery = field(compare=False)
    attempt: int = field(default=1, compare=False)


class WebhookCourier:
    """A sink that posts webhooks from one background thread, with bounded retries."""

    def __init__(self, webhooks_url: str) -> None:
        self._url = webhooks_url.rstrip("/")
        self._heap: list[_Waiting] = []
        self._numbers = itertools.count()
        self._wakeup = threading.Condition()
        self._log: deque[Json] = deque(maxlen=_LOG_LENGTH)
        threading.Thread(target=self._run, name="webhooks", daemon=True).start()

    def __call__(self, delivery: Delivery) -> None:
        """Take one delivery; it leaves shortly."""
        self._put(
            _Waiting(
                time.monotonic() + _GATHER_SECONDS, delivery.order, next(self._numbers), delivery
            )
        )

    def log(self) -> list[Json]:
        """Return the latest attempts, newest first."""
        return list(reversed(self._log))

    def waiting(self) -> int:
        """Return how many deliveries (retries included) have not left yet."""
        with self._wakeup:
            return len(self._heap)

    def _put(self, item: _Waiting) -> None:
        with self._wakeup:
            heapq.heappush(self._heap, item)
            self._wakeup.notify()

    def _run(self) -> None:
        while True:
            for item in sorted(self._ripe(), key=lambda item: item.order):
                self._attempt(item)

    def _ripe(self) -> list[_Waiting]:
        with self._wakeup:
            while not self._heap or self._heap[0].due > time.monotonic():
                pause = self._heap[0].due - time.monotonic() if self._heap else None
                self._wakeup.wait(pause)
            ripe = []
            while self._heap and self._heap[0].due <= time.monotonic() + _GATHER_SECONDS:
                ripe.append(heapq.heappop(self._heap))
            return ripe

    def _attempt(self, item: _Waiting) -> None:
        webhook = seal(item.delivery)
        status = _post(f"{self._url}/webhooks/stripe/{webhook.endpoint}", webhook)
        event = item.delivery.event
        self._log.append(
            {
                "event": event["id"],
                "type": event["type"],
                "status": status,
                "account": event.get("account"),
                "attempt": item.attempt,
            }
        )
        accepted = status is not None and status < 300  # noqa: PLR2004 - every 2xx is accepted.
        if not accepted and item.attempt < _ATTEMPTS:
            pause = _FIRST_PAUSE_SECONDS * 2 ** (item.attempt - 1)
            self._put(
                _Waiting(
                    time.monotonic() + pause,
                    item.order,
                    next(self._numbers),
                    item.delivery,
                    item.attempt + 1,
                )
            )


def _post(url: str, webhook: SignedWebhook) -> int | None:
    request = urllib.request.Request(  # noqa: S310 - our own front door.
        url,
        data=webhook.payload.encode(),
        method="POST",
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (sandbox)",
            "Stripe-Signature": webhook.signature,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None
