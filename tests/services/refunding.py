"""Refunds as a test makes them: a settled payment, an operator, the processor's words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from ulid import ULID

from chalicelib.domain.dealers import FeePolicy
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payments import Payment
from chalicelib.domain.pricing import Selection, owed_on
from chalicelib.domain.quotes import Quote, View
from chalicelib.domain.refunds import EVERYTHING, RefundOrder, Target, TargetKind
from chalicelib.domain.reversals import Refund
from chalicelib.services.handle_event import handle_event
from chalicelib.services.quote_payment import quote_payment
from chalicelib.services.request_refund import refund_terms, request_refund
from chalicelib.services.view_payment import view_payment
from chalicelib.services.watch_later import watch_later
from chalicelib.storage.dealers import put_dealer
from chalicelib.storage.payments import get_payment
from tests.crash.road import ACCT, Road, add_card, build_road
from tests.domain.builders import P1_PAYABLES
from tests.services.test_payments import settle
from tests.stage import Stage

A = Target(TargetKind.DOCUMENT, PayableId("A"))
B = Target(TargetKind.DOCUMENT, PayableId("B"))
WHY = "Goods returned"


def settled_road(stage: Stage, *, kind: str = "ach", **settings: Any) -> tuple[Road, Payment]:
    """P1 without its discount, settled: $1,000 and $500 less a $100 credit; $30 fee by ACH."""
    road = build_road(stage, P1_PAYABLES)
    known = {"fees": FeePolicy(ach_flat_cents=3_000), **settings}
    road.dealer = replace(road.dealer, **known, version=road.dealer.version + 1)
    put_dealer(road.dealer, read_version=road.dealer.version - 1)
    method = add_card(road, "visa") if kind == "card" else road.method
    payment = road.submit(road.quote(method=method, A=None, B=None), method=method)
    settle(road)
    road.world.queues.mails.clear()
    road.basket.drain()
    road.world.queues.events.clear()
    return road, now_of(road, payment)


def now_of(road: Road, payment: Payment) -> Payment:
    return get_payment(road.dealer.dealer_id, road.account.account_id, payment.payment_id)


def ask(
    road: Road,
    payment: Payment,
    cents: int,
    target: Target = EVERYTHING,
    *,
    refund_id: str = "",
    is_admin: bool = False,
    agreed_cents: int | None = None,
) -> Payment:
    """Preview, then confirm."""
    order = RefundOrder(cents, target, WHY)
    if agreed_cents is None:
        terms = refund_terms(road.world, now_of(road, payment), order=order, is_admin=is_admin)
        agreed_cents = terms.plan.money_cents if terms.plan else 0
    return request_refund(
        road.world, road.dealer.dealer_id, name=payment.number,
        refund_id=refund_id or str(ULID()), order=order, agreed_cents=agreed_cents,
        operator="Dana Ortiz", is_admin=is_admin,
    )  # fmt: skip


def quote_without_credits(road: Road, document: str) -> Quote:
    return quote_payment(
        road.world, road.dealer.dealer_id, account_id=road.account.account_id,
        selection=Selection({PayableId(document): None}, preselect_credits=False), view=View.ALL,
        method_kind="ach",
    )  # fmt: skip


def elsewhere(road: Road, payment: Payment, cents: int) -> None:
    """Somebody refunds in the processor's dashboard."""
    road.world.processor._client.refunds.create(
        {"payment_intent": payment.processor_id, "amount": cents},
        {"stripe_account": road.dealer.processor_account},
    )


def only_refund(road: Road, payment: Payment) -> Refund:
    (refund,) = now_of(road, payment).refunds
    return refund


def at_processor(road: Road) -> list[dict[str, Any]]:
    return road.stripe.desk.open_book(ACCT).of_kind("refund")


def deliver(road: Road, *, times: int = 1, backwards: bool = False, only: str = "") -> None:
    """Every webhook that waits (or of one type), as often as told, through the queue."""
    road.receive()
    waiting = road.world.queues.events
    told = [event for event in waiting if not event["event_type"].startswith("payout.")]
    if only:
        told = [event for event in told if event["event_type"] == only]
    waiting[:] = told
    for event in reversed(told) if backwards else told:
        for _ in range(times):
            handle_event(road.world, event)
        waiting.remove(event)  # What crashes stays, as in the queue.


def sweep(road: Road, after: timedelta = timedelta(minutes=6)) -> None:
    road.clock.advance(after)
    watch_later(road.world)


def owed(road: Road) -> dict[str, int]:
    """What is owed on the account's payables, credits positive; nothing owed is left out."""
    state = road.state()
    found = owed_on(state.payables, state.claims, state.account)
    return {name: item.owed_cents for name, item in found.items() if item.owed_cents}


def books(road: Road, payment: Payment) -> dict[str, int]:
    """Debit less credit per ledger account of the payment."""
    sums: dict[str, int] = {}
    for line in view_payment(road.world, road.dealer.dealer_id, name=payment.number).ledger:
        sums[line.account] = sums.get(line.account, 0) + line.balance_cents
    return {account: cents for account, cents in sums.items() if cents}


def events_of(road: Road, payment: Payment) -> list[str]:
    view = view_payment(road.world, road.dealer.dealer_id, name=payment.number)
    return [event.name for event in view.events]
