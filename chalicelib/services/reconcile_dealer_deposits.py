"""Reconciliation, deposits: payouts against settlements and their parts."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import SettlementId
from chalicelib.domain.reconciliation import (
    Check,
    Difference,
    DifferenceKind,
    Figure,
    Reconciliation,
)
from chalicelib.domain.reconciling_books import compare_deposit, compare_parts
from chalicelib.domain.settlements import Settlement
from chalicelib.gateways.processor import Payout
from chalicelib.services.reconcile_dealer_parts import Found, ask_anew
from chalicelib.services.reconcile_dealer_postings import compare_postings
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.settlement_payments import payments_of
from chalicelib.storage.settlement_work import find_work
from chalicelib.storage.settlements import list_settlements

BACK = timedelta(days=10)  # A payout says what it consists of, and is posted, within that time.
FULL_BACK = timedelta(days=400)
AT_ONCE = 20
CHECKED = (Check.DEPOSITS, Check.PARTS, Check.POSTINGS)
Finding = tuple[Figure, list[Difference]]


def compare_deposits(world: World, run: Reconciliation) -> Found:
    """Twenty settlements, newest first; missing ones are opened with the first."""
    dealer = get_dealer(run.dealer_id)
    since = (run.since - BACK) if run.since else (run.started_at - FULL_BACK)
    payouts = {
        payout.payout_id: payout
        for payout in world.processor.list_payouts(dealer.processor_account, since=since)
    }
    figures = [Figure(check, 0, 0) for check in CHECKED]  # Nothing to compare is shown as well.
    found = [] if run.cursor else list(_missing(world, dealer, payouts))
    listed, following = list_settlements(run.dealer_id, cursor=run.cursor, limit=AT_ONCE)
    for settlement in listed:
        if settlement.created_at < since:
            following = ""
            break
        for figure, differences in _compared(world, dealer, settlement, payouts, run.since):
            figures.append(figure)
            found += differences
    return Found(tuple(figures), tuple(found), following)


def _missing(world: World, dealer: Dealer, payouts: Mapping[str, Payout]) -> Iterator[Difference]:
    """Payouts that say what they consist of and of which we never heard."""
    for payout in payouts.values():
        is_ready = payout.automatic and payout.is_reconciled
        if not is_ready or find_work(dealer.dealer_id, SettlementId(payout.payout_id)):
            continue
        missed = Difference(
            DifferenceKind.MISSED_PAYOUT,
            payout.payout_id,
            "The processor made a deposit of which no message came.",
            0,
            payout.amount_cents,
            f"/console/settlements/{payout.payout_id}",
        )
        yield replace(
            missed,
            is_repaired=ask_anew(
                world,
                dealer,
                event_type="payout.reconciliation_completed",
                object_id=payout.payout_id,
            ),
        )


def _compared(
    world: World,
    dealer: Dealer,
    settlement: Settlement,
    payouts: Mapping[str, Payout],
    since: datetime | None,
) -> Iterator[Finding]:
    payout = payouts.get(settlement.settlement_id)
    yield compare_deposit(settlement, payout.amount_cents if payout else None)
    yield compare_parts(settlement, payments_of(settlement))
    yield compare_postings(world, dealer, settlement, since=since and since - BACK)
