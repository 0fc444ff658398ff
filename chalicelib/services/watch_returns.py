"""What is left to do once money was taken back: judge the bank account, tell the payer, ask on."""

from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain.disputing import OPEN_PHASES
from chalicelib.domain.lifecycle import Event
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import DisputePhase
from chalicelib.services.carry_out_duties import carry_out_duties
from chalicelib.services.record_dispute import record_dispute
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.notices import notice_removal
from chalicelib.storage.transactions import transact

DAILY = timedelta(days=1)


def watch_returns(world: World, payment: Payment) -> datetime | None:
    """Do what a return asks for; of the sweep over later events."""
    if payment.returned is not None:
        carry_out_duties(world, payment, Event.RETURNED, code=payment.returned.code)
    return None


def watch_disputes(world: World, payment: Payment) -> datetime | None:
    """Ask about an open dispute once a day: its webhook may never come. Tell the payer of a loss.

    Raises ProcessorUnreachable and ProcessorRefused.
    """
    for lost in payment.disputes:
        if lost.phase is DisputePhase.LOST:
            carry_out_duties(world, payment, Event.LOST, about=lost.dispute_id)
    dispute = payment.dispute
    if dispute is not None and dispute.phase is DisputePhase.LOST:
        removal = notice_removal(payment.dealer_id, NoticeKind.DISPUTED, payment.number)
        transact([removal], token=uuid4().hex)
    if dispute is None or dispute.phase not in OPEN_PHASES:
        return None
    acct = get_dealer(payment.dealer_id).processor_account
    told = world.processor.get_dispute(acct, dispute.dispute_id)
    record_dispute(world, payment, told=told, source="janitor")
    return world.clock.now() + DAILY
