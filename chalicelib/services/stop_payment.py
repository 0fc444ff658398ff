"""What an operator may do to a payment on its way: freeze, release, terminate, hold its posting.

Each is one transaction with its event and the account's activity, refused if the payment moved.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TryAgain
from chalicelib.domain.ids import DealerId
from chalicelib.domain.interventions import Intervention, stop_ends, why_not
from chalicelib.domain.lifecycle import Event, follow
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment, Stage, Stop
from chalicelib.gateways.workflows import WorkflowsUnreachable
from chalicelib.services.record_outcome import complete_waiting, wake
from chalicelib.services.release_payment import giving_back
from chalicelib.services.view_payment import NO_PAYMENT, find_named
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_state, log_put
from chalicelib.storage.claims import due_change, find_claim
from chalicelib.storage.notices import notice_removal
from chalicelib.storage.payments import payment_puts
from chalicelib.storage.settlements import (
    StoredSettlement,
    find_settlement,
    settlement_unmoved,
)
from chalicelib.storage.transactions import OutcomeUnknown, Write, WritesRefused, transact

TRIES = 6
REASON_CHARACTERS = 3, 300
WORDS = {
    Intervention.FREEZE: ("frozen", "frozen"),
    Intervention.RELEASE: ("released", "released"),
    Intervention.TERMINATE: ("terminated", "terminated"),
    Intervention.HOLD_POSTING: ("posting_held", "kept from posting"),
    Intervention.RELEASE_POSTING: ("posting_released", "free to post"),
}
STOP_ENDS = (Intervention.RELEASE, Intervention.TERMINATE, Intervention.RELEASE_POSTING)
_EVENTS = {
    Intervention.FREEZE: Event.FROZEN,
    Intervention.RELEASE: Event.RELEASED,
    Intervention.TERMINATE: Event.TERMINATED,
}


@dataclass(frozen=True, slots=True)
class _Order:
    action: Intervention
    stop: Stop


def stop_payment(
    world: World,
    dealer_id: DealerId,
    *,
    name: str,
    action: Intervention,
    operator: str,
    reason: str,
) -> Payment:
    """Do `action` to the payment of that short number or id; who, when and why are kept.

    Raises NotFound, InvalidInput without a reason of 3 to 300 characters, Conflict with why it
    can't apply and what to do instead, TryAgain.
    """
    order = _Order(action, Stop(world.clock.now(), operator, _checked(reason)))
    is_unsure = False
    for _ in range(TRIES):
        payment = find_named(dealer_id, name)
        if payment is None:
            raise NotFound(NO_PAYMENT)
        if is_unsure and _is_done(payment, order):
            break
        try:
            payment = _do(world, payment, order)
        except (WritesRefused, OutcomeUnknown) as trouble:
            is_unsure = is_unsure or isinstance(trouble, OutcomeUnknown)
            continue
        break
    else:
        raise TryAgain("The payment is being changed by something else. Please try again.")
    with suppress(WorkflowsUnreachable):  # The sweep says it within five minutes.
        _tell_machine(world, payment, action)
    return payment


def _checked(reason: str) -> str:
    why = " ".join(reason.split())
    shortest, longest = REASON_CHARACTERS
    if not shortest <= len(why) <= longest:
        sentence = f"Say why, in {shortest} to {longest} characters."
        raise InvalidInput(sentence, {"reason": sentence})
    return why


def _do(world: World, payment: Payment, order: _Order) -> Payment:
    """One round of check and write. Raises Conflict, WritesRefused, OutcomeUnknown."""
    stored = None
    if payment.settlement_id is not None:
        stored = find_settlement(payment.dealer_id, payment.settlement_id)
    refusal = why_not(order.action, payment, stored.settlement if stored else None)
    if refusal:
        raise Conflict(refusal)
    changed = _changed(payment, order)
    transact(_writes(world, changed, order, stored), token=uuid4().hex)
    return changed


def _tell_machine(world: World, payment: Payment, action: Intervention) -> None:
    if action is Intervention.TERMINATE:
        complete_waiting(world, payment)
    elif action is Intervention.RELEASE and not payment.waits_at(world.clock.now()):
        wake(world, payment)


def _is_done(payment: Payment, order: _Order) -> bool:
    """True if our own write, whose answer was lost, is what is stored."""
    if order.action in (Intervention.RELEASE, Intervention.RELEASE_POSTING):
        return payment.stopped is None
    return payment.stopped == order.stop


def _changed(payment: Payment, order: _Order) -> Payment:
    is_release = order.action in (Intervention.RELEASE, Intervention.RELEASE_POSTING)
    changed = replace(payment, stopped=None if is_release else order.stop)
    event = _EVENTS.get(order.action)
    if event is not None:
        changed = follow(changed, event) or changed
    if order.action is Intervention.TERMINATE:
        return replace(changed, stage=Stage.DONE)
    if order.action is Intervention.RELEASE:
        # The machine waits for a word since the freeze, so the sweep must know to give it.
        return replace(changed, held_until=payment.held_until or order.stop.at)
    return changed


def _writes(
    world: World, payment: Payment, order: _Order, stored: StoredSettlement | None
) -> list[Write]:
    name, words = WORDS[order.action]
    stop, where = order.stop, (payment.dealer_id, payment.account_id)
    by = f"{stop.operator}: {stop.reason}"
    writes: list[Write] = [
        *payment_puts(payment, name=name, at=stop.at, source="operator", detail=by),
        log_put(*where, stop.at, stop.operator, f"Payment {payment.number} {words} by {by}"),
    ]
    if order.action in STOP_ENDS:
        writes.append(notice_removal(payment.dealer_id, NoticeKind.STOPPED, payment.number))
    if order.action is Intervention.TERMINATE:
        writes += giving_back(world, payment, get_state(*where))
    if order.action is Intervention.HOLD_POSTING and stored is not None:
        # Posting begins by changing the settlement: one of the two is refused.
        writes.append(settlement_unmoved(stored))
    due_at = _due_at(payment, order)
    if due_at is not None and find_claim(*where, payment.payment_id) is not None:
        writes.append(due_change(*where, payment.payment_id, at=due_at))
    return writes


def _due_at(payment: Payment, order: _Order) -> datetime | None:
    """When the sweep must look at it; None: as it would anyway."""
    match order.action:
        case Intervention.RELEASE:
            return payment.held_until
        case Intervention.FREEZE:
            return stop_ends(order.stop)
        case Intervention.HOLD_POSTING if payment.stage is Stage.DONE:
            return stop_ends(order.stop)
        case _:
            return None
