"""Check every row of an import's files and keep what is wrong with them; changes no ledger."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime

import msgspec

from chalicelib.domain.ids import DealerId, IngestionId
from chalicelib.domain.ingestions import IngestedFile, Ingestion, IngestionState
from chalicelib.services.import_ledger import LedgerImport, validate_ledger
from chalicelib.services.read_import_files import PAGE_UPLOAD_BYTES, FileReport, Problem
from chalicelib.services.world import World
from chalicelib.storage.ingestions import change_ingestion, get_ingestion

BUCKET_FILE_BYTES = 2_000_000_000
_problems = msgspec.json.Decoder(list[Problem])


def check_ingestion(world: World, dealer_id: DealerId, *, ingestion_id: IngestionId) -> None:
    """Read the files as they are now. What was uploaded meanwhile is left to its own check."""
    ingestion = get_ingestion(dealer_id, ingestion_id)
    if ingestion.state is not IngestionState.CHECKING:
        return
    try:
        with validated(world, ingestion, as_of=world.clock.now()) as ledger:
            reports = ledger.reports
    except KeyError:
        return  # A file was replaced while we read; its own message follows.
    found = [problem for report in reports.values() for problem in report.problems]
    content = msgspec.json.encode(found)
    world.files.write(problems_key(ingestion), content, "application/json")
    change_ingestion(
        dealer_id,
        ingestion_id,
        lambda known: (
            _reviewed(known, reports)
            if known.state is IngestionState.CHECKING and known.contents == ingestion.contents
            else known
        ),
    )


def list_problems(world: World, ingestion: Ingestion) -> list[Problem]:
    """What was wrong with the rows of the files as last checked; at most 2,000 a file."""
    try:
        return _problems.decode(world.files.read(problems_key(ingestion)))
    except KeyError:
        return []


def problems_key(ingestion: Ingestion) -> str:
    """Where an import's problems are kept; not among the prefixes that wake the importer."""
    return f"problems/{ingestion.dealer_id}/{ingestion.ingestion_id}.json"


@contextmanager
def validated(world: World, ingestion: Ingestion, *, as_of: datetime) -> Iterator[LedgerImport]:
    """The import's files, every row checked; exactly the contents the import names.

    Raises KeyError if one of them is gone or was replaced, InvalidInput for an `as_of` that is in
    the future or older than the last.
    """
    with ExitStack() as opened:
        files = {
            file.kind: opened.enter_context(world.uploads.open(file.key, file.etag))
            for file in ingestion.files
        }
        limit = BUCKET_FILE_BYTES if ingestion.dropped else PAGE_UPLOAD_BYTES
        ledger = validate_ledger(
            world,
            ingestion.dealer_id,
            files=files,
            as_of=as_of,
            full=ingestion.full,
            limit_bytes=limit,
        )
    with ledger:
        yield ledger


def _reviewed(ingestion: Ingestion, reports: Mapping[str, FileReport]) -> Ingestion:
    files = tuple(_told(file, reports[file.kind]) for file in ingestion.files)
    return replace(ingestion, files=files, state=IngestionState.REVIEW)


def _told(file: IngestedFile, report: FileReport) -> IngestedFile:
    refusals = (problem.reason for problem in report.problems if not problem.line)
    return replace(
        file,
        lines=report.lines,
        invalid=report.invalid,
        refused=next(refusals, "") if report.refused else "",
        ignored_columns=report.ignored_columns,
        notes=report.notes,
    )
