"""Webhooks: raw bytes and signature to the service, which checks, queues ids and answers."""

from collections.abc import Iterator
from contextlib import contextmanager

from aws_lambda_powertools.metrics import MetricUnit, single_metric
from chalice.app import Blueprint

from chalicelib.domain.errors import WebhookRefused
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Text
from chalicelib.entrypoints.telemetry import NAMESPACE, SERVICE
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
    with _refusals_counted():
        receive_plaid(visit.world, body=visit.body, jwt=visit.headers.get("plaid-verification", ""))
    return Text("ok\n")


@page(blueprint, "GET", "/health", area="machine")
def health(visit: Visit) -> Text:  # noqa: ARG001  Every page receives its visit.
    """The functions run; touches nothing else."""
    return Text("ok\n")


def _stripe(visit: Visit, endpoint: str) -> Text:
    with _refusals_counted():
        receive_stripe(
            visit.world,
            endpoint=endpoint,
            body=visit.body,
            signature=visit.headers.get("stripe-signature", ""),
        )
    return Text("ok\n")


@contextmanager
def _refusals_counted() -> Iterator[None]:
    """Many refusals are a secret that was changed on one side only: `webhook_refused` alarms."""
    try:
        yield
    except WebhookRefused:
        with single_metric(
            name="webhook_refused", unit=MetricUnit.Count, value=1, namespace=NAMESPACE
        ) as metric:
            metric.add_dimension("service", SERVICE)
        raise
