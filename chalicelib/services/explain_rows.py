"""What of our own is behind the rows of a payout: payments, their events, deposits that failed.

What the processor lists and we have not recorded is asked for and recorded first, so that a payout
never waits for a webhook that was lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import SettlementId
from chalicelib.domain.movements import is_recorded
from chalicelib.domain.payments import CHARGED, Payment, PaymentStatus
from chalicelib.domain.settlements import BalanceTransaction, ReportingCategory
from chalicelib.services.record_movement import record_movement
from chalicelib.services.record_outcome import record_outcome
from chalicelib.services.record_payout_failure import record_payout_failure
from chalicelib.services.world import World
from chalicelib.storage.payments import find_payment_by_reference, get_payment
from chalicelib.storage.settlement_work import SettlementWork, start_work
from chalicelib.storage.settlements import find_settlement

NOT_EVENTS = (ReportingCategory.CHARGE, ReportingCategory.PAYOUT)


@dataclass(slots=True)
class Behind:
    """Our payments by the processor's intent id, and failed deposits in cents by id.

    `is_late`: something is still on its way, so that proving again explains more.
    """

    payments: dict[str, Payment] = field(default_factory=dict)
    failed_payouts: dict[str, int] = field(default_factory=dict)
    is_late: bool = False


def explain_rows(
    world: World, dealer: Dealer, transactions: Iterable[BalanceTransaction]
) -> Behind:
    """A payment we hold failed explains nothing. Raises what the processor's adapter raises."""
    behind = Behind()
    for transaction in transactions:
        if transaction.category == ReportingCategory.PAYOUT_REVERSAL:
            _take_failure(world, dealer, behind, SettlementId(transaction.source_id))
        elif transaction.intent_id:
            _take_payment(world, dealer, behind, transaction)
    return behind


def _take_payment(
    world: World, dealer: Dealer, behind: Behind, transaction: BalanceTransaction
) -> None:
    intent_id = transaction.intent_id
    payment = behind.payments.get(intent_id) or _find_payment(world, dealer, intent_id)
    if payment is None:
        return
    if payment.status is PaymentStatus.PENDING:
        behind.is_late = True
        _ask_again(world, dealer, payment, intent_id)
        return
    if payment.status not in CHARGED:
        return
    is_event = transaction.category not in NOT_EVENTS
    if is_event and not is_recorded(transaction, payment):
        payment = record_movement(world, dealer, payment, transaction)
    behind.payments[intent_id] = payment


def _find_payment(world: World, dealer: Dealer, intent_id: str) -> Payment | None:
    found = find_payment_by_reference(dealer.dealer_id, intent_id)
    if found is None:
        # The processor charged, and we crashed before storing its id: our reference finds it.
        intent = world.processor.get_intent(dealer.processor_account, intent_id)
        reference = intent.payment_reference
        found = find_payment_by_reference(dealer.dealer_id, reference) if reference else None
    return get_payment(dealer.dealer_id, *found) if found else None


def _ask_again(world: World, dealer: Dealer, payment: Payment, intent_id: str) -> None:
    """The webhook that settles the payment was lost or is late; the processor says the same."""
    record_outcome(
        world,
        dealer.dealer_id,
        account_id=payment.account_id,
        payment_id=payment.payment_id,
        intent=world.processor.get_intent(dealer.processor_account, intent_id),
        source="settlement",
    )


def _take_failure(
    world: World, dealer: Dealer, behind: Behind, settlement_id: SettlementId
) -> None:
    """The deposit that comes back must have been written as one, and as failed, before."""
    if find_settlement(dealer.dealer_id, settlement_id) is None:
        behind.is_late = True
        # The sweep starts its workflow.
        start_work(SettlementWork(dealer.dealer_id, settlement_id, world.clock.now()))
        return
    failed = record_payout_failure(world, dealer.dealer_id, settlement_id=settlement_id)
    if failed is None:
        behind.is_late = True
    else:
        behind.failed_payouts[settlement_id] = failed.deposit_cents


def require_all(behind: Behind) -> None:
    """Raises TryAgain while something of the payout is still on its way."""
    if behind.is_late:
        raise TryAgain("A payment of this payout is still being settled.")
