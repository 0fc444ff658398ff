"""What the Integration pages show: imports by time, and the forms their files come by."""

from ulid import ULID

from chalicelib.domain.ids import DealerId, IngestionId
from chalicelib.domain.ingestions import Ingestion
from chalicelib.gateways.uploads import UploadForm
from chalicelib.services.read_import_files import PAGE_UPLOAD_BYTES
from chalicelib.services.take_upload import upload_prefix
from chalicelib.services.world import World
from chalicelib.storage import ingestions

FORM_SECONDS = 3600


def open_ingestion(world: World, dealer_id: DealerId, *, operator: str) -> Ingestion:
    """A new import that waits for files; one that still waits for its first is used again."""
    newest = ingestions.list_ingestions(dealer_id).ingestions
    waiting = (known for known in newest if known.takes_files and not known.dropped)
    unused = next((known for known in waiting if not known.files), None)
    if unused is not None and unused.created_by == operator:
        return unused
    return ingestions.start_ingestion(
        Ingestion(
            dealer_id=dealer_id,
            ingestion_id=IngestionId(str(ULID())),
            created_at=world.clock.now(),
            created_by=operator,
        )
    )


def upload_form(world: World, ingestion: Ingestion, *, kind: str) -> UploadForm:
    """A form good for an hour: one CSV of ≤ 5 MB into this import, as this kind, then back."""
    return world.uploads.form(
        prefix=upload_prefix(ingestion, kind),
        redirect=f"{world.config.console_url}/console/integration/{ingestion.ingestion_id}",
        limit_bytes=PAGE_UPLOAD_BYTES,
        seconds=FORM_SECONDS,
    )
