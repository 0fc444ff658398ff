"""A dealer's whole product in this process, reached through routes and Lambda handlers only."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from chalice.app import Chalice

from chalicelib.domain.accounts import Account
from chalicelib.domain.ids import CompanyId
from chalicelib.domain.payments import Method, Payment
from chalicelib.gateways.sqs_queues import SqsQueues
from chalicelib.services.list_payments import list_own_payments
from chalicelib.storage.companies import method_put
from chalicelib.storage.transactions import transact
from sandbox.world.stripe.deliveries import SignedWebhook
from tests.conftest import LocalAws
from tests.entrypoints.browser import Browser, Page
from tests.faults.works import Works, handled
from tests.services.settling import SettlingWorld, settling_world
from tests.services.story import link_bank, open_account, open_dealer
from tests.stage import Stage

BATCH = 10
_SIGNATURE = re.compile(r'name="signature" value="([^"]+)"')


@dataclass
class Shop:
    """The product and those around it: a payer's browser, SQS, webhooks not yet accepted."""

    world: SettlingWorld
    app: Chalice
    works: Works
    account: Account
    method: Method
    browser: Browser
    sqs: Any
    queues: dict[str, str]
    presses: int = 6  # A payer who is told to try again does so about as often.
    undelivered: list[SignedWebhook] = field(default_factory=list)
    pages: list[tuple[str, Page]] = field(default_factory=list)  # Every answer to the payer.
    promised: list[str] = field(default_factory=list)  # Numbers of payments confirmed to him.

    def pay(self, *documents: str) -> None:
        """Tick, preview, authorise; whoever is told to try again presses again."""
        asked = self._pressed(lambda: self._post("/quotes", {"payable": list(documents)}))
        if asked is None or asked.status != 303:
            return
        preview = self._pressed(lambda: self._get(asked.location))
        found = _SIGNATURE.search(preview.text) if preview else None
        if found is None:
            return
        form = {"signature": found[1], "method": self.method.method_id, "authorise": "yes"}
        answer = self._pressed(lambda: self._post(f"{asked.location}/submit", form))
        if answer is not None and answer.location.startswith("/payments/"):
            self.promised.append(answer.location.split("/")[2].partition("?")[0])

    def _pressed(self, press: Callable[[], Page]) -> Page | None:
        for _ in range(self.presses):
            page = press()
            if page.status != 503:
                return page
        return None

    def _get(self, path: str) -> Page:
        return self._kept(f"GET {path}", self.browser.get(path))

    def _post(self, path: str, form: dict[str, Any]) -> Page:
        return self._kept(f"POST {path}", self.browser.post(path, form))

    def _kept(self, request: str, page: Page) -> Page:
        self.pages.append((request, page))
        return page

    def receive(self) -> None:
        """The processor delivers; what was not accepted it delivers again next time."""
        waiting, self.undelivered = [*self.undelivered, *self.world.basket.drain()], []
        for hook in waiting:
            page = self.browser._send(
                "POST", f"/webhooks/stripe/{hook.endpoint}", hook.payload,
                {"Stripe-Signature": hook.signature, "Content-Type": "application/json"},
            )  # fmt: skip
            self.pages.append((f"webhook {hook.endpoint}", page))
            if page.status != 200:
                self.undelivered.append(hook)

    def work_queue(self) -> None:
        """Give the events queue's messages to the worker, batch by batch, until one round fails."""
        while batch := self._messages("events"):
            answer = handled(self.app, "handle_event", sqs_event(batch))
            failures = answer["batchItemFailures"] if answer else batch
            failed = {failure.get("itemIdentifier", "") for failure in failures}
            done = [message for message in batch if message["MessageId"] not in failed]
            for message in done if answer else ():
                self.sqs.delete_message(
                    QueueUrl=self.queues["events"], ReceiptHandle=message["ReceiptHandle"]
                )
            if failures:
                return

    def mails(self) -> list[dict[str, str]]:
        """Every mail that was asked for and not yet looked at."""
        asked = []
        while batch := self._messages("mails"):
            for message in batch:
                asked.append(json.loads(message["Body"]))
                self.sqs.delete_message(
                    QueueUrl=self.queues["mails"], ReceiptHandle=message["ReceiptHandle"]
                )
        return asked

    def _messages(self, queue: str) -> list[dict[str, Any]]:
        """Past the proxy: Lambda's own poller reads the queue, not the product."""
        answer = self.sqs.receive_message(
            QueueUrl=self.queues[queue], MaxNumberOfMessages=BATCH, VisibilityTimeout=0
        )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def sweep(self) -> None:
        """The schedule's Lambda; one that fails is simply run again next time."""
        handled(self.app, "sweep_due", SCHEDULED)

    def settle_down(self) -> None:
        """Everything that is under way goes as far as it can."""
        for job in (self.works.run_ready, self.receive, self.work_queue, self.works.run_ready):
            job()

    def payments(self) -> list[Payment]:
        """The account's payments, newest first."""
        found, _ = list_own_payments(
            self.world, self.world.dealer_id, account_id=self.account.account_id
        )
        return list(found)


SCHEDULED = {
    "version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events",
    "account": "0", "time": "2026-11-23T15:00:00Z", "region": "us-east-1", "resources": [],
    "detail": {},
}  # fmt: skip


def sqs_event(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Messages as Lambda hands them to a worker."""
    records = [
        {
            "messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"], "eventSource": "aws:sqs", "attributes": {},
            "messageAttributes": {}, "awsRegion": "us-east-1", "md5OfBody": "",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:EventsQueue",
        }
        for message in messages
    ]  # fmt: skip
    return {"Records": records}


@contextmanager
def open_shop(app: Chalice, stage: Stage, aws: LocalAws) -> Iterator[Shop]:
    """A shop whose account owes P1 (1,000 and 500, a credit of 100), its payer signed in."""
    sqs = aws.client("sqs")
    names = {kind: f"{kind}-{uuid4().hex}" for kind in ("mails", "events")}
    urls = {kind: sqs.create_queue(QueueName=name)["QueueUrl"] for kind, name in names.items()}
    with settling_world() as world:
        works = Works(lambda _, call: call(), app=app)
        works.step = lambda event: _stepped(app, event)
        world.workflows = works  # type: ignore[assignment]
        world.queues = SqsQueues(urls["mails"], urls["events"], "")  # type: ignore[assignment]
        world.config = replace(stage.config, plaid_host=world.config.plaid_host)
        open_dealer(world, auto_post=True)
        account, method = open_account(world), link_bank(world)
        entered = stage.payer(account)
        company = CompanyId(f"co-{account.account_id}")
        transact([method_put(world.dealer_id, company, method)], token=uuid4().hex)
        world.basket.drain()
        browser = Browser(app).signed_in(entered)
        yield Shop(world, app, works, account, method, browser, sqs, urls)
    for url in urls.values():
        sqs.delete_queue(QueueUrl=url)


def _stepped(app: Chalice, event: dict[str, str]) -> dict[str, str]:
    answer: dict[str, str] = app.handler_map["payment_step"](event, None)
    return answer
