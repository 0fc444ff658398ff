"""One dealer, one account and the whole payment road in-process, with places to crash at."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from pynamodb.connection.base import Connection
from ulid import ULID

from chalicelib.domain.accounts import Account
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import CompanyId, PayableId, UserId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.payments import Authorization, Method, Payment
from chalicelib.domain.pricing import Selection
from chalicelib.domain.priority import DealerCurve
from chalicelib.domain.quotes import Quote, View
from chalicelib.gateways.secrets import SecretValues
from chalicelib.gateways.stripe_processor import StripeProcessor
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.await_funds import await_funds
from chalicelib.services.handle_event import handle_event
from chalicelib.services.originate_payment import originate_payment
from chalicelib.services.quote_payment import quote_payment
from chalicelib.services.receive_webhook import receive_stripe
from chalicelib.services.refresh_totals import refreshed
from chalicelib.services.release_payment import release_payment
from chalicelib.services.submit_payment import submit_payment
from chalicelib.storage.accounts import get_state, header_put, page_puts
from chalicelib.storage.companies import method_put
from chalicelib.storage.roster import row_put
from chalicelib.storage.transactions import transact
from sandbox.world import keys
from sandbox.world.clock import SandboxClock
from sandbox.world.stripe.checkout import choose_card
from sandbox.world.stripe.deliveries import WebhookBasket
from sandbox.world.stripe.desk import BankToken
from sandbox.world.stripe.inprocess import BASE, InProcessStripe
from sandbox.world.stripe.world import StripeWorld
from tests.crash.machine import Crash, Machine
from tests.stage import Bodies, Stage

START = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
ACCT = "acct_demo_road"
COMPANY, PAYER = CompanyId("co-road"), UserId("01PAYER")
STEPS = {"originate": originate_payment, "apply": apply_payment, "release": release_payment}


@dataclass
class Faults:
    """Numbers every outside call; crashes before or after the planned ones, or somebody meddles."""

    planned: dict[int, str] = field(default_factory=dict)  # Call number → before, after or lost.
    calls: int = 0
    armed: bool = False
    happened: list[str] = field(default_factory=list)
    meddle: Callable[[], Any] | None = None  # What another person does in the middle of a call.

    def point(self, name: str, call: Callable[[], Any]) -> Any:
        if not self.armed:
            return call()
        self.calls += 1
        how = self.planned.pop(self.calls, "")
        if how:
            self.happened.append(f"{how} {name} ({self.calls})")
        if how == "before":
            raise Crash(name)
        if how == "meddle" and self.meddle is not None:
            self.armed = False
            self.meddle()
            self.armed = True
        answer = call()
        if how == "after":
            raise Crash(name)
        if how == "lost" and name.startswith("db"):
            raise ReadTimeoutError(endpoint_url="database")
        return answer


class CrashingStripe(InProcessStripe):
    """The processor's transport with a place to crash at."""

    def __init__(self, world: StripeWorld, faults: Faults) -> None:
        super().__init__(world)
        self._faults = faults

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None,
        *, _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:  # fmt: skip
        call = super().request
        answered: tuple[str, int, Mapping[str, str]] = self._faults.point(
            "processor", lambda: call(method, url, headers, post_data, _usage=_usage)
        )
        return answered


@dataclass
class CrashingQueues(Bodies):
    """Queues with a place to crash at."""

    faults: Faults = field(default_factory=Faults)

    def send_mail(self, mail: str, dealer: str, **ids: str) -> None:
        send = super().send_mail
        self.faults.point("queue", lambda: send(mail, dealer, **ids))


class RoadSecrets:
    """The sandbox's own keys."""

    def values(self) -> SecretValues:
        return SecretValues(
            "quote-key", keys.STRIPE_SECRET_KEY, (keys.STRIPE_ACCOUNT_WEBHOOK_SECRET,),
            (keys.STRIPE_CONNECT_WEBHOOK_SECRET,), "plaid", "plaid", {},
        )  # fmt: skip


@dataclass
class Road:
    """Everything a payment meets on its way."""

    world: Any
    dealer: Dealer
    account: Account
    method: Method
    clock: SandboxClock
    stripe: StripeWorld
    basket: WebhookBasket
    machine: Machine
    faults: Faults

    def state(self) -> Any:
        return get_state(self.dealer.dealer_id, self.account.account_id)

    def quote(
        self, *, view: View = View.ALL, method: Method | None = None, **amounts: int | None
    ) -> Quote:
        """A quote of the named payables; None pays all that is available."""
        asked = {PayableId(name.replace("_", "-")): cents for name, cents in amounts.items()}
        return quote_payment(
            self.world, self.dealer.dealer_id, account_id=self.account.account_id,
            selection=Selection(asked), view=view, method_kind=method.kind if method else "ach",
            card=method.card if method else None,
        )  # fmt: skip

    def submit(
        self, quote: Quote, *, signature: str | None = None, method: Method | None = None,
        forgets: bool = False,
    ) -> Payment:  # fmt: skip
        return submit_payment(
            self.world, self.dealer.dealer_id, account_id=self.account.account_id,
            company_id=COMPANY, payer_id=PAYER, quote_id=quote.quote_id,
            signature=quote.signature if signature is None else signature,
            method_id=(method or self.method).method_id, authorization_address="203.0.113.9",
            forgets_method=forgets,
        )  # fmt: skip

    def run_step(self, event: dict[str, str]) -> dict[str, str]:
        """As entrypoints/steps.py does."""
        ids: dict[str, Any] = {"account_id": event["account"], "payment_id": event["payment"]}
        dealer: Any = event["dealer"]
        if event["step"] == "wait_funds":
            return await_funds(self.world, dealer, token=event["token"], **ids)
        step: Any = STEPS[event["step"]]
        answer: dict[str, str] = step(self.world, dealer, **ids)
        return answer

    def run_step_once(self, step: str, payment: Payment) -> None:
        """One attempt of a step; what it raises is the machine's business."""
        event = {"dealer": payment.dealer_id, "account": payment.account_id}
        with suppress(Exception):
            self.run_step({"step": step, "payment": payment.payment_id, **event})

    def receive(self) -> None:
        """Take the webhooks that arrived, as the endpoint does."""
        for hook in self.basket.drain():
            receive_stripe(
                self.world, endpoint=hook.endpoint, body=hook.payload.encode(),
                signature=hook.signature,
            )  # fmt: skip

    def work_queue(self) -> None:
        """Handle queued events; one that fails stays for another delivery, as in SQS."""
        events = self.world.queues.events
        for event in list(events):
            if event["event_type"].startswith("payment_intent."):
                handle_event(self.world, event)
            events.remove(event)

    def intents(self) -> list[dict[str, Any]]:
        return self.stripe.desk.open_book(ACCT).of_kind("payment_intent")


@contextmanager
def crashing_database(faults: Faults) -> Iterator[None]:
    """Every request to the database becomes a place to crash at."""
    original = Connection.dispatch

    def dispatch(self: Connection, name: str, kwargs: Any, *rest: Any) -> Any:
        return faults.point(f"db {name}", lambda: original(self, name, kwargs, *rest))

    patch = pytest.MonkeyPatch()
    patch.setattr(Connection, "dispatch", dispatch)
    try:
        yield
    finally:
        patch.undo()


def an_invoice(name: str, cents: int, **changes: Any) -> Payable:
    facts: dict[str, Any] = {
        "payable_id": PayableId(name), "kind": PayableKind.INVOICE, "original_cents": cents,
        "open_cents": cents, "transaction_day": date(2026, 10, 1), "due_day": date(2026, 10, 31),
    }  # fmt: skip
    return Payable(**facts | changes)


def build_road(
    stage: Stage, payables: tuple[Payable, ...], *, seed: int = 0, hold_hours: int = 0
) -> Road:
    """A dealer of its own with one account that owes `payables`, and a linked bank account."""
    faults, basket = Faults(), WebhookBasket()
    clock = SandboxClock(START, running=False)
    simulated = StripeWorld(clock, basket, seed=str(seed), pause=lambda _: None)
    acct = f"{ACCT}_{str(ULID()).lower()}"
    book = simulated.seed_account(acct)
    assert book["id"] == acct
    simulated.desk.books[ACCT] = simulated.desk.open_book(acct)
    machine = Machine(faults.point)
    processor = StripeProcessor(
        keys.STRIPE_SECRET_KEY, BASE, http_client=CrashingStripe(simulated, faults)
    )
    world = replace(
        stage, clock=clock, processor=processor, workflows=machine,  # type: ignore[arg-type]
        queues=CrashingQueues(faults=faults), secrets=RoadSecrets(),  # type: ignore[arg-type]
    )  # fmt: skip
    dealer = stage.dealer(processor_account=acct, hold_hours=hold_hours)
    account = _owing(stage, dealer, payables)
    method = _linked(processor, simulated, acct)
    transact([method_put(dealer.dealer_id, COMPANY, method)], token=str(ULID()))
    road = Road(world, dealer, account, method, clock, simulated, basket, machine, faults)
    machine.step = road.run_step
    basket.drain()
    return road


def _owing(stage: Stage, dealer: Dealer, payables: tuple[Payable, ...]) -> Account:
    bare = stage.account(dealer)
    account = refreshed(
        replace(bare.raised(), as_of=START, pages=1), payables=payables, claims=(),
        dealer=dealer, today=START.date(), curve=DealerCurve(),
    )  # fmt: skip
    writes = [
        header_put(account, expected_version=bare.money_version),
        *page_puts(account, (), payables),
        row_put(account),
    ]
    transact(writes, token=str(ULID()))
    return account


def _linked(processor: StripeProcessor, simulated: StripeWorld, acct: str) -> Method:
    customer = processor.ensure_customer(acct, key="c", name="Oak Homes", email="ap@oak.example")
    details = BankToken("FIRST DEMO", "021000021", "6789", "checking", "Oak Homes LLC")
    authorization = Authorization("I authorize …", "1", START, "203.0.113.9")
    return processor.attach_bank(
        acct, customer=customer, bank_token=simulated.mint_bank_token(details),
        authorization=authorization, key="bank",
    )  # fmt: skip


def add_card(road: Road, name: str) -> Method:
    """A demo card added on the hosted page and saved."""
    acct, processor = road.dealer.processor_account, road.world.processor
    url = processor.card_page(
        acct, customer=road.method.customer, company=COMPANY, back_url="https://pay.example/?",
        cancel_url="https://pay.example/", key=str(ULID()),
    )  # fmt: skip
    visit_id = url.rpartition("/")[2]
    choose_card(road.stripe.desk, visit_id, name)
    method: Method = processor.added_card(acct, visit_id).method
    transact([method_put(road.dealer.dealer_id, COMPANY, method)], token=str(ULID()))
    return method


def plan(rng: random.Random, *, most_calls: int) -> dict[int, str]:
    """One or two crashes somewhere among the calls of a history; none in one of eight."""
    count = rng.choice((0, 1, 1, 1, 1, 1, 2, 2))
    hows = ("before", "after", "after", "lost")
    return {rng.randint(1, most_calls): rng.choice(hows) for _ in range(count)}


DAY = timedelta(days=1)
