"""Paying by card with the payer present: asked at once, 3-D Secure there and back.

The workflow and the janitor ask with the same key, so whoever is first, it is one charge.
"""

from contextlib import suppress

from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.gateways.processor import ProcessorRefused, ProcessorUnreachable
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.originate_payment import originate_payment
from chalicelib.services.record_outcome import record_outcome
from chalicelib.services.release_payment import release_payment
from chalicelib.services.view_payment import view_payment
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment


def confirm_now(world: World, payment: Payment) -> Payment:
    """Ask the processor while the payer waits, and settle or release what it decides at once.

    A question without an answer leaves the payment pending: the workflow asks again.
    """
    with suppress(ProcessorUnreachable, TryAgain):
        originate_payment(
            world,
            payment.dealer_id,
            account_id=payment.account_id,
            payment_id=payment.payment_id,
            source="payer",
        )
        _finish(world, payment)
    return get_payment(payment.dealer_id, payment.account_id, payment.payment_id)


def check_card(
    world: World, dealer_id: DealerId, *, account_id: AccountId, name: str
) -> tuple[Payment, str]:
    """A card payment as the processor has it now, written down, and where its payer confirms it.

    "" if nothing is left to confirm. The webhook may have been first; repeating is harmless.
    Raises NotFound, the same for missing and foreign payments.
    """
    payment = view_payment(world, dealer_id, account_id=account_id, name=name).payment
    if not is_waiting(payment):
        return payment, ""
    acct = get_dealer(dealer_id).processor_account
    try:
        intent = world.processor.get_intent(acct, payment.processor_id)
        record_outcome(
            world,
            dealer_id,
            account_id=account_id,
            payment_id=payment.payment_id,
            intent=intent,
            source="payer",
        )
        _finish(world, payment)
    except (ProcessorUnreachable, ProcessorRefused, TryAgain):
        return payment, ""  # Still pending, as the page says; the janitor asks again.
    return get_payment(dealer_id, account_id, payment.payment_id), intent.action_url


def is_waiting(payment: Payment) -> bool:
    """True while a card payment is at the processor: its bank may want the payer to confirm."""
    is_card = payment.method.kind == "card"
    return is_card and payment.status is PaymentStatus.PENDING and bool(payment.processor_id)


def _finish(world: World, payment: Payment) -> None:
    """What the workflow would do next; whichever does not apply changes nothing."""
    dealer_id, account_id, payment_id = payment.dealer_id, payment.account_id, payment.payment_id
    apply_payment(world, dealer_id, account_id=account_id, payment_id=payment_id)
    release_payment(world, dealer_id, account_id=account_id, payment_id=payment_id)
