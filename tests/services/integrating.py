"""An operator at the Integration page over a real bucket and table."""

from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.ids import DealerId
from chalicelib.domain.ingestions import Ingestion
from chalicelib.gateways.s3_uploads import S3Uploads
from chalicelib.services.confirm_ingestion import confirm_ingestion
from chalicelib.services.run_ingestion import run_ingestion
from chalicelib.services.take_upload import take_upload, upload_prefix
from chalicelib.services.view_ingestion import open_ingestion
from chalicelib.storage.ingestions import get_ingestion
from tests.conftest import LocalAws
from tests.storage.ledgers import BUCKET, LedgerWorld

BAD_ROW = "C-1,I-9,10.005,10.00,USD,2026-11-01,2026-12-01,\n"


@dataclass
class Inbox:
    """Messages to the importer instead of SQS."""

    imports: list[dict[str, str]] = field(default_factory=list)

    def send_import(self, *, dealer: str, ingestion: str) -> None:
        self.imports.append({"dealer": dealer, "ingestion": ingestion})


@dataclass(frozen=True)
class Settings:
    console_url: str = "http://localhost:8080"


class Integrator:
    """An operator at the Integration page over a real bucket and table."""

    def __init__(self, world: LedgerWorld, aws: LocalAws) -> None:
        self.dealer, self.clock, self.files = world.dealer, world.clock, world.files
        self.uploads, self.queues, self.config = S3Uploads(BUCKET), Inbox(), Settings()
        self.s3 = aws.client("s3")

    @property
    def dealer_id(self) -> DealerId:
        return self.dealer.dealer_id

    def open(self) -> Ingestion:
        return open_ingestion(self, self.dealer_id, operator="Noor Haddad")

    def upload(
        self, ingestion: Ingestion, kind: str, text: str | bytes, name: str = "", as_of: str = ""
    ) -> str:
        """What the bucket's form and its event do."""
        key = upload_prefix(ingestion, kind) + (name or f"{kind}.csv")
        return self.put(key, text, as_of)

    def put(self, key: str, text: str | bytes, as_of: str = "") -> str:
        """A file into the bucket, and the importer told."""
        body = text if isinstance(text, bytes) else text.encode()
        told = {"as-of": as_of} if as_of else {}
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body, Metadata=told)
        return take_upload(self, key=key)

    def now(self, ingestion: Ingestion) -> Ingestion:
        return get_ingestion(self.dealer_id, ingestion.ingestion_id)

    def confirm(self, ingestion: Ingestion, **changes: Any) -> Ingestion:
        """Press Import on what is shown now."""
        asked = {
            "as_of": self.clock.at,
            "full": False,
            "operator": "Noor Haddad",
            "seen_version": self.now(ingestion).version,
        }
        return confirm_ingestion(
            self, self.dealer_id, ingestion_id=ingestion.ingestion_id, **{**asked, **changes}
        )

    def work(self) -> list[str]:
        """Let the importer take its messages."""
        taken, self.queues.imports = self.queues.imports, []
        return [
            run_ingestion(self, DealerId(body["dealer"]), ingestion_id=body["ingestion"])
            for body in taken
        ]


def checked(integrator: Integrator, **files: str | bytes) -> Ingestion:
    """An import with these files uploaded and checked."""
    opened = integrator.open()
    for kind, text in files.items():
        integrator.upload(opened, kind, text)
    return integrator.now(opened)
