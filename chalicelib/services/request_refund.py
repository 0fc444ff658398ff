"""Ask for a refund: stored in the payment before anything is sent, approved above the limit."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.ids import DealerId
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.refund_refusals import needs_approval, why_not_refund
from chalicelib.domain.refunds import RefundOrder, Room, plan_refund, rooms
from chalicelib.domain.reversals import Refund, RefundState, Reversal
from chalicelib.domain.taking_back import next_reversal_number
from chalicelib.services.record_later import LaterEvent, record_later
from chalicelib.services.refund_terms import (
    find_refund,
    held_claims,
    mark_of,
    open_credits,
    refund_money,
    refund_notice,
    with_refund,
)
from chalicelib.services.view_payment import NO_PAYMENT, find_named
from chalicelib.services.watch_later import finish_later
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState, get_state
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment

REASON_CHARACTERS = 3, 300
MOVED = "What the refund is for has changed meanwhile. Look at the preview again."
_REFUND_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


@dataclass(frozen=True, slots=True)
class RefundTerms:
    """What can be refunded of a payment now: why nothing can, or where how much can go."""

    why_not: str
    rooms: tuple[Room, ...] = ()
    plan: Reversal | None = None  # Of the order asked about.
    needs_approval: bool = False


def refund_terms(
    world: World, payment: Payment, *, order: RefundOrder | None = None, is_admin: bool
) -> RefundTerms:
    """What a refund could be, and what the one asked about would give back; writes nothing.

    Raises InvalidInput if the order does not fit.
    """
    why_not = why_not_refund(payment, world.clock.now())
    if why_not:
        return RefundTerms(why_not)
    known = open_credits(get_state(payment.dealer_id, payment.account_id))
    offered = rooms(payment, known)
    if order is None:
        return RefundTerms("", offered)
    plan = plan_refund(payment, order, known, number=next_reversal_number(payment))
    limit_cents = get_dealer(payment.dealer_id).refund_limit_cents
    asks = needs_approval(payment, order.amount_cents, limit_cents=limit_cents, is_admin=is_admin)
    return RefundTerms("", offered, plan, asks)


def request_refund(
    world: World,
    dealer_id: DealerId,
    *,
    name: str,
    refund_id: str,
    order: RefundOrder,
    agreed_cents: int,
    operator: str,
    is_admin: bool,
) -> Payment:
    """Store the refund `refund_id` of the payment and send it, or ask an administrator first.

    `refund_id` was made with the preview, so pressing twice is one refund; `agreed_cents` is the
    money the preview named. Returns the payment as stored; the answer may still be open.

    Raises NotFound, InvalidInput, Conflict with why it can't apply and what to do, TryAgain.
    """
    reason = checked_reason(order.reason)
    if not _REFUND_ID.fullmatch(refund_id):
        raise InvalidInput("Open the payment's page again and begin the refund there.")

    def make(payment: Payment, state: AccountState) -> LaterEvent | None:
        if find_refund(payment, refund_id) is not None:
            return None
        refund = _asked(world, payment, state, order, is_admin=is_admin)
        if refund.reversal.money_cents != agreed_cents:
            raise Conflict(MOVED)
        named = replace(refund, refund_id=refund_id, requested_by=operator, reason=reason)
        return _requested(payment, named)

    return record_and_send(world, dealer_id, name=name, make=make)


def checked_reason(reason: str) -> str:
    """The reason as it is kept. Raises InvalidInput."""
    why = " ".join(reason.split())
    shortest, longest = REASON_CHARACTERS
    if not shortest <= len(why) <= longest:
        sentence = f"Say why, in {shortest} to {longest} characters."
        raise InvalidInput(sentence, {"reason": sentence})
    return why


def record_and_send(
    world: World,
    dealer_id: DealerId,
    *,
    name: str,
    make: Callable[[Payment, AccountState], LaterEvent | None],
) -> Payment:
    """Write the event of the payment named so, then do what is left: send, tell.

    If the processor does not answer, the sweep asks again. Raises NotFound and what `make` does.
    """
    payment = find_named(dealer_id, name)
    if payment is None:
        raise NotFound(NO_PAYMENT)
    account_id, payment_id = payment.account_id, payment.payment_id
    record_later(world, dealer_id, account_id=account_id, payment_id=payment_id, make=make)
    finish_later(world, dealer_id, account_id=account_id, payment_id=payment_id)
    return get_payment(dealer_id, account_id, payment_id)


def _asked(
    world: World, payment: Payment, state: AccountState, order: RefundOrder, *, is_admin: bool
) -> Refund:
    """The refund as it is stored, its names still missing. Raises Conflict, InvalidInput."""
    now = world.clock.now()
    why_not = why_not_refund(payment, now)
    if why_not:
        raise Conflict(why_not)
    plan = plan_refund(payment, order, open_credits(state), number=next_reversal_number(payment))
    limit_cents = get_dealer(payment.dealer_id).refund_limit_cents
    asks = needs_approval(payment, order.amount_cents, limit_cents=limit_cents, is_admin=is_admin)
    return Refund(
        refund_id="",
        state=RefundState.REQUESTED if asks else RefundState.SENDING,
        reversal=plan,
        requested_at=now,
        requested_by="",
        reason="",
        sent_at=None if asks else now,
    )


def _requested(payment: Payment, refund: Refund) -> LaterEvent:
    money, at, by = refund_money(payment, refund), refund.requested_at, refund.requested_by
    waits = refund.state is RefundState.REQUESTED
    sentence = f"{by} asks for a refund of {money} of {payment.number}: {refund.reason}"
    return LaterEvent(
        payment=with_refund(payment, refund),
        happened=None,
        name="refund_requested" if waits else "refund_begun",
        mark=mark_of(refund, "refund_requested"),
        at=at,
        source="operator",
        detail=f"{by}: {money}, {refund.reason}",
        claims=held_claims(payment, refund),
        notice=refund_notice(payment, refund, NoticeKind.REFUND_APPROVAL, sentence, at)
        if waits
        else None,
        activity=f"Refund of {money} of payment {payment.number} "
        f"{'asked for' if waits else 'begun'} by {by}: {refund.reason}",
    )
