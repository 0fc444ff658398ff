"""Reconciliation, movements: what the processor holds against Clearing, movement by movement."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import DealerId
from chalicelib.domain.reconciliation import Difference, DifferenceKind, Reconciliation
from chalicelib.domain.reconciling_money import (
    OpenMovement,
    compare_balance,
    compare_clearing,
    open_movement,
)
from chalicelib.domain.settlements import BalanceTransaction, Settlement
from chalicelib.gateways.processor import ProcessorRefused
from chalicelib.services.reconcile_dealer_ledger import ledger_now
from chalicelib.services.reconcile_dealer_parts import Found, ask_anew, finish_asked
from chalicelib.services.view_payment import find_named
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payment_lists import Span, read_stretch
from chalicelib.storage.payments import find_payment_by_reference
from chalicelib.storage.reconciliations import Carried, find_carried, save_carried
from chalicelib.storage.settlements import list_transactions, settlements_since

WINDOW = timedelta(days=7)
OVERLAP = timedelta(days=1)
MONTH = timedelta(days=30)
SETTLEMENTS_KEPT = 400
# The event that tells of a kind of movement, and whether it is about the payment itself.
HINTS = {
    "charge": "payment_intent.succeeded",
    "charge_failure": "charge.failed",
    "payment_failure_refund": "charge.failed",
    "refund": "refund.updated",
    "refund_failure": "refund.failed",
    "dispute": "charge.dispute.updated",
    "dispute_reversal": "charge.dispute.closed",
    "payout_reversal": "payout.failed",
}


def compare_movements(world: World, run: Reconciliation) -> Found:
    """Read one window of movements; after the last, compare them with balance and ledger.

    What differs is asked for anew and compared once more: what then agrees is repaired.
    """
    dealer = get_dealer(run.dealer_id)
    carried = find_carried(run.dealer_id)
    if run.is_full and not run.cursor:
        carried = replace(carried, moved_until=None, open=(), deposited=())
    start = carried.moved_until - OVERLAP if carried.moved_until else _first_moment(run)
    until = min(start + WINDOW + OVERLAP, run.started_at)
    if until < run.started_at:
        save_carried(run.dealer_id, _grown(world, dealer, carried, start, until))
        return Found((), cursor=until.isoformat())
    first = _compared(world, dealer, carried, start)
    if not first.differences:
        return first
    for difference in first.differences:
        _ask_anew(world, dealer, find_carried(run.dealer_id), difference)
    again = _compared(world, dealer, carried, start)
    left = {(it.kind, it.subject) for it in again.differences}
    repaired = (
        replace(it, is_repaired=True)
        for it in first.differences
        if (it.kind, it.subject) not in left and it.kind is DifferenceKind.CLEARING
    )
    told = _named(run.dealer_id, (*repaired, *again.differences))
    return replace(again, differences=tuple(told))


def _first_moment(run: Reconciliation) -> datetime:
    """Where a full check begins: before the first payment, a month back at least."""
    first = read_stretch(run.dealer_id, Span(descending=False), limit=1).found
    moments = [payment.submitted_at - OVERLAP for _, payment in first]
    return min([*moments, run.started_at - MONTH])


def _compared(world: World, dealer: Dealer, carried: Carried, start: datetime) -> Found:
    now = world.clock.now()
    grown = _grown(world, dealer, carried, start, now + timedelta(minutes=1))
    balance_cents = world.processor.balance_cents(dealer.processor_account, dealer.currency)
    save_carried(dealer.dealer_id, replace(grown, moved_until=now))
    _, tags = ledger_now(dealer.dealer_id, grown)
    balance, unbalanced = compare_balance(grown.open, balance_cents)
    clearing, uncleared = compare_clearing(grown.open, tags)
    return Found((balance, clearing), (*unbalanced, *uncleared))


def _ask_anew(world: World, dealer: Dealer, carried: Carried, difference: Difference) -> None:
    for movement in carried.open:
        event_type = HINTS.get(movement.category)
        if event_type is None or movement.name != difference.subject:
            continue
        is_charge = movement.category == "charge"
        object_id = movement.intent_id if is_charge else movement.source_id
        ask_anew(world, dealer, event_type=event_type, object_id=object_id)
        payment = find_named(dealer.dealer_id, movement.name) if is_charge else None
        if payment is not None:
            finish_asked(
                world, dealer, account_id=payment.account_id, payment_id=payment.payment_id
            )


def _grown(
    world: World, dealer: Dealer, carried: Carried, start: datetime, until: datetime
) -> Carried:
    """With the movements of the time added, and those of settlements proven since taken out."""
    waiting = {movement.transaction_id: movement for movement in carried.open}
    acct = dealer.processor_account
    for row in world.processor.list_movements(acct, since=start, until=until):
        if row.transaction_id not in waiting and row.currency == dealer.currency:
            waiting[row.transaction_id] = open_movement(row, _tag(world, dealer, row))
    oldest = min((it.created_at for it in waiting.values()), default=start)
    done = set(carried.deposited)
    for settlement in settlements_since(dealer.dealer_id, oldest):
        # The overlap has brought back what settlements since `start` contain.
        is_done = settlement.settlement_id in done and settlement.created_at < start
        if settlement.is_proven and not is_done:
            done.add(settlement.settlement_id)
            _take_out(settlement, waiting)
    return replace(
        carried,
        moved_until=until,
        open=tuple(waiting.values()),
        deposited=tuple(sorted(done)[-SETTLEMENTS_KEPT:]),
    )


def _take_out(settlement: Settlement, waiting: dict[str, OpenMovement]) -> None:
    """What the settlement contains and the payout's own row; one that lists nothing keeps it."""
    rows = list(list_transactions(settlement.dealer_id, settlement.settlement_id))
    for row in rows:
        waiting.pop(row.transaction_id, None)
    own = [it for it in waiting.values() if it.is_payout_of(settlement.settlement_id)]
    for movement in own if rows else ():
        waiting.pop(movement.transaction_id, None)


def _named(dealer_id: DealerId, differences: Iterable[Difference]) -> Iterator[Difference]:
    """With the payment's number and page where a tag is a payment's id."""
    for difference in differences:
        payment = None
        if difference.kind is DifferenceKind.CLEARING:
            payment = find_named(dealer_id, difference.subject)
        if payment is None:
            yield difference
        else:
            path = f"/console/payments/{payment.number}"
            yield replace(difference, subject=payment.number, path=path)


def _tag(world: World, dealer: Dealer, row: BalanceTransaction) -> str:
    """Our payment behind a movement, found by the processor's id or by our own mark."""
    if not row.intent_id:
        return ""
    found = find_payment_by_reference(dealer.dealer_id, row.intent_id)
    if found is None:
        try:
            intent = world.processor.get_intent(dealer.processor_account, row.intent_id)
        except ProcessorRefused:
            return ""
        reference = intent.payment_reference
        found = find_payment_by_reference(dealer.dealer_id, reference) if reference else None
    return found[1] if found else ""
