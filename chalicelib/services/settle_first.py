"""Money that came back had arrived: a success that nobody told us of is taken first, in order."""

from dataclasses import replace

from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.gateways.processor import ProcessorDispute
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.record_outcome import CONTRADICTED, MISMATCHED, record_outcome
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer

HANDLED = "handled"


def settle_first(world: World, payment: Payment, *, told: ProcessorDispute, source: str) -> str:
    """Settle a pending payment whose money `told` takes back. Repeating is harmless.

    Returns "handled", or "mismatched" / "contradicted": `told` is not about this payment as stored.
    Raises what the processor's adapter raises, NotFound and TryAgain.
    """
    dealer_id, account_id, payment_id = payment.dealer_id, payment.account_id, payment.payment_id
    if not _is_about(payment, told):
        return MISMATCHED
    if payment.status is PaymentStatus.PENDING and payment.stage is not Stage.REFUSED:
        acct = get_dealer(dealer_id).processor_account
        intent = replace(world.processor.get_intent(acct, told.intent_id), state="succeeded")
        outcome = record_outcome(
            world,
            dealer_id,
            account_id=account_id,
            payment_id=payment_id,
            intent=intent,
            source=source,
        )
        if outcome in (MISMATCHED, CONTRADICTED):
            return outcome
        apply_payment(world, dealer_id, account_id=account_id, payment_id=payment_id)
    return HANDLED


def _is_about(payment: Payment, told: ProcessorDispute) -> bool:
    return (
        payment.processor_id in ("", told.intent_id)
        and told.currency.upper() == payment.currency.upper()
        and 0 < told.amount_cents <= payment.charged_cents
    )
