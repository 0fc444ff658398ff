"""Reconciliation, postings: what the ERP holds under the references of a settlement.

Each posting of every round is asked for by its reference, and so is what reversed it.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.posting import Posting, reversed_posting, reversed_reference
from chalicelib.domain.reconciliation import Check, Difference, DifferenceKind, Figure
from chalicelib.domain.reconciling_books import posting_difference
from chalicelib.domain.settlements import CategoryPosting, PostingState, Settlement
from chalicelib.gateways.erp import ErpRefused
from chalicelib.services.world import World
from chalicelib.storage.settlements import find_posting, find_settlement

BY_HAND = "by hand"  # How reverse_posting names what a person reversed.
# Under a reference: what is asked for, the cents it is shown with, what it is if it is missing.
Expected = tuple[str, int | None, DifferenceKind]


def compare_postings(
    world: World, dealer: Dealer, settlement: Settlement, *, since: datetime | None
) -> tuple[Figure, list[Difference]]:
    """What we posted and reversed (since then) is in the ERP with the same totals, once.

    Raises ErpUnreachable.
    """
    found = list(_stuck(settlement))
    ours = theirs = count = 0
    for name, shown_cents, if_missing in _expected(settlement, since):
        kept = find_posting(dealer.dealer_id, settlement.settlement_id, name)
        cents = shown_cents if shown_cents is not None else kept.debit_cents if kept else 0
        count, ours = count + 1, ours + cents
        if kept is None or kept.debit_cents != cents:
            sentence = f"What was sent as “{name}” is not kept as it is shown."
            found.append(_difference(DifferenceKind.OTHER_IN_ERP, settlement, sentence, cents))
            continue
        problem = _asked(world, dealer, kept, if_missing)
        if problem is None:
            theirs += cents
        else:
            found.append(_difference(problem[0], settlement, problem[1], cents))
    found += _reversed_unasked(world, dealer, settlement)
    return Figure(Check.POSTINGS, ours, theirs, count), found


def _expected(settlement: Settlement, since: datetime | None) -> Iterator[Expected]:
    for row in settlement.postings:
        if _is_ours(row, since):
            yield row.reference, row.amount_cents, DifferenceKind.NOT_IN_ERP
    for reversal in settlement.reversals:
        if since is not None and (reversal.finished_at or reversal.at) < since:
            continue
        for name in reversal.references:
            if name != BY_HAND:
                yield reversed_reference(name), None, DifferenceKind.NOT_IN_ERP
                yield name, None, DifferenceKind.UNREVERSED


def _is_ours(row: CategoryPosting, since: datetime | None) -> bool:
    in_erp = row.state in (PostingState.POSTED, PostingState.REVERSING)
    if not in_erp or row.recorded_by or row.posted_at is None:
        return False
    return since is None or row.posted_at >= since


def _asked(
    world: World, dealer: Dealer, kept: Posting, if_missing: DifferenceKind
) -> tuple[DifferenceKind, str] | None:
    """What is wrong with what the ERP holds of it, in words; None: nothing."""
    name = kept.reference
    try:
        if world.erp.find(dealer, kept):
            return None
    except ErpRefused as refusal:
        return DifferenceKind.OTHER_IN_ERP, f"“{name}”: {refusal.sentence}"
    counts = "reversed" if if_missing is DifferenceKind.UNREVERSED else "posted"
    return if_missing, f"“{name}” counts as {counts}, but Spruce does not have it."


def _reversed_unasked(world: World, dealer: Dealer, settlement: Settlement) -> Iterator[Difference]:
    """Where something was reversed before: what stands now is not reversed in the ERP as well."""
    for row in settlement.postings if settlement.reversals else ():
        if row.state is not PostingState.POSTED or row.recorded_by:
            continue
        kept = find_posting(dealer.dealer_id, settlement.settlement_id, row.reference)
        if kept is None:
            continue
        undone = reversed_posting(kept, row.round, settlement.created_at, dealer)
        try:
            is_there = world.erp.find(dealer, undone)
        except ErpRefused:
            is_there = True  # With other amounts, and nobody asked for it either.
        if is_there:
            sentence = f"Spruce holds “{undone.reference}”, but “{row.reference}” stands here."
            yield _difference(
                DifferenceKind.REVERSED_IN_ERP, settlement, sentence, row.amount_cents
            )


def _stuck(settlement: Settlement) -> Iterator[Difference]:
    for row in settlement.postings:
        if row.state is PostingState.POSTING and _is_unmoved(settlement, row):
            sentence = f"The posting “{row.reference}” has begun and does not end."
            yield _difference(DifferenceKind.STUCK, settlement, sentence, row.amount_cents)


def _is_unmoved(settlement: Settlement, row: CategoryPosting) -> bool:
    """Still being posted when asked again: a posting takes seconds, comparing took longer."""
    again = find_settlement(settlement.dealer_id, settlement.settlement_id)
    return again is not None and row in again.settlement.postings


def _difference(
    kind: DifferenceKind, settlement: Settlement, sentence: str, cents: int
) -> Difference:
    return posting_difference(kind, settlement.settlement_id, sentence, cents)
