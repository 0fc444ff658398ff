"""A payer of a history: previews, looks at the sums, presses, presses again after trouble."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import PynamoDBException

from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.ids import PaymentId
from chalicelib.domain.payments import Method, Payment
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.quotes import Quote, View
from chalicelib.gateways.processor import ProcessorRefused, ProcessorUnreachable
from chalicelib.gateways.workflows import WorkflowsUnreachable
from chalicelib.storage.transactions import OutcomeUnknown, WritesRefused
from tests.crash.machine import Crash
from tests.crash.owing import Owing, Wish, misquoted, wished
from tests.crash.road import Road

# What a request may end with besides a crash: the person or the queue tries again.
TROUBLE = (
    Crash, DrypowderError, PynamoDBException, BotoCoreError, ProcessorUnreachable,
    ProcessorRefused, OutcomeUnknown, WritesRefused, WorkflowsUnreachable,
)  # fmt: skip


def tried(job: Callable[[], Any], *, times: int = 1) -> Any:
    """What the job answers; None after so many tries that ended in trouble."""
    for _ in range(times):
        try:
            return job()
        except TROUBLE:
            continue
    return None


@dataclass
class Payer:
    """Whoever pays in a history, and what was said to them."""

    road: Road
    rng: random.Random
    owing: Owing
    seen: list[PaymentId] = field(default_factory=list)  # Confirmed to them as submitted.
    amiss: list[str] = field(default_factory=list)  # Sums of previews that were not right.
    may_add: bool = False  # Money beyond what is owed, which stays on account.

    def pay(self, method: Method) -> Payment | None:
        """Quote and submit; after trouble the payer presses again, or gives up."""
        wish = wished(self.rng, self.owing)
        if self.may_add and self.rng.random() < 0.25:
            wish = replace(wish, surplus_cents=self.rng.choice((1, 1_500)))
        quote = tried(lambda: self._quote(wish, method), times=3)
        if quote is None:
            return None
        self._look(quote, method)
        forgets = method.kind == "card" and self.rng.random() < 0.5
        payment: Payment | None = tried(
            lambda: self.road.submit(quote, method=method, forgets=forgets),
            times=self.rng.choice((1, 2, 3)),
        )
        if payment is not None:
            self.seen.append(payment.payment_id)
        return payment

    def press(self, amounts: dict[str, int | None], method: Method) -> None:
        """Pay these amounts of All, pressing a second time if there was no answer."""
        wish = Wish(View.ALL, amounts)
        quote = tried(lambda: self._quote(wish, method), times=2)
        self._look(quote, method)
        payment = tried(lambda: self.road.submit(quote, method=method), times=2)
        self.seen.append(payment.payment_id)

    def _quote(self, wish: Wish, method: Method) -> Quote:
        amounts = {name.replace("-", "_"): cents for name, cents in wish.amounts.items()}
        more = wish.surplus_cents
        return self.road.quote(view=wish.view, method=method, surplus_cents=more, **amounts)

    def _look(self, quote: Quote, method: Method) -> None:
        """Compare the preview with the rules, unless the account has moved since."""
        armed, self.road.faults.armed = self.road.faults.armed, False
        state = self.road.state()
        self.road.faults.armed = armed
        if state.account.money_version != quote.money_version:
            return
        owed = owed_on(state.payables, state.claims, state.account)
        left = {str(name): standing.available_cents for name, standing in owed.items()}
        self.amiss += misquoted(self.road, self.owing, quote, method, left)
