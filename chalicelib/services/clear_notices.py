"""Notices whose cause has ended go away by themselves, whatever crashed on the way."""

from uuid import uuid4

from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.reversals import RefundState
from chalicelib.services.view_payment import find_named
from chalicelib.services.world import World
from chalicelib.storage.dealers import list_dealers
from chalicelib.storage.notices import list_notices, notice_removal
from chalicelib.storage.settlements import find_settlement
from chalicelib.storage.transactions import transact


def clear_notices(
    world: World,  # noqa: ARG001  Every use case takes the world first.
) -> int:
    """Take away what ended; returns how many still wait, over all dealers."""
    return sum(_still_waiting(dealer_id) for dealer_id in list_dealers())


def _still_waiting(dealer_id: DealerId) -> int:
    waiting = 0
    for notice in list_notices(dealer_id):
        if _has_ended(dealer_id, notice):
            removal = notice_removal(dealer_id, notice.kind, notice.subject)
            transact([removal], token=uuid4().hex)
        else:
            waiting += 1
    return waiting


def _has_ended(dealer_id: DealerId, notice: Notice) -> bool:
    match notice.kind:
        case NoticeKind.OVERDUE:
            payment = find_named(dealer_id, notice.subject)
            return payment is not None and payment.status is not PaymentStatus.PENDING
        case NoticeKind.STOPPED:
            payment = find_named(dealer_id, notice.subject)
            return payment is not None and not _is_stopped(payment)
        case NoticeKind.REFUND_APPROVAL:
            payment = find_named(dealer_id, notice.subject)
            return payment is not None and not _waits_for_approval(payment)
        case NoticeKind.UNPROVEN:
            stored = find_settlement(dealer_id, SettlementId(notice.subject))
            return stored is not None and (
                stored.settlement.is_proven or stored.settlement.resolved_at is not None
            )
        case _:
            return False  # Only a person can say.


def _waits_for_approval(payment: Payment) -> bool:
    return any(refund.state is RefundState.REQUESTED for refund in payment.refunds)


def _is_stopped(payment: Payment) -> bool:
    return payment.stopped is not None and payment.status is not PaymentStatus.TERMINATED
