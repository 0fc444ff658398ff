"""An import as the pieces its pages show: kinds of files, upload forms, files, problems."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ingestions import IngestedFile, Ingestion, IngestionState
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.entrypoints.guard import Visit
from chalicelib.entrypoints.presenting import zone_name, zoned
from chalicelib.rendering.views import integration as views
from chalicelib.rendering.views.chrome import Action, Badge
from chalicelib.rendering.views.figures import HiddenField, Pager
from chalicelib.rendering.words import day
from chalicelib.services.check_ingestion import list_problems
from chalicelib.services.read_import_files import PAGE_UPLOAD_BYTES, Problem
from chalicelib.services.read_import_files_rows import FILES
from chalicelib.services.view_ingestion import upload_form

BASE = "/console/integration"
PROBLEMS_SHOWN = 50
NO_ERRORS: Mapping[str, str] = MappingProxyType({})
LOCAL = "%Y-%m-%dT%H:%M:%S"
ABOUT = {
    "accounts": "Customer accounts; new ones need this file.",
    "contacts": "Whom to write to at an account.",
    "invoices": "Open invoices, and paid ones as payment history.",
    "adjustments": "Debit and credit adjustments.",
    "statements": "Monthly statements with their discounts.",
    "payments": "What Spruce has applied of our payments; optional.",
}
BADGES = {
    IngestionState.OPEN: Badge(label="Waiting for files", tone="info"),
    IngestionState.CHECKING: Badge(label="Checking", tone="info"),
    IngestionState.REVIEW: Badge(label="To confirm", tone="warn"),
    IngestionState.IMPORTING: Badge(label="Importing", tone="info"),
    IngestionState.DONE: Badge(label="Imported", tone="good"),
    IngestionState.FAILED: Badge(label="Failed", tone="bad"),
    IngestionState.DISCARDED: Badge(label="Discarded"),
}
SENTENCES = {
    IngestionState.OPEN: "Upload at least one file. Nothing is changed before you confirm.",
    IngestionState.CHECKING: "Reading the file and checking every row. Nothing is changed by this.",
    IngestionState.REVIEW: "Every row is checked. Nothing is changed before you confirm.",
    IngestionState.IMPORTING: "Importing. You can leave this page; it goes on without you.",
    IngestionState.DONE: "Imported. Accounts changed: {changed:,}.",
    IngestionState.DISCARDED: "Discarded. Nothing was changed.",
}
RAN = frozenset({IngestionState.IMPORTING, IngestionState.DONE, IngestionState.FAILED})


def file_kinds() -> tuple[views.FileKind, ...]:
    """The files the importer knows, in its order."""
    return tuple(
        views.FileKind(
            kind=kind,
            label=kind.capitalize(),
            about=ABOUT[kind],
            required=file.required,
            optional=file.optional,
            template_href=f"{BASE}/template.csv?kind={kind}",
        )
        for kind, file in FILES.items()
    )


def upload_slots(visit: Visit, ingestion: Ingestion) -> tuple[views.UploadSlot, ...]:
    """A form per kind of file; none for viewers and for imports that take no more files."""
    if not ingestion.takes_files or ingestion.dropped or not may_act(visit):
        return ()
    slots = []
    for kind in file_kinds():
        form = upload_form(visit.world, ingestion, kind=kind.kind)
        fields = tuple(HiddenField(name=name, value=form.fields[name]) for name in form.fields)
        slots.append(
            views.UploadSlot(
                kind=kind,
                url=form.url,
                fields=fields,
                time_field=form.time_field,
                limit_bytes=PAGE_UPLOAD_BYTES,
            )
        )
    return tuple(slots)


def may_act(visit: Visit) -> bool:
    """True for roles that may change the ledger."""
    return visit.signed_in.role in COLLECTING_ROLES


def log_rows(ingestions: Iterable[Ingestion], dealer: Dealer) -> tuple[views.LogRow, ...]:
    """A row per file; an import without files is a row of its own."""
    return tuple(
        _log_row(ingestion, file, dealer)
        for ingestion in ingestions
        for file in ingestion.files or (None,)
    )


def _log_row(ingestion: Ingestion, file: IngestedFile | None, dealer: Dealer) -> views.LogRow:
    return views.LogRow(
        href=f"{BASE}/{ingestion.ingestion_id}",
        at=zoned(dealer, ingestion.confirmed_at or ingestion.created_at),
        label=file.kind.capitalize() if file else "No files yet",
        file_name=file.name if file else "",
        status=BADGES[ingestion.state],
        who=ingestion.confirmed_by or ingestion.created_by,
        lines=file.lines if file else 0,
        inserted=file.inserted if file else 0,
        updated=file.updated if file else 0,
        unchanged=file.unchanged if file else 0,
        invalid=file.invalid if file else 0,
    )


def progress_view(
    visit: Visit, dealer: Dealer, ingestion: Ingestion, *, errors: Mapping[str, str] = NO_ERRORS
) -> views.IngestionProgress:
    """The review, or how far the import is."""
    base = f"{BASE}/{ingestion.ingestion_id}"
    awaited = _awaited(visit, ingestion)
    problems = list_problems(visit.world, ingestion) if ingestion.files else []
    shown, pager = _page_of(problems, visit.query.get("page"), base)
    etag = visit.query.get("etag")
    return views.IngestionProgress(
        csrf=visit.csrf,
        status=BADGES[ingestion.state],
        sentence=_sentence(ingestion, awaited=awaited),
        running=awaited or ingestion.state in (IngestionState.CHECKING, IngestionState.IMPORTING),
        progress_href=f"{base}/progress?etag={etag}" if awaited else f"{base}/progress",
        files=tuple(_file_view(file, ingestion, dealer) for file in ingestion.files),
        problems=shown,
        pager=pager,
        problems_href=f"{base}/problems.csv" if problems else "",
        confirm=_confirm(ingestion, base, awaited=awaited),
        discard=Action(label="Discard", url=f"{base}/discard"),
        takes_files=ingestion.takes_files,
        may_act=may_act(visit),
        figures=ingestion.state in RAN,
        importing=ingestion.state is IngestionState.IMPORTING,
        failed=ingestion.state is IngestionState.FAILED,
        seen=ingestion.version,
        as_of=visit.form.get("as_of") or _local(dealer, _default_as_of(visit, ingestion)),
        as_of_latest=_local(dealer, visit.now),
        as_of_error=errors.get("as_of", ""),
        full_error=errors.get("full", ""),
        full=bool(visit.form.get("full")),
        zone=zone_name(dealer, visit.now),
        done_count=ingestion.accounts_done,
        step_count=ingestion.accounts_total,
        kept_open=ingestion.kept_open,
    )


def problem_row(problem: Problem) -> views.ProblemRow:
    """A refused cell as a row."""
    return views.ProblemRow(
        file=problem.file,
        line=problem.line,
        column=problem.column,
        reason=problem.reason,
    )


def _page_of(
    problems: list[Problem], wanted: str, base: str
) -> tuple[tuple[views.ProblemRow, ...], Pager]:
    pages = max(1, -(-len(problems) // PROBLEMS_SHOWN))
    number = min(int(wanted) if wanted.isdecimal() and wanted.isascii() else 1, pages)
    start = (max(number, 1) - 1) * PROBLEMS_SHOWN
    shown = problems[start : start + PROBLEMS_SHOWN]
    pager = Pager(
        first=start + 1 if shown else 0,
        last=start + len(shown),
        total=len(problems),
        previous_href=f"{base}?page={number - 1}" if number > 1 else "",
        next_href=f"{base}?page={number + 1}" if number < pages else "",
    )
    return tuple(problem_row(problem) for problem in shown), pager


def _awaited(visit: Visit, ingestion: Ingestion) -> bool:
    """True while the file the bucket just thanked for has not reached the importer."""
    etag = visit.query.get("etag").strip('"')
    known = {file.etag for file in ingestion.files}
    return bool(etag) and etag.isalnum() and ingestion.takes_files and etag not in known


def _sentence(ingestion: Ingestion, *, awaited: bool) -> str:
    if awaited:
        return SENTENCES[IngestionState.CHECKING]
    if ingestion.state is IngestionState.FAILED:
        return ingestion.problem
    return SENTENCES[ingestion.state].format(changed=ingestion.accounts_changed)


def _confirm(ingestion: Ingestion, base: str, *, awaited: bool) -> Action:
    blocked = SENTENCES[IngestionState.CHECKING] if awaited else ingestion.why_not_confirm
    rows = f"{ingestion.valid:,} row" + ("" if ingestion.valid == 1 else "s")
    return Action(label=f"Import {rows}", url=f"{base}/confirm", blocked_because=blocked)


def _default_as_of(visit: Visit, ingestion: Ingestion) -> datetime | None:
    """The newest file's own time, up to the second; never the upload's."""
    told = ingestion.newest_file_at
    if told is None:
        return None
    whole = told.replace(microsecond=0)
    return min(whole + timedelta(seconds=1) if whole < told else told, visit.now)


def _local(dealer: Dealer, at: datetime | None) -> str:
    return at.astimezone(ZoneInfo(dealer.time_zone)).strftime(LOCAL) if at else ""


def _file_view(file: IngestedFile, ingestion: Ingestion, dealer: Dealer) -> views.IngestedFile:
    return views.IngestedFile(
        label=file.kind.capitalize(),
        name=file.name,
        size=_size(file.size_bytes),
        status=_file_badge(file, ingestion),
        lines=file.lines,
        valid=file.valid,
        invalid=file.invalid,
        inserted=file.inserted,
        updated=file.updated,
        unchanged=file.unchanged,
        refused=file.refused,
        notes=tuple(_notes(file, dealer)),
    )


def _file_badge(file: IngestedFile, ingestion: Ingestion) -> Badge:
    if ingestion.state is IngestionState.CHECKING:
        return BADGES[IngestionState.CHECKING]
    if file.refused:
        return Badge(label="Cannot be read", tone="bad")
    if file.invalid:
        return Badge(label="Some rows invalid", tone="warn")
    return Badge(label="All rows valid", tone="good")


def _notes(file: IngestedFile, dealer: Dealer) -> Iterable[str]:
    if file.same_as:
        on = day(zoned(dealer, datetime.fromisoformat(file.same_as)))
        yield f"The same file was imported on {on}; importing it again changes nothing."
    if file.replaces:
        yield f"Takes the place of {file.replaces}; one file of each kind is imported."
    if file.ignored_columns:
        yield f"Columns not used: {', '.join(file.ignored_columns)}."
    yield from file.notes


def _size(size_bytes: int) -> str:
    if size_bytes < 1_000_000:  # noqa: PLR2004  A megabyte.
        return f"{max(1, round(size_bytes / 1000)):,} KB"
    return f"{size_bytes / 1_000_000:.1f} MB"
