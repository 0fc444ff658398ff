"""A settlement as the pieces its pages show: row, proof, posting progress, status."""

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.domain.settlements import (
    CategoryPosting,
    MovementKind,
    PostingCategory,
    PostingReversal,
    PostingState,
    Settlement,
)
from chalicelib.entrypoints.console.settlement_lines import note
from chalicelib.entrypoints.guard import Visit
from chalicelib.entrypoints.presenting import zone_name, zoned
from chalicelib.rendering.views import settlements as views
from chalicelib.rendering.views.chrome import Action, Badge, FieldError
from chalicelib.services.reverse_posting import why_not_reverse

CATEGORY_WORDS = {
    PostingCategory.INVOICES: "Invoices",
    PostingCategory.CREDIT_ADJUSTMENTS: "Credit adjustments",
    PostingCategory.DEBIT_ADJUSTMENTS: "Debit adjustments",
    PostingCategory.CASH_AND_OTHER: "Cash and other",
}
STATE_BADGES = {
    PostingState.WAITING: Badge(label="Not posted"),
    PostingState.POSTING: Badge(label="Posting", tone="info"),
    PostingState.POSTED: Badge(label="Posted", tone="good"),
    PostingState.NOTHING: Badge(label="Nothing to post"),
    PostingState.FAILED: Badge(label="Failed", tone="bad"),
    PostingState.REVERSING: Badge(label="Reversing", tone="info"),
}
DONE = (PostingState.POSTED, PostingState.NOTHING)
REFUNDS = (MovementKind.REFUND, MovementKind.REFUND_FAILURE)
DISPUTES = (MovementKind.DISPUTE, MovementKind.DISPUTE_REVERSAL, MovementKind.DISPUTE_LOST)
OTHERS = (MovementKind.ADJUSTMENT, MovementKind.FAILED_PAYOUT)


def category_views(settlement: Settlement, dealer: Dealer) -> tuple[views.PostingCategory, ...]:
    """The four categories with their state, time and problem."""
    return tuple(_category(posting, dealer) for posting in settlement.postings)


def _category(posting: CategoryPosting, dealer: Dealer) -> views.PostingCategory:
    return views.PostingCategory(
        label=CATEGORY_WORDS[posting.category],
        status=STATE_BADGES[posting.state],
        at=zoned(dealer, posting.posted_at),
        amount_cents=posting.amount_cents,
        document_count=posting.lines,
        problem=posting.problem,
        recorded_by=posting.recorded_by,
    )


def settlement_row(settlement: Settlement, dealer: Dealer) -> views.SettlementRow:
    """One settlement in the list."""
    back = settlement.refunds_cents + settlement.returns_cents + settlement.disputes_cents
    return views.SettlementRow(
        number=settlement.settlement_id,
        href=f"/console/settlements/{settlement.settlement_id}",
        created_at=zoned(dealer, settlement.created_at),
        payment_count=len(settlement.parts),
        gross_cents=settlement.gross_cents,
        fees_cents=-settlement.fees_cents,
        returns_cents=-back,
        net_cents=settlement.deposit_cents,
        categories=category_views(settlement, dealer),
        resolved_at=zoned(dealer, settlement.resolved_at),
        note=note(settlement),
    )


def proof_lines(settlement: Settlement) -> tuple[views.ProofLine, ...]:
    """gross − fees − refunds − returns − disputes ± adjustments, and what nobody explains."""
    shown = (
        ("Payments, gross", settlement.gross_cents, _counted(len(settlement.parts), "payment")),
        ("Processing fees", -settlement.fees_cents, ""),
        ("Refunds", -settlement.refunds_cents, _of(settlement, *REFUNDS)),
        ("Returns", -settlement.returns_cents, _of(settlement, MovementKind.RETURN)),
        ("Disputes", -settlement.disputes_cents, _of(settlement, *DISPUTES)),
        ("Adjustments", settlement.adjustments_cents, _of(settlement, *OTHERS)),
    )
    return tuple(
        views.ProofLine(label=label, amount_cents=cents, detail=detail)
        for label, cents, detail in shown
    )


def _of(settlement: Settlement, *kinds: MovementKind) -> str:
    count = sum(movement.kind in kinds for movement in settlement.movements)
    return _counted(count, "line") if count else ""


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def is_posted(settlement: Settlement) -> bool:
    """True once every category is posted or has nothing to post."""
    return bool(settlement.postings) and all(p.state in DONE for p in settlement.postings)


def is_posting(settlement: Settlement) -> bool:
    """True while a category is being posted or reversed."""
    under_way = (PostingState.POSTING, PostingState.REVERSING)
    return any(posting.state in under_way for posting in settlement.postings)


def settlement_status(settlement: Settlement) -> Badge:
    """The settlement in one badge."""
    if settlement.resolved_at:
        return Badge(label="Resolved", tone="good")
    if settlement.reversing:
        return Badge(label="Reversing", tone="info")
    if not settlement.is_proven:
        return Badge(label="Does not add up", tone="bad")
    if is_posted(settlement):
        return Badge(label="Posted", tone="good")
    if is_posting(settlement):
        return Badge(label="Posting", tone="info")
    return Badge(label="Not posted", tone="warn")


def settlement_progress(
    visit: Visit, dealer: Dealer, settlement: Settlement, held: str
) -> views.SettlementProgress:
    """The posting section: four categories, Post, Resolve; `held` says which payment keeps it."""
    base = f"/console/settlements/{settlement.settlement_id}"
    done = sum(posting.state in DONE for posting in settlement.postings)
    return views.SettlementProgress(
        csrf=visit.csrf,
        categories=category_views(settlement, dealer),
        running=is_posting(settlement),
        progress_href=f"{base}/progress",
        post=Action(
            label="Post", url=f"{base}/post", blocked_because=_why_not_post(settlement) or held
        ),
        resolve=Action(
            label="Resolve",
            url=f"{base}/resolve",
            blocked_because=_why_not_resolve(settlement) or held,
        ),
        needs_reason=not settlement.is_proven,
        doing="Reversing" if settlement.reversing else "Posting",
        reversals=tuple(_reversal(it, dealer) for it in settlement.reversals),
        reason=settlement.resolved_reason,
        resolved_at=zoned(dealer, settlement.resolved_at),
        resolved_by=settlement.resolved_by,
        done_count=done,
        step_count=len(settlement.postings) or 4,
        may_act=visit.signed_in.role in COLLECTING_ROLES,
        currency=dealer.currency,
        zone=zone_name(dealer, settlement.created_at),
    )


def _reversal(reversal: PostingReversal, dealer: Dealer) -> views.Reversal:
    return views.Reversal(
        at=zoned(dealer, reversal.at),
        by=reversal.by,
        reason=reversal.reason,
        references=", ".join(reversal.references),
    )


def reverse_form(
    visit: Visit, dealer: Dealer, settlement: Settlement, errors: tuple[FieldError, ...]
) -> views.Reverse | None:
    """Once anything is posted: the form, or why it can't apply."""
    if not any(posting.state in DONE[:1] for posting in settlement.postings):
        return None
    return views.Reverse(
        action=Action(
            label="Reverse the posting",
            url=f"/console/settlements/{settlement.settlement_id}/reverse",
            blocked_because=why_not_reverse(settlement),
        ),
        by_hand=any(posting.recorded_by for posting in settlement.postings),
        now=zoned(dealer, visit.now),
        errors=errors,
    )


def _why_not_post(settlement: Settlement) -> str:
    if is_posted(settlement):
        return "Everything is posted."
    if settlement.reversing:
        return "It is being reversed."
    if is_posting(settlement):
        return "Posting is under way."
    if not settlement.is_proven:
        return "The proof does not add up; posting waits until every cent is explained."
    if settlement.manual_at:
        return "It is posted by hand."
    return ""


def _why_not_resolve(settlement: Settlement) -> str:
    if settlement.resolved_at:
        return "Already resolved."
    if settlement.reversing:
        return "It is being reversed."
    if settlement.is_proven and not is_posted(settlement):
        return "Post the settlement first."
    return ""
