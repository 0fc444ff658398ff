"""The payments a settlement consists of and is about, a hundred to a request."""

from collections.abc import Iterable

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId, PaymentId
from chalicelib.domain.payments import Payment
from chalicelib.domain.settlements import Settlement
from chalicelib.storage import keys
from chalicelib.storage.records import Record, unpacked


def payments_of(settlement: Settlement) -> tuple[Payment, ...]:
    """Payments in the order of the settlement's parts, read consistently.

    Raises NotFound if one is missing, which nothing of ours can cause.
    """
    parts = [(part.account_id, part.payment_id) for part in settlement.parts]
    found = _found(settlement, parts)
    return tuple(found[part.payment_id] for part in settlement.parts)


def payments_behind(settlement: Settlement) -> tuple[Payment, ...]:
    """Those of the parts, in their order, then the others its movements are about.

    Raises NotFound as above.
    """
    wanted = [(part.account_id, part.payment_id) for part in settlement.parts]
    wanted += [(it.account_id, it.payment_id) for it in settlement.movements if it.payment_id]
    found = _found(settlement, wanted)
    return tuple(found[payment_id] for _, payment_id in dict.fromkeys(wanted))


def _found(
    settlement: Settlement, wanted: Iterable[tuple[str, PaymentId]]
) -> dict[PaymentId, Payment]:
    items = [
        (keys.account(settlement.dealer_id, AccountId(account_id)), keys.payment(payment_id))
        for account_id, payment_id in dict.fromkeys(wanted)
    ]
    records = Record.batch_get(items, consistent_read=True)
    found = {payment.payment_id: payment for payment in (unpacked(r, Payment) for r in records)}
    if len(found) != len(items):
        raise NotFound("A payment of this settlement is missing.")
    return found
