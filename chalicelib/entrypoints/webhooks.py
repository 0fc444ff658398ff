"""Webhooks: raw bytes and signature to the service, which checks, queues ids and answers."""

from chalice.app import Blueprint

from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Text
from chalicelib.services.receive_webhook import receive_plaid, receive_stripe

blueprint = Blueprint(__name__)


@page(blueprint, "POST", "/webhooks/stripe/account", area="machine")
def stripe_account(visit: Visit) -> Text:
    """Events of the platform's own account."""
    return _stripe(visit, "account")


@page(blueprint, "POST", "/webhooks/stripe/connect", area="machine")
def stripe_connect(visit: Visit) -> Text:
    """Events of the dealers' connected accounts."""
    return _stripe(visit, "connect")


@page(blueprint, "POST", "/webhooks/plaid", area="machine")
def plaid(visit: Visit) -> Text:
    """Events of the bank link."""
    receive_plaid(visit.world, body=visit.body, jwt=visit.headers.get("plaid-verification", ""))
    return Text("ok\n")


@page(blueprint, "GET", "/health", area="machine")
def health(visit: Visit) -> Text:  # noqa: ARG001  Every page receives its visit.
    """The functions run; touches nothing else."""
    return Text("ok\n")


def _stripe(visit: Visit, endpoint: str) -> Text:
    receive_stripe(
        visit.world,
        endpoint=endpoint,
        body=visit.body,
        signature=visit.headers.get("stripe-signature", ""),
    )
    return Text("ok\n")
