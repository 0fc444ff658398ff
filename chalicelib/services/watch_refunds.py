"""What is left of a payment's refunds: send again, ask again, tell the payer."""

import logging
from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain.lifecycle import Event
from chalicelib.domain.payment_notices import contradicted_notice
from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import Refund, RefundState
from chalicelib.gateways.processor import ProcessorRefused, ProcessorUnreachable
from chalicelib.services.carry_out_duties import carry_out_duties
from chalicelib.services.record_refund import RefundMismatched, record_refund
from chalicelib.services.refund_terms import find_refund
from chalicelib.services.send_refund import send_refund
from chalicelib.services.watch_payments import DAILY, FIRST_WATCH, SECOND_WATCH
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.notices import notice_put
from chalicelib.storage.transactions import transact

LOG = logging.getLogger(__name__)
# https://docs.stripe.com/refunds#failed-refunds: one that succeeded may come back for 30 days.
COMES_BACK_WITHIN = timedelta(days=30)


def watch_refunds(world: World, payment: Payment) -> datetime | None:
    """Do what is left now; when to look again, None if every refund is decided and told.

    One that is being sent is asked about after 5 minutes, an hour, then daily; one under way daily;
    one that arrived once more when it can no longer come back: its webhook may have been lost.
    """
    wanted = []
    for refund in payment.refunds:
        try:
            payment = _moved(world, payment, refund)
        except (ProcessorUnreachable, ProcessorRefused) as trouble:
            LOG.warning("refund %s: %s", refund.refund_id, type(trouble).__name__)
        except RefundMismatched as mismatch:
            LOG.error("refund %s: the processor has %s", refund.refund_id, mismatch)  # noqa: TRY400
            notice = contradicted_notice(payment, world.clock.now())
            transact([notice_put(payment.dealer_id, notice)], token=uuid4().hex)
        now_is = find_refund(payment, refund.refund_id) or refund
        _tell(world, payment, now_is)
        wanted.append(_look_again(now_is, world.clock.now()))
    return min((moment for moment in wanted if moment), default=None)


def _moved(world: World, payment: Payment, refund: Refund) -> Payment:
    """The payment after asking about the refund, if there is anything to ask."""
    if refund.state is RefundState.SENDING:
        return send_refund(world, payment, refund)
    if not _may_have_moved(refund, world.clock.now()):
        return payment
    acct = get_dealer(payment.dealer_id).processor_account
    told = world.processor.get_refund(acct, refund.processor_id)
    return record_refund(world, payment, told=told, source="janitor")


def _may_have_moved(refund: Refund, now: datetime) -> bool:
    """True if only the processor knows how it stands."""
    if refund.taken_at is None or not refund.is_taken_out:
        return False
    is_settling = refund.state is RefundState.PENDING
    return is_settling or refund.taken_at + COMES_BACK_WITHIN <= now


def _tell(world: World, payment: Payment, refund: Refund) -> None:
    """Once money has left, and once it came back; what never left is the dealer's business."""
    if refund.is_taken_out:
        carry_out_duties(world, payment, Event.REFUNDED, about=refund.refund_id)
    elif refund.state is RefundState.FAILED and refund.taken_at is not None:
        carry_out_duties(world, payment, Event.REFUND_FAILED, about=refund.refund_id)


def _look_again(refund: Refund, now: datetime) -> datetime | None:
    if refund.state is RefundState.SENDING:
        since = refund.sent_at or refund.requested_at
        soon = (since + wait for wait in (FIRST_WATCH, SECOND_WATCH) if now < since + wait)
        return next(soon, now + DAILY)
    if refund.state is RefundState.PENDING:
        return now + DAILY
    if refund.state is RefundState.SUCCEEDED and refund.taken_at is not None:
        last = refund.taken_at + COMES_BACK_WITHIN
        return last if now < last else None
    return None
