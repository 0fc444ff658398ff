"""Quotes in their account, and the one read a submit needs."""

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.accounts import Account
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId, CompanyId, DealerId, MethodId, QuoteId
from chalicelib.domain.payments import Method
from chalicelib.domain.pricing import Selection
from chalicelib.domain.quotes import Quote
from chalicelib.storage import keys
from chalicelib.storage.records import Record, find_record, packed, unpacked
from chalicelib.storage.transactions import Change

KEPT = timedelta(days=90)  # Long enough to answer an old tab; expiry itself compares times.
OPEN, USED = "open", "used"


@dataclass(frozen=True, slots=True)
class StoredQuote:
    """A quote with what was ticked for it, so that it can be priced again."""

    quote: Quote
    selection: Selection


@dataclass(frozen=True, slots=True)
class ForSubmit:
    """What a submit rests on; missing and foreign things are None alike."""

    account: Account | None
    stored: StoredQuote | None
    is_used: bool
    method: Method | None


def put_quote(stored: StoredQuote) -> None:
    """Keep a new, signed quote."""
    quote = stored.quote
    record = Record(
        keys.account(quote.dealer_id, quote.account_id),
        keys.quote(quote.quote_id),
        body=packed(stored),
        state=OPEN,
        expires_at=int((quote.created_at + KEPT).timestamp()),
    )
    record.save()  # A fresh ULID: a repeat after a lost reply writes the same.


def get_stored_quote(
    dealer_id: DealerId, account_id: AccountId, quote_id: QuoteId
) -> tuple[StoredQuote, bool]:
    """A quote and whether it is used, read consistently. Raises NotFound."""
    record = find_record((keys.account(dealer_id, account_id), keys.quote(quote_id)))
    if record is None:
        raise NotFound("There is no such payment preview.")
    return unpacked(record, StoredQuote), record.state == USED


def read_for_submit(
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    company_id: CompanyId,
    quote_id: QuoteId,
    method_id: MethodId,
) -> ForSubmit:
    """Header, quote and saved method in one consistent BatchGet."""
    account_key = (keys.account(dealer_id, account_id), keys.HEADER)
    quote_key = (keys.account(dealer_id, account_id), keys.quote(quote_id))
    method_key = (keys.company(dealer_id, company_id), keys.method(method_id))
    wanted = [account_key, quote_key, method_key]
    found = {(row.pk, row.sk): row for row in Record.batch_get(wanted, consistent_read=True)}
    header, quote, method = (found.get(key) for key in wanted)
    return ForSubmit(
        account=unpacked(header, Account) if header else None,
        stored=unpacked(quote, StoredQuote) if quote else None,
        is_used=quote is not None and quote.state == USED,
        method=unpacked(method, Method) if method else None,
    )


def quote_use(quote: Quote) -> Change:
    """The write, named "quote", that consumes an open quote."""
    key = (keys.account(quote.dealer_id, quote.account_id), keys.quote(quote.quote_id))
    return Change("quote", key, (Record.state.set(USED),), Record.state == OPEN)
