"""One dealer, one account and the whole payment road in-process, with places to crash at."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ulid import ULID

from chalicelib.domain.accounts import Account
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import CompanyId, PayableId, UserId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.payments import Authorization, Method, Payment
from chalicelib.domain.pricing import Selection
from chalicelib.domain.priority import DealerCurve
from chalicelib.domain.quotes import Quote, View
from chalicelib.domain.statements import Statement
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
from sandbox.world.stripe.deliveries import SignedWebhook, WebhookBasket
from sandbox.world.stripe.desk import BankToken
from sandbox.world.stripe.inprocess import BASE
from sandbox.world.stripe.world import StripeWorld
from tests.crash.faults import CrashingQueues, CrashingStripe, Faults
from tests.crash.machine import Machine
from tests.own_part import forget_others
from tests.stage import Stage

START = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ACCT = "acct_demo_road"
COMPANY, PAYER = CompanyId("co-road"), UserId("01PAYER")
STEPS = {"originate": originate_payment, "apply": apply_payment, "release": release_payment}


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
    waiting: list[SignedWebhook] = field(default_factory=list)  # Not taken yet.

    def state(self) -> Any:
        return get_state(self.dealer.dealer_id, self.account.account_id)

    def quote(
        self, *, view: View = View.ALL, method: Method | None = None, surplus_cents: int = 0,
        **amounts: int | None,
    ) -> Quote:  # fmt: skip
        """A quote of the named payables; None pays all that is available."""
        asked = {PayableId(name.replace("_", "-")): cents for name, cents in amounts.items()}
        return quote_payment(
            self.world, self.dealer.dealer_id, account_id=self.account.account_id,
            selection=Selection(asked, surplus_cents=surplus_cents), view=view,
            method_kind=method.kind if method else "ach",
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
        """The processor delivers; what was not taken it delivers again next time."""
        self.waiting += self.basket.drain()
        while self.waiting:
            hook = self.waiting[0]
            body, endpoint = hook.payload.encode(), hook.endpoint
            receive_stripe(self.world, endpoint=endpoint, body=body, signature=hook.signature)
            del self.waiting[0]

    def work_queue(self) -> None:
        """Handle queued events; one that fails stays for another delivery, as in SQS."""
        events = self.world.queues.events
        for event in list(events):
            if event["event_type"].startswith("payment_intent."):
                handle_event(self.world, event)
            events.remove(event)

    def intents(self) -> list[dict[str, Any]]:
        return self.stripe.desk.open_book(ACCT).of_kind("payment_intent")


def an_invoice(name: str, cents: int, **changes: Any) -> Payable:
    facts: dict[str, Any] = {
        "payable_id": PayableId(name), "kind": PayableKind.INVOICE, "original_cents": cents,
        "open_cents": cents, "transaction_day": date(2026, 10, 1), "due_day": date(2026, 10, 31),
    }  # fmt: skip
    return Payable(**facts | changes)


def build_road(
    stage: Stage, payables: tuple[Payable, ...], *, seed: int = 0,
    statement: Statement | None = None, **settings: Any,
) -> Road:  # fmt: skip
    """A dealer of its own with one account that owes `payables`, and a linked bank account.

    `settings` are the dealer's.
    """
    forget_others()
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
    dealer = stage.dealer(processor_account=acct, **settings)
    account = _owing(stage, dealer, payables, statement)
    method = _linked(processor, simulated, acct)
    transact([method_put(dealer.dealer_id, COMPANY, method)], token=str(ULID()))
    road = Road(world, dealer, account, method, clock, simulated, basket, machine, faults)
    machine.step = road.run_step
    basket.drain()
    return road


def _owing(
    stage: Stage, dealer: Dealer, payables: tuple[Payable, ...], statement: Statement | None
) -> Account:
    bare = stage.account(dealer, statement=statement)
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
