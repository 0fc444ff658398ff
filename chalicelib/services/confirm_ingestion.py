"""The operator's word that a checked import may change the ledger, given once."""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.ids import DealerId, IngestionId
from chalicelib.domain.ingestions import Ingestion, IngestionState
from chalicelib.services.import_ledger import check_as_of
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ingestions import change_ingestion, get_ingestion

EVERYTHING = frozenset({"invoices", "adjustments"})
NOT_EVERYTHING = (
    "Files are everything only with invoices and adjustments both there and no row invalid;"
    " otherwise what is missing or refused would be closed."
)
CONFIRMED = frozenset({IngestionState.IMPORTING, IngestionState.DONE, IngestionState.FAILED})


def confirm_ingestion(
    world: World,
    dealer_id: DealerId,
    *,
    ingestion_id: IngestionId,
    as_of: datetime,
    full: bool,
    operator: str,
    seen_version: int,
) -> Ingestion:
    """Import the valid rows of what was reviewed. A second confirmation starts nothing anew.

    `seen_version` is the import as the operator saw it. Raises NotFound, InvalidInput for an
    `as_of` in the future or older than the last import or (field full) for files that cannot be
    everything, Conflict if files came in since.
    """
    ingestion = get_ingestion(dealer_id, ingestion_id)
    if ingestion.state not in CONFIRMED:
        check_as_of(dealer_id, as_of=as_of, now=world.clock.now())
        if full and _is_partial(ingestion):
            raise InvalidInput(NOT_EVERYTHING, {"full": NOT_EVERYTHING})
        if ingestion.version != seen_version and not ingestion.why_not_confirm:
            raise Conflict("A file was added since this was shown. Review the import again.")
    now = world.clock.now()
    confirmed = change_ingestion(
        dealer_id,
        ingestion_id,
        lambda known: _confirmed(known, ingestion, as_of=as_of, full=full, by=operator, now=now),
    )
    if confirmed.state is IngestionState.IMPORTING:
        # Also when confirmed before: whoever presses again heals a message that was never sent.
        world.queues.send_import(dealer=dealer_id, ingestion=ingestion_id)
    return confirmed


def confirm_complete(world: World, dealer_id: DealerId, *, ingestion_id: IngestionId) -> None:
    """Confirm dropped files by themselves, if the dealer's setting says so and nothing is amiss.

    They must be declared complete, without a single invalid row, and say when they were made.
    """
    known = get_ingestion(dealer_id, ingestion_id)
    as_of = known.newest_file_at
    if not (known.dropped and known.is_complete and get_dealer(dealer_id).auto_import):
        return
    if known.why_not_confirm or known.invalid or as_of is None:
        return
    try:
        confirm_ingestion(
            world,
            dealer_id,
            ingestion_id=ingestion_id,
            as_of=as_of,
            full=False,
            operator="Automatic",
            seen_version=known.version,
        )
    except (InvalidInput, Conflict):
        return  # Waits for a person, who will be told the reason.


def discard_ingestion(dealer_id: DealerId, *, ingestion_id: IngestionId) -> Ingestion:
    """Give an import up before it is confirmed; repeating it is harmless.

    Raises NotFound, and Conflict once it was confirmed.
    """

    def change(known: Ingestion) -> Ingestion:
        if known.state in CONFIRMED:
            raise Conflict("The import was confirmed already and cannot be discarded.")
        return replace(known, state=IngestionState.DISCARDED)

    return change_ingestion(dealer_id, ingestion_id, change)


def _is_partial(ingestion: Ingestion) -> bool:
    """True if closing what the files leave out would close what they merely fail to tell."""
    return bool(ingestion.invalid) or not {file.kind for file in ingestion.files} >= EVERYTHING


def _confirmed(
    known: Ingestion, seen: Ingestion, *, as_of: datetime, full: bool, by: str, now: datetime
) -> Ingestion:
    if known.state in CONFIRMED:
        return known
    if known.why_not_confirm:
        raise Conflict(known.why_not_confirm)
    if known.contents != seen.contents:
        raise Conflict("A file was added since this was shown. Review the import again.")
    return replace(
        known,
        state=IngestionState.IMPORTING,
        as_of=as_of,
        full=full,
        confirmed_by=by,
        confirmed_at=now,
    )
