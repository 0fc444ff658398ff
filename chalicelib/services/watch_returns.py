"""What is left to do once money was taken back: judge the bank account, tell the payer, ask on."""

from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain.disputing import OPEN_PHASES
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import DisputePhase
from chalicelib.services.judge_method import judge_method
from chalicelib.services.record_dispute import record_dispute
from chalicelib.services.tell_payer import DISPUTE_LOST, RETURNED, tell_payer
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.notices import notice_removal
from chalicelib.storage.transactions import transact

DAILY = timedelta(days=1)


def watch_returns(world: World, payment: Payment) -> datetime | None:
    """After a return: the bank account first, so that the mail's Pay again shows what is left."""
    if payment.returned is not None:
        judge_method(world, payment, payment.returned.code)
        tell_payer(world, payment, RETURNED)
    return None


def watch_disputes(world: World, payment: Payment) -> datetime | None:
    """Ask about an open dispute once a day: its webhook may never come. Tell the payer of a loss.

    Raises ProcessorUnreachable and ProcessorRefused.
    """
    dispute = payment.dispute
    if dispute is None:
        return None
    if dispute.phase is DisputePhase.LOST:
        removal = notice_removal(payment.dealer_id, NoticeKind.DISPUTED, payment.number)
        transact([removal], token=uuid4().hex)
        tell_payer(world, payment, DISPUTE_LOST)
        return None
    if dispute.phase not in OPEN_PHASES:
        return None
    acct = get_dealer(payment.dealer_id).processor_account
    told = world.processor.get_dispute(acct, dispute.dispute_id)
    record_dispute(world, payment, told=told, source="janitor")
    return world.clock.now() + DAILY
