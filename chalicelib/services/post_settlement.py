"""Post one category of a settlement to the dealer's ERP: once, resumable, seen by the page.

The posting is stored before it is sent, and the ERP is asked by reference before anything is
sent again (docs/SPRUCE.md). A category that failed is retried alone.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.interventions import held_sentence
from chalicelib.domain.posting import Posting, postings
from chalicelib.domain.settlements import (
    CategoryPosting,
    PostingCategory,
    PostingState,
    Settlement,
)
from chalicelib.gateways.erp import ErpRefused, ErpUnreachable
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.settlement_payments import payments_of
from chalicelib.storage.settlements import (
    change_settlement,
    find_posting,
    freeze_posting,
    get_settlement,
    thaw_posting,
)

POSTED, FAILED = "posted", "failed"
NO_ANSWER = "Spruce did not answer. Whether it took this posting is asked before the next try."
UNPROVEN = "The proof does not add up, so nothing is posted."


def post_category(
    world: World, dealer_id: DealerId, *, settlement_id: SettlementId, category: PostingCategory
) -> dict[str, str]:
    """Outcome "posted" (also: posted before, or nothing to post) or "failed".

    The reason of a failure is stored with the category. Raises NotFound.
    """
    settlement = get_settlement(dealer_id, settlement_id)
    row = next((row for row in settlement.postings if row.category is category), None)
    if row is not None and row.state in (PostingState.POSTED, PostingState.NOTHING):
        return {"outcome": POSTED}
    if row is None or not settlement.is_proven:
        return _failed(settlement, category, UNPROVEN)
    dealer = get_dealer(dealer_id)
    posting = frozen_posting(dealer, settlement, category)
    if not _is_free(settlement, category):
        return {"outcome": FAILED}
    try:
        _send(world, dealer, posting)
    except ErpRefused as refusal:
        # Nothing was written, so the next try may be made from the dealer's newer settings.
        thaw_posting(dealer_id, settlement_id, category)
        return _failed(settlement, category, refusal.sentence)
    except ErpUnreachable:
        return _failed(settlement, category, NO_ANSWER)
    # Read after the answer: an ERP extract made before it cannot hold what was posted.
    _show(settlement, category, PostingState.POSTED, at=world.clock.now())
    return {"outcome": POSTED}


def _is_free(settlement: Settlement, category: PostingCategory) -> bool:
    """Show that it is being posted, unless it is posted by hand or a payment is on hold.

    Holds are read after the page says Posting: from then on none begins, so none is overlooked.
    """
    if _show(settlement, category, PostingState.POSTING).manual_at:
        return False
    if any(row.state is PostingState.POSTED for row in settlement.postings):
        return True
    held = held_sentence(payments_of(settlement))
    if held:
        _show(settlement, category, PostingState.WAITING, problem=held)
    return not held


def frozen_posting(dealer: Dealer, settlement: Settlement, category: PostingCategory) -> Posting:
    """What the category writes, made from the stored facts once and then kept as it is."""
    kept = find_posting(dealer.dealer_id, settlement.settlement_id, category)
    if kept is not None:
        return kept
    made = postings(settlement, payments_of(settlement), dealer)
    posting = next(posting for posting in made if posting.category is category)
    return freeze_posting(dealer.dealer_id, settlement.settlement_id, posting)


def _send(world: World, dealer: Dealer, posting: Posting) -> None:
    """Ask, then send; an answer that was lost is asked for once more at once."""
    if world.erp.find(dealer, posting):
        return
    try:
        world.erp.post(dealer, posting)
    except ErpUnreachable:
        if not world.erp.find(dealer, posting):
            raise


def _failed(settlement: Settlement, category: PostingCategory, problem: str) -> dict[str, str]:
    _show(settlement, category, PostingState.FAILED, problem=problem)
    return {"outcome": FAILED}


def _show(
    settlement: Settlement,
    category: PostingCategory,
    state: PostingState,
    *,
    at: datetime | None = None,
    problem: str = "",
) -> Settlement:
    """Store how far the category is; a category once posted never goes back.

    One that is posted by hand stays as it is: the caller sees so in what is returned.
    """

    def changed(row: CategoryPosting) -> CategoryPosting:
        if row.category is not category or row.state is PostingState.POSTED:
            return row
        return replace(row, state=state, posted_at=at, problem=problem)

    def shown(now: Settlement) -> Settlement | None:
        if now.manual_at:
            return None
        return replace(now, postings=tuple(changed(row) for row in now.postings))

    return change_settlement(settlement.dealer_id, settlement.settlement_id, shown)
