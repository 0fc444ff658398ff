"""Examples of the Integration pages: the log, an import from empty to imported."""

from __future__ import annotations

from chalicelib.rendering.views.chrome import Action, Badge, FieldError
from chalicelib.rendering.views.figures import HiddenField, Pager
from chalicelib.rendering.views.integration import (
    FileKind,
    IngestedFile,
    Ingestion,
    IngestionProgress,
    Integration,
    LogRow,
    ProblemRow,
    UploadSlot,
)

from . import demo
from .demo import console_chrome

BASE = "/console/integration"
TO_CONFIRM = Badge(label="To confirm", tone="warn")
KINDS = tuple(
    FileKind(
        kind=kind,
        label=kind.capitalize(),
        about=f"The {kind}.",
        required=("account_id", f"{kind}_id"),
        optional=("name",),
        template_href=f"{BASE}/template.csv?kind={kind}",
    )
    for kind in ("accounts", "invoices")
)
SLOTS = tuple(
    UploadSlot(
        kind=kind,
        url="https://files.example",
        fields=(HiddenField(name="key", value="imports/"),),
        time_field="x-amz-meta-as-of",
        limit_bytes=5_000_000,
    )
    for kind in KINDS
)


def file(**changes: object) -> IngestedFile:
    """An invoices file with two bad rows."""
    fields: dict[str, object] = {
        "label": "Invoices",
        "name": demo.HOSTILE,
        "size": "412 KB",
        "status": Badge(label="Some rows invalid", tone="warn"),
        "lines": 4012,
        "valid": 4010,
        "invalid": 2,
        "notes": (
            "Takes the place of old.csv; one file of each kind is imported.",
            f"1 row names another time zone than yours (row 4: “{demo.HOSTILE}”).",
        ),
    }
    return IngestedFile(**{**fields, **changes})  # type: ignore[arg-type]


def progress(**changes: object) -> IngestionProgress:
    """A checked import that waits for its operator."""
    fields: dict[str, object] = {
        "csrf": "csrf-token",
        "status": TO_CONFIRM,
        "sentence": "Every row is checked. Nothing is changed before you confirm.",
        "running": False,
        "progress_href": f"{BASE}/I1/progress",
        "files": (file(),),
        "problems": (
            ProblemRow(file="invoices", line=7, column="amount", reason=demo.HOSTILE),
            ProblemRow(file="invoices", line=9, column="", reason="has 9 cells"),
        ),
        "pager": Pager(first=1, last=2, total=2),
        "problems_href": f"{BASE}/I1/problems.csv",
        "confirm": Action(label="Import 4,010 rows", url=f"{BASE}/I1/confirm"),
        "discard": Action(label="Discard", url=f"{BASE}/I1/discard"),
        "takes_files": True,
        "as_of": "2026-11-22T06:00:00",
        "as_of_latest": "2026-11-22T07:00:00",
        "zone": "PST",
    }
    return IngestionProgress(**{**fields, **changes})  # type: ignore[arg-type]


def ingestion(shown: IngestionProgress, **changes: object) -> Ingestion:
    """The page around it."""
    fields: dict[str, object] = {
        "chrome": console_chrome("Import", "Integration"),
        "started_at": demo.NOW,
        "started_by": "Dana Ortiz",
        "slots": SLOTS,
        "progress": shown,
        "status": TO_CONFIRM,
    }
    return Ingestion(**{**fields, **changes})  # type: ignore[arg-type]


def integration(**changes: object) -> Integration:
    """The log with one file."""
    row = LogRow(
        href=f"{BASE}/I1",
        at=demo.NOW,
        label="Invoices",
        file_name=demo.HOSTILE,
        status=TO_CONFIRM,
        who="Dana Ortiz",
        lines=4012,
    )
    fields: dict[str, object] = {
        "chrome": console_chrome("Integration", "Integration"),
        "kinds": KINDS,
        "rows": (row,),
        "pager": demo.PAGER,
        "start": Action(label="New import", url=f"{BASE}/start"),
        "drop_prefix": "drop/cascade/",
    }
    return Integration(**{**fields, **changes})  # type: ignore[arg-type]


def integration_examples() -> dict[str, object]:
    """Every state by name."""
    empty = progress(
        files=(),
        problems=(),
        pager=demo.NO_PAGER,
        problems_href="",
        confirm=Action(label="Import", url="/c", blocked_because="Upload a file first."),
    )
    done = {"takes_files": False, "figures": True}
    future = "The extract cannot be from the future."
    return {
        "integration": integration(),
        "integration_empty": integration(
            rows=(), pager=demo.NO_PAGER, may_act=False, auto_import=True
        ),
        "ingestion": ingestion(progress()),
        "ingestion_empty": ingestion(empty),
        "ingestion_refused": ingestion(
            progress(as_of_error=future, full_error=future),
            chrome=console_chrome(
                "Import", "Integration", errors=(FieldError(field="as_of", message=future),)
            ),
        ),
        "ingestion_running": ingestion(
            progress(running=True, importing=True, done_count=100, step_count=304, **done),
            slots=(),
        ),
        "ingestion_done": ingestion(progress(kept_open=("C-1 I-1",), **done), slots=()),
        "ingestion_failed": ingestion(
            progress(failed=True, sentence="This extract is older.", **done), slots=()
        ),
        "ingestion_progress": progress(may_act=False),
    }
