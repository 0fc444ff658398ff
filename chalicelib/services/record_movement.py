"""Record the event behind a balance transaction that nobody told us of."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payments import Payment
from chalicelib.domain.settlements import BalanceTransaction, ReportingCategory
from chalicelib.services.record_dispute import record_dispute
from chalicelib.services.record_refund import RefundMismatched, record_refund
from chalicelib.services.watch_later import finish_later
from chalicelib.services.world import World
from chalicelib.storage.payments import get_payment

SOURCE = "settlement"
Recorder = Callable[[World, Dealer, Payment, BalanceTransaction], None]


def record_movement(
    world: World, dealer: Dealer, payment: Payment, transaction: BalanceTransaction
) -> Payment:
    """The payment as it is afterwards; the row stays unexplained if its event can't be recorded.

    Raises what the processor's adapter raises, TryAgain.
    """
    record = RECORDERS.get(transaction.category)
    if record is None:
        return payment
    dealer_id, account_id, payment_id = payment.dealer_id, payment.account_id, payment.payment_id
    record(world, dealer, payment, transaction)
    finish_later(world, dealer_id, account_id=account_id, payment_id=payment_id)
    return get_payment(dealer_id, account_id, payment_id)


def _dispute(
    world: World, dealer: Dealer, payment: Payment, transaction: BalanceTransaction
) -> None:
    told = world.processor.get_dispute(dealer.processor_account, transaction.source_id)
    record_dispute(world, payment, told=told, source=SOURCE)


def _late_failure(
    world: World, dealer: Dealer, payment: Payment, transaction: BalanceTransaction
) -> None:
    told = world.processor.get_late_failure(dealer.processor_account, transaction.source_id)
    if told is not None:
        record_dispute(world, payment, told=told, source=SOURCE)


def _refund(
    world: World, dealer: Dealer, payment: Payment, transaction: BalanceTransaction
) -> None:
    told = world.processor.get_refund(dealer.processor_account, transaction.source_id)
    with suppress(RefundMismatched):  # It stays unexplained, for a person to look at.
        record_refund(world, payment, told=told, source=SOURCE)


# By reporting category: ask the processor for the object behind the row, record what it says.
RECORDERS: Mapping[str, Recorder] = MappingProxyType(
    {
        ReportingCategory.REFUND: _refund,
        ReportingCategory.REFUND_FAILURE: _refund,
        ReportingCategory.CHARGE_FAILURE: _late_failure,
        ReportingCategory.DISPUTE: _dispute,
        ReportingCategory.DISPUTE_REVERSAL: _dispute,
    }
)
