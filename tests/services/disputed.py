"""Card payments whose bank disputes them, as tests drive and read them."""

from collections.abc import Iterable

from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Method, Payment
from chalicelib.domain.pricing import owed_on
from chalicelib.services.handle_event import handle_event
from chalicelib.services.quote_payment import switch_method
from chalicelib.services.receive_webhook import receive_stripe
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.notices import list_notices
from chalicelib.storage.payments import get_payment
from sandbox.world.stripe.deliveries import SignedWebhook
from tests.crash.road import COMPANY, Road, add_card

FEE = 1_500  # The processor's own, for each chargeback.


def pay_by_card(road: Road, method: Method | None = None, **amounts: int | None) -> Payment:
    """A settled card payment of the named documents."""
    card = method or add_card(road, "visa")
    quote = switch_method(
        road.world,
        road.dealer.dealer_id,
        account_id=road.account.account_id,
        company_id=COMPANY,
        quote_id=road.quote(**amounts).quote_id,
        method_kind="card",
        method_id=card.method_id,
    )
    payment = road.submit(quote, method=card)
    road.machine.run_ready()
    hear(road)
    return stored(road, payment)


def hear(road: Road, hooks: Iterable[SignedWebhook] | None = None) -> list[str]:
    """Webhooks (all that wait) arrive and are worked off; the worker's words. No payouts here."""
    for hook in road.basket.drain() if hooks is None else hooks:
        receive_stripe(
            road.world,
            endpoint=hook.endpoint,
            body=hook.payload.encode(),
            signature=hook.signature,
        )
    events = road.world.queues.events
    told = [event for event in events if not event["event_type"].startswith("payout.")]
    events.clear()
    return [handle_event(road.world, event) for event in told]


def stored(road: Road, payment: Payment) -> Payment:
    """The payment as it is now."""
    return get_payment(road.dealer.dealer_id, road.account.account_id, payment.payment_id)


def owed(road: Road) -> dict[str, int]:
    """What is owed on each document now, cents."""
    state = road.state()
    standing = owed_on(state.payables, state.claims, state.account)
    return {str(name): it.owed_cents for name, it in standing.items() if it.owed_cents}


def books(road: Road) -> dict[LedgerAccount, int]:
    """The trial balance without accounts at zero; it adds up to zero."""
    balances = trial_balance(road.dealer.dealer_id)
    assert sum(balances.values()) == 0
    return {account: cents for account, cents in balances.items() if cents}


def waiting(road: Road) -> list[NoticeKind]:
    """What waits for an operator."""
    return sorted(notice.kind for notice in list_notices(road.dealer.dealer_id))


def told(road: Road) -> list[str]:
    """The mails queued so far."""
    return [mail["mail"] for mail in road.world.queues.mails]
