"""Examples of the reconciliation: zero as proof, differences, never run, under way."""

from __future__ import annotations

from chalicelib.rendering.views.chrome import Badge
from chalicelib.rendering.views.reconciliation import (
    DifferenceRow,
    FigureRow,
    Reconciliation,
    ReconciliationProgress,
    RunRow,
)

from . import demo
from .demo import console_chrome

OPEN, REPAIRED = Badge(label="Open", tone="bad"), Badge(label="Repaired", tone="good")


def _figure(label: str, ours: str, theirs: str, off_cents: int = 0) -> FigureRow:
    return FigureRow(
        label=label,
        ours=ours,
        theirs=theirs,
        ours_cents=5_245_230_92 + off_cents,
        theirs_cents=5_245_230_92,
        counted="12 payments",
    )


def _differences() -> tuple[DifferenceRow, ...]:
    return (
        DifferenceRow(
            subject="DP-100482",
            status=OPEN,
            sentence=f"Our ledger has money of {demo.HOSTILE} that the processor paid out.",
            action="Open the payment's ledger and the processor's movements of it.",
            ours_cents=140200,
            theirs_cents=0,
            href="/console/payments/DP-100482",
        ),
        DifferenceRow(
            subject="po_HNz3S8jknLN912oCVjLyCcop",
            status=REPAIRED,
            sentence="DP-100483 was pending here; at the processor it is paid.",
            action="Nothing: the processor was asked and its answer taken.",
            ours_cents=0,
            theirs_cents=140200,
        ),
    )


def _page(**changes: object) -> Reconciliation:
    fields: dict[str, object] = {
        "chrome": console_chrome("Reconciliation", "Payments"),
        "tabs": demo.PAYMENT_TABS,
        "may_check": True,
        "figures": (
            _figure("Trial balance", "Debit balances", "Credit balances"),
            _figure("Charges", "Charged here", "Charged by the processor"),
            _figure("Clearing", "Our Clearing", "Processor’s movements of it"),
        ),
        "started_at": demo.NOW,
        "took": "42 s",
        "scope": "what changed since the night before",
        "runs": (
            RunRow(
                started_at=demo.NOW,
                asked_by="the night",
                outcome=Badge(label="No difference", tone="good"),
            ),
            RunRow(
                started_at=demo.NOW,
                asked_by=demo.HOSTILE,
                outcome=Badge(label="2 open, 1 repaired", tone="bad"),
            ),
        ),
    }
    return Reconciliation(**{**fields, **changes})  # type: ignore[arg-type]


def _progress(**changes: object) -> ReconciliationProgress:
    fields: dict[str, object] = {
        "running": True,
        "progress_href": "/console/reconciliation/progress",
        "step": "Comparing charges with the processor",
        "done_count": 1,
        "step_count": 5,
    }
    return ReconciliationProgress(**{**fields, **changes})  # type: ignore[arg-type]


def reconciliation_examples() -> dict[str, object]:
    """Every state of the page by a name that can be a file name."""
    empty = _page(figures=(), started_at="", runs=())
    return {
        "reconciliation": _page(),
        "reconciliation_differences": _page(
            figures=(_figure("Clearing", "Our Clearing", "Processor’s movements", 140200),),
            differences=_differences(),
            open_count=1,
            left_out=3,
        ),
        "reconciliation_empty": empty,
        "reconciliation_viewer": _page(may_check=False),
        "reconciliation_running": _page(progress=_progress()),
        "reconciliation_progress": _progress(),
        "reconciliation_progress_done": _progress(running=False, step="Done", done_count=5),
    }
