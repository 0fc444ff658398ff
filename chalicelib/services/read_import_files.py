"""Reading an ERP's CSV files row by row: every row is taken in or refused with its reason."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from chalicelib.domain.dealers import Dealer
from chalicelib.services.import_ledger_spill import Spill
from chalicelib.services.read_import_files_cells import CellRefused, Cells
from chalicelib.services.read_import_files_rows import FILES, ImportFile

MEGABYTE = 1_000_000
PAGE_UPLOAD_BYTES = 5 * MEGABYTE
LONGEST_LINE_BYTES = 65_536
PROBLEMS_KEPT = 2_000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row, or with line 0 the whole file, was refused. Line 1 is the header."""

    file: str
    line: int
    column: str
    reason: str

    @property
    def sentence(self) -> str:
        """The problem as people read it."""
        if not self.line:
            return f"{self.file}: {self.reason}"
        return f"{self.file}, row {self.line}: {self.column} {self.reason}"


@dataclass(slots=True)
class FileReport:
    """What became of one file. lines = valid + invalid; valid = inserted + updated + unchanged."""

    file: str
    lines: int = 0
    invalid: int = 0
    refused: bool = False  # As a whole: nothing of it may be imported.
    problems: list[Problem] = field(default_factory=list)  # The first 2,000.
    ignored_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # What is taken in, but not as the file might mean it.
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def valid(self) -> int:
        """Rows that can be imported."""
        return self.lines - self.invalid

    def refuse(self, line: int, column: str, reason: str) -> None:
        """Count a refused row; line 0 refuses the file, which is always told, and first."""
        problem = Problem(self.file, line, column, reason)
        if not line:
            self.refused = True
            self.problems.insert(0, problem)
            return
        self.invalid += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(problem)


class FileRefused(Exception):
    """The file cannot be read as a whole."""


def read_import_file(
    name: str, content: BinaryIO, spill: Spill, *, dealer: Dealer, limit_bytes: int
) -> FileReport:
    """Check every row of one file and keep the good ones in the spill.

    Dates are ISO, amounts have a decimal point and at most two decimals; BOM, CRLF and quoted
    cells are fine. A missing column, wrong encoding or a file over the limit refuses the file.
    An account's own time zone is noted and not used: a dealer has one day for everybody.
    """
    file, report = FILES[name], FileReport(name)
    try:
        reader = csv.reader(_lines(content, limit_bytes), strict=True)
        rows = _rows(reader)
        header = _header(file, next(rows, []), report)
        reading = _Reading(file, header, dealer, spill, report)
        for values in rows:
            if any(value.strip() for value in values):
                reading.take(values, reader.line_num)
        report.notes = reading.notes
    except FileRefused as refusal:
        report.refuse(0, "", str(refusal))
    return report


def _lines(content: BinaryIO, limit_bytes: int) -> Iterator[str]:
    read_bytes, number = 0, 0
    while line := content.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        read_bytes += len(line)
        if read_bytes > limit_bytes:
            raise FileRefused(f"the file is larger than {_size(limit_bytes)}; send it in parts")
        if len(line) > LONGEST_LINE_BYTES:
            raise FileRefused(f"row {number} is longer than 64 KB; is this a CSV file?")
        try:
            yield (line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line).decode()
        except UnicodeDecodeError:
            raise FileRefused(f"row {number} is not UTF-8 text; save the file as UTF-8") from None


def _size(size_bytes: int) -> str:
    whole = size_bytes // MEGABYTE
    return f"{whole} MB" if whole else f"{size_bytes} bytes"


def _rows(reader: "Iterator[list[str]]") -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        raise FileRefused(f"row {line} is not proper CSV ({error})") from None


def _header(file: ImportFile, cells: list[str], report: FileReport) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    if not any(names):
        raise FileRefused("the file is empty; it needs a header row")
    missing = [column for column in file.required if column not in names]
    if missing:
        columns = "columns" if len(missing) > 1 else "column"
        raise FileRefused(f"the header lacks the {columns} {', '.join(missing)}")
    known = {*file.required, *file.optional}
    doubled = sorted({name for name in names if name in known and names.count(name) > 1})
    if doubled:
        raise FileRefused(f"the column {doubled[0]} appears twice in the header")
    report.ignored_columns = tuple(name for name in names if name not in known)
    return names


@dataclass(slots=True)
class _Reading:
    """One file being read."""

    file: ImportFile
    header: list[str]
    dealer: Dealer
    spill: Spill
    report: FileReport
    other_zones: int = 0
    first_other_zone: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of the rows that were kept, as people read it."""
        if not self.other_zones:
            return ()
        rows = f"{self.other_zones:,} rows name" if self.other_zones > 1 else "1 row names"
        named = f"{rows} another time zone than yours ({self.first_other_zone})."
        return (f"{named} Days and discounts of all accounts end by {self.dealer.time_zone}.",)

    def take(self, values: list[str], line: int) -> None:
        """Keep a row or count why not."""
        self.report.lines += 1
        try:
            self._keep(values, line)
        except CellRefused as refusal:
            self.report.refuse(line, refusal.column, refusal.reason)

    def _keep(self, values: list[str], line: int) -> None:
        if len(values) != len(self.header):
            reason = f"has {len(values)} cells where the header has {len(self.header)}"
            raise CellRefused("", reason)
        cells = Cells(dict(zip(self.header, values, strict=True)))
        account_id = cells.identifier("account_id")
        row = self.file.row(cells, self.dealer.currency)
        item_id = "" if self.file.rank == 0 else _item_id(self.file, cells)
        if not self.spill.add(self.file.name, account_id, item_id, line, row):
            first_file, first_line = self.spill.origin(self.file.name, account_id, item_id)
            where = f"row {first_line}"
            if first_file != self.file.name:
                where += f" of {first_file}"
            reason = f"“{item_id or account_id}” is a duplicate of {where}"
            raise CellRefused(self.file.id_column, reason)
        if "time_zone" in self.file.optional:
            self._look_at_zone(cells.text("time_zone"), line)

    def _look_at_zone(self, zone: str, line: int) -> None:
        if zone and zone != self.dealer.time_zone:
            self.other_zones += 1
            self.first_other_zone = self.first_other_zone or f"row {line}: “{zone}”"


def _item_id(file: ImportFile, cells: Cells) -> str:
    item_id = cells.identifier(file.id_column)
    return f"{item_id} / {cells.identifier('reference')}" if file.name == "payments" else item_id
