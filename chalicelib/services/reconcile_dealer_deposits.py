"""Reconciliation, deposits: payouts against settlements, their parts, and what the ERP holds."""

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
from chalicelib.domain.reconciling_books import compare_deposit, compare_parts, posting_difference
from chalicelib.domain.settlements import CategoryPosting, PostingState, Settlement
from chalicelib.gateways.erp import ErpRefused
from chalicelib.gateways.processor import Payout
from chalicelib.services.reconcile_dealer_parts import Found, ask_anew
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.settlement_payments import payments_of
from chalicelib.storage.settlement_work import find_work
from chalicelib.storage.settlements import find_posting, find_settlement, list_settlements

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
    yield _postings(world, dealer, settlement, since)


def _postings(
    world: World, dealer: Dealer, settlement: Settlement, since: datetime | None
) -> Finding:
    """Each category we posted (since then) is in the ERP with the same totals, once."""
    ours = theirs = count = 0
    found = []
    for row in settlement.postings:
        if row.state is PostingState.POSTING and _is_stuck(settlement, row):
            sentence = f"The posting “{row.reference}” has begun and does not end."
            found.append(_difference(DifferenceKind.STUCK, settlement, row, sentence))
        if not _is_ours(row, since):
            continue
        count, ours = count + 1, ours + row.amount_cents
        difference = _asked(world, dealer, settlement, row)
        if difference is None:
            theirs += row.amount_cents
        else:
            found.append(difference)
    return Figure(Check.POSTINGS, ours, theirs, count), found


def _is_ours(row: CategoryPosting, since: datetime | None) -> bool:
    in_erp = row.state in (PostingState.POSTED, PostingState.REVERSING)
    if not in_erp or row.recorded_by or row.posted_at is None:
        return False
    return since is None or row.posted_at >= since - BACK


def _is_stuck(settlement: Settlement, row: CategoryPosting) -> bool:
    """Still being posted when asked again: a posting takes seconds, comparing took longer."""
    again = find_settlement(settlement.dealer_id, settlement.settlement_id)
    return again is not None and row in again.settlement.postings


def _asked(
    world: World, dealer: Dealer, settlement: Settlement, row: CategoryPosting
) -> Difference | None:
    posting = find_posting(dealer.dealer_id, settlement.settlement_id, row.reference)
    if posting is None or posting.debit_cents != row.amount_cents:
        sentence = f"What was sent as “{row.reference}” is not kept as it is shown."
        return _difference(DifferenceKind.OTHER_IN_ERP, settlement, row, sentence)
    try:
        if world.erp.find(dealer, posting):
            return None
    except ErpRefused as refusal:
        return _difference(DifferenceKind.OTHER_IN_ERP, settlement, row, refusal.sentence)
    sentence = f"“{row.reference}” counts as posted, but Spruce does not have it."
    return _difference(DifferenceKind.NOT_IN_ERP, settlement, row, sentence)


def _difference(
    kind: DifferenceKind, settlement: Settlement, row: CategoryPosting, sentence: str
) -> Difference:
    return posting_difference(kind, settlement.settlement_id, sentence, row.amount_cents)
