"""One account's partition: header, claims, open pages, statements, history and activity."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.accounts import Account
from chalicelib.domain.claims import Claim
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.payables import Payable
from chalicelib.storage import keys, pages
from chalicelib.storage.records import Record, packed, unpacked
from chalicelib.storage.transactions import ABSENT, Put, Remove

NO_ACCOUNT = "There is no such account."
LOG_PAGE = 50


@dataclass(frozen=True, slots=True)
class AccountState:
    """Everything that says what an account owes, as one Query reads it."""

    account: Account
    claims: tuple[Claim, ...]
    payables: tuple[Payable, ...]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of an account's activity; business time, aware UTC."""

    at: datetime
    source: str
    text: str


def get_state(dealer_id: DealerId, account_id: AccountId) -> AccountState:
    """Header, claims and open payables in one Query; raises NotFound."""
    account: Account | None = None
    claims: list[Claim] = []
    payables: list[Payable] = []
    wanted = Record.sk.between(keys.OUTSTANDING_FROM, keys.OUTSTANDING_TO)
    for record in Record.query(keys.account(dealer_id, account_id), wanted, consistent_read=True):
        match record.sk[:2]:
            case keys.HEADER:
                account = unpacked(record, Account)
            case keys.CLAIM:
                claims.append(unpacked(record, Claim))
            case keys.OPEN_PAGE:
                payables.extend(pages.unpacked_page(record.body))
    if account is None:
        raise NotFound(NO_ACCOUNT)
    return AccountState(account, tuple(claims), tuple(payables))


def get_account(dealer_id: DealerId, account_id: AccountId) -> Account:
    """The header alone; raises NotFound."""
    try:
        key = (keys.account(dealer_id, account_id), keys.HEADER)
        return unpacked(Record.get(*key, consistent_read=True), Account)
    except Record.DoesNotExist:
        raise NotFound(NO_ACCOUNT) from None


def find_accounts(
    dealer_id: DealerId, account_ids: Iterable[AccountId]
) -> dict[AccountId, Account]:
    """Headers of those accounts that exist, 100 to a request."""
    wanted = [(keys.account(dealer_id, account_id), keys.HEADER) for account_id in account_ids]
    found = (unpacked(record, Account) for record in Record.batch_get(wanted, consistent_read=True))
    return {account.account_id: account for account in found}


def list_account_ids(dealer_id: DealerId) -> Iterator[AccountId]:
    """Every account of a dealer, by account number, from the directory index."""
    for record in Record.lookup.query(keys.accounts_directory(dealer_id)):
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
        k_pk=keys.accounts_directory(account.dealer_id),
        k_sk=account.account_id,
    )
    unread = ABSENT if expected_version is None else Record.version == expected_version
    return Put("account", record, condition=unread)


def claim_put(account: Account, claim: Claim) -> Put:
    """Write "claim": one payment's hold on the account's payables."""
    partition = keys.account(account.dealer_id, account.account_id)
    return Put("claim", Record(partition, keys.claim(claim.payment_id), body=packed(claim)))


def claim_remove(account: Account, payment_id: PaymentId) -> Remove:
    """Write "claim": the hold ends; guarded by the header's version in the same transaction."""
    partition = keys.account(account.dealer_id, account.account_id)
    return Remove("claim", (partition, keys.claim(payment_id)))


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


def log_put(
    dealer_id: DealerId, account_id: AccountId, at: datetime, source: str, text: str
) -> Put:
    """Write "log": one line of activity. The same line at the same moment is one item."""
    name = hashlib.sha256(f"{source}\n{text}".encode()).hexdigest()[:8]
    entry = LogEntry(at, source, text)
    partition = keys.account_log(dealer_id, account_id)
    return Put("log", Record(partition, keys.time_then(at, name), body=packed(entry)))


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
