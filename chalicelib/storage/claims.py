"""Claims in their account; a claim stays in the due index until its payment is wholly done."""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.storage import index_keys, keys, parsed_keys
from chalicelib.storage.due import DueItem, due_again, due_items, due_no_more
from chalicelib.storage.records import Record, find_record, find_value, packed
from chalicelib.storage.transactions import ABSENT, Change, Put, Remove, transact

DUE_KIND = "payment"


def find_claim(
    dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId, event: str = ""
) -> Claim | None:
    """One payment's claim (or a later event's of it), read consistently, or None."""
    return find_value(_key(dealer_id, account_id, payment_id, event), Claim)


def claim_put(
    dealer_id: DealerId,
    account_id: AccountId,
    claim: Claim,
    *,
    expected: ClaimState | None,
    due_at: datetime | None = None,
) -> Put:
    """Write a claim, named "claim"; `expected` is its stored state, None = there is none yet.

    `due_at` keeps it in the due index: from the submit transaction until the payer is told.
    """
    guard = ABSENT if expected is None else Record.state == expected.value
    record = Record(
        *_key(dealer_id, account_id, *claim.key),
        body=packed(claim),
        version=claim.version,
        state=claim.state.value,
    )
    if due_at is not None:
        record.k_pk = index_keys.due(DUE_KIND, claim.payment_id)
        record.k_sk = index_keys.time_then(due_at, claim.payment_id)
    return Put("claim", record, guard)


def is_due(dealer_id: DealerId, account_id: AccountId, claim: Claim) -> bool:
    """True while the claim stands in the due index: its payment is not wholly done."""
    record = find_record(_key(dealer_id, account_id, *claim.key))
    return record is not None and bool(record.k_pk)


def due_payments(now: datetime) -> list[tuple[DealerId, AccountId, PaymentId]]:
    """Payments the janitor must look at; at most a sweep's worth."""
    return [_parsed(item) for item in due_items(DUE_KIND, now=now)]


def look_again(
    dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId, *, at: datetime, token: str
) -> None:
    """Make the payment due again at `at`. Raises WritesRefused if its claim is gone."""
    transact([due_change(dealer_id, account_id, payment_id, at=at)], token=token)


def due_change(
    dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId, *, at: datetime
) -> Change:
    """Make the payment due at `at`; refused if its claim is gone."""
    key = _key(dealer_id, account_id, payment_id)
    return due_again("claim", key, kind=DUE_KIND, item_id=payment_id, at=at)


def not_due_change(dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId) -> Change:
    """Take an applied claim out of the due index; it stays until the ERP's figure contains it."""
    return due_no_more("claim", _key(dealer_id, account_id, payment_id))


def claim_change(dealer_id: DealerId, account_id: AccountId, before: Claim, after: Claim) -> Change:
    """Write "claim": `after`, leaving what else the item carries (its place in the sweep).

    Refused if the claim has moved since `before` was read, or is gone: importer and posting both
    change parts of it, without the account's version between them.
    """
    key = _key(dealer_id, account_id, *before.key)
    raised = replace(after, version=before.version + 1)
    actions = (Record.body.set(packed(raised)), Record.version.set(raised.version))
    return Change("claim", key, actions, Record.version == before.version)


def claim_removal(
    dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId, event: str = ""
) -> Remove:
    """Forget a claim; removing it twice is harmless."""
    return Remove("claim", _key(dealer_id, account_id, payment_id, event))


def _key(
    dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId, event: str = ""
) -> tuple[str, str]:
    return keys.account(dealer_id, account_id), keys.claim(payment_id, event)


def _parsed(item: DueItem) -> tuple[DealerId, AccountId, PaymentId]:
    dealer_id, account_id = parsed_keys.parsed_account(item.partition)
    return dealer_id, account_id, PaymentId(item.sort_key.removeprefix(keys.CLAIM))
