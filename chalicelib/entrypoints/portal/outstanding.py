"""Outstanding: what the account owes by job, the rows of one job, and the same as CSV."""

from urllib.parse import quote

from chalice.app import Blueprint

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.people import PAYING_ROLES
from chalicelib.entrypoints.filters import href
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.portal import outstanding_parts as parts
from chalicelib.entrypoints.portal.chrome import portal_chrome
from chalicelib.entrypoints.presenting import KIND_WORDS, aging
from chalicelib.entrypoints.responses import Csv, Fragment, Html
from chalicelib.rendering.csv_files import csv_text, decimal_text
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import outstanding as views
from chalicelib.rendering.views.chrome import Flash
from chalicelib.services.view_outstanding import (
    Job,
    Narrowing,
    OpenPayable,
    Outstanding,
    view_job,
    view_outstanding,
)
from chalicelib.storage.accounts import get_account
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)
NO_JOB = "-"
AMOUNT = "amount."  # Before the document's number, the name of the box on its line.
EVERY_ROW = 1_000_000
CSV_HEADER = (
    "job",
    "document",
    "kind",
    "po_number",
    "due_date",
    "days_past_due",
    "open_amount",
    "in_flight",
)


@page(blueprint, "GET", "/outstanding")
def outstanding(visit: Visit) -> Html:
    """GET what is owed by job: `view`, `q` and `age` say what of it."""
    found = _found(visit)
    return Html(render_page(_view(visit, found)))


@page(blueprint, "GET", "/outstanding/jobs/{job}")
def job_rows(visit: Visit, job: str) -> Fragment:
    """GET the rows of one job, for a large account's page."""
    rows = _rows_of(visit, job, parts.asked_for(visit.query))
    fragment = views.JobRows(
        job=job,
        payables=tuple(_payable_row(row) for row in rows),
        currency=get_dealer(visit.dealer_id).currency,
        read_only=visit.signed_in.role not in PAYING_ROLES or _is_by_balance(visit),
    )
    return Fragment(render_page(fragment))


@page(blueprint, "GET", "/outstanding.csv")
def download(visit: Visit) -> Csv:
    """GET what the page shows, one row a document."""
    found = _found(visit)
    rows = [
        _csv_row(job, row)
        for job in found.jobs
        for row in (job.payables or _rows_of(visit, job.job_id or NO_JOB, found.shown))
    ]
    return Csv(csv_text(CSV_HEADER, rows), f"outstanding-{visit.account_id}.csv")


def outstanding_again(visit: Visit, problem: InvalidInput) -> Html:
    """The page as it was sent, every row there, with what is wrong beside its line."""
    found = view_outstanding(
        visit.world,
        visit.dealer_id,
        account_id=visit.account_id,
        narrowing=parts.asked_for(visit.form),
        rows_at_once=EVERY_ROW,
    )
    said = parts.Said(
        payables=frozenset(visit.form.all("payable")),
        jobs=frozenset(visit.form.all("job")),
        typed=visit.form.prefixed(AMOUNT),
        problems=problem.fields,
    )
    flash = Flash(text=f"{problem.sentence} Nothing was charged.", tone="bad")
    return Html(render_page(_view(visit, found, said, flash)), status=problem.status)


def _is_by_balance(visit: Visit) -> bool:
    return get_account(visit.dealer_id, visit.account_id).is_paid_by_balance


def _found(visit: Visit) -> Outstanding:
    return view_outstanding(
        visit.world,
        visit.dealer_id,
        account_id=visit.account_id,
        narrowing=parts.asked_for(visit.query),
    )


def _rows_of(visit: Visit, job: str, shown: Narrowing) -> tuple[OpenPayable, ...]:
    return view_job(
        visit.world,
        visit.dealer_id,
        account_id=visit.account_id,
        job_id="" if job == NO_JOB else job,
        narrowing=shown,
    )


def _view(
    visit: Visit, found: Outstanding, said: parts.Said = parts.NOTHING, flash: Flash | None = None
) -> views.Outstanding:
    totals, account, shown = found.totals, found.account, found.shown
    return views.Outstanding(
        chrome=portal_chrome(
            visit,
            found.dealer,
            "Outstanding",
            "Outstanding",
            detail=account.name,
            as_of=found.as_of,
            flash=flash,
        ),
        balance_cents=totals.outstanding_cents,
        past_due_cents=totals.past_due_cents,
        credits_cents=-totals.credits_cents,
        in_flight_cents=totals.in_flight_cents,
        aging=aging(totals),
        jobs=tuple(_job_row(visit, job, shown, said) for job in found.jobs),
        account_name=account.name,
        account_number=account.account_id,
        views=parts.view_links(found),
        view=shown.view.value,
        kept=parts.kept_fields(shown),
        bar=parts.bar(found),
        statement=parts.strip(found),
        shown_count=totals.invoices + totals.debits + totals.credits,
        account_cents=found.open_cents,
        narrowed=bool(shown.text or shown.age),
        query=shown.text,
        filters=parts.filters(shown),
        csv_href=href("/outstanding.csv", parts.parameters(shown)),
        read_only=visit.signed_in.role not in PAYING_ROLES,
        by_balance=account.is_paid_by_balance,
    )


def _job_row(visit: Visit, job: Job, shown: Narrowing, said: parts.Said) -> views.JobRow:
    name, totals, kept = job.job_id or NO_JOB, job.totals, parts.parameters(shown)
    is_open = visit.query.get("open") == name
    payables = job.payables or (_rows_of(visit, name, shown) if is_open else ())
    return views.JobRow(
        job=name,
        name=job.name or "No job",
        balance_cents=totals.outstanding_cents,
        available_cents=job.available_cents,
        credits_available_cents=job.credits_available_cents,
        preselected_cents=job.preselected_cents,
        past_due_cents=totals.past_due_cents,
        days_31_60_cents=totals.days_31_60_cents,
        days_61_90_cents=totals.days_61_90_cents,
        days_91_up_cents=totals.days_91_up_cents,
        credits_cents=-totals.credits_cents,
        invoice_count=totals.invoices,
        debit_count=totals.debits,
        credit_count=totals.credits,
        oldest_days_past_due=job.oldest_days_past_due,
        payables=tuple(_payable_row(row, said) for row in payables),
        rows_href="" if job.is_loaded else href(f"/outstanding/jobs/{quote(name)}", kept),
        open_href=f"{href('/outstanding', kept, open=name)}#job-{quote(name)}",
        expanded=job.is_loaded or is_open,
        selected=name in said.jobs,
    )


def _payable_row(row: OpenPayable, said: parts.Said = parts.NOTHING) -> views.PayableRow:
    payable, owed = row.payable, row.owed
    typed = said.typed.get(payable.payable_id, "")
    sign = -1 if payable.kind is PayableKind.CREDIT else 1
    return views.PayableRow(
        payable=payable.payable_id,
        number=payable.payable_id,
        open_cents=sign * owed.owed_cents,
        available_cents=sign * owed.available_cents,
        kind=payable.kind.value,
        po_number=payable.po_number,
        due_on=payable.due_day.isoformat() if payable.due_day else "",
        days_past_due=max(0, row.days_past_due) if sign > 0 else 0,
        in_flight_cents=owed.in_flight_cents,
        in_flight_href=f"/payments/{row.paid_by}" if row.paid_by else "",
        pdf_href=payable.pdf_url,
        in_query=payable.in_query,
        is_on_account=payable.is_on_account,
        selected=bool(typed) or payable.payable_id in said.payables,
        typed=typed,
        problem=said.problems.get(payable.payable_id, ""),
    )


def _csv_row(job: Job, row: OpenPayable) -> tuple[str, ...]:
    shown = _payable_row(row)
    return (
        job.name or "No job",
        shown.number,
        KIND_WORDS[row.payable.kind],
        shown.po_number,
        shown.due_on,
        str(shown.days_past_due),
        decimal_text(shown.open_cents),
        decimal_text(shown.in_flight_cents),
    )
