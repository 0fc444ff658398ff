"""Let go of a card its payer did not want saved, once the payment is decided."""

from contextlib import suppress
from uuid import uuid4

from chalicelib.domain.payments import Payment
from chalicelib.gateways.processor import ProcessorRefused
from chalicelib.services.world import World
from chalicelib.storage.companies import find_method, method_removal
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.transactions import transact


def forget_method(world: World, payment: Payment) -> None:
    """Detach the payment's card at the processor, then forget it here; repeating is harmless.

    Raises ProcessorUnreachable: the caller is a step that is repeated until it succeeds.
    """
    if not payment.forgets_method:
        return
    whose = (payment.dealer_id, payment.company_id)
    if find_method(*whose, payment.method.method_id) is None:
        return
    with suppress(ProcessorRefused):  # Detached already.
        acct = get_dealer(payment.dealer_id).processor_account
        world.processor.detach(acct, payment.method.method_id)
    transact([method_removal(*whose, payment.method.method_id)], token=uuid4().hex)
