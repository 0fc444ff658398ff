"""The real stripe library without sockets: its HTTP client calls the simulated core directly."""

from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit

import stripe

from sandbox.world import keys
from sandbox.world.stripe.wire import Request
from sandbox.world.stripe.world import StripeWorld

BASE = "http://127.0.0.1:8090/stripe"
_PREFIX = "/stripe"


class InProcessStripe(stripe.HTTPClient):
    """Transport for `stripe.StripeClient`; a dropped answer becomes APIConnectionError."""

    name = "in-process"

    def __init__(self, world: StripeWorld) -> None:
        super().__init__()
        self._world = world

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        # Any: the library's own signature; it hands over form-encoded text or None.
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Answer from the core; raise APIConnectionError where the answer is lost."""
        parts = urlsplit(url)
        sent = {name.lower(): str(value) for name, value in (headers or {}).items()}
        body = post_data.decode() if isinstance(post_data, bytes) else post_data
        answer = self._world.handle(
            Request(
                method=method.upper(),
                path=parts.path.removeprefix(_PREFIX),
                query=parts.query,
                body=body or "",
                headers=sent,
            )
        )
        if answer.dropped:
            raise stripe.APIConnectionError(  # type: ignore[no-untyped-call]  # Untyped there.
                "The reply was lost.", should_retry=True
            )
        return answer.text(), answer.status, answer.headers

    def request_stream(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        # Any: the library's own signature, never called here.
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> NoReturn:
        """Refuse: nothing of the product streams from the processor."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing to close."""


def in_process_client(world: StripeWorld, *, retries: int = 0) -> stripe.StripeClient:
    """Return a real client whose every call is answered by `world`."""
    return stripe.StripeClient(
        keys.STRIPE_SECRET_KEY,
        http_client=InProcessStripe(world),
        base_addresses={"api": BASE},
        max_network_retries=retries,
    )
