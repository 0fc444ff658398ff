"""One account's partition: header, claims, open pages, statements, history and activity."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.accounts import Account
from chalicelib.domain.claims import Claim, with_brought
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.domain.payables import Payable
from chalicelib.domain.statements import Statement
from chalicelib.storage import index_keys, keys, pages
from chalicelib.storage.pages import ClosedPayable
from chalicelib.storage.records import Record, find_value, packed, unpacked, unpacked_body
from chalicelib.storage.transactions import ABSENT, Put, Remove

NO_ACCOUNT = "There is no such account."
LOG_PAGE = 50


@dataclass(frozen=True, slots=True)
class AccountState:
    """Everything that says what an account owes, as one Query reads it."""

    account: Account
    claims: tuple[Claim, ...]
    payables: tuple[Payable, ...]  # The ERP's and what the claims bring.
    paged: tuple[Payable, ...]  # The ERP's alone, as the pages hold them.


StoredState = tuple[tuple[str, bytes], ...]  # Sort keys and bodies of an account's state.


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of an account's activity; business time, aware UTC."""

    at: datetime
    source: str
    text: str


def get_state(dealer_id: DealerId, account_id: AccountId) -> AccountState:
    """Header, claims and open payables in one Query; raises NotFound."""
    return state_of(stored_state(dealer_id, account_id))


def stored_state(dealer_id: DealerId, account_id: AccountId) -> StoredState:
    """What `get_state` reads, still packed: ~30 bytes a payable, so a night's work fits memory."""
    wanted = Record.sk.between(keys.OUTSTANDING_FROM, keys.OUTSTANDING_TO)
    records = Record.query(keys.account(dealer_id, account_id), wanted, consistent_read=True)
    return tuple((record.sk, record.body) for record in records)


def state_of(stored: StoredState) -> AccountState:
    """The values of a stored state; raises NotFound if it has no header."""
    account: Account | None = None
    claims: list[Claim] = []
    payables: list[Payable] = []
    for sort_key, body in stored:
        match sort_key[:2]:
            case keys.HEADER:
                account = unpacked_body(body, Account)
            case keys.CLAIM:
                claims.append(unpacked_body(body, Claim))
            case keys.OPEN_PAGE:
                payables.extend(pages.unpacked_page(body))
    if account is None:
        raise NotFound(NO_ACCOUNT)
    paged = tuple(payables)
    return AccountState(account, tuple(claims), with_brought(paged, claims), paged)


def get_account(dealer_id: DealerId, account_id: AccountId) -> Account:
    """The header alone; raises NotFound."""
    found = find_value((keys.account(dealer_id, account_id), keys.HEADER), Account)
    if found is None:
        raise NotFound(NO_ACCOUNT)
    return found


def find_accounts(
    dealer_id: DealerId, account_ids: Iterable[AccountId]
) -> dict[AccountId, Account]:
    """Headers of those accounts that exist, 100 to a request."""
    wanted = [(keys.account(dealer_id, account_id), keys.HEADER) for account_id in account_ids]
    found = (unpacked(record, Account) for record in Record.batch_get(wanted, consistent_read=True))
    return {account.account_id: account for account in found}


def list_account_ids(dealer_id: DealerId) -> Iterator[AccountId]:
    """Every account of a dealer, by account number, from the directory index."""
    for record in Record.lookup.query(index_keys.accounts_directory(dealer_id)):
        yield AccountId(record.k_sk)


def header_put(account: Account, *, expected_version: int | None) -> Put:
    """Write "account": the header one version on from `expected_version`; None: it must be new.

    Every change of a header raises its version, so no writer overwrites what it has not read.
    Raises ValueError if the header was not raised exactly once.
    """
    if account.money_version != (expected_version or 0) + 1:
        raise ValueError("a header is written one version on from the one that was read")
    record = Record(
        keys.account(account.dealer_id, account.account_id),
        keys.HEADER,
        body=packed(account),
        version=account.money_version,
        k_pk=index_keys.accounts_directory(account.dealer_id),
        k_sk=account.account_id,
    )
    unread = ABSENT if expected_version is None else Record.version == expected_version
    return Put("account", record, condition=unread)


def page_puts(
    account: Account, before: Sequence[Payable], after: Sequence[Payable]
) -> list[Put | Remove]:
    """Writes "page …" that turn the open pages of `before` into those of `after`, changes only."""
    partition = keys.account(account.dealer_id, account.account_id)
    old, new = pages.packed_pages(before), pages.packed_pages(after)
    writes: list[Put | Remove] = []
    for number, page in enumerate(new):
        if number >= len(old) or old[number] != page:
            record = Record(partition, keys.open_page(number), body=page)
            writes.append(Put(f"page {number}", record))
    for number in range(len(new), len(old)):
        writes.append(Remove(f"page {number}", (partition, keys.open_page(number))))
    return writes


def statement_put(account: Account, statement: Statement) -> Put:
    """Write "statement …": one closed statement."""
    partition = keys.account(account.dealer_id, account.account_id)
    record = Record(partition, keys.statement(statement.statement_id), body=packed(statement))
    return Put(f"statement {statement.statement_id}", record)


def list_statements(dealer_id: DealerId, account_id: AccountId) -> tuple[Statement, ...]:
    """The account's statements, newest close first."""
    wanted = Record.sk.startswith(keys.statement(""))
    records = Record.query(keys.account(dealer_id, account_id), wanted)
    statements = (unpacked(record, Statement) for record in records)
    return tuple(sorted(statements, key=lambda known: known.closed_on, reverse=True))


def list_closed(dealer_id: DealerId, account_id: AccountId) -> tuple[ClosedPayable, ...]:
    """Every closed payable of the account, by the month it was paid in."""
    records = Record.query(keys.account_closed(dealer_id, account_id), consistent_read=True)
    return tuple(item for record in records for item in pages.unpacked_closed(record.body))


def closed_puts(
    account: Account, before: Iterable[ClosedPayable], after: Iterable[ClosedPayable]
) -> list[Put | Remove]:
    """Writes "closed …" for the months in which `after` differs from `before`."""
    partition = keys.account_closed(account.dealer_id, account.account_id)
    old, new = _by_month(before), _by_month(after)
    writes: list[Put | Remove] = []
    for month in sorted(old.keys() | new.keys()):
        was, now = old.get(month, ()), new.get(month, ())
        for number in range(max(len(was), len(now))):
            key = keys.closed_page(month, number)
            if number >= len(now):
                writes.append(Remove(f"closed {key}", (partition, key)))
            elif number >= len(was) or was[number] != now[number]:
                writes.append(Put(f"closed {key}", Record(partition, key, body=now[number])))
    return writes


def _by_month(closed: Iterable[ClosedPayable]) -> dict[str, tuple[bytes, ...]]:
    months: dict[str, list[ClosedPayable]] = {}
    for item in sorted(closed, key=lambda item: (item.paid_day, item.payable.payable_id)):
        months.setdefault(f"{item.paid_day:%Y-%m}", []).append(item)
    return {month: pages.packed_closed(items) for month, items in months.items()}


def log_put(
    dealer_id: DealerId, account_id: AccountId, at: datetime, source: str, text: str
) -> Put:
    """Write "log": one line of activity. The same line at the same moment is one item."""
    name = hashlib.sha256(f"{source}\n{text}".encode()).hexdigest()[:8]
    entry = LogEntry(at, source, text)
    partition = keys.account_log(dealer_id, account_id)
    return Put("log", Record(partition, index_keys.time_then(at, name), body=packed(entry)))


def list_log(
    dealer_id: DealerId, account_id: AccountId, *, before: str = ""
) -> tuple[tuple[LogEntry, ...], str]:
    """At most 50 lines, newest first, and the cursor of the next page ("" at the end)."""
    older = Record.sk < before if before else None
    found = list(
        Record.query(
            keys.account_log(dealer_id, account_id), older, scan_index_forward=False, limit=LOG_PAGE
        )
    )
    entries = tuple(unpacked(record, LogEntry) for record in found)
    return entries, found[-1].sk if len(found) == LOG_PAGE else ""
