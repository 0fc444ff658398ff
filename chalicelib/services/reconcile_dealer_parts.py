"""What the steps of a reconciliation share: what they found, and asking anew."""

import logging
from dataclasses import dataclass

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import AccountId, PaymentId
from chalicelib.domain.reconciliation import Difference, Figure
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.handle_event import HANDLED, RECONCILIATION, handle_event
from chalicelib.services.release_payment import release_payment
from chalicelib.services.world import World

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What one slice of a step found; `cursor` is where the step goes on, "" once it is through."""

    figures: tuple[Figure, ...]
    differences: tuple[Difference, ...] = ()
    cursor: str = ""


def ask_anew(world: World, dealer: Dealer, *, event_type: str, object_id: str) -> bool:
    """Handle the event that never came, as a hint like any other: the object itself is fetched.

    True if it had its effect.
    """
    hint = {
        "source": RECONCILIATION,
        "account": dealer.processor_account,
        "event_id": f"reconciled-{object_id}",
        "event_type": event_type,
        "object_id": object_id,
        "seal": "",
    }
    try:
        word = handle_event(world, hint)
    except Exception:
        LOG.exception("asking anew about %s", object_id)
        return False
    return word == HANDLED


def finish_asked(
    world: World, dealer: Dealer, *, account_id: AccountId, payment_id: PaymentId
) -> None:
    """Do what the workflow would do with an outcome that is stored; what does not apply is not."""
    apply_payment(world, dealer.dealer_id, account_id=account_id, payment_id=payment_id)
    release_payment(world, dealer.dealer_id, account_id=account_id, payment_id=payment_id)
