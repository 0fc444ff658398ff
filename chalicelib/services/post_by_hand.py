"""Posting by hand: choose it, go back, record when each category was entered in Spruce.

Choosing and posting automatically change the same item under a condition, so a settlement is
posted one way or the other, never both.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import AlreadyDone, Conflict, InvalidInput, TryAgain
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.manual_posting import by_hand, recorded_moment
from chalicelib.domain.settlements import (
    CategoryPosting,
    PostingCategory,
    PostingState,
    Settlement,
)
from chalicelib.gateways.erp import ErpRefused, ErpUnreachable
from chalicelib.gateways.workflows import WorkflowsUnreachable
from chalicelib.services.await_posting import POSTED
from chalicelib.services.held_posting import refuse_if_held
from chalicelib.services.mark_posted import is_posted
from chalicelib.services.open_settlement import keep_going
from chalicelib.services.post_settlement import frozen_posting, posting_name
from chalicelib.services.world import World
from chalicelib.storage.dealer_log import dealer_log_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.settlement_work import Phase, SettlementWork, change_work
from chalicelib.storage.settlements import (
    change_settlement,
    find_posting,
    get_settlement,
    thaw_posting,
)

LOOK_AGAIN = timedelta(minutes=15)
UNDER_WAY = (PostingState.POSTING, PostingState.REVERSING)
UNKNOWN = (
    "Spruce does not answer, and it may have taken a part of this settlement already. "
    "Choose Manual post again once it can be asked."
)


def choose_manual_posting(
    world: World, dealer_id: DealerId, *, settlement_id: SettlementId, operator: str
) -> Settlement:
    """From now on a person posts what Spruce has not taken; choosing twice changes nothing.

    The files are frozen here, so downloading them again gives the same bytes. Raises NotFound,
    Conflict (posting is under way, the proof does not add up, Spruce cannot be asked),
    AlreadyDone if all is posted.
    """
    seen = get_settlement(dealer_id, settlement_id)
    _require_open(seen)
    refuse_if_held(seen)
    dealer = get_dealer(dealer_id)
    taken = () if seen.manual_at else _taken_by_spruce(world, dealer, seen)
    now = world.clock.now()

    def chosen(current: Settlement) -> Settlement | None:
        _require_open(current)
        if current.manual_at:
            return None
        if current.postings != seen.postings:
            raise TryAgain("The settlement is being changed by something else. Please try again.")
        rows = tuple(_left_to_hands(row, taken, now) for row in current.postings)
        return replace(current, postings=rows, manual_at=now, manual_by=operator)

    settlement = change_settlement(dealer_id, settlement_id, chosen)
    for category in by_hand(settlement):
        frozen_posting(dealer, settlement, category)
    if is_posted(settlement):
        _finish(world, settlement)
    return settlement


def return_to_automatic(
    world: World,
    dealer_id: DealerId,
    *,
    settlement_id: SettlementId,
    nothing_entered: bool,
    operator: str,
) -> Settlement:
    """Give posting by hand up, if the operator says that nothing was entered in Spruce.

    That word is kept in the dealer's audit log: the settlement itself forgets it. Raises NotFound,
    InvalidInput without that word, Conflict once a time is recorded.
    """
    if not nothing_entered:
        sentence = "Tick the box: what was entered in Spruce would be posted a second time."
        raise InvalidInput(sentence, {"nothing_entered": sentence})
    seen = _require_unrecorded(get_settlement(dealer_id, settlement_id))
    for category in by_hand(seen):
        # Nothing of it was sent, so posting automatically may use the dealer's newer settings.
        thaw_posting(dealer_id, settlement_id, posting_name(seen, category))
    text = (
        f"Settlement {settlement_id}: gave up posting by hand, chosen by {seen.manual_by}; "
        "nothing of it had been entered in Spruce."
    )
    return change_settlement(
        dealer_id,
        settlement_id,
        lambda now: replace(_require_unrecorded(now), manual_at=None, manual_by=""),
        also=[dealer_log_put(dealer_id, world.clock.now(), operator, text)],
    )


def record_posted_times(
    world: World,
    dealer_id: DealerId,
    *,
    settlement_id: SettlementId,
    typed: Mapping[PostingCategory, str],
    operator: str,
) -> Settlement:
    """Record when categories were entered: `typed` holds minutes in the dealer's zone, "" = not.

    The last one completes the waiting workflow, which marks the payments Posted. Raises NotFound,
    InvalidInput naming the fields `at_<category>`, Conflict unless posting by hand was chosen,
    AlreadyDone if what was typed is recorded.
    """
    zone, now = get_dealer(dealer_id).time_zone, world.clock.now()

    def recorded(current: Settlement) -> Settlement:
        if current.manual_at is None:
            raise Conflict("Choose Manual post first; then the times can be recorded.")
        moments = {
            category: recorded_moment(
                text, zone, since=current.manual_at, now=now, field=f"at_{category}"
            )
            for category, text in _wanted(current, typed).items()
        }
        rows = tuple(_recorded(row, moments, operator) for row in current.postings)
        return replace(current, postings=rows)

    settlement = change_settlement(dealer_id, settlement_id, recorded)
    if is_posted(settlement):
        _finish(world, settlement)
    return settlement


def _wanted(
    settlement: Settlement, typed: Mapping[PostingCategory, str]
) -> dict[PostingCategory, str]:
    """What was typed for categories that a person still has to post."""
    given = {category: text for category, text in typed.items() if text}
    if not given:
        raise InvalidInput("Type at least one time.", {"at_invoices": "Type at least one time."})
    waiting = [row.category for row in settlement.postings if row.state is PostingState.WAITING]
    found = {category: text for category, text in given.items() if category in waiting}
    if not found:
        raise AlreadyDone("These times are recorded already.")
    return found


def _require_open(settlement: Settlement) -> None:
    if not settlement.is_proven:
        raise Conflict("The proof does not add up. Posting waits until every cent is explained.")
    if is_posted(settlement):
        raise AlreadyDone("This settlement is posted already.")
    if any(row.state in UNDER_WAY for row in settlement.postings):
        raise Conflict("Posting or its reversal is under way. Wait until it has ended.")


def _require_unrecorded(settlement: Settlement) -> Settlement:
    if settlement.manual_at is None:
        raise AlreadyDone("This settlement is posted automatically.")
    if any(row.recorded_by for row in settlement.postings):
        raise Conflict("A part is recorded as entered by hand, so the rest is entered by hand too.")
    return settlement


def _left_to_hands(
    row: CategoryPosting, taken: Collection[PostingCategory], now: datetime
) -> CategoryPosting:
    if row.category in taken:
        return replace(row, state=PostingState.POSTED, posted_at=now, problem="")
    if row.state is PostingState.FAILED:
        return replace(row, state=PostingState.WAITING, problem="")
    return row


def _recorded(
    row: CategoryPosting, moments: Mapping[PostingCategory, datetime], operator: str
) -> CategoryPosting:
    if row.category not in moments:
        return row
    at = moments[row.category]
    return replace(row, state=PostingState.POSTED, posted_at=at, recorded_by=operator)


def _taken_by_spruce(
    world: World, dealer: Dealer, settlement: Settlement
) -> tuple[PostingCategory, ...]:
    """Categories that were sent without an answer and that Spruce says it has."""
    taken = []
    for row in settlement.postings:
        if row.state in (PostingState.POSTED, PostingState.NOTHING):
            continue
        name = posting_name(settlement, row.category)
        sent = find_posting(dealer.dealer_id, settlement.settlement_id, name)
        if sent is None:
            continue
        try:
            if world.erp.find(dealer, sent):
                taken.append(row.category)
        except ErpUnreachable as error:
            raise Conflict(UNKNOWN) from error
        except ErpRefused as error:
            raise Conflict(error.sentence) from error
    return tuple(taken)


def _finish(world: World, settlement: Settlement) -> None:
    """Complete the waiting step; if that fails, the sweep finds the settlement due."""
    due_at = world.clock.now() + LOOK_AGAIN

    def hurried(work: SettlementWork) -> SettlementWork:
        done = work.phase is Phase.DONE
        return work if done else replace(work, phase=Phase.POSTING, due_at=due_at)

    work = change_work(settlement.dealer_id, settlement.settlement_id, hurried)
    with suppress(WorkflowsUnreachable):
        if work is not None and work.token:
            world.workflows.complete(work.token, {"outcome": POSTED})
        keep_going(world, settlement.dealer_id, settlement_id=settlement.settlement_id)
