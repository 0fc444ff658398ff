"""The daily settlement of what moved without cash: payments of nothing, disputes that are lost.

It is begun by the nightly run at the dealer's midnight and collected by the same workflow that
proves a payout, so a crash anywhere leaves work that the sweep goes on with.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.domain.days import day_end, day_start, dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.movements import lost_dispute
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.posting import planned, postings
from chalicelib.domain.reversals import Dispute, DisputePhase
from chalicelib.domain.settlements import Settlement, SettlementKind, SettlementPart
from chalicelib.services.take_into_settlement import take_in, take_losses_in
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer, list_dealers
from chalicelib.storage.payment_lists import Span, read_stretch
from chalicelib.storage.payments import get_payment
from chalicelib.storage.settlement_work import SettlementWork, find_work, start_work

PREFIX = "nc_"


@dataclass(frozen=True, slots=True)
class _Day:
    """One dealer's day and the settlement named after it; `end` is the midnight after it."""

    settlement_id: SettlementId
    last_second: datetime
    end: datetime

    def takes(self, payment: Payment) -> bool:
        """True for a payment of nothing that is in this settlement, or settled by then in none.

        What it took in stays, even if another time zone has moved its midnight since.
        """
        if payment.charged_cents:
            return False
        if payment.settlement_id == self.settlement_id:
            return True
        is_due = payment.settled_at is not None and payment.settled_at < self.end
        return is_due and payment.settlement_id is None

    def losses(self, payment: Payment) -> tuple[Dispute, ...]:
        """Its lost disputes whose loss is in this settlement, or was by then in none."""
        return tuple(it for it in payment.disputes if self._takes_loss(it))

    def _takes_loss(self, dispute: Dispute) -> bool:
        if dispute.phase is not DisputePhase.LOST:
            return False
        if dispute.lost_in == self.settlement_id:
            return True
        is_due = dispute.closed_at is not None and dispute.closed_at < self.end
        return is_due and dispute.lost_in == ""


def settle_without_cash(world: World) -> int:
    """Begin the settlement of the day that has ended, wherever there is one; how many.

    A dealer that fails stops no other; the failures are raised together at the end.
    """
    begun, failures = 0, []
    for dealer_id in list_dealers():
        try:
            begun += _begin(world, get_dealer(dealer_id))
        except Exception as error:  # noqa: BLE001  Whatever it is, the other dealers come first.
            failures.append(error)
    if failures:
        raise ExceptionGroup("daily settlements could not be begun", failures)
    return begun


def is_without_cash(settlement_id: SettlementId) -> bool:
    """True for the name of a daily settlement."""
    return settlement_id.startswith(PREFIX)


def collect_without_cash(world: World, dealer: Dealer, settlement_id: SettlementId) -> Settlement:
    """The day's settlement, its payments taken in. Repeating it finds the same ones again.

    Raises TryAgain if a payment changed meanwhile.
    """
    day = _day(dealer, date.fromisoformat(settlement_id.removeprefix(PREFIX)))
    payments, losses = tuple(_payments(dealer.dealer_id, day)), tuple(_losses(dealer, day))
    take_in(world, payments, settlement_id)
    for payment in losses:
        take_losses_in(world, payment, day.losses(payment), settlement_id)
    bare = _settlement(dealer, day, payments, losses)
    made = postings(bare, (*payments, *losses), dealer)
    return replace(bare, postings=planned(made, settlement=bare))


def _begin(world: World, dealer: Dealer) -> bool:
    today = dealer_day(world.clock.now(), dealer.time_zone)
    day = _day(dealer, today - timedelta(days=1))
    if find_work(dealer.dealer_id, day.settlement_id) is not None:
        return False
    if not any(_payments(dealer.dealer_id, day)) and not any(_losses(dealer, day)):
        return False
    # The sweep starts its workflow; the nightly run itself may start none.
    return start_work(SettlementWork(dealer.dealer_id, day.settlement_id, world.clock.now()))


def _day(dealer: Dealer, day: date) -> _Day:
    return _Day(
        SettlementId(f"{PREFIX}{day.isoformat()}"),
        day_end(day, dealer.time_zone),
        day_start(day + timedelta(days=1), dealer.time_zone),
    )


def _payments(dealer_id: DealerId, day: _Day) -> Iterator[Payment]:
    for payment in _of_status(dealer_id, PaymentStatus.SETTLED):
        if day.takes(payment):
            current = get_payment(dealer_id, payment.account_id, payment.payment_id)
            if day.takes(current):  # The index may lag behind.
                yield current


def _losses(dealer: Dealer, day: _Day) -> Iterator[Payment]:
    for payment in _of_status(dealer.dealer_id, PaymentStatus.DISPUTED):
        if day.losses(payment):
            current = get_payment(dealer.dealer_id, payment.account_id, payment.payment_id)
            if day.losses(current):
                yield current


def _of_status(dealer_id: DealerId, status: PaymentStatus) -> Iterator[Payment]:
    span, has_more = Span(status=status, descending=False), True
    while has_more:
        stretch = read_stretch(dealer_id, span)
        yield from (payment for _, payment in stretch.found)
        has_more = stretch.has_more and bool(stretch.found)
        if has_more:
            span = replace(span, after=stretch.found[-1][0])


def _settlement(
    dealer: Dealer, day: _Day, payments: tuple[Payment, ...], losses: tuple[Payment, ...]
) -> Settlement:
    at = day.last_second
    return Settlement(
        settlement_id=day.settlement_id,
        dealer_id=dealer.dealer_id,
        currency=dealer.currency,
        created_at=at,
        arrives_at=at,
        deposit_cents=0,
        gross_cents=0,
        fees_cents=0,
        refunds_cents=0,
        returns_cents=0,
        disputes_cents=0,
        adjustments_cents=0,
        parts=tuple(_part(payment) for payment in payments),
        movements=tuple(lost_dispute(it, lost) for it in losses for lost in day.losses(it)),
        kind=SettlementKind.NON_CASH,
    )


def _part(payment: Payment) -> SettlementPart:
    return SettlementPart(
        payment_id=payment.payment_id,
        number=payment.number,
        account_id=payment.account_id,
        account_name=payment.account_name,
        transaction_id="",
        gross_cents=0,
        fee_cents=0,
        net_cents=0,
    )
