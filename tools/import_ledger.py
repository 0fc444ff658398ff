"""`make import`: bring an ERP's CSV files into the running product, with a summary per file."""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.bootstrap import AwsWorld
from chalicelib.config import read_config
from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.ids import DealerId
from chalicelib.services.import_ledger import LedgerImport, apply_ledger, validate_ledger
from chalicelib.services.read_import_files import FileReport
from chalicelib.services.read_import_files_rows import FILES
from chalicelib.services.world import World
from chalicelib.storage.records import use_table
from sandbox.places import places_from_environment

FILE_LIMIT_BYTES = 2_000_000_000
PROBLEMS_SHOWN = 20
HEADINGS = ("file", "lines", "inserted", "updated", "unchanged", "invalid")


def connected_world() -> World:
    """The world of the product that build/run.json describes."""
    run = json.loads(places_from_environment().run_file.read_text())
    os.environ.update(run["environment"])
    config = read_config()
    use_table(config.table_name, config.region)
    return AwsWorld(config)


def import_files(
    world: World,
    dealer_id: DealerId,
    *,
    paths: Mapping[str, Path],
    as_of: datetime,
    full: bool = False,
    valid_rows_only: bool = False,
) -> LedgerImport:
    """Check the files and, if nothing is wrong with them, apply them. The caller prints.

    With `valid_rows_only` refused rows are left out instead of stopping the import.
    """
    with ExitStack() as opened:
        files = {name: opened.enter_context(path.open("rb")) for name, path in paths.items()}
        ledger = validate_ledger(
            world, dealer_id, files=files, as_of=as_of, full=full, limit_bytes=FILE_LIMIT_BYTES
        )
    with ledger:
        invalid = sum(report.invalid for report in ledger.reports.values())
        if not ledger.is_refused and (valid_rows_only or not invalid):
            apply_ledger(world, ledger, progress=_show_progress)
    return ledger


def _show_progress(accounts: int) -> None:
    if sys.stderr.isatty():
        print(f"\r  {accounts:,} accounts", end="", file=sys.stderr, flush=True)


def summary(reports: Mapping[str, FileReport]) -> str:
    """The ingestion log as a table, then the first problems."""
    rows = [HEADINGS] + [
        tuple(str(getattr(report, heading)) for heading in HEADINGS) for report in reports.values()
    ]
    lines = ["".join(f"{cell:>12}" for cell in row) for row in rows]
    problems = [problem for report in reports.values() for problem in report.problems]
    lines += [f"  {problem.sentence}" for problem in problems[:PROBLEMS_SHOWN]]
    for report in reports.values():
        if report.ignored_columns:
            lines.append(f"  {report.file}: not used: {', '.join(report.ignored_columns)}")
        lines += [f"  {report.file}: {note}" for note in report.notes]
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make import", description=__doc__)
    parser.add_argument("--dealer", required=True)
    for name in FILES:
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--as-of", help="when the ERP extracted the files, ISO 8601")
    parser.add_argument("--full", nargs="?", const="1", help="the files are everything")
    parser.add_argument("--valid-rows", nargs="?", const="1", help="leave invalid rows out")
    return parser.parse_args()


def extract_time(given: str | None, paths: Mapping[str, Path]) -> datetime:
    """The moment given (UTC unless it says otherwise), or the newest file's own time."""
    if not given:
        newest = max(path.stat().st_mtime for path in paths.values())
        return datetime.fromtimestamp(newest, UTC)
    at = datetime.fromisoformat(given)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def main() -> int:
    """Import and report; 1 if nothing was changed because something was wrong."""
    wanted = _arguments()
    paths = {name: getattr(wanted, name) for name in FILES if getattr(wanted, name)}
    if not paths:
        print("Name at least one file, e.g. INVOICES=invoices.csv")
        return 1
    try:
        ledger = import_files(
            connected_world(),
            DealerId(wanted.dealer),
            paths=paths,
            as_of=extract_time(wanted.as_of, paths),
            full=bool(wanted.full),
            valid_rows_only=bool(wanted.valid_rows),
        )
    except (DrypowderError, OSError, ValueError) as error:
        print(error)
        return 1
    print(summary(ledger.reports))
    invalid = sum(report.invalid for report in ledger.reports.values())
    if ledger.is_refused or (invalid and not wanted.valid_rows):
        print("Nothing was changed. Correct the rows, or import the valid ones with VALID_ROWS=1.")
        return 1
    print(f"{ledger.accounts_changed:,} accounts changed.")
    for kept in ledger.kept_open:
        print(f"  kept although the ERP closed it, because a payment holds it: {kept}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
