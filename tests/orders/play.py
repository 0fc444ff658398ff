"""A dealer to whom things happen while webhooks come as a deliverer likes."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from chalice.app import Chalice
from ulid import ULID

from chalicelib.domain.payments import Method, Payment
from chalicelib.domain.refunds import EVERYTHING, RefundOrder
from chalicelib.services.handle_event import handle_event
from chalicelib.services.request_refund import refund_terms, request_refund
from chalicelib.storage.companies import method_put
from chalicelib.storage.payments import get_payment
from chalicelib.storage.transactions import transact
from sandbox.world.stripe.checkout import choose_card
from sandbox.world.stripe.deliveries import SignedWebhook
from tests.domain.builders import a_credit, a_payable
from tests.faults.shop import SCHEDULED
from tests.faults.works import Works, handled
from tests.orders.ledger_hash import ledger_facts, ledger_hash
from tests.services.settling import ACCOUNT, COMPANY, SettlingWorld, settling_world
from tests.services.story import link_bank, open_account, open_dealer, pay

OWED = (
    a_payable("A", 100_000, job_id="J-7"),
    a_payable("B", 50_000, job_id="J-7"),
    a_payable("C", 70_000),
    a_credit("K", 10_000, job_id="J-7", applies_to="A"),
)
Deliver = Callable[["Play"], None]  # Called whenever webhooks may come; takes of `play.waiting`.


@dataclass
class Play:
    """What a scene may do. Each step ends with `deliver`, so webhooks interleave as it decides."""

    world: SettlingWorld
    works: Works
    method: Method
    deliver: Deliver
    waiting: list[SignedWebhook] = field(default_factory=list)
    is_over: bool = False  # Nothing more happens: whatever still waits must be delivered now.
    is_later: bool = False  # Everything is settled; what comes from now on goes back on it.

    def pay(self, *documents: str) -> Payment:
        """A payment by bank debit, handed to the processor."""
        payment = pay(self.world, self.method, *documents)
        return self._next(payment)

    def pay_by_card(self, *documents: str) -> Payment:
        """A payment by a card added for it."""
        card = _add_card(self.world, self.method.customer)
        return self._next(pay(self.world, card, *documents))

    def refund(self, payment: Payment, cents: int) -> None:
        """An operator gives money back."""
        self.world.clock.advance(timedelta(hours=1))
        order = RefundOrder(cents, EVERYTHING, "Goods returned")
        stored = get_payment(self.world.dealer_id, ACCOUNT, payment.payment_id)
        plan = refund_terms(self.world, stored, order=order, is_admin=True).plan
        request_refund(
            self.world, self.world.dealer_id, name=payment.number,
            refund_id=f"{len(stored.refunds):026}",
            order=order, agreed_cents=plan.money_cents if plan else 0,
            operator="Dana Ortiz", is_admin=True,
        )  # fmt: skip
        self._next(None)

    def refund_elsewhere(self, payment: Payment, cents: int) -> None:
        """Somebody gives money back in the processor's dashboard."""
        stored = get_payment(self.world.dealer_id, ACCOUNT, payment.payment_id)
        self.world.clock.advance(timedelta(hours=1))
        self.world.processor._client.refunds.create(
            {"payment_intent": stored.processor_id, "amount": cents},
            {"stripe_account": self.world.acct},
        )
        self._next(None)

    def dispute(self, payment: Payment, kind: str = "chargeback") -> None:
        """The card's bank asks (inquiry) or takes the money (chargeback)."""
        self.world.stripe.open_dispute(payment.number, kind)
        self._next(None)

    def decide(self, payment: Payment, outcome: str) -> None:
        """The card's bank decides."""
        self.world.stripe.decide_dispute(payment.number, outcome)
        self._next(None)

    def catch_up(self) -> None:
        """Everything told so far is heard before what a person or a bank does later."""
        self.is_over = True
        self.deliver(self)
        self.is_over, self.is_later = False, True

    def days(self, days: int) -> None:
        """Business days pass; the processor does what falls due."""
        self.world.advance(days=days)
        self._next(None)

    def comes_back(self, payment: Payment, code: str) -> None:
        """The bank sends a settled debit back, with Nacha's code."""
        self.world.stripe.return_payment(payment.number, code)
        self._next(None)

    def script(self, **wanted: object) -> None:
        """Tell the processor what happens next (docs/SANDBOX.md)."""
        self.world.stripe.script.apply(wanted)

    def _next(self, made: Payment | None) -> Payment:
        self.waiting += self.world.basket.drain()
        self.deliver(self)
        return made  # type: ignore[return-value]  # Only `pay` makes one.

    def give(self, hook: SignedWebhook) -> None:
        """Deliver one webhook now and let everything it sets off happen."""
        self.world.accept(hook)
        self.work()
        self.works.run_ready()

    def work(self) -> None:
        """Work the queue off; a message that fails stays for another delivery."""
        for event in list(self.world.queues.events):
            with suppress(Exception):
                handle_event(self.world, event)
                self.world.queues.events.remove(event)

    def end(self) -> None:
        """The queue's second deliveries and two sweeps."""
        for step in (timedelta(minutes=16), timedelta(days=1)):
            self.work()
            self.works.run_ready()
            self.world.clock.advance(step)
            handled(self.works.app, "sweep_due", SCHEDULED)
        self.works.run_ready()

    @property
    def hash(self) -> str:
        """The dealer's whole money."""
        return ledger_hash(self.world, self.world.dealer_id, [ACCOUNT])

    @property
    def facts(self) -> list[str]:
        """The same, to be read."""
        return ledger_facts(self.world, self.world.dealer_id, [ACCOUNT])


def _add_card(world: SettlingWorld, customer: str) -> Method:
    """A demo card added on the hosted page and saved."""
    url = world.processor.card_page(
        world.acct, customer=customer, company=COMPANY, back_url="https://pay.example/?",
        cancel_url="https://pay.example/", key=str(ULID()),
    )  # fmt: skip
    visit_id = url.rpartition("/")[2]
    choose_card(world.stripe.desk, visit_id, "visa")
    card: Method = world.processor.added_card(world.acct, visit_id).method
    transact([method_put(world.dealer_id, COMPANY, card)], token=str(ULID()))
    return card


@contextmanager
def playing(app: Chalice, deliver: Deliver) -> Iterator[Play]:
    """A fresh dealer that posts automatically, an account, a bank account; nothing happened yet."""
    with settling_world() as world:
        works = Works(lambda _, call: call(), app=app)
        works.step = lambda event: app.handler_map["payment_step"](event, None)
        world.workflows = works  # type: ignore[assignment]
        open_dealer(world, auto_post=True)
        open_account(world, OWED)
        play = Play(world, works, link_bank(world), deliver)
        world.basket.drain()
        yield play


def at_once(play: Play) -> None:
    """Everything that waits, in order."""
    while play.waiting:
        play.give(play.waiting.pop(0))


def kind_of(hook: SignedWebhook) -> str:
    """The type of the event a webhook tells."""
    return str(json.loads(hook.payload)["type"])
