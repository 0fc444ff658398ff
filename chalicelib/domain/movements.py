"""Which recorded event of a payment explains a balance transaction that is no charge.

A movement whose event is not recorded explains nothing: it is shown with a sentence and blocks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import Dispute, DisputePhase, Refund, RefundState
from chalicelib.domain.settlements import (
    BalanceTransaction,
    Movement,
    MovementKind,
    ReportingCategory,
)

KINDS: Mapping[str, MovementKind] = {
    ReportingCategory.CHARGE_FAILURE: MovementKind.RETURN,
    ReportingCategory.REFUND: MovementKind.REFUND,
    ReportingCategory.REFUND_FAILURE: MovementKind.REFUND_FAILURE,
    ReportingCategory.DISPUTE: MovementKind.DISPUTE,
    ReportingCategory.DISPUTE_REVERSAL: MovementKind.DISPUTE_REVERSAL,
    ReportingCategory.FEE: MovementKind.FEE,
    ReportingCategory.NETWORK_COST: MovementKind.FEE,
    ReportingCategory.PAYOUT_REVERSAL: MovementKind.FAILED_PAYOUT,
}
_WITHDRAWN = (DisputePhase.WITHDRAWN, DisputePhase.WON, DisputePhase.LOST)


@dataclass(frozen=True, slots=True)
class Explained:
    """A movement and why its row can't be explained; "" if it can."""

    movement: Movement
    problem: str = ""


def explained(
    transaction: BalanceTransaction,
    payment: Payment | None,
    failed_payouts: Mapping[str, int],
) -> Explained:
    """The movement a row is; `failed_payouts` are recorded failures, deposit cents by id."""
    bare = _bare(transaction, payment)
    match bare.kind:
        case MovementKind.FEE | MovementKind.ADJUSTMENT:
            return Explained(bare)
        case MovementKind.FAILED_PAYOUT:
            return _of_payout(bare, failed_payouts)
        case _ if payment is None:
            return Explained(bare, "no payment of ours")
        case MovementKind.REFUND | MovementKind.REFUND_FAILURE:
            return _of_refund(bare, payment)
        case MovementKind.RETURN:
            return _of_return(bare, payment)
        case _:
            return _of_dispute(bare, payment)


def is_recorded(transaction: BalanceTransaction, payment: Payment) -> bool:
    """True if the payment knows the event behind the row."""
    return not explained(transaction, payment, {}).problem


def _bare(transaction: BalanceTransaction, payment: Payment | None) -> Movement:
    kind = KINDS.get(transaction.category, MovementKind.ADJUSTMENT)
    if kind is MovementKind.DISPUTE and payment is not None and payment.method.kind == "ach":
        kind = MovementKind.RETURN  # Stripe books an ACH debit that came back as a dispute.
    movement = Movement(
        kind,
        transaction.transaction_id,
        transaction.source_id,
        transaction.amount_cents,
        transaction.fee_cents,
        transaction.net_cents,
        transaction.created_at,
    )
    if payment is None:
        return movement
    return replace(
        movement,
        payment_id=payment.payment_id,
        number=payment.number,
        account_id=payment.account_id,
        account_name=payment.account_name,
    )


def _of_payout(bare: Movement, failed_payouts: Mapping[str, int]) -> Explained:
    deposit_cents = failed_payouts.get(bare.source_id)
    if deposit_cents is None:
        return Explained(bare, f"deposit {bare.source_id} is not recorded as failed")
    if deposit_cents != bare.amount_cents:
        return Explained(bare, f"amount differs from deposit {bare.source_id}")
    return Explained(bare)


def _of_refund(bare: Movement, payment: Payment) -> Explained:
    refund = find_refund(payment, bare.source_id)
    if refund is None:
        return Explained(bare, f"refund {bare.source_id} of {payment.number} is not recorded")
    failed = bare.kind is MovementKind.REFUND_FAILURE
    happened = refund.failed_at if failed else refund.taken_at
    if (failed and refund.state is not RefundState.FAILED) or happened is None:
        words = "the failure of refund" if failed else "refund"
        return Explained(bare, f"{words} {bare.source_id} of {payment.number} is not recorded")
    sign = 1 if failed else -1
    movement = replace(bare, at=happened)
    if bare.amount_cents != sign * refund.reversal.money_cents:
        return Explained(movement, f"amount differs from refund {bare.source_id}")
    return Explained(movement)


def find_refund(payment: Payment, processor_id: str) -> Refund | None:
    """The payment's refund of the processor's id."""
    return next((it for it in payment.refunds if it.processor_id == processor_id), None)


def _of_return(bare: Movement, payment: Payment) -> Explained:
    returned = payment.returned
    if returned is None:
        return Explained(bare, f"the return of {payment.number} is not recorded")
    movement = replace(bare, at=returned.at, recorded_fee_cents=returned.fee_cents)
    if bare.amount_cents != -returned.reversal.money_cents:
        return Explained(movement, f"amount differs from the return of {payment.number}")
    return Explained(movement)


def _of_dispute(bare: Movement, payment: Payment) -> Explained:
    dispute, won = _dispute(payment, bare), bare.kind is MovementKind.DISPUTE_REVERSAL
    if dispute is None:
        return Explained(bare, f"dispute {bare.source_id} of {payment.number} is not recorded")
    happened = _happened(dispute, won=won)
    if happened is None:
        words = "that it is won" if won else "that its money was withdrawn"
        return Explained(bare, f"dispute {bare.source_id} of {payment.number}: {words} is missing")
    fee_cents = 0 if won else dispute.fee_cents
    movement = replace(bare, at=happened, recorded_fee_cents=fee_cents)
    sign = 1 if won else -1
    if bare.amount_cents != sign * dispute.amount_cents:
        return Explained(movement, f"amount differs from dispute {bare.source_id}")
    return Explained(movement)


def _dispute(payment: Payment, bare: Movement) -> Dispute | None:
    return next((it for it in payment.disputes if it.dispute_id == bare.source_id), None)


def _happened(dispute: Dispute, *, won: bool) -> datetime | None:
    if won:
        return dispute.closed_at if dispute.phase is DisputePhase.WON else None
    return dispute.withdrawn_at if dispute.phase in _WITHDRAWN else None


def lost_dispute(payment: Payment, dispute: Dispute) -> Movement:
    """The movement without cash of a dispute that is lost: what was held is owed again."""
    return Movement(
        MovementKind.DISPUTE_LOST,
        "",
        dispute.dispute_id,
        amount_cents=0,
        fee_cents=0,
        net_cents=0,
        at=dispute.closed_at or dispute.opened_at,
        payment_id=payment.payment_id,
        number=payment.number,
        account_id=payment.account_id,
        account_name=payment.account_name,
    )


def claim_names(movement: Movement, payment: Payment) -> frozenset[str]:
    """The events under which the claims of a movement's event are stored."""
    match movement.kind:
        case MovementKind.REFUND | MovementKind.REFUND_FAILURE:
            refund = find_refund(payment, movement.source_id)
            name = f"refund-{refund.refund_id}" if refund else ""
            name += "-failed" if name and movement.kind is MovementKind.REFUND_FAILURE else ""
        case MovementKind.RETURN:
            name = "returned"
        case MovementKind.DISPUTE_LOST:
            name = f"dispute-{movement.source_id}"
        case _:
            name = ""
    return frozenset({name, f"{name}-used"} if name else ())
