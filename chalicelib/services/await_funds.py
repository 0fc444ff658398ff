"""Workflow step: keep the token of the step that waits for the processor's word."""

from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.services.record_outcome import complete_waiting, outcome_of
from chalicelib.services.world import World
from chalicelib.storage.payment_marks import keep_token
from chalicelib.storage.payments import get_payment


def await_funds(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    payment_id: PaymentId,
    token: str,
) -> dict[str, str]:
    """Keep `token`; if the outcome is already there, complete the step at once.

    The token is stored before the payment is read and an outcome is stored before the token is
    read, so one of the two always sees the other.
    """
    keep_token(dealer_id, payment_id, token)
    payment = get_payment(dealer_id, account_id, payment_id)
    complete_waiting(world, payment)
    return {"outcome": outcome_of(payment)}
