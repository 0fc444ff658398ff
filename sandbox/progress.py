"""Says what the sandbox is doing, step by step, and turns a failure into one clear sentence."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class StepFailed(Exception):
    """A step cannot go on; the message says what to do."""


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print the step's name, and its time once done; StepFailed passes through."""
    started = time.monotonic()
    print(f"  {name} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


def stop_with(failure: Exception) -> None:
    """Print the failure and leave with status 1."""
    print(f"\n{failure}", file=sys.stderr, flush=True)
    raise SystemExit(1)
