"""Operators of a history: they post, resolve, reverse, stop payments and let them go on."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.interventions import Intervention
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.settlements import PostingState, Settlement
from chalicelib.services.mark_posted import is_posted
from chalicelib.services.request_posting import request_posting
from chalicelib.services.resolve_settlement import resolve_settlement
from chalicelib.services.reverse_posting import request_reversal
from chalicelib.services.stop_payment import stop_payment
from tests.crash.long_road import LongRoad
from tests.crash.paying import TROUBLE, tried

OPERATOR = "Dana Ortiz"
UNPOSTED = (PostingState.WAITING, PostingState.FAILED)


@dataclass
class Operators:
    """What cannot apply is refused and nothing comes of it; after trouble they press once more."""

    road: LongRoad
    rng: random.Random

    def post(self) -> None:
        """Post what waits."""
        for settlement in tried(self.road.settlements) or ():
            if settlement.is_proven and any(row.state in UNPOSTED for row in settlement.postings):
                self._press(request_posting, settlement)

    def resolve(self) -> None:
        """Declare what is posted done."""
        for settlement in tried(self.road.settlements) or ():
            if is_posted(settlement) and not settlement.resolved_at:
                self._press(resolve_settlement, settlement, reason="")

    def reverse(self) -> None:
        """Take a posting back, or declare it done."""
        for settlement in tried(self.road.settlements) or ():
            dice = self.rng.random()
            if dice < 0.3:
                self._press(request_reversal, settlement, reason="Into the wrong period.")
            elif dice < 0.4:
                self._press(resolve_settlement, settlement, reason="")

    def _press(self, button: Callable[..., Any], settlement: Settlement, **more: str) -> None:
        named = {"settlement_id": settlement.settlement_id, "operator": OPERATOR, **more}
        with suppress(DrypowderError):
            tried(lambda: button(self.road.world, self.road.dealer.dealer_id, **named), times=2)

    def intervene(self, actions: Sequence[Intervention], name: str = "") -> None:
        """Press buttons on a payment, any one if none is named."""
        if not name:
            payments = self.road.payments()
            if not payments:
                return
            name = self.rng.choice(payments).payment_id
        for action in actions:
            with suppress(*TROUBLE):
                stop_payment(
                    self.road.world, self.road.dealer.dealer_id, name=name, action=action,
                    operator=OPERATOR, reason="Asked by phone",
                )  # fmt: skip

    def let_go(self, payment: Payment) -> None:
        """End what keeps a payment from going on: a freeze either way, a hold by resuming it."""
        if payment.status is PaymentStatus.FROZEN:
            ending = self.rng.choice((Intervention.RELEASE, Intervention.TERMINATE))
            self.intervene((ending,), payment.payment_id)
        elif payment.is_posting_held:
            self.intervene((Intervention.RELEASE_POSTING,), payment.payment_id)
