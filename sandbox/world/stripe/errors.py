"""Refusals of the simulated processor, in Stripe's words.

ProcessorRefusal
├── InvalidRequest      400, 403, 404: nothing was executed, so the idempotency layer forgets it
├── Declined            402: executed, and its answer is kept for the key
└── Unexecutable        400: executed up to a state that forbids it; kept for the key

ControlRefused is for the sandbox's own controls; Stripe knows nothing of them.
"""

from sandbox.world.jsontypes import Json


class ProcessorRefusal(Exception):
    """A refusal with its HTTP status and Stripe's error object."""

    remembered = True

    def __init__(self, status: int, error: Json) -> None:
        super().__init__(str(error["message"]))
        self.status = status
        self.error = error


class InvalidRequest(ProcessorRefusal):
    """The request itself is wrong; no endpoint began to execute."""

    remembered = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int = 400,
        kind: str = "invalid_request_error",
    ) -> None:
        error: Json = {"type": kind, "message": message}
        error |= {"code": code} if code else {}
        error |= {"param": param} if param else {}
        super().__init__(status, error)


class Unexecutable(ProcessorRefusal):
    """The endpoint ran and found a state that forbids the request."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        facts: Json | None = None,
    ) -> None:
        error: Json = {"type": "invalid_request_error", "message": message}
        error |= {"code": code} if code else {}
        error |= {"param": param} if param else {}
        super().__init__(400, error | (facts or {}))


class Declined(ProcessorRefusal):
    """The network declined the payment; the error carries the payment intent."""

    def __init__(self, error: Json) -> None:
        super().__init__(402, error)


class ControlRefused(ValueError):
    """A control asked for something that cannot happen; the message says what."""


def missing(param: str) -> InvalidRequest:
    """Return the refusal for a missing parameter."""
    return InvalidRequest(
        f"Missing required param: {param}.", code="parameter_missing", param=param
    )


def no_such(kind: str, object_id: str, *, param: str = "id") -> InvalidRequest:
    """Return the refusal for an id that this account does not have."""
    return InvalidRequest(
        f"No such {kind}: '{object_id}'", code="resource_missing", param=param, status=404
    )
