"""The payments a settlement consists of, a hundred to a request."""

from chalicelib.domain.claims import Claim
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.domain.payments import Payment
from chalicelib.domain.settlements import Settlement
from chalicelib.storage import keys
from chalicelib.storage.records import Record, packed, unpacked
from chalicelib.storage.transactions import Change


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


def dated_claim_change(dealer_id: DealerId, account_id: AccountId, claim: Claim) -> Change:
    """Write "claim": its `posted_at`, leaving what else the item carries (its place in the sweep).

    Refused if the claim has moved or is gone.
    """
    key = keys.account(dealer_id, account_id), keys.claim(claim.payment_id)
    unmoved = Record.state == claim.state.value
    return Change("claim", key, (Record.body.set(packed(claim)),), unmoved)
