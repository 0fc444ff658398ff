"""Payments in their account, with events, handled marks and the look-ups that find them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.payments import Payment, PaymentEvent
from chalicelib.storage import index_keys, keys
from chalicelib.storage.records import Record, find_value, packed, unpacked
from chalicelib.storage.transactions import ABSENT, Put

EVENT_PREFIX, PAYMENT_PREFIX = "E#", "P#"
PAGE_SIZE = 50
_CURSOR = re.compile(r"P#[0-9A-Za-z_-]{1,64}")


def get_payment(dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId) -> Payment:
    """One payment, read consistently. Raises NotFound."""
    payment = find_payment(dealer_id, account_id, payment_id)
    if payment is None:
        raise NotFound("There is no such payment.")
    return payment


def find_payment(
    dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId
) -> Payment | None:
    """One payment, read consistently, or None."""
    return find_value((keys.account(dealer_id, account_id), keys.payment(payment_id)), Payment)


def find_payment_by_reference(
    dealer_id: DealerId, reference: str
) -> tuple[AccountId, PaymentId] | None:
    """Which payment a short number, payment id or processor id (pi_…) names; the index lags."""
    found = Record.lookup.query(index_keys.reference(dealer_id, reference), limit=1)
    for record in found:
        return index_keys.parsed_reference_target(record.k_sk)
    return None


def payment_puts(
    payment: Payment,
    *,
    name: str,
    at: datetime,
    source: str,
    detail: str = "",
    processor_event_id: str = "",
) -> list[Put]:
    """The writes of one change, named "payment", "event" and, with an event id, "handled".

    `payment` carries its new values and the version it was read at: the write is refused if the
    stored payment has moved since. The event takes the new version as its number.
    """
    raised = replace(payment, version=payment.version + 1)
    event = PaymentEvent(raised.version, name, at, source, detail, processor_event_id)
    log = keys.payment_log(payment.dealer_id, payment.payment_id)
    guard = ABSENT if payment.version == 0 else Record.version == payment.version
    puts = [
        Put("payment", _record(raised), guard),
        Put("event", _event_record(raised, event, log), ABSENT),
    ]
    if processor_event_id:
        puts.append(handled_put(payment, processor_event_id))
    return puts


def handled_put(payment: Payment, mark: str) -> Put:
    """The mark, named "handled", that a processor event (or a one-time note) has had its effect."""
    log = keys.payment_log(payment.dealer_id, payment.payment_id)
    return Put("handled", Record(log, keys.handled(mark)), ABSENT)


def list_events(dealer_id: DealerId, payment_id: PaymentId) -> tuple[PaymentEvent, ...]:
    """A payment's history, oldest first."""
    found = Record.query(
        keys.payment_log(dealer_id, payment_id),
        Record.sk.startswith(EVENT_PREFIX),
        consistent_read=True,
    )
    return tuple(unpacked(record, PaymentEvent) for record in found)


def list_payments_of_account(
    dealer_id: DealerId, account_id: AccountId, *, cursor: str = "", limit: int = PAGE_SIZE
) -> tuple[Sequence[Payment], str]:
    """One page of an account's payments, newest first, and the cursor of the next ("" = none).

    Read consistently: it shows a payment submitted a moment ago. What is no cursor of ours begins
    at the newest, and never reaches other items of the account.
    """
    last = _just_before(cursor) if _CURSOR.fullmatch(cursor) else PAYMENT_PREFIX + "~"
    found = Record.query(
        keys.account(dealer_id, account_id),
        Record.sk.between(PAYMENT_PREFIX, last),
        consistent_read=True,
        scan_index_forward=False,
        limit=limit + 1,
        page_size=limit + 1,
    )
    records = list(found)
    following = records[limit - 1].sk if len(records) > limit else ""
    return [unpacked(record, Payment) for record in records[:limit]], following


def _just_before(sort_key: str) -> str:
    # Payment sort keys end in a ULID of capitals and digits, so this sorts between it and the last.
    return sort_key[:-1] + chr(ord(sort_key[-1]) - 1) + "~"


def _record(payment: Payment) -> Record:
    dealer_id, payment_id = payment.dealer_id, payment.payment_id
    by_time = index_keys.time_then(payment.submitted_at, payment_id)
    return Record(
        keys.account(dealer_id, payment.account_id),
        keys.payment(payment_id),
        body=packed(payment),
        version=payment.version,
        state=payment.status.value,
        t_pk=index_keys.payments_by_time(dealer_id),
        t_sk=by_time,
        s_pk=index_keys.payments_by_status(dealer_id, payment.status),
        s_sk=by_time,
        a_pk=index_keys.payments_by_time(dealer_id),
        a_sk=index_keys.amount(payment.charged_cents, payment_id),
        k_pk=index_keys.reference(dealer_id, payment.number),
        k_sk=index_keys.reference_target(payment.account_id, payment_id),
    )


def _event_record(payment: Payment, event: PaymentEvent, log: str) -> Record:
    # The first event finds the payment by its id, the one that brings the processor's id by that.
    record = Record(log, keys.event(event.sequence), body=packed(event))
    name = {"submitted": payment.payment_id, "originated": payment.processor_id}.get(event.name)
    if name:
        record.k_pk = index_keys.reference(payment.dealer_id, name)
        record.k_sk = index_keys.reference_target(payment.account_id, payment.payment_id)
    return record
