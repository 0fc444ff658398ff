"""A customer's company at a dealer: its saved methods and its visits to the bank link."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.ids import AccountId, CompanyId, DealerId, MethodId, UserId
from chalicelib.domain.payments import Authorization, Method
from chalicelib.storage import index_keys, keys, parsed_keys
from chalicelib.storage.records import Record, find_value, packed, unpacked
from chalicelib.storage.transactions import ABSENT, Put, Remove


class LinkStage(StrEnum):
    """How far a visit to the hosted page is."""

    STARTED = "started"
    LINKED = "linked"  # The access token is here, encrypted.
    DONE = "done"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class LinkSession:
    """One visit; tokens are sealed by the vault with {dealer, company, item}."""

    session_id: str
    dealer_id: DealerId
    company_id: CompanyId
    account_id: AccountId
    user_id: UserId
    payer_name: str
    payer_email: str
    return_to: str
    authorization: Authorization
    link_token: str
    started_at: datetime
    stage: LinkStage = LinkStage.STARTED
    item_id: str = ""
    bank_account_id: str = ""
    institution: str = ""
    account_name: str = ""
    last4: str = ""
    sealed_access: bytes = b""
    sealed_bank_token: bytes = b""
    method_id: MethodId | None = None
    version: int = 0


def list_methods(dealer_id: DealerId, company_id: CompanyId) -> tuple[Method, ...]:
    """The company's saved methods at this dealer, by id; one Query."""
    partition = keys.company(dealer_id, company_id)
    found = Record.query(partition, Record.sk.startswith(keys.METHODS), consistent_read=True)
    return tuple(unpacked(record, Method) for record in found)


def find_method(dealer_id: DealerId, company_id: CompanyId, method_id: MethodId) -> Method | None:
    """One saved method of this company, or None."""
    key = keys.company(dealer_id, company_id), keys.method(method_id)
    return find_value(key, Method)


def method_put(dealer_id: DealerId, company_id: CompanyId, method: Method) -> Put:
    """Write "method"; saving the same again changes nothing."""
    key = keys.company(dealer_id, company_id), keys.method(method.method_id)
    return Put("method", Record(*key, body=packed(method)))


def method_change(dealer_id: DealerId, company_id: CompanyId, method: Method) -> Put:
    """Write "method" of one that is saved; refused if it was forgotten."""
    key = keys.company(dealer_id, company_id), keys.method(method.method_id)
    return Put("method", Record(*key, body=packed(method)), Record.pk.exists())


def method_removal(dealer_id: DealerId, company_id: CompanyId, method_id: MethodId) -> Remove:
    """Write "method": forget one; removing it twice is harmless."""
    return Remove("method", (keys.company(dealer_id, company_id), keys.method(method_id)))


def session_put(session: LinkSession, *, token_hash: str) -> Put:
    """Write "link", based on the version that was read (0: new), found by the token's hash."""
    raised = replace(session, version=session.version + 1)
    record = Record(
        keys.company(session.dealer_id, session.company_id),
        keys.link_session(session.session_id),
        body=packed(raised),
        version=raised.version,
        state=session.stage.value,
        k_pk=index_keys.link_token(token_hash),
        k_sk=session.session_id,
    )
    guard = Record.version == session.version if session.version else ABSENT
    return Put("link", record, guard)


def find_link_session(
    dealer_id: DealerId, company_id: CompanyId, session_id: str
) -> LinkSession | None:
    """One visit of this company, read consistently, or None."""
    key = keys.company(dealer_id, company_id), keys.link_session(session_id)
    return find_value(key, LinkSession)


def company_of_link_token(token_hash: str) -> tuple[DealerId, CompanyId, str] | None:
    """Dealer, company and session a hosted page's token belongs to; the index lags by moments."""
    for record in Record.lookup.query(index_keys.link_token(token_hash), limit=1):
        dealer_id, company_id = parsed_keys.parsed_company(record.pk)
        return dealer_id, company_id, str(record.k_sk)
    return None
