"""The sweep over later events: whoever must still be told, whatever is still undecided."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.payments import Payment
from chalicelib.services.fit_to_erp import tell_overpaid
from chalicelib.services.watch_refunds import watch_refunds
from chalicelib.services.watch_returns import watch_disputes, watch_returns
from chalicelib.services.world import World
from chalicelib.storage.later_due import due_later, later_due_again, later_due_removal
from chalicelib.storage.payments import find_payment
from chalicelib.storage.transactions import OutcomeUnknown, WritesRefused, transact

LOG = logging.getLogger(__name__)
AFTER_TROUBLE = timedelta(hours=1)

# Each does what is left of its own kind, harmless to repeat, and says when to look again.
Watcher = Callable[[World, Payment], datetime | None]
WATCHERS: tuple[Watcher, ...] = (tell_overpaid, watch_refunds, watch_returns, watch_disputes)


def watch_later(world: World) -> int:
    """Look at every payment with a later event that is not wholly done; returns how many.

    One payment's trouble stops no other; it stays due and is looked at again within the hour.
    """
    looked_at = 0
    for dealer_id, account_id, payment_id in due_later(world.clock.now()):
        looked_at += 1
        try:
            finish_later(world, dealer_id, account_id=account_id, payment_id=payment_id)
        except Exception:
            LOG.exception("later events of payment %s", payment_id)
            with suppress(Exception):
                _look_again(world, dealer_id, account_id, payment_id)
    return looked_at


def finish_later(
    world: World, dealer_id: DealerId, *, account_id: AccountId, payment_id: PaymentId
) -> None:
    """Do what is left of a payment's later events now; what stays undecided stays due.

    Raises what a gateway raises while it does not answer; the sweep repeats it.
    """
    payment = find_payment(dealer_id, account_id, payment_id)
    if payment is None:
        return
    wanted = [moment for moment in (watch(world, payment) for watch in WATCHERS) if moment]
    write = later_due_again(payment, min(wanted)) if wanted else later_due_removal(payment)
    with suppress(WritesRefused, OutcomeUnknown):  # An event since then is due itself.
        transact([write], token=uuid4().hex)


def _look_again(
    world: World, dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId
) -> None:
    payment = find_payment(dealer_id, account_id, payment_id)
    if payment is not None:
        at = world.clock.now() + AFTER_TROUBLE
        transact([later_due_again(payment, at)], token=uuid4().hex)
