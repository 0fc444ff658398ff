"""Small marks beside a payment's events: the waiting workflow token and which mails are queued."""

from chalicelib.domain.ids import DealerId, PaymentId
from chalicelib.storage import keys
from chalicelib.storage.records import Record, find_record


def keep_token(dealer_id: DealerId, payment_id: PaymentId, token: str) -> None:
    """Keep the newest task token; a retried step brings the same or a later one."""
    Record(keys.payment_log(dealer_id, payment_id), keys.WAITING, token=token).save()


def find_token(dealer_id: DealerId, payment_id: PaymentId) -> str | None:
    """The kept token, read consistently, or None while no step waits."""
    record = _find(dealer_id, payment_id, keys.WAITING)
    return record.token if record else None


def is_mailed(dealer_id: DealerId, payment_id: PaymentId, mail: str) -> bool:
    """True if this mail about the payment is queued."""
    return _find(dealer_id, payment_id, keys.mailed(mail)) is not None


def mark_mailed(dealer_id: DealerId, payment_id: PaymentId, mail: str) -> None:
    """Remember that this mail is queued; marking twice is harmless."""
    Record(keys.payment_log(dealer_id, payment_id), keys.mailed(mail)).save()


def _find(dealer_id: DealerId, payment_id: PaymentId, sort_key: str) -> Record | None:
    return find_record((keys.payment_log(dealer_id, payment_id), sort_key))
