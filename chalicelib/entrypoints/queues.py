"""Queue workers: one message at a time; a message that fails comes back alone."""

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from chalice.app import Blueprint, SQSEvent

from chalicelib.bootstrap import world
from chalicelib.domain.ids import DealerId, IngestionId
from chalicelib.entrypoints.telemetry import log, metrics, observed
from chalicelib.services.handle_event import handle_event as handle
from chalicelib.services.reconcile_dealer import continue_reconciliation
from chalicelib.services.record_mail_event import record_mail_event
from chalicelib.services.run_ingestion import run_ingestion
from chalicelib.services.send_mail import send_mail
from chalicelib.services.take_upload import take_upload

blueprint = Blueprint(__name__)

# The real queues and ReportBatchItemFailures come from infra/resources/functions.yaml.
MAIL_QUEUE = "arn:aws:sqs:us-east-1:000000000000:MailQueue"
EVENTS_QUEUE = "arn:aws:sqs:us-east-1:000000000000:EventsQueue"
IMPORTS_QUEUE = "arn:aws:sqs:us-east-1:000000000000:ImportsQueue"
DELIVERIES_QUEUE = "arn:aws:sqs:us-east-1:000000000000:DeliveriesQueue"


@blueprint.on_sqs_message(queue_arn=MAIL_QUEUE, batch_size=10)
@observed
def deliver_mail(event: SQSEvent) -> PartialItemFailureResponse:
    """Render and send the mails a batch asks for."""
    return _each(event, lambda body: send_mail(world(), body))


@blueprint.on_sqs_message(queue_arn=EVENTS_QUEUE, batch_size=10)
@observed
def handle_event(event: SQSEvent) -> PartialItemFailureResponse:
    """Take the processor's and the bank link's events to their effect."""
    return _each(event, _handle_and_count)


@blueprint.on_sqs_message(queue_arn=IMPORTS_QUEUE, batch_size=1)
@observed
def import_files(event: SQSEvent) -> PartialItemFailureResponse:
    """Check a file that came into the bucket, or carry a confirmed import out."""
    return _each(event, _import)


@blueprint.on_sqs_message(queue_arn=DELIVERIES_QUEUE, batch_size=10)
@observed
def record_delivery(event: SQSEvent) -> PartialItemFailureResponse:
    """Record what the mail service says about mails: delivered, bounced, reported as spam."""
    return _each(event, _record_delivery)


def _record_delivery(body: dict[str, Any]) -> None:  # Any: SES's own words.
    word = record_mail_event(world(), body)
    metrics.add_metric(name=f"mail_{word}", unit=MetricUnit.Count, value=1)
    log.info("mail event", extra={"outcome": word})


def _import(body: dict[str, Any]) -> None:  # Any: S3's own words beside ours.
    if "object" in body:
        outcome = take_upload(world(), key=body["object"]["key"])
    else:
        where = DealerId(body["dealer"]), IngestionId(body["ingestion"])
        outcome = run_ingestion(world(), where[0], ingestion_id=where[1])
    log.info("import", extra={"outcome": outcome})


def _handle_and_count(body: dict[str, str]) -> None:
    """One event; how it ended is a metric, and `event_quarantined` has an alarm.

    No webhook names `reconcile`: that is our own word to go on comparing.
    """
    if "reconcile" in body:
        run = continue_reconciliation(world(), DealerId(body["dealer"]), run_id=body["reconcile"])
        log.info("reconciliation", extra={"step": run.step, "differences": run.open_count})
        return
    word = handle(world(), body)
    metrics.add_metric(name=f"event_{word}", unit=MetricUnit.Count, value=1)
    log.info("event", extra={"outcome": word, "event_id": body.get("event_id", "")})


def _each(event: SQSEvent, work: Callable[[dict[str, Any]], object]) -> PartialItemFailureResponse:
    def one(record: SQSRecord) -> None:
        try:
            work(json.loads(record.body))
        except Exception:
            log.exception("message comes back", message_id=record.message_id)
            raise

    # If every message fails, each still comes back by itself instead of the whole batch raising.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event.to_dict(), one, processor)
