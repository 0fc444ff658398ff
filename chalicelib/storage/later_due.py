"""Payments with a later event (refund, return, dispute) that is not wholly done yet."""

from datetime import datetime

from pynamodb.expressions.condition import Condition

from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.payments import Payment
from chalicelib.storage import index_keys, keys, parsed_keys
from chalicelib.storage.due import due_items
from chalicelib.storage.records import Record
from chalicelib.storage.transactions import ABSENT, Put, Remove

DUE_KIND = "later"


def later_due_put(payment: Payment, at: datetime) -> Put:
    """The write "later" of an event that is being written: the sweep looks at it at `at`.

    `payment` carries the version it was read at, as its own write does.
    """
    return Put("later", _record(payment, at, event_version=payment.version + 1))


def later_due_again(payment: Payment, at: datetime) -> Put:
    """The write "later" after looking at the payment as stored; an event since then refuses it."""
    record = _record(payment, at, event_version=payment.version)
    return Put("later", record, _no_event_since(payment))


def later_due_removal(payment: Payment) -> Remove:
    """The write "later" that leaves nothing to look at; an event since then refuses it."""
    return Remove("later", _key(payment), _no_event_since(payment))


def _no_event_since(payment: Payment) -> Condition:
    condition: Condition = ABSENT | (Record.version <= payment.version)
    return condition


def _record(payment: Payment, at: datetime, *, event_version: int) -> Record:
    record = Record(*_key(payment), version=event_version)
    record.k_pk = index_keys.due(DUE_KIND, payment.payment_id)
    record.k_sk = index_keys.time_then(at, payment.payment_id)
    return record


def due_later(now: datetime) -> list[tuple[DealerId, AccountId, PaymentId]]:
    """Payments whose later events a sweep must look at; at most a sweep's worth."""
    found = []
    for item in due_items(DUE_KIND, now=now):
        dealer_id, payment_id = parsed_keys.parsed_payment_log(item.partition)
        account_id = AccountId(item.sort_key.removeprefix(keys.LATER_DUE))
        found.append((dealer_id, account_id, payment_id))
    return found


def _key(payment: Payment) -> tuple[str, str]:
    log = keys.payment_log(payment.dealer_id, payment.payment_id)
    return log, keys.later_due(payment.account_id)
