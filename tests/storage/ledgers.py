"""A world with a clock and files for ledger tests, and the requests it makes counted."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import botocore.client
import pytest

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.gateways.s3_files import S3Files
from chalicelib.services.import_ledger import LedgerImport, apply_ledger, validate_ledger
from chalicelib.storage.dealers import put_dealer
from chalicelib.storage.records import Record

BUCKET = "ledger-tests"
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
ACCOUNTS = "account_id,name,account_kind,credit_limit\n"
CONTACTS = "account_id,contact_id,email,name,is_primary\n"
INVOICES = (
    "account_id,invoice_id,amount,outstanding_amount,currency,transaction_date,"
    "payment_due_date,paid_date\n"
)
ADJUSTMENTS = "account_id,adjustment_id,amount,outstanding_amount,currency,kind,transaction_date\n"
TWO_ACCOUNTS = ACCOUNTS + "C-1,Alder Homes,credit,5000.00\nC-2,Peña Concrete,credit,\n"
THREE_INVOICES = INVOICES + (
    "C-1,I-1,100.00,100.00,USD,2026-09-01,2026-10-01,\n"
    "C-2,I-2,250.50,200.50,USD,2026-11-01,2026-12-01,\n"
    "C-1,I-3,75.00,0.00,USD,2026-08-01,2026-08-31,2026-09-10\n"
)


class SetClock:
    """A clock that says what it is told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class LedgerWorld:
    """What importing and listing need of a World."""

    dealer: Dealer
    clock: SetClock
    files: S3Files

    @property
    def dealer_id(self) -> DealerId:
        return self.dealer.dealer_id

    def bring_in(
        self, as_of: datetime | None = None, *, full: bool = False, **files: str | bytes
    ) -> LedgerImport:
        """Check and apply files given as text."""
        with self.check(as_of, full=full, **files) as ledger:
            apply_ledger(self, ledger)
        return ledger

    def check(
        self,
        as_of: datetime | None = None,
        *,
        full: bool = False,
        limit_bytes: int = 5_000_000,
        **files: str | bytes,
    ) -> LedgerImport:
        """Only check files given as text."""
        contents = {
            name: io.BytesIO(text if isinstance(text, bytes) else text.encode())
            for name, text in files.items()
        }
        return validate_ledger(
            self,
            self.dealer_id,
            files=contents,
            as_of=as_of or self.clock.at,
            full=full,
            limit_bytes=limit_bytes,
        )


def ledger_world(*, name: str = "Ridge", at: datetime = NOW) -> LedgerWorld:
    """A dealer of its own on the local AWS, in UTC so that days are plain."""
    dealer = Dealer(DealerId(f"{name.lower()}-{uuid4().hex[:8]}"), f"{name} (demo)", "UTC")
    put_dealer(dealer)
    return LedgerWorld(dealer, SetClock(at), S3Files(BUCKET))


def renamed(dealer: Dealer, **changes: Any) -> Dealer:
    """A dealer with other settings, stored."""
    changed = replace(dealer, **changes)
    put_dealer(changed)
    return changed


def stored_items(dealer_id: DealerId, account_ids: tuple[str, ...] = ("C-1", "C-2")) -> list[Any]:
    """Everything stored about accounts and the roster, to compare before and after."""
    partitions = [f"D#{dealer_id}#R"]
    for account_id in account_ids:
        account = f"D#{dealer_id}#A#{AccountId(account_id)}"
        partitions += [account, f"{account}#Z"]
    return [
        record.attribute_values
        for partition in partitions
        for record in Record.query(partition, consistent_read=True)
    ]


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the AWS operations made inside, one entry a request."""
    made: list[str] = []
    send = botocore.client.BaseClient._make_api_call

    def spy(client: Any, operation: str, parameters: Any) -> Any:
        made.append(operation)
        return send(client, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", spy)
    yield made
    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", send)
