"""How Stripe is asked: the one table from its errors to ours, also for later pages of a list."""

from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import stripe

from chalicelib.gateways.processor import ProcessorRefused, ProcessorUnreachable
from chalicelib.gateways.stripe_shapes import code_of

PAGE = 100
REFUSED_SENTENCE = "The payment processor refused this way to pay. Nothing was charged."
P = ParamSpec("P")
R = TypeVar("R")


def asked(call: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """The one table from Stripe's errors to ours. Whatever is not a definite no is unknown."""
    try:
        return call(*args, **named)
    except stripe.CardError as error:
        raise ProcessorRefused(code_of(error), REFUSED_SENTENCE) from error
    except stripe.InvalidRequestError as error:
        if error.http_status in (400, 402, 404):
            raise ProcessorRefused(code_of(error), REFUSED_SENTENCE) from error
        raise ProcessorUnreachable(code_of(error)) from error
    except stripe.StripeError as error:
        raise ProcessorUnreachable(type(error).__name__) from error


def each(rows: Iterator[R]) -> Iterator[R]:
    """Rows over all pages, later pages' errors translated too."""
    while True:
        row = asked(next, rows, None)
        if row is None:
            return
        yield row
