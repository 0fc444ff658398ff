"""When every category is in the ERP: payments become Posted, their claims get the moment."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.errors import Conflict, TryAgain
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.lifecycle import Event, follow
from chalicelib.domain.payments import Payment
from chalicelib.domain.settlements import PostingState, Settlement
from chalicelib.services.date_claims import date_claims
from chalicelib.services.world import World
from chalicelib.storage.accounts import log_put
from chalicelib.storage.claims import claim_change, find_claim
from chalicelib.storage.payments import get_payment, payment_puts
from chalicelib.storage.settlement_payments import payments_behind
from chalicelib.storage.settlement_work import Phase, change_work
from chalicelib.storage.settlements import get_settlement
from chalicelib.storage.transactions import Write, WritesRefused, transact

FINISHED = (PostingState.POSTED, PostingState.NOTHING)
TRIES = 4


def is_posted(settlement: Settlement) -> bool:
    """True if every category is in the ERP or has nothing for it."""
    return bool(settlement.postings) and all(row.state in FINISHED for row in settlement.postings)


def mark_posted(
    world: World, dealer_id: DealerId, *, settlement_id: SettlementId
) -> dict[str, str]:
    """Move every payment of the settlement to Posted, one transaction each; resumable.

    A claim's `posted_at` is the latest moment any category was accepted: an ERP extract from then
    on contains the payment, and the import that brings it drops the claim (money.md, What is
    owed); the claims of its movements' events alike. A settlement resolved without its proof is
    only over. Raises Conflict if a category is still missing, TryAgain.
    """
    settlement = get_settlement(dealer_id, settlement_id)
    if settlement.resolved_at and not settlement.is_proven:
        _end(settlement)
        return {"outcome": "resolved"}
    if not is_posted(settlement):
        raise Conflict("A part of this settlement is not posted yet.")
    posted_at = posted_moment(settlement, world.clock.now())
    behind = payments_behind(settlement)
    for payment in behind[: len(settlement.parts)]:
        _mark(payment, posted_at)
    date_claims(settlement, behind, posted_at)
    _end(settlement)
    return {"outcome": "posted"}


def posted_moment(settlement: Settlement, now: datetime) -> datetime:
    """The latest moment any category was accepted; `now` if none has one."""
    moments = [row.posted_at for row in settlement.postings if row.posted_at]
    return max(moments, default=now)


def _end(settlement: Settlement) -> None:
    change_work(
        settlement.dealer_id,
        settlement.settlement_id,
        lambda work: replace(work, phase=Phase.DONE, due_at=None, token="", requested_by=""),
    )


def _mark(payment: Payment, posted_at: datetime) -> None:
    """Status, event, claim and activity together; a payment already posted is left alone."""
    current = payment
    for _ in range(TRIES):
        moved = None if current.posted_at else follow(current, Event.POSTED)
        if moved is None:
            return
        posted = replace(moved, posted_at=posted_at)
        try:
            transact(_writes(posted, posted_at), token=uuid4().hex)
        except WritesRefused:
            current = get_payment(payment.dealer_id, payment.account_id, payment.payment_id)
            continue
        return
    raise TryAgain("The payment is being changed by something else.")


def _writes(posted: Payment, posted_at: datetime) -> list[Write]:
    dealer_id, account_id = posted.dealer_id, posted.account_id
    detail = f"settlement {posted.settlement_id}"
    writes: list[Write] = []
    writes += payment_puts(posted, name="posted", at=posted_at, source="workflow", detail=detail)
    claim = find_claim(dealer_id, account_id, posted.payment_id)
    if claim is not None:
        dated = replace(claim, posted_at=posted_at)
        writes.append(claim_change(dealer_id, account_id, claim, dated))
    text = f"Payment {posted.number} posted to Spruce ({detail})"
    writes.append(log_put(dealer_id, account_id, posted_at, "workflow", text))
    return writes
