"""Integration: the ERP's files by upload, their review, progress, and the ingestion log."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Action, Badge, Chrome
from .figures import HiddenField, Pager


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """One kind of file: what it is, its columns, and a template to download."""

    kind: str
    label: str
    about: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    template_href: str


@dataclass(frozen=True, kw_only=True)
class UploadSlot:
    """A form that posts one file straight to the bucket: no csrf, which is for us alone.

    `time_field` names the field for the file's own time, which script fills in.
    """

    kind: FileKind
    url: str
    fields: tuple[HiddenField, ...]
    time_field: str
    limit_bytes: int


@dataclass(frozen=True, kw_only=True)
class LogRow:
    """One file of one import in the ingestion log."""

    href: str
    at: str
    label: str
    file_name: str
    status: Badge
    who: str
    lines: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    invalid: int = 0


@dataclass(frozen=True, kw_only=True)
class Integration:
    """GET /console/integration; `start` POSTs csrf and opens a new import."""

    chrome: Chrome
    kinds: tuple[FileKind, ...]
    rows: tuple[LogRow, ...]
    pager: Pager
    start: Action
    drop_prefix: str
    may_act: bool = True
    auto_import: bool = False


@dataclass(frozen=True, kw_only=True)
class IngestedFile:
    """One file of an import; before confirmation inserted, updated and unchanged are not known."""

    label: str
    name: str
    size: str
    status: Badge
    lines: int
    valid: int
    invalid: int
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProblemRow:
    """A refused cell: file, row of the file (header is row 1), column, and why."""

    file: str
    line: int
    column: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class IngestionProgress:
    """GET …/{ingestion}/progress: a fragment that asks again while `running`.

    Confirm POSTs csrf, as_of (local date-time), full ("yes" or absent), seen. `figures` shows
    what the rows became. `done_count` of `step_count` accounts while importing.
    """

    csrf: str
    status: Badge
    sentence: str
    running: bool
    progress_href: str
    files: tuple[IngestedFile, ...]
    problems: tuple[ProblemRow, ...]
    pager: Pager
    problems_href: str
    confirm: Action
    discard: Action
    takes_files: bool
    may_act: bool = True
    figures: bool = False
    importing: bool = False
    failed: bool = False
    seen: int = 0
    as_of: str = ""
    as_of_latest: str = ""
    as_of_error: str = ""
    full_error: str = ""
    full: bool = False
    zone: str = ""
    done_count: int = 0
    step_count: int = 0
    kept_open: tuple[str, ...] = ()
    currency: str = "USD"


@dataclass(frozen=True, kw_only=True)
class Ingestion:
    """GET /console/integration/{ingestion}: upload forms while it takes files, and the review."""

    chrome: Chrome
    started_at: str
    started_by: str
    slots: tuple[UploadSlot, ...]
    progress: IngestionProgress
    status: Badge
