"""Reconciliation: the last comparison of everything, and Check now."""

from datetime import timedelta

from chalice.app import Blueprint

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.reconciliation import Check, Difference, Figure, Reconciliation, Step
from chalicelib.entrypoints.console.chrome import console_chrome, payment_tabs
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import zoned
from chalicelib.entrypoints.responses import Fragment, Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import reconciliation as views
from chalicelib.rendering.views.chrome import Badge
from chalicelib.services.reconcile_dealer import ORDER, check_now
from chalicelib.services.view_reconciliation import ReconciliationView, view_reconciliation
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)
BASE = "/console/reconciliation"
ADMINS = frozenset({"admin"})
# The check, our side, the other side, and what is counted.
CHECKS = {
    Check.TRIAL: ("Trial balance", "Debit balances", "Credit balances", "ledger account"),
    Check.CHARGES: ("Charges", "Charged here", "Charged by the processor", "payment"),
    Check.BALANCE: ("Balance", "Movements not deposited", "Processor’s balance", "movement"),
    Check.CLEARING: ("Clearing", "Our Clearing", "Processor’s movements of it", "movement"),
    Check.HELD: ("Disputes", "Held in dispute", "Open disputes", "dispute"),
    Check.DEPOSITS: ("Deposits", "Settlements", "Processor’s payouts", "deposit"),
    Check.PARTS: ("Settlements", "Their payments", "Their gross", "payment"),
    Check.POSTINGS: ("Postings", "Posted here", "Found in Spruce", "posting"),
    Check.HEADERS: ("Accounts", "Shown as outstanding", "Worked out anew", "account"),
    Check.RECEIVABLE: ("Not posted yet", "Ledger", "Documents", "payment"),
}
STEPS = {
    Step.LEDGER: "Adding up the ledger",
    Step.CHARGES: "Comparing charges with the processor",
    Step.MOVEMENTS: "Comparing the processor’s balance",
    Step.DEPOSITS: "Comparing deposits and postings",
    Step.ACCOUNTS: "Working out accounts anew",
    Step.DONE: "Done",
}


@page(blueprint, "GET", BASE, area="console")
def reconciliation(visit: Visit) -> Html:
    """GET the newest finished run, and how far one under way is."""
    dealer = get_dealer(visit.dealer_id)
    found = view_reconciliation(visit.world, visit.dealer_id)
    return Html(render_page(_view(visit, dealer, found)))


@page(blueprint, "GET", BASE + "/progress", area="console")
def reconciliation_progress(visit: Visit) -> Fragment:
    """GET the progress alone; the page asks for it again while it runs."""
    found = view_reconciliation(visit.world, visit.dealer_id)
    progress = _progress(found.running)
    return Fragment(render_page(progress), reload=not progress.running)


@page(blueprint, "POST", BASE + "/check", area="console", roles=ADMINS)
def check(visit: Visit) -> Redirect:
    """POST: compare everything now; a run under way is gone on with."""
    check_now(visit.world, visit.dealer_id, operator=visit.signed_in.name)
    return Redirect(f"{BASE}?done=checking")


def _view(visit: Visit, dealer: Dealer, found: ReconciliationView) -> views.Reconciliation:
    chrome = console_chrome(visit, dealer, "Reconciliation", "Payments")
    shared = {
        "chrome": chrome,
        "tabs": payment_tabs(visit, "reconciliation"),
        "may_check": visit.signed_in.role in ADMINS,
        "runs": tuple(_run(run, dealer) for run in found.earlier),
        "progress": _progress(found.running) if found.running else None,
    }
    run = found.last
    if run is None:
        return views.Reconciliation(**shared)  # type: ignore[arg-type]
    return views.Reconciliation(
        **shared,  # type: ignore[arg-type]
        figures=tuple(_figure(figure) for figure in run.figures),
        differences=tuple(_difference(it) for it in run.differences),
        left_out=run.difference_count - len(run.differences),
        started_at=zoned(dealer, run.started_at),
        took=_took((run.finished_at or run.started_at) - run.started_at),
        scope="everything" if run.is_full else "what changed since the night before",
        open_count=run.open_count,
    )


def _progress(run: Reconciliation | None) -> views.ReconciliationProgress:
    step = run.step if run else Step.DONE
    return views.ReconciliationProgress(
        running=run is not None,
        progress_href=f"{BASE}/progress",
        step=STEPS[step],
        done_count=ORDER.index(step),
        step_count=len(ORDER) - 1,
    )


def _figure(figure: Figure) -> views.FigureRow:
    label, ours, theirs, thing = CHECKS[figure.check]
    return views.FigureRow(
        label=label,
        ours=ours,
        theirs=theirs,
        ours_cents=figure.ours_cents,
        theirs_cents=figure.theirs_cents,
        counted=f"{figure.count:,} {thing}{'' if figure.count == 1 else 's'}",
    )


def _difference(found: Difference) -> views.DifferenceRow:
    repaired, still = Badge(label="Repaired", tone="good"), Badge(label="Open", tone="bad")
    return views.DifferenceRow(
        subject=found.subject,
        status=repaired if found.is_repaired else still,
        sentence=found.sentence,
        action=found.action,
        ours_cents=found.ours_cents,
        theirs_cents=found.theirs_cents,
        href=found.path,
    )


def _run(run: Reconciliation, dealer: Dealer) -> views.RunRow:
    count = run.open_count
    repaired = run.difference_count - count
    words = "No difference" if not count else f"{count} open"
    return views.RunRow(
        started_at=zoned(dealer, run.started_at),
        asked_by=run.asked_by or "the night",
        outcome=Badge(
            label=words + (f", {repaired} repaired" if repaired else ""),
            tone="bad" if count else "good",
        ),
    )


def _took(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min {seconds % 60} s"  # noqa: PLR2004
