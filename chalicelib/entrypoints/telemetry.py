"""One decorator for every entry point: correlation id, structured log, metrics, clean state."""

import functools
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

Taken = ParamSpec("Taken")
Given = TypeVar("Given")

NAMESPACE = SERVICE = "drypowder"
log = Logger(service=SERVICE)
metrics = Metrics(namespace=NAMESPACE, service=SERVICE)


def new_reference() -> str:
    """What a person quotes to us and what every log line of the call carries."""
    return secrets.token_hex(5).upper()


@contextmanager
def observed_call(name: str, reference: str) -> Iterator[None]:
    """Log lines inside carry `reference`; one metric says how it ended and how long it took.

    Unexpected exceptions are logged once, here, and go on to the caller.
    """
    log.append_keys(entry=name)
    log.set_correlation_id(reference)
    started = time.perf_counter()
    metrics.add_dimension(name="entry", value=name)
    try:
        yield
        metrics.add_metric(name="handled", unit=MetricUnit.Count, value=1)
    except Exception:
        log.exception("unexpected")
        metrics.add_metric(name="unexpected", unit=MetricUnit.Count, value=1)
        raise
    finally:
        took_ms = (time.perf_counter() - started) * 1000
        metrics.add_metric(name="duration", unit=MetricUnit.Milliseconds, value=took_ms)
        metrics.flush_metrics()
        log.clear_state()


def observed(function: Callable[Taken, Given]) -> Callable[Taken, Given]:
    """Decorator for workers, schedules and workflow steps; pages get it from the guard."""

    @functools.wraps(function)
    def call(*args: Taken.args, **kwargs: Taken.kwargs) -> Given:
        with observed_call(function.__name__, new_reference()):
            return function(*args, **kwargs)

    return call
