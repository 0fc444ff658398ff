"""The simulated processor as one object: a request goes in, an answer comes out, events follow."""

import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from sandbox.world import keys
from sandbox.world.clock import SandboxClock
from sandbox.world.jsontypes import Json
from sandbox.world.stripe import customers
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.controls import Controls
from sandbox.world.stripe.desk import BankToken, Call, Desk
from sandbox.world.stripe.errors import InvalidRequest, ProcessorRefusal
from sandbox.world.stripe.events import API_VERSION, Delivery, EventFeed, Sink
from sandbox.world.stripe.faults import RequestFault, Script
from sandbox.world.stripe.idempotency import IdempotencyKeys
from sandbox.world.stripe.routes import find_route
from sandbox.world.stripe.wire import Answer, Request, public

_EXPANDABLE_DEPTH = 4
_SERVER_ERROR: Json = {"error": {"type": "api_error", "message": "An unknown error occurred."}}


class StripeWorld(Controls):
    """Deterministic for a clock that stands still and a fixed seed; does no I/O of its own."""

    def __init__(
        self,
        clock: SandboxClock,
        sink: Sink,
        *,
        seed: str = "demo",
        secret_key: str = keys.STRIPE_SECRET_KEY,
        public_url: str = "http://localhost:8090",
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.script = Script()
        feed = EventFeed(clock, self.script, sink)
        super().__init__(
            Desk(clock=clock, script=self.script, feed=feed, seed=seed, public_url=public_url)
        )
        self.desk.open_book(None)
        self._keys = IdempotencyKeys(clock, lambda: self.script.settings.idempotency_hours)
        self._secret_key = secret_key
        self.pause = pause
        self._requests = 0

    def seed_account(self, account_id: str, *, name: str = "Demo dealer") -> Json:
        """Return the connected account with this fixed id; create it on the first call."""
        with self.desk.clock.lock:
            params = {"business_profile": {"name": name}, "metadata": {"demo": "true"}}
            return customers.seed_account(self.desk, account_id, params)

    def mint_bank_token(self, details: BankToken) -> str:
        """Return a one-time bank account token."""
        with self.desk.clock.lock:
            return self.desk.mint_bank_token(details)

    def redeliver(self, event_id: str) -> bool:
        """Send an event once more; False where no account has it."""
        with self.desk.clock.lock:
            for book in self.desk.books.values():
                if event_id in book.objects:
                    self.desk.feed.deliver_again(book.objects[event_id])
                    return True
        return False

    def handle(self, request: Request) -> Answer:
        """Answer one API request, faults included."""
        self._requests += 1
        version = request.headers.get("stripe-version", API_VERSION)
        marks = {"Request-Id": f"req_demo{self._requests:08d}", "Stripe-Version": version}
        fault = self.script.take_request(request.method, request.path) or RequestFault()
        if fault.timeout == "before":
            return Answer(504, _SERVER_ERROR, marks, dropped=True, hold_seconds=fault.seconds)
        try:
            answer = self._authenticated(request, fault)
        except ProcessorRefusal as refusal:
            answer = Answer(refusal.status, {"error": refusal.error})
        return replace(
            answer,
            headers=dict(answer.headers) | marks,
            dropped=fault.timeout == "after",
            hold_seconds=fault.seconds,
        )

    def _authenticated(self, request: Request, fault: RequestFault) -> Answer:
        if request.headers.get("authorization") not in _credentials(self._secret_key):
            raise InvalidRequest("Invalid API Key provided.", status=401)
        account = request.headers.get("stripe-account")
        if account not in self.desk.books:
            raise InvalidRequest(
                f"The provided key does not have access to account '{account}' "
                "(or that account does not exist).",
                code="account_invalid",
                status=403,
            )
        key = request.headers.get("idempotency-key")
        if key is None or request.method != "POST":
            return self._execute(request, account, None, fault)
        return self._once(request, account, key, fault)

    def _once(self, request: Request, account: str | None, key: str, fault: RequestFault) -> Answer:
        stored = self._keys.begin(account, key, request)
        if stored is not None:
            return stored
        try:
            answer = self._execute(request, account, key, fault)
        except ProcessorRefusal as refusal:
            if not refusal.remembered:
                self._keys.forget(account, key)
                raise
            answer = Answer(refusal.status, {"error": refusal.error})
        self._keys.keep(account, key, answer)
        return answer

    def _execute(
        self, request: Request, account: str | None, key: str | None, fault: RequestFault
    ) -> Answer:
        if fault.timeout == "slow":
            self.pause(fault.seconds)  # The key is claimed by now: a second request gets 409.
        if fault.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            return Answer(fault.status, _SERVER_ERROR)  # Stripe keeps this answer for the key.
        if fault.status:
            raise _overload(fault.status)
        params = request.params()
        route, ids = find_route(request.method, request.path, params)
        with self.desk.clock.lock:
            book = self.desk.open_book(account)
            call = Call(desk=self.desk, book=book, params=params, ids=ids, key=key)
            thing = public(route.endpoint(call))
            for path in params.get("expand", []):
                _expand(book, thing, str(path).split(".")[:_EXPANDABLE_DEPTH])
        return Answer(200, thing)


def _credentials(secret_key: str) -> tuple[str, str]:
    """The key as the libraries send it and as `curl -u` does."""
    basic = b64encode(f"{secret_key}:".encode()).decode()
    return f"Bearer {secret_key}", f"Basic {basic}"


def _overload(status: int) -> InvalidRequest:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return InvalidRequest("Request rate limit exceeded.", code="rate_limit", status=status)
    return InvalidRequest("Please try again later.", kind="api_error", status=status)


def _expand(book: Book, thing: Json, path: list[str]) -> None:
    name, rest = path[0], path[1:]
    value = thing.get(name)
    if isinstance(value, list):
        for row in value:
            if rest:
                _expand(book, row, rest)
        return
    if isinstance(value, str) and value in book.objects:
        found = book.objects[value]
        is_method = name == "payment_method"
        thing[name] = public(customers.find_method(book, value) if is_method else found)
    if rest and isinstance(thing.get(name), dict):
        _expand(book, thing[name], rest)


__all__ = ["Delivery", "StripeWorld"]
