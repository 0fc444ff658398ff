"""An administrator's yes or no to a refund above the dealer's limit."""

from dataclasses import replace

from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.ids import DealerId
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.refund_refusals import why_not_refund
from chalicelib.domain.refunds import still_fitting
from chalicelib.domain.reversals import Refund, RefundState
from chalicelib.services.record_later import LaterEvent
from chalicelib.services.refund_terms import (
    find_refund,
    held_names,
    mark_of,
    open_credits,
    refund_money,
    with_refund,
)
from chalicelib.services.request_refund import MOVED, checked_reason, record_and_send
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState


def approve_refund(
    world: World, dealer_id: DealerId, *, name: str, refund_id: str, operator: str
) -> Payment:
    """An administrator's yes: the refund is sent. Saying it twice sends one refund.

    Raises NotFound, Conflict if it can't apply any more, TryAgain.
    """

    def make(payment: Payment, state: AccountState) -> LaterEvent | None:
        refund = _named(payment, refund_id)
        if refund.state is RefundState.DECLINED:
            raise Conflict("It has been declined. Ask for a new refund.")
        if refund.state is not RefundState.REQUESTED:
            return None
        others = replace(
            payment, refunds=tuple(it for it in payment.refunds if it.refund_id != refund_id)
        )
        known = open_credits(state, besides=held_names(payment, refund))
        why_not = why_not_refund(others, world.clock.now())
        if why_not or still_fitting(others, refund.reversal, known) != refund.reversal:
            raise Conflict(f"{why_not or MOVED} Decline this one.")
        now = world.clock.now()
        sending = replace(refund, state=RefundState.SENDING, approved_by=operator, sent_at=now)
        return LaterEvent(
            payment=with_refund(payment, sending),
            happened=None,
            name="refund_approved",
            mark=mark_of(refund, "refund_approved"),
            at=now,
            source="operator",
            detail=f"{operator}: {refund_money(payment, refund)}",
            settles=NoticeKind.REFUND_APPROVAL,
            activity=f"Refund of {refund_money(payment, refund)} of payment {payment.number} "
            f"approved by {operator}",
        )

    return record_and_send(world, dealer_id, name=name, make=make)


def decline_refund(
    world: World, dealer_id: DealerId, *, name: str, refund_id: str, operator: str, reason: str
) -> Payment:
    """An administrator's no: nothing is sent, what it held is free again.

    Raises NotFound, InvalidInput without a reason, Conflict if it is on its way, TryAgain.
    """
    why = checked_reason(reason)

    def make(payment: Payment, state: AccountState) -> LaterEvent | None:  # noqa: ARG001
        refund = _named(payment, refund_id)
        if refund.state is RefundState.DECLINED:
            return None
        if refund.state is not RefundState.REQUESTED:
            raise Conflict("It has been approved and is on its way.")
        declined = replace(
            refund, state=RefundState.DECLINED, approved_by=operator, failure_sentence=why
        )
        return LaterEvent(
            payment=with_refund(payment, declined),
            happened=None,
            name="refund_declined",
            mark=mark_of(refund, "refund_declined"),
            at=world.clock.now(),
            source="operator",
            detail=f"{operator}: {why}",
            ended=held_names(payment, refund),
            settles=NoticeKind.REFUND_APPROVAL,
            activity=f"Refund of {refund_money(payment, refund)} of payment {payment.number} "
            f"declined by {operator}: {why}",
        )

    return record_and_send(world, dealer_id, name=name, make=make)


def _named(payment: Payment, refund_id: str) -> Refund:
    refund = find_refund(payment, refund_id)
    if refund is None:
        raise NotFound("There is no such refund.")
    return refund
