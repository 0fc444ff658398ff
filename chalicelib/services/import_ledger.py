"""Bring an ERP's files in: check everything first, then change only the accounts that differ."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import BinaryIO

from chalicelib.domain.accounts import Account
from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput, NotFound, TryAgain
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.services.import_ledger_account import (
    ImportTerms,
    Known,
    changed_account,
)
from chalicelib.services.import_ledger_spill import Spill, SpilledRow
from chalicelib.services.import_ledger_writes import Ranking, write_account
from chalicelib.services.read_import_files import PAGE_UPLOAD_BYTES, FileReport, read_import_file
from chalicelib.services.read_import_files_rows import FILES
from chalicelib.services.refresh_dealer import refresh_dealer
from chalicelib.services.world import World
from chalicelib.storage import accounts, roster
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.transactions import WritesRefused

ACCOUNTS_AT_ONCE = 100  # Headers to one request.
TRIES = 6
NOTHING_CHANGED = "Nothing was changed."

Group = tuple[AccountId, list[SpilledRow]]


@dataclass(slots=True)
class LedgerImport:
    """One import between its check and its application; close it or use it with `with`."""

    dealer: Dealer
    terms: ImportTerms
    spill: Spill
    reports: dict[str, FileReport]
    accounts_changed: int = 0
    kept_open: list[str] = field(default_factory=list)  # Payables the ERP closed and we hold.

    def __enter__(self) -> "LedgerImport":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.spill.__exit__(kind, error, trace)

    @property
    def is_refused(self) -> bool:
        """True if a file cannot be taken at all; nothing of any file may then be applied."""
        return any(report.refused for report in self.reports.values())


def validate_ledger(
    world: World,
    dealer_id: DealerId,
    *,
    files: Mapping[str, BinaryIO],
    as_of: datetime,
    full: bool = False,
    limit_bytes: int = PAGE_UPLOAD_BYTES,
) -> LedgerImport:
    """Read and check every row of the files; changes nothing.

    `files` maps accounts, contacts, invoices, adjustments, statements, payments to CSV content.
    `as_of` is when the ERP extracted them, aware. Raises InvalidInput for a future or superseded
    `as_of` and NotFound for an unknown dealer.
    """
    dealer = get_dealer(dealer_id)
    check_as_of(dealer_id, as_of=as_of, now=world.clock.now())
    terms = ImportTerms(
        dealer_id,
        as_of,
        full=full,
        payments_listed="payments" in files,
        number_prefix=dealer.number_prefix,
    )
    spill = Spill()
    reports = {
        name: read_import_file(name, files[name], spill, dealer=dealer, limit_bytes=limit_bytes)
        for name in FILES
        if name in files
    }
    if not any(report.refused for report in reports.values()):
        _refuse_unknown_accounts(dealer_id, spill, reports)
    return LedgerImport(dealer, terms, spill, reports)


def check_as_of(dealer_id: DealerId, *, as_of: datetime, now: datetime) -> None:
    """Raise InvalidInput if the extract is from the future or older than the last imported."""
    if as_of > now:
        raise InvalidInput(f"The extract cannot be from the future. {NOTHING_CHANGED}")
    last = roster.get_head(dealer_id).as_of
    if last and as_of < last:
        raise InvalidInput(
            f"This extract is older than the last one imported ({last:%Y-%m-%d %H:%M} UTC)."
            f" {NOTHING_CHANGED}"
        )


def _refuse_unknown_accounts(
    dealer_id: DealerId, spill: Spill, reports: Mapping[str, FileReport]
) -> None:
    named = list(spill.accounts_without_row())
    for start in range(0, len(named), ACCOUNTS_AT_ONCE):
        chunk = named[start : start + ACCOUNTS_AT_ONCE]
        known = accounts.find_accounts(dealer_id, chunk)
        for account_id in chunk:
            for row in () if account_id in known else spill.remove(account_id):
                reason = f"“{account_id}” is an account we do not know"
                reports[row.file].refuse(row.line, "account_id", reason)


def apply_ledger(
    world: World,
    ledger: LedgerImport,
    *,
    progress: Callable[[int], None] = lambda _: None,
    skip: int = 0,
) -> None:
    """Write the accounts that differ, one transaction each, then rank and publish the roster.

    The same files again write nothing. `progress` hears how many accounts are done; `skip` of
    them were done by an interrupted run. Raises InvalidInput if a file was refused (nothing is
    changed then).
    """
    if ledger.is_refused:
        raise InvalidInput(f"A file cannot be imported. {NOTHING_CHANGED}")
    dealer_id = ledger.dealer.dealer_id
    ranking = Ranking(
        ledger.dealer,
        today=dealer_day(world.clock.now(), ledger.dealer.time_zone),
        curve=roster.dealer_curve(dealer_id),
    )
    done = skip
    for groups in _chunked(islice(_groups(ledger), skip, None)):
        headers = accounts.find_accounts(dealer_id, [account_id for account_id, _ in groups])
        for account_id, rows in groups:
            _import_account(ledger, ranking, account_id, rows, headers.get(account_id))
        done += len(groups)
        progress(done)
    last = roster.get_head(dealer_id)
    if ledger.accounts_changed or last.refreshed_on is None:
        refresh_dealer(world, dealer_id, as_of=ledger.terms.as_of)
    elif last.as_of != ledger.terms.as_of:
        roster.stamp_roster(dealer_id, ledger.terms.as_of)


def _groups(ledger: LedgerImport) -> Iterator[Group]:
    """Accounts the files name; in full-file mode also those they leave out."""
    if not ledger.terms.full:
        yield from ledger.spill.by_account()
        return
    named = set()
    for account_id, rows in ledger.spill.by_account():
        named.add(account_id)
        yield account_id, rows
    for account_id in accounts.list_account_ids(ledger.dealer.dealer_id):
        if account_id not in named:
            yield account_id, []


def _chunked(groups: Iterator[Group]) -> Iterator[list[Group]]:
    while chunk := list(islice(groups, ACCOUNTS_AT_ONCE)):
        yield chunk


def _import_account(
    ledger: LedgerImport,
    ranking: Ranking,
    account_id: AccountId,
    rows: Sequence[SpilledRow],
    header: Account | None,
) -> None:
    digest = _digest(ledger.terms, rows)
    if header and header.import_digest == digest and header.import_version == header.money_version:
        _count(ledger, Counter((row.file, "unchanged") for row in rows))
        return
    for _ in range(TRIES):
        known = _known(ledger.dealer.dealer_id, account_id, rows, is_new=header is None)
        change = changed_account(account_id, known, rows, ledger.terms)
        try:
            changed = write_account(known, change, ledger.terms, ranking, digest=digest)
        except WritesRefused:
            header = header or change.account  # Somebody was quicker: read what they wrote.
            continue
        _count(ledger, change.counts)
        ledger.kept_open += [f"{account_id} {payable}" for payable in change.kept_open]
        ledger.accounts_changed += changed
        return
    raise TryAgain(f"Account {account_id} is being changed too often. Import the files again.")


def _digest(terms: ImportTerms, rows: Sequence[SpilledRow]) -> str:
    digest = hashlib.sha256(f"{terms.full}".encode())
    for row in rows:
        digest.update(row.file.encode() + row.packed)
    return digest.hexdigest()[:32]


def _count(ledger: LedgerImport, counts: Mapping[tuple[str, str], int]) -> None:
    for (file, outcome), rows in counts.items():
        report = ledger.reports[file]
        setattr(report, outcome, getattr(report, outcome) + rows)


def _known(
    dealer_id: DealerId, account_id: AccountId, rows: Sequence[SpilledRow], *, is_new: bool
) -> Known:
    if is_new:
        return Known(None)
    try:
        state = accounts.get_state(dealer_id, account_id)
    except NotFound:
        return Known(None)
    files = {row.file for row in rows}
    closed = accounts.list_closed(dealer_id, account_id) if "invoices" in files else ()
    listed = accounts.list_statements(dealer_id, account_id) if "statements" in files else ()
    return Known(
        state,
        {item.payable.payable_id: item for item in closed},
        {statement.statement_id: statement for statement in listed},
    )
