"""Idempotency as Stripe documents it: the first executed answer is the answer, errors included.

https://docs.stripe.com/api/idempotent_requests
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sandbox.world.clock import SandboxClock
from sandbox.world.jsontypes import Json
from sandbox.world.stripe.errors import InvalidRequest
from sandbox.world.stripe.wire import Answer, Request

_LONGEST_KEY = 255


@dataclass
class _Entry:
    fingerprint: tuple[str, str, Json]
    since: datetime
    answer: Answer | None = None


class IdempotencyKeys:
    """Answers by (account, key), forgotten a day after first use."""

    def __init__(self, clock: SandboxClock, lifetime_hours: Callable[[], int]) -> None:
        self._clock = clock
        self._lifetime_hours = lifetime_hours
        self._entries: dict[tuple[str | None, str], _Entry] = {}

    def begin(self, account: str | None, key: str, request: Request) -> Answer | None:
        """Claim the key; return the stored answer of an earlier request, if there is one.

        Raises InvalidRequest for the same key with another request (400) or while the first
        request with this key still runs (409).
        """
        if len(key) > _LONGEST_KEY:
            raise InvalidRequest(f"Idempotency keys have at most {_LONGEST_KEY} characters.")
        fingerprint = (request.method, request.path, request.params())
        with self._clock.lock:
            entry = self._fresh(account, key)
            if entry is None:
                self._entries[account, key] = _Entry(fingerprint, self._clock.now())
                return None
            if entry.fingerprint != fingerprint:
                raise InvalidRequest(
                    "Keys for idempotent requests can only be used with the same parameters they "
                    f"were first used with. Try using a key other than '{key}' if you meant to "
                    "execute a different request.",
                    kind="idempotency_error",
                )
            if entry.answer is None:
                raise InvalidRequest(
                    "There is currently another in-progress request using this idempotency key. "
                    "Please try again later.",
                    kind="idempotency_error",
                    status=409,
                    code="idempotency_key_in_use",
                )
            return replace(
                entry.answer,
                dropped=False,
                headers=dict(entry.answer.headers) | {"Idempotent-Replayed": "true"},
            )

    def keep(self, account: str | None, key: str, answer: Answer) -> None:
        """Store the answer of an executed request."""
        with self._clock.lock:
            self._entries[account, key].answer = answer

    def forget(self, account: str | None, key: str) -> None:
        """Free the key of a request that was refused before anything was executed."""
        with self._clock.lock:
            self._entries.pop((account, key), None)

    def _fresh(self, account: str | None, key: str) -> _Entry | None:
        entry = self._entries.get((account, key))
        limit = timedelta(hours=self._lifetime_hours())
        if entry and self._clock.now() - entry.since > limit:
            del self._entries[account, key]
            return None
        return entry
