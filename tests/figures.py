"""What the reliability suites did, counted while they run: the lines of `make soak`'s table."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

FILE = "FIGURES"  # Where figures go, one JSON line a test and suite; nowhere if it is not set.


@dataclass
class Figure:
    """One suite's counts; cents are absolute differences, so errors never cancel out."""

    suite: str
    runs: int = 0
    crashes: int = 0  # Runs in which at least one crash or fault really happened.
    lost: int = 0
    double: int = 0
    wrong_cents: int = 0
    seconds: float = 0.0


@dataclass
class Figures:
    """The counts of one test, by suite."""

    kept: dict[str, Figure] = field(default_factory=dict)

    def add(
        self, suite: str, *, runs: int = 1, crashes: int = 0, lost: int = 0, double: int = 0,
        wrong_cents: int = 0,
    ) -> None:  # fmt: skip
        """Count runs of `suite`; say it before asserting, so a failure is counted too."""
        figure = self.kept.setdefault(suite, Figure(suite))
        figure.runs += runs
        figure.crashes += crashes
        figure.lost += lost
        figure.double += double
        figure.wrong_cents += wrong_cents


@pytest.fixture
def figures() -> Iterator[Figures]:
    """Counts that are written down when the test ends, however it ends."""
    counted, began = Figures(), time.monotonic()
    yield counted
    target = os.environ.get(FILE)
    if not target or not counted.kept:
        return
    share = (time.monotonic() - began) / len(counted.kept)
    lines = [json.dumps(asdict(one) | {"seconds": share}) for one in counted.kept.values()]
    with Path(target).open("a") as file:
        file.write("".join(f"{line}\n" for line in lines))
