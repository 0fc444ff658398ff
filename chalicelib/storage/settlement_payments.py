"""The payments a settlement consists of, a hundred to a request."""

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId
from chalicelib.domain.payments import Payment
from chalicelib.domain.settlements import Settlement
from chalicelib.storage import keys
from chalicelib.storage.records import Record, unpacked


def payments_of(settlement: Settlement) -> tuple[Payment, ...]:
    """Payments in the order of the settlement's parts, read consistently.

    Raises NotFound if one is missing, which nothing of ours can cause.
    """
    wanted = [
        (
            keys.account(settlement.dealer_id, AccountId(part.account_id)),
            keys.payment(part.payment_id),
        )
        for part in settlement.parts
    ]
    records = Record.batch_get(wanted, consistent_read=True)
    found = {payment.payment_id: payment for payment in (unpacked(r, Payment) for r in records)}
    if len(found) != len(wanted):
        raise NotFound("A payment of this settlement is missing.")
    return tuple(found[part.payment_id] for part in settlement.parts)
