"""One import of an ERP's files, from the first upload to its line in the ingestion log."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.ids import DealerId, IngestionId


class IngestionState(StrEnum):
    """How far an import is. Nothing of the ledger changes before IMPORTING."""

    OPEN = "open"  # Takes files.
    CHECKING = "checking"  # Takes files; the newest are being read.
    REVIEW = "review"  # Takes files; every row of those it has is checked.
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"
    DISCARDED = "discarded"


TAKES_FILES = frozenset({IngestionState.OPEN, IngestionState.CHECKING, IngestionState.REVIEW})


@dataclass(frozen=True, slots=True)
class IngestedFile:
    """One file as it lies in the bucket, with what its rows are or became.

    `etag` names the content that was checked, and only that is imported. `as_of` is the file's
    own time, if whoever sent it said so.
    """

    kind: str
    key: str
    etag: str
    name: str
    size_bytes: int
    as_of: datetime | None = None
    lines: int = 0
    invalid: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: str = ""  # Why the file cannot be taken at all.
    ignored_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # What is taken in, but not as the file might mean it.
    replaces: str = ""  # The file of the same kind that this one took the place of.
    same_as: str = ""  # When the very same content was imported before, as people read it.

    @property
    def valid(self) -> int:
        """Rows that can be imported."""
        return self.lines - self.invalid


@dataclass(frozen=True, slots=True)
class Ingestion:
    """An import; `version` rises with every change."""

    dealer_id: DealerId
    ingestion_id: IngestionId
    created_at: datetime
    created_by: str  # An operator's name, or the bucket's folder.
    dropped: bool = False  # Straight into the bucket, not by the page.
    state: IngestionState = IngestionState.OPEN
    files: tuple[IngestedFile, ...] = ()
    is_complete: bool = False  # The sender of dropped files said that these are all.
    as_of: datetime | None = None
    full: bool = False
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    finished_at: datetime | None = None
    accounts_done: int = 0
    accounts_total: int = 0
    accounts_changed: int = 0
    kept_open: tuple[str, ...] = ()
    problem: str = ""
    busy_until: datetime | None = None  # Wall time until which one worker has it to itself.
    version: int = 0

    @property
    def takes_files(self) -> bool:
        """True until it is confirmed or discarded."""
        return self.state in TAKES_FILES

    @property
    def contents(self) -> tuple[tuple[str, str], ...]:
        """What was uploaded, as (key, content): what a check or a confirmation is about."""
        return tuple((file.key, file.etag) for file in self.files)

    @property
    def valid(self) -> int:
        """Rows of all files that can be imported."""
        return sum(file.valid for file in self.files)

    @property
    def invalid(self) -> int:
        """Rows of all files that would be left out."""
        return sum(file.invalid for file in self.files)

    @property
    def newest_file_at(self) -> datetime | None:
        """The latest of the files' own times, None if none is known."""
        return max((file.as_of for file in self.files if file.as_of), default=None)

    @property
    def why_not_confirm(self) -> str:
        """What stands in the way of importing; "" if nothing does."""
        if self.state is not IngestionState.REVIEW:
            return "The files are still being read." if self.files else "Upload a file first."
        if any(file.refused for file in self.files):
            return "A file cannot be read. Upload it again, corrected, or discard the import."
        if not self.valid:
            return "No row can be imported. Correct the file and upload it again."
        return ""


def with_file(ingestion: Ingestion, file: IngestedFile) -> Ingestion:
    """The import with a file added; one of the same kind gives way to it."""
    others = tuple(known for known in ingestion.files if known.kind != file.kind)
    replaced = next((known for known in ingestion.files if known.kind == file.kind), None)
    if replaced is not None and replaced.etag != file.etag:
        file = replace(file, replaces=replaced.name)
    return replace(ingestion, files=(*others, file), state=IngestionState.CHECKING)
