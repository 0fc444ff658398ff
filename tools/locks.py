"""Lets one process at a time make what lies in build/: test workers, or tests beside make run."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from tools.wheels import ROOT


@contextmanager
def alone_making(thing: str) -> Iterator[None]:
    """Waits while another process makes the same thing, and then finds it made."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / f"{thing}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
