"""Outstanding with parts typed on its lines, and of an account that is paid by its balance."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.rendering.views.chrome import Flash
from chalicelib.rendering.views.outstanding import JobRow, JobRows

from .demo import portal_chrome
from .portal_examples import outstanding, payable

ROWS = (
    payable("I-11", 125_000, "2026-10-02", days_past_due=51, selected=True, typed="500.00"),
    payable("I-12", 40_000, selected=True, typed="12.345",
            problem="Type an amount like 1250 or 1250.50."),
    payable("I-13", 7_500),
)  # fmt: skip
JOB = JobRow(
    job="-",
    name="No job",
    balance_cents=172_500,
    available_cents=172_500,
    past_due_cents=125_000,
    invoice_count=3,
    oldest_days_past_due=51,
    expanded=True,
    payables=ROWS,
)


def part_examples() -> dict[str, object]:
    """A refused form as it comes back; a balance with its job's rows, and those rows alone."""
    refused = Flash(text="Type an amount like 1250 or 1250.50. Nothing was charged.", tone="bad")
    plain = tuple(replace(row, selected=False, typed="", problem="") for row in ROWS)
    return {
        "outstanding_refused": outstanding(
            chrome=portal_chrome("Outstanding", "Outstanding", flash=refused), jobs=(JOB,)
        ),
        "outstanding_balance": outstanding(jobs=(replace(JOB, payables=plain),), by_balance=True),
        "job_rows_balance": JobRows(job="-", payables=plain, read_only=True),
    }
