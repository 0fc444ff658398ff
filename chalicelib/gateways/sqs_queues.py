"""SQS: bodies are ids only, so a dead letter gives nothing away and its order is harmless."""

import json
from functools import cached_property
from typing import Any

import botocore.session
from botocore.config import Config

TIMEOUTS = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3})


class SqsQueues:
    """The Queues of the deployed product."""

    def __init__(self, mail_queue_url: str, events_queue_url: str, imports_queue_url: str) -> None:
        self._mail_queue_url = mail_queue_url
        self._events_queue_url = events_queue_url
        self._imports_queue_url = imports_queue_url

    @cached_property
    def _client(self) -> Any:  # Botocore makes its clients' methods at run time.
        return botocore.session.get_session().create_client("sqs", config=TIMEOUTS)

    def send_mail(self, mail: str, dealer: str, **ids: str) -> None:
        """Ask the mail worker to render and send `mail` about `ids`."""
        self._send(self._mail_queue_url, {"mail": mail, "dealer": dealer, **ids})

    def send_event(self, event: dict[str, str | bool]) -> None:
        """Hand a verified webhook event (ids only) to its worker."""
        self._send(self._events_queue_url, event)

    def send_import(self, *, dealer: str, ingestion: str) -> None:
        """Ask the importer to go on with a confirmed import."""
        self._send(self._imports_queue_url, {"dealer": dealer, "ingestion": ingestion})

    def _send(self, queue_url: str, body: object) -> None:
        self._client.send_message(QueueUrl=queue_url, MessageBody=json.dumps(body))
