"""A file has come into the bucket: find the import it belongs to and have it checked."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ulid import ULID

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import DealerId, IngestionId
from chalicelib.domain.ingestions import IngestedFile, Ingestion, IngestionState, with_file
from chalicelib.services.check_ingestion import check_ingestion
from chalicelib.services.confirm_ingestion import confirm_complete
from chalicelib.services.read_import_files_rows import FILES
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ingestions import (
    change_ingestion,
    find_folder,
    find_ingestion,
    get_ingestion,
    list_ingestions,
    start_folder,
)

PAGE_PREFIX, DROP_PREFIX = "imports", "drop"
COMPLETE = "READY"  # A file of this name says that a folder's files are all there.
TRIES = 4
PAGE_PARTS = 5


@dataclass(frozen=True, slots=True)
class Arrival:
    """A key of the bucket, taken apart; `ingestion_id` for uploads by the page, else a folder."""

    dealer_id: DealerId
    kind: str
    name: str
    ingestion_id: IngestionId | None = None
    folder: str = ""


def upload_prefix(ingestion: Ingestion, kind: str) -> str:
    """Where the page's form puts a file of one kind."""
    return f"{PAGE_PREFIX}/{ingestion.dealer_id}/{ingestion.ingestion_id}/{kind}/"


def parsed_key(key: str) -> Arrival | None:
    """What a key says; None if it follows neither road.

    Page: imports/<dealer>/<import>/<kind>/<name>. Bucket: drop/<dealer>/[<folder>/]<kind>….csv
    """
    parts = key.split("/")
    if parts[0] == PAGE_PREFIX and len(parts) >= PAGE_PARTS and parts[3] in FILES:
        name = "/".join(parts[4:])
        return Arrival(DealerId(parts[1]), parts[3], name, IngestionId(parts[2]))
    if parts[0] == DROP_PREFIX and len(parts) > 2:  # noqa: PLR2004  Prefix and dealer.
        folder, name = "/".join(parts[2:-1]), parts[-1]
        kind = next((kind for kind in FILES if name.lower().startswith(kind)), "")
        if kind or name == COMPLETE:
            return Arrival(DealerId(parts[1]), kind, name, folder=folder)
    return None


def take_upload(world: World, *, key: str) -> str:
    """Add the file at `key` to its import and check the import anew; returns what became of it.

    Safe to repeat: "checked", "complete", or why nothing was done (ignored, late, gone).
    """
    arrival = parsed_key(key)
    if arrival is None:
        return "ignored"
    try:
        ingestion = _ingestion_of(world, arrival)
    except NotFound:
        return "ignored"
    if not ingestion.takes_files:
        return "late"
    if arrival.name == COMPLETE and not arrival.kind:
        return _complete(world, ingestion)
    try:
        file = _file(world, ingestion, arrival, key)
    except KeyError:
        return "gone"
    where = ingestion.dealer_id, ingestion.ingestion_id
    change_ingestion(*where, lambda known: _with(known, file))
    check_ingestion(world, ingestion.dealer_id, ingestion_id=ingestion.ingestion_id)
    confirm_complete(world, ingestion.dealer_id, ingestion_id=ingestion.ingestion_id)
    return "checked"


def _with(known: Ingestion, file: IngestedFile) -> Ingestion:
    """The file added; nothing if it is there already or the import takes no more."""
    if not known.takes_files or (file.key, file.etag) in known.contents:
        return known
    return with_file(known, file)


def _complete(world: World, ingestion: Ingestion) -> str:
    where = ingestion.dealer_id, ingestion.ingestion_id
    change_ingestion(*where, lambda known: replace(known, is_complete=True))
    confirm_complete(world, ingestion.dealer_id, ingestion_id=ingestion.ingestion_id)
    return "complete"


def _ingestion_of(world: World, arrival: Arrival) -> Ingestion:
    get_dealer(arrival.dealer_id)
    if arrival.ingestion_id is not None:
        return get_ingestion(arrival.dealer_id, arrival.ingestion_id)
    for _ in range(TRIES):
        named = find_folder(arrival.dealer_id, arrival.folder)
        known = find_ingestion(arrival.dealer_id, named) if named else None
        if known is not None and known.takes_files:
            return known
        fresh = Ingestion(
            dealer_id=arrival.dealer_id,
            ingestion_id=IngestionId(str(ULID())),
            created_at=world.clock.now(),
            created_by=f"Bucket: {arrival.folder or DROP_PREFIX}",
            dropped=True,
        )
        start_folder(arrival.folder, fresh, instead_of=named)
    raise NotFound("The folder's import keeps changing.")


def _file(world: World, ingestion: Ingestion, arrival: Arrival, key: str) -> IngestedFile:
    facts = world.uploads.facts(key)
    return IngestedFile(
        kind=arrival.kind,
        key=key,
        etag=facts.etag,
        name=arrival.name[:120],
        size_bytes=facts.size_bytes,
        as_of=_moment(facts.as_of) or _moment(arrival.folder.rpartition("/")[2]),
        same_as=_same_as(ingestion, arrival.kind, facts.etag),
    )


def _moment(text: str) -> datetime | None:
    """An ISO moment (UTC unless it says otherwise); None for anything else, days alone too."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if "T" not in text:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _same_as(ingestion: Ingestion, kind: str, etag: str) -> str:
    """When the same content was imported before, among the newest imports; ISO, or ""."""
    for earlier in list_ingestions(ingestion.dealer_id).ingestions:
        same = any((file.kind, file.etag) == (kind, etag) for file in earlier.files)
        if same and earlier.state is IngestionState.DONE and earlier.confirmed_at:
            return earlier.confirmed_at.isoformat()
    return ""
