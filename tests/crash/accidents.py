"""What comes over settled payments by dice: banks, card networks, operators, dashboards."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ulid import ULID

from chalicelib.domain.payments import Payment
from chalicelib.domain.refunds import RefundOrder, Room
from chalicelib.domain.reversals import RefundState
from chalicelib.services.decide_refund import approve_refund, decline_refund
from chalicelib.services.enter_return import enter_return
from chalicelib.services.request_refund import refund_terms, request_refund
from sandbox.world.stripe.errors import ControlRefused
from tests.crash.long_road import LongRoad
from tests.crash.operators import OPERATOR, Operators
from tests.crash.owing import NEW, OPEN, Owing
from tests.crash.paying import tried

CODES = ("R01", "R02", "R03", "R05", "R08", "R09", "R10", "R16", "R29")
SOON = timedelta(minutes=6)  # The schedule asks again while the processor still knows the key.


@dataclass(frozen=True)
class Theme:
    """Histories in which only some things happen, to payments made only in some ways."""

    kinds: tuple[str, ...] = ()  # Names of what may befall a payment; none means any.
    methods: tuple[str, ...] = ("ach", "card")
    owing: Owing | None = None  # None: whatever the dice say.
    payments: tuple[int, ...] = (1, 2, 2)
    rounds: tuple[int, ...] = (2, 3, 4)
    has_elsewhere: bool = False  # The counter, imports, deposits sent back, holds, closed books.


RICH = Owing(
    {**OPEN, NEW: 30_000}, credit_cents=10_000, discount_cents=2_800, ach_fee_cents=300,
    has_surcharge=True,
)  # fmt: skip
ANYTHING = Theme(has_elsewhere=True)
WITHIN = Theme()  # Whatever the portal and the processor know by themselves.
RETURNS = Theme(("come_back", "enter_it"), ("ach",), RICH)
CHAINS = Theme(("come_back", "refund_elsewhere"), ("ach",), RICH, payments=(1,), rounds=(4,))
REFUNDS = Theme(("refund",), owing=RICH)
DISPUTES = Theme(("inquire", "dispute"), ("card",), RICH)


@dataclass
class Accidents:
    """Things happen; what cannot happen is refused and nothing comes of it."""

    road: LongRoad
    rng: random.Random
    theme: Theme = ANYTHING
    asked: dict[str, int] = field(default_factory=dict)  # Cents without fee, by refund id.
    befell: list[str] = field(default_factory=list)

    @property
    def operators(self) -> Operators:
        """With the same dice."""
        return Operators(self.road, self.rng)

    def befall(self, payment: Payment) -> None:
        """One thing that fits how it was paid, or nothing."""
        kinds = [self.refund, self.refund, self.refund_elsewhere]
        if payment.method.kind == "ach":
            kinds += [self.come_back, self.come_back, self.enter_it]
        elif not self._is_partly_lost(payment):
            kinds += [self.inquire, self.dispute, self.dispute]
        kinds = [
            kind for kind in kinds if kind.__name__ in self.theme.kinds or not self.theme.kinds
        ]
        if not kinds:
            return
        chosen = self.rng.choice(kinds)
        self.befell.append(f"{chosen.__name__} {payment.number}")
        with suppress(ControlRefused):
            chosen(payment)

    def go_on(self) -> None:
        """What is under way takes its next step: decisions, failures, second thoughts."""
        steps: list[Callable[[], Any]] = [
            self.decide_refunds, self.fail_refund, self.decide_disputes, self.operators.post,
            self.operators.reverse,
        ]  # fmt: skip
        for step in self.rng.sample(steps, self.rng.choice((1, 2, 3))):
            with suppress(ControlRefused):
                step()

    def come_back(self, payment: Payment) -> None:
        """The bank sends a debit back, in either of the processor's ways."""
        booked = self.rng.choice(("dispute", "failure"))
        code = self.rng.choice(CODES)
        self.road.stripe.return_payment(payment.number, code, booked=booked)

    def enter_it(self, payment: Payment) -> None:
        """An operator hears of it first, and presses until it is recorded; the bank follows."""
        today, code = self.road.clock.now().date(), self.rng.choice(CODES)
        tried(
            lambda: enter_return(
                self.road.world, self.road.dealer.dealer_id, name=payment.number, code=code,
                on=today, operator=OPERATOR,
            ),
            times=3,
        )  # fmt: skip
        if any(it.payment_id == payment.payment_id and it.returned for it in self._calmly()):
            self.road.stripe.return_payment(payment.number, code)

    def _calmly(self) -> list[Payment]:
        """The payments, read by the test and not by the product."""
        armed, self.road.faults.armed = self.road.faults.armed, False
        found = self.road.payments()
        self.road.faults.armed = armed
        return found

    def _is_partly_lost(self, payment: Payment) -> bool:
        """A person has to take up the rest of such a payment, should it be disputed again."""
        lost = [it for it in self.road.book.of_kind("dispute") if it["status"] == "lost"]
        return payment.processor_id in {it["payment_intent"] for it in lost}

    def inquire(self, payment: Payment) -> None:
        """The card's bank asks."""
        self.road.stripe.open_dispute(payment.number, kind="inquiry")

    def dispute(self, payment: Payment) -> None:
        """The card's bank takes the money, perhaps only a part of it, perhaps after asking."""
        cents = self.rng.choice((None, None, payment.charged_cents // 3))
        self.road.stripe.open_dispute(payment.number, kind="chargeback", amount_cents=cents)

    def refund(self, payment: Payment) -> None:
        """An operator refunds all or a part of what can be, pressing until there is an answer."""
        is_admin = self.rng.random() < 0.3
        terms = tried(
            lambda: refund_terms(self.road.world, payment, is_admin=is_admin), times=2
        )  # fmt: skip
        if terms is None or not terms.rooms:
            return
        room = self.rng.choice((terms.rooms[0], *terms.rooms))  # The first one is everything.
        order, refund_id = self._order(room), str(ULID())
        if self.rng.random() < 0.3:
            days = self.rng.choice((0, 1, 3))
            self.road.stripe.script.apply({"next_refund": {"fails_after_days": days}})
        is_lost = self.rng.random() < 0.3
        if is_lost:
            lost = {"timeout": self.rng.choice(("before", "after")), "path": "/v1/refunds"}
            self.road.stripe.script.apply({"next_request": lost})
        tried(
            lambda: self._ask(payment, order, refund_id, is_admin=is_admin),
            times=self.rng.choice((1, 2, 3)),
        )
        if is_lost:
            self.road.clock.advance(SOON)
            self.road.sweep()

    def _order(self, room: Room) -> RefundOrder:
        cents = self.rng.choice((room.most_cents, self.rng.randint(1, room.most_cents)))
        return RefundOrder(cents, room.target, "Goods returned")

    def _ask(self, payment: Payment, order: RefundOrder, refund_id: str, *, is_admin: bool) -> None:
        self.asked.setdefault(refund_id, order.amount_cents)
        world = self.road.world
        terms = refund_terms(world, payment, order=order, is_admin=is_admin)
        if terms.plan is None:
            return
        request_refund(
            world, payment.dealer_id, name=payment.number, refund_id=refund_id, order=order,
            agreed_cents=terms.plan.money_cents, operator=OPERATOR, is_admin=is_admin,
        )  # fmt: skip

    def refund_elsewhere(self, payment: Payment) -> None:
        """In the processor's dashboard: nobody asked us."""
        if not payment.charged_cents:
            return  # Paid by credits alone: the processor has never heard of it.
        armed, self.road.faults.armed = self.road.faults.armed, False
        tried(
            lambda: self.road.world.processor.refund(
                self.road.dealer.processor_account, intent_id=payment.processor_id,
                amount_cents=self.rng.randint(1, payment.charged_cents), refund_reference="",
                number=payment.number, key=str(ULID()),
            )
        )  # fmt: skip
        self.road.faults.armed = armed

    def decide_refunds(self) -> None:
        """An administrator looks at what waits for a yes."""
        for payment in tried(self.road.payments) or ():
            for refund in payment.refunds:
                if refund.state is RefundState.REQUESTED:
                    self._decide(payment.number, refund.refund_id)

    def _decide(self, number: str, refund_id: str) -> None:
        named = {"name": number, "refund_id": refund_id, "operator": "Ann"}
        where = self.road.world, self.road.dealer.dealer_id
        if self.rng.random() < 0.7 and tried(lambda: approve_refund(*where, **named), times=2):
            return
        # Refused, perhaps: the bank has the money by now, and the sentence says to decline it.
        tried(lambda: decline_refund(*where, **named, reason="Not agreed"), times=2)

    def fail_refund(self) -> None:
        """A refund that was made does not arrive after all."""
        made = self.road.book.of_kind("refund")
        if made:
            intent = self.rng.choice(made)["payment_intent"]
            self.road.stripe.fail_refund(intent)

    def decide_disputes(self) -> None:
        """The card's bank makes up its mind."""
        for dispute in self.road.book.of_kind("dispute"):
            outcomes = ("won", "lost") if dispute["status"] == "needs_response" else ("closed",)
            with suppress(ControlRefused):
                self.road.stripe.decide_dispute(
                    dispute["payment_intent"], self.rng.choice(outcomes)
                )
