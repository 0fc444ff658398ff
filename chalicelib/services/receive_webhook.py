"""Accept a vendor's webhook: prove who sent it, queue ids only, answer. Everything else is later.

Costs one signature check and one queue send; what the event means is the worker's business
(handle_event.py), which fetches the object itself.
"""

import hashlib
from datetime import datetime
from typing import TypeVar

import msgspec

from chalicelib.domain.errors import TryAgain, WebhookRefused
from chalicelib.gateways import plaid_signature, stripe_signature
from chalicelib.gateways.bank_link import BankLinkRefused, BankLinkUnreachable
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.stripe_signature import SignatureRefused
from chalicelib.services.world import World

MAX_BODY_BYTES = 262_144
QUEUED, OTHER_MODE, NOT_OURS = "queued", "other_mode", "not_ours"
SESSION_FINISHED = "SESSION_FINISHED"
Shape = TypeVar("Shape")


class _Object(msgspec.Struct):
    # Of any type: events about things we do not handle must still be accepted.
    id: object = None
    amount: object = None
    currency: object = None


class _Data(msgspec.Struct):
    object: _Object


class _StripeEvent(msgspec.Struct):
    id: str
    type: str
    livemode: bool
    data: _Data
    account: str = ""


class _PlaidEvent(msgspec.Struct):
    webhook_type: str
    webhook_code: str
    environment: str
    link_token: str = ""


def receive_stripe(
    world: World, *, endpoint: str, body: bytes, signature: str, wall: datetime | None = None
) -> str:
    """Check and queue one processor event; `endpoint` is account or connect, `wall` real time.

    Returns "queued", or "other_mode" for a test event on a live endpoint (Stripe sends Connect
    endpoints both) and the reverse. Raises WebhookRefused; nothing is queued then.
    """
    secrets = world.secrets.values()
    by_endpoint = {
        "account": secrets.stripe_account_webhook_secrets,
        "connect": secrets.stripe_connect_webhook_secrets,
    }
    _check_size(body)
    try:
        stripe_signature.check(
            body, signature, secrets=by_endpoint.get(endpoint, ()), now=wall or wall_now()
        )
    except SignatureRefused as error:
        raise WebhookRefused(str(error)) from error
    event = _decoded(body, _StripeEvent)
    if event.livemode is not world.config.livemode:
        return OTHER_MODE
    if (endpoint == "connect") is not bool(event.account):
        raise WebhookRefused("an event of the other endpoint")
    thing = event.data.object
    world.queues.send_event(
        {
            "source": "stripe",
            "endpoint": endpoint,
            "account": event.account,
            "event_id": event.id,
            "event_type": event.type,
            "object_id": str(thing.id or ""),
            "livemode": event.livemode,
            "seal": sealed(str(thing.id), thing.amount, thing.currency),
        }
    )
    return QUEUED


def receive_plaid(world: World, *, body: bytes, jwt: str, wall: datetime | None = None) -> str:
    """Check and queue one bank link event; `jwt` is the Plaid-Verification header.

    Returns "queued", "other_mode" or "not_ours". Raises WebhookRefused, or TryAgain if the
    vendor's key can't be fetched now (it sends the event again).
    """
    _check_size(body)
    try:
        plaid_signature.check(body, jwt, key_of=world.bank_link.webhook_key, now=wall or wall_now())
    except SignatureRefused as error:
        raise WebhookRefused(str(error)) from error
    except (BankLinkRefused, BankLinkUnreachable) as error:
        raise TryAgain("The key could not be fetched.") from error
    event = _decoded(body, _PlaidEvent)
    if (event.environment == "production") is not world.config.livemode:
        return OTHER_MODE
    if event.webhook_code != SESSION_FINISHED or not event.link_token:
        return NOT_OURS
    token_hash = hashed_token(event.link_token)
    world.queues.send_event(
        {
            "source": "plaid",
            "endpoint": "plaid",
            "account": "",
            "event_id": f"link-{token_hash}",
            "event_type": event.webhook_code,
            "object_id": token_hash,  # The token itself would open the hosted page.
            "livemode": world.config.livemode,
            "seal": "",
        }
    )
    return QUEUED


def sealed(object_id: str, amount_cents: object, currency: object) -> str:
    """A digest of what the event claimed, so the worker can compare without amounts in queues.

    "" if the event claims no amount.
    """
    claimed = f"{object_id}|{amount_cents}|{str(currency).lower()}"
    return "" if amount_cents is None else hashlib.sha256(claimed.encode()).hexdigest()


def hashed_token(link_token: str) -> str:
    """How a hosted page's token is named outside the vault."""
    return hashlib.sha256(link_token.encode()).hexdigest()


def _check_size(body: bytes) -> None:
    if len(body) > MAX_BODY_BYTES:
        raise WebhookRefused("the body is too large")


def _decoded(body: bytes, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.MsgspecError as error:
        raise WebhookRefused("the body is not the event it claims to be") from error
