"""Reverse what was posted: the equal and opposite under a reference of its own, never an edit.

Asking stores who, when and why; the settlement's waiting step carries it out, and the sweep goes on
with it. The payments stop counting as posted before anything is sent: an ERP extract made meanwhile
may then show less owed than there is for a while, never more.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import AlreadyDone, Conflict, InvalidInput, TryAgain
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.lifecycle import Event, follow
from chalicelib.domain.manual_posting import recorded_moment
from chalicelib.domain.payments import Payment
from chalicelib.domain.posting import reversed_posting
from chalicelib.domain.settlements import (
    CategoryPosting,
    PostingCategory,
    PostingReversal,
    PostingState,
    Settlement,
)
from chalicelib.gateways.erp import ErpRefused, ErpUnreachable
from chalicelib.gateways.workflows import WorkflowsUnreachable
from chalicelib.services.date_claims import undate_claims
from chalicelib.services.mark_posted import is_posted, mark_posted, posted_moment
from chalicelib.services.open_settlement import keep_going
from chalicelib.services.post_settlement import NO_ANSWER, posting_name, send_once
from chalicelib.services.world import World
from chalicelib.storage.accounts import log_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment, payment_puts
from chalicelib.storage.settlement_payments import payments_behind
from chalicelib.storage.settlement_work import Phase, SettlementWork, change_work, find_work
from chalicelib.storage.settlements import (
    change_settlement,
    find_posting,
    find_settlement,
    freeze_posting,
    posting_put,
    thaw_refused,
)
from chalicelib.storage.transactions import Write, WritesRefused, transact

REASON_CHARACTERS = 10, 1_000
LOOK_AGAIN = timedelta(minutes=15)
REVERSE = "reverse"
TRIES = 4


def why_not_reverse(settlement: Settlement) -> str:
    """Why what is posted can't be reversed now and what to do instead; "" if it can."""
    if settlement.resolved_at:
        return "It is resolved. Correct it in Spruce, with a journal of its own."
    if any(row.state is PostingState.POSTING for row in settlement.postings):
        return "Posting is under way. Wait until it has ended."
    if settlement.reversing:
        return "It is being reversed."
    if not any(row.state is PostingState.POSTED for row in settlement.postings):
        return "Nothing of it is posted."
    return ""


def request_reversal(
    world: World,
    dealer_id: DealerId,
    *,
    settlement_id: SettlementId,
    operator: str,
    reason: str,
    entered: str = "",
) -> Settlement:
    """Ask for the reversal of all that is posted. Asking twice reverses nothing twice.

    `entered` is the minute, in the dealer's zone, at which the opposite of what was posted by hand
    was entered in Spruce. Raises NotFound, InvalidInput, Conflict with why it can't apply.
    """
    why, now = _checked_reason(reason), world.clock.now()
    zone = get_dealer(dealer_id).time_zone
    work = find_work(dealer_id, settlement_id)
    if work is not None and work.phase is Phase.POSTING:
        raise Conflict("Posting is under way. Wait until it has ended.")

    def asked(settlement: Settlement) -> Settlement:
        problem = why_not_reverse(settlement)
        if problem:
            raise AlreadyDone(problem) if settlement.reversing else Conflict(problem)
        by_hand = any(row.recorded_by for row in settlement.postings)
        since = posted_moment(settlement, now) - timedelta(minutes=1)
        entered_at = (
            recorded_moment(entered, zone, since=since, now=now, field="entered")
            if by_hand
            else None
        )
        reversal = PostingReversal(now, operator, why, entered_at=entered_at)
        rows = tuple(_asked_row(row) for row in settlement.postings)
        return replace(settlement, postings=rows, reversals=(*settlement.reversals, reversal))

    settlement = change_settlement(dealer_id, settlement_id, asked)
    _wake(world, settlement)
    return settlement


def _checked_reason(reason: str) -> str:
    shortest, longest = REASON_CHARACTERS
    why = reason.strip()
    if not shortest <= len(why) <= longest:
        sentence = f"Say why, in {shortest} to {longest:,} characters."
        raise InvalidInput(sentence, {"reversal_reason": sentence})
    return why


def _asked_row(row: CategoryPosting) -> CategoryPosting:
    if row.state is not PostingState.POSTED:
        return row
    return replace(row, state=PostingState.REVERSING, problem="")


def _wake(world: World, settlement: Settlement) -> None:
    """Let the waiting step do it, or a run of its own; if nobody answers, the sweep does."""
    due_at = world.clock.now() + LOOK_AGAIN

    def reopened(work: SettlementWork) -> SettlementWork:
        if work.phase is not Phase.DONE:
            return replace(work, due_at=due_at)
        return replace(work, phase=Phase.PROVING, run=work.run + 1, token="", due_at=due_at)

    work = change_work(settlement.dealer_id, settlement.settlement_id, reopened)
    with suppress(WorkflowsUnreachable):
        if work is not None and work.token:
            world.workflows.complete(work.token, {"outcome": REVERSE})
        keep_going(world, settlement.dealer_id, settlement_id=settlement.settlement_id)


def carry_out_reversal(world: World, dealer_id: DealerId, *, settlement_id: SettlementId) -> None:
    """Do what was asked, category by category, last posted first; resumable, harmless to repeat.

    What Spruce refuses stays posted with its sentence. Raises TryAgain while a payment is being
    changed by something else; what got no answer is asked for by the sweep.
    """
    stored = find_settlement(dealer_id, settlement_id)
    reversal = stored.settlement.reversing if stored else None
    if stored is None or reversal is None:
        return
    settlement, dealer = stored.settlement, get_dealer(dealer_id)
    _unmark(settlement, reversal, world.clock.now())
    for category in reversed(PostingCategory):
        row = next((row for row in settlement.postings if row.category is category), None)
        if row is None or row.state is not PostingState.REVERSING:
            continue
        if not _reverse(world, dealer, settlement, row):
            return
    ended = change_settlement(
        dealer_id, settlement_id, lambda now: _finished(now, world.clock.now())
    )
    if is_posted(ended):
        mark_posted(world, dealer_id, settlement_id=settlement_id)


def _reverse(world: World, dealer: Dealer, settlement: Settlement, row: CategoryPosting) -> bool:
    """One category; False while Spruce does not answer."""
    ids = settlement.dealer_id, settlement.settlement_id
    if row.recorded_by:
        _show(settlement, row.category, reference="by hand")
        return True
    posted = find_posting(*ids, posting_name(settlement, row.category))
    if posted is None:
        _show(settlement, row.category, problem="What was posted is not kept any more.")
        return True
    undone = reversed_posting(posted, row.round, world.clock.now(), dealer)
    undone = freeze_posting(*ids, undone)
    try:
        send_once(world, dealer, undone)
    except ErpRefused as refusal:
        if thaw_refused(*ids, undone):
            _show(settlement, row.category, problem=f"Not reversed: {refusal.sentence}")
        return True
    except ErpUnreachable:
        _tell(settlement, row.category, NO_ANSWER)
        return False
    _show(settlement, row.category, reference=undone.reference, also=[posting_put(*ids, undone)])
    return True


def _show(
    settlement: Settlement,
    category: PostingCategory,
    *,
    reference: str = "",
    problem: str = "",
    also: Sequence[Write] = (),
) -> None:
    """The category is ready to be posted anew in its next round, or stays posted with a problem."""

    def changed(row: CategoryPosting) -> CategoryPosting:
        if row.category is not category or row.state is not PostingState.REVERSING:
            return row
        if problem:
            return replace(row, state=PostingState.POSTED, problem=problem)
        again = replace(row, round=row.round + 1, posted_at=None, recorded_by="", problem="")
        name = posting_name_of(settlement, again)
        return replace(again, state=PostingState.WAITING, reference=name)

    def shown(now: Settlement) -> Settlement:
        rows = tuple(changed(row) for row in now.postings)
        last = now.reversals[-1]
        if reference and reference not in last.references and rows != now.postings:
            last = replace(last, references=(*last.references, reference))
        return replace(now, postings=rows, reversals=(*now.reversals[:-1], last))

    change_settlement(settlement.dealer_id, settlement.settlement_id, shown, also=also)


def posting_name_of(settlement: Settlement, row: CategoryPosting) -> str:
    """The reference of a category's row in its own round."""
    return posting_name(replace(settlement, postings=(row,)), row.category)


def _tell(settlement: Settlement, category: PostingCategory, problem: str) -> None:
    def told(row: CategoryPosting) -> CategoryPosting:
        is_it = row.category is category and row.state is PostingState.REVERSING
        return replace(row, problem=problem) if is_it else row

    change_settlement(
        settlement.dealer_id,
        settlement.settlement_id,
        lambda now: replace(now, postings=tuple(told(row) for row in now.postings)),
    )


def _finished(settlement: Settlement, now: datetime) -> Settlement:
    if settlement.reversing is None:
        return settlement
    last = replace(settlement.reversing, finished_at=now)
    return replace(settlement, reversals=(*settlement.reversals[:-1], last))


def _unmark(settlement: Settlement, reversal: PostingReversal, now: datetime) -> None:
    """The payments go back from Posted, their claims count again for later extracts."""
    posted_at = posted_moment(settlement, now)
    behind = payments_behind(settlement)
    for payment in behind[: len(settlement.parts)]:
        _unmark_payment(payment, reversal, now)
    undate_claims(settlement, behind, posted_at=posted_at, at=max(now, posted_at))


def _unmark_payment(payment: Payment, reversal: PostingReversal, now: datetime) -> None:
    current = payment
    for _ in range(TRIES):
        moved = follow(current, Event.UNPOSTED) if current.posted_at else None
        if moved is None:
            return
        unposted = replace(moved, posted_at=None)
        detail = f"settlement {payment.settlement_id}, {reversal.by}: {reversal.reason}"
        text = f"Posting of payment {payment.number} reversed ({detail})"
        writes = [
            *payment_puts(unposted, name="unposted", at=now, source="operator", detail=detail),
            log_put(payment.dealer_id, payment.account_id, now, "operator", text),
        ]
        try:
            transact(writes, token=uuid4().hex)
        except WritesRefused:
            current = get_payment(payment.dealer_id, payment.account_id, payment.payment_id)
            continue
        return
    raise TryAgain("The payment is being changed by something else.")
