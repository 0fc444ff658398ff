"""Post one category of a settlement to the dealer's ERP: once, resumable, seen by the page.

The posting is stored before it is sent, and the ERP is asked by reference before anything is
sent again (docs/SPRUCE.md). A category that failed is retried alone.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.interventions import held_sentence
from chalicelib.domain.posting import Posting, posting_of, reference, round_of
from chalicelib.domain.settlements import (
    CategoryPosting,
    PostingCategory,
    PostingState,
    Settlement,
)
from chalicelib.gateways.erp import (
    OVER_APPLIED,
    UNKNOWN_DOCUMENT,
    ErpRefused,
    ErpUnreachable,
)
from chalicelib.services.fit_to_erp import fit_to_erp
from chalicelib.services.view_payment import find_named
from chalicelib.services.world import World
from chalicelib.storage.dealers import fresh_dealer
from chalicelib.storage.settlement_payments import payments_behind, payments_of
from chalicelib.storage.settlements import (
    change_settlement,
    find_posting,
    freeze_posting,
    get_settlement,
    posting_put,
    thaw_refused,
)

POSTED, FAILED = "posted", "failed"
MOST_FITTINGS = 100  # Documents of one category that may have been paid elsewhere meanwhile.
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
    if not _is_free(settlement, category):
        return {"outcome": FAILED}
    dealer = fresh_dealer(dealer_id)  # Books may have been closed just now.
    try:
        posting = _post(world, dealer, settlement, category)
    except ErpRefused as refusal:
        return _failed(settlement, category, refusal.sentence)
    except ErpUnreachable:
        return _failed(settlement, category, NO_ANSWER)
    # Read after the answer: an ERP extract made before it cannot hold what was posted.
    at = world.clock.now() if posting.lines else None
    state = PostingState.POSTED if posting.lines else PostingState.NOTHING
    _show(settlement, category, state, at=at, posting=posting)
    return {"outcome": POSTED}


def _post(
    world: World, dealer: Dealer, settlement: Settlement, category: PostingCategory
) -> Posting:
    """Post once, as far as the documents are open: what was paid elsewhere is put on account.

    Raises ErpRefused, ErpUnreachable.
    """
    for _ in range(MOST_FITTINGS):
        posting = frozen_posting(dealer, settlement, category)
        if not posting.lines:
            return posting
        try:
            send_once(world, dealer, posting)
        except ErpRefused as refusal:
            # Nothing was written, so the next try may be made from newer settings and facts.
            if not thaw_refused(dealer.dealer_id, settlement.settlement_id, posting):
                return posting
            if refusal.code != OVER_APPLIED or not fit_to_erp(
                world, dealer, settlement, posting, refusal
            ):
                raise _named(dealer, refusal) from refusal
        else:
            return posting
    raise ErpUnreachable("too many documents were paid elsewhere to be done at once")


def _named(dealer: Dealer, refusal: ErpRefused) -> ErpRefused:
    """A document that Spruce does not know may be our own cash on account, not posted yet."""
    is_unknown = refusal.code == UNKNOWN_DOCUMENT and refusal.document
    payment = find_named(dealer.dealer_id, refusal.document) if is_unknown else None
    if payment is None or payment.posted_at is not None:
        return refusal
    return ErpRefused(
        f"It uses the cash on account of {payment.number}, which is not posted yet. Post the "
        "settlement that carries it first.",
        code=refusal.code,
        document=refusal.document,
    )


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
    """What the category writes, made from the stored facts once and then kept as it is.

    Without lines if all of it was paid or used up elsewhere meanwhile.
    """
    kept = find_posting(
        dealer.dealer_id, settlement.settlement_id, posting_name(settlement, category)
    )
    if kept is not None:
        return kept
    posting = posting_of(category, settlement, payments_behind(settlement), dealer)
    if not posting.lines:
        return posting
    return freeze_posting(dealer.dealer_id, settlement.settlement_id, posting)


def posting_name(settlement: Settlement, category: PostingCategory) -> str:
    """The reference of the category's posting in its present round."""
    number = round_of(settlement, category)
    return reference(settlement.settlement_id, category, number)


def send_once(world: World, dealer: Dealer, posting: Posting) -> None:
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
    posting: Posting | None = None,
) -> Settlement:
    """Store how far the category is; a category once posted never goes back.

    One that is posted by hand stays as it is: the caller sees so in what is returned.
    """

    def changed(row: CategoryPosting) -> CategoryPosting:
        if row.category is not category or row.state is PostingState.POSTED:
            return row
        shown = replace(row, state=state, posted_at=at, problem=problem)
        if posting is None:
            return shown
        return replace(shown, lines=len(posting.lines), amount_cents=posting.debit_cents)

    def shown(now: Settlement) -> Settlement | None:
        if now.manual_at:
            return None
        return replace(now, postings=tuple(changed(row) for row in now.postings))

    ids = settlement.dealer_id, settlement.settlement_id
    # Whatever another run thought of it meanwhile, what was taken is what is kept.
    taken = [posting_put(*ids, posting)] if posting is not None and posting.lines else []
    return change_settlement(*ids, shown, also=taken)
