"""The nightly reconciliation: both sides of every figure, differences, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Badge, Chrome
from .figures import Link


@dataclass(frozen=True, kw_only=True)
class FigureRow:
    """One check: what we hold, what the other side says; `counted` says over how many things."""

    label: str
    ours: str
    theirs: str
    ours_cents: int
    theirs_cents: int
    counted: str = ""

    @property
    def difference_cents(self) -> int:
        """Ours less theirs."""
        return self.ours_cents - self.theirs_cents


@dataclass(frozen=True, kw_only=True)
class DifferenceRow:
    """One difference with its suggested action; `status` says open or repaired."""

    subject: str
    status: Badge
    sentence: str
    action: str
    ours_cents: int
    theirs_cents: int
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """An earlier run; ISO date-time in the dealer's zone, and how it ended in words."""

    started_at: str
    asked_by: str
    outcome: Badge


@dataclass(frozen=True, kw_only=True)
class ReconciliationProgress:
    """GET /console/reconciliation/progress: asks again while it runs."""

    running: bool
    progress_href: str
    step: str
    done_count: int
    step_count: int


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """GET /console/reconciliation: the newest finished run. Check now POSTs csrf (`may_check`)."""

    chrome: Chrome
    tabs: tuple[Link, ...]
    may_check: bool
    figures: tuple[FigureRow, ...] = ()
    differences: tuple[DifferenceRow, ...] = ()
    left_out: int = 0  # Differences beyond those that are shown.
    started_at: str = ""
    took: str = ""
    scope: str = ""
    open_count: int = 0
    runs: tuple[RunRow, ...] = ()
    progress: ReconciliationProgress | None = None
