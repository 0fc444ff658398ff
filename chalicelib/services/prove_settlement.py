"""Prove a payout: every balance transaction of it against our payments, to the cent.

Repeating the step is harmless: payments are taken into the settlement first, then the settlement
and its ledger entry are written in one transaction.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import uuid4

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.ledger import payout_entry
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payment_notices import unproven_notice
from chalicelib.domain.payments import CHARGED, Payment, PaymentStatus
from chalicelib.domain.posting import planned, postings
from chalicelib.domain.proof import prove
from chalicelib.domain.settlements import BalanceTransaction, ReportingCategory, Settlement
from chalicelib.gateways.processor import Payout
from chalicelib.services.record_outcome import record_outcome
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ledger import line_puts
from chalicelib.storage.notices import notice_put, notice_removal
from chalicelib.storage.payments import find_payment_by_reference, get_payment, payment_puts
from chalicelib.storage.settlement_work import find_work
from chalicelib.storage.settlements import find_settlement, save_transactions, settlement_put
from chalicelib.storage.transactions import Write, WritesRefused, transact

AUTO, WAIT = "auto", "wait"
PATIENT_RUNS = 2  # Runs that wait for payments still being settled; later ones show the gap.


def prove_settlement(
    world: World, dealer_id: DealerId, *, settlement_id: SettlementId
) -> dict[str, str]:
    """Write the settlement `S`, its transactions and, if proven, the payout's ledger entry.

    Outcome "auto": it is proven and the dealer posts automatically; else "wait".
    Raises TryAgain while a payment of the payout is still on its way to Settled.
    """
    dealer = get_dealer(dealer_id)
    stored = find_settlement(dealer_id, settlement_id)
    if stored is None or not stored.settlement.is_proven:
        settlement = _prove(world, dealer, settlement_id)
        _write(settlement, read_version=stored.version if stored else None)
    else:
        settlement = stored.settlement
    automatic = settlement.is_proven and dealer.auto_post and not settlement.manual_at
    return {"outcome": AUTO if automatic else WAIT}


def _prove(world: World, dealer: Dealer, settlement_id: SettlementId) -> Settlement:
    acct = dealer.processor_account
    payout = world.processor.get_payout(acct, settlement_id)
    transactions = tuple(world.processor.balance_transactions(acct, settlement_id))
    payments = _payments_behind(world, dealer, settlement_id, transactions)
    save_transactions(dealer.dealer_id, settlement_id, transactions)
    proof = _proof(dealer, payout, transactions, payments)
    if proof.is_proven:
        _take_in(world, payments.values(), settlement_id)
    made = postings(proof, payments.values(), dealer)
    return replace(proof, postings=planned(made, settlement=proof))


def _proof(
    dealer: Dealer,
    payout: Payout,
    transactions: Iterable[BalanceTransaction],
    payments: dict[str, Payment],
) -> Settlement:
    return prove(
        dealer_id=dealer.dealer_id,
        settlement_id=SettlementId(payout.payout_id),
        currency=payout.currency,
        created_at=payout.created_at,
        arrives_at=payout.arrives_at,
        deposit_cents=payout.amount_cents,
        transactions=transactions,
        payments_by_intent=payments,
    )


def _payments_behind(
    world: World,
    dealer: Dealer,
    settlement_id: SettlementId,
    transactions: Iterable[BalanceTransaction],
) -> dict[str, Payment]:
    """Our settled payments by intent id. A payment we hold failed explains nothing."""
    found: dict[str, Payment] = {}
    late = False
    for transaction in transactions:
        if transaction.category != ReportingCategory.CHARGE or not transaction.intent_id:
            continue
        payment = _find_payment(world, dealer, transaction.intent_id)
        if payment is None:
            continue
        if payment.status in CHARGED:
            found[transaction.intent_id] = payment
        elif payment.status is PaymentStatus.PENDING:
            late = True
            _ask_again(world, dealer, payment, transaction.intent_id)
    work = find_work(dealer.dealer_id, settlement_id)
    if late and (work is None or work.run <= PATIENT_RUNS):
        raise TryAgain("A payment of this payout is still being settled.")
    return found


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


def _take_in(world: World, payments: Iterable[Payment], settlement_id: SettlementId) -> None:
    """Each payment is in exactly one settlement; the proof has refused those of another."""
    for payment in payments:
        if payment.settlement_id == settlement_id:
            continue
        puts = payment_puts(
            replace(payment, settlement_id=settlement_id),
            name="paid_out",
            at=world.clock.now(),
            source="processor",
            detail=settlement_id,
        )
        try:
            transact(puts, token=uuid4().hex)
        except WritesRefused as error:
            raise TryAgain("A payment changed while its payout was proven.") from error


def _write(settlement: Settlement, *, read_version: int | None) -> None:
    writes: list[Write] = [settlement_put(settlement, read_version=read_version)]
    where = settlement.dealer_id, NoticeKind.UNPROVEN, settlement.settlement_id
    if settlement.is_proven and read_version is not None:
        writes.append(notice_removal(*where))
    if not settlement.is_proven and read_version is None:
        # Told once: proving it again every quarter of an hour is not news.
        writes.append(notice_put(settlement.dealer_id, unproven_notice(settlement)))
    if settlement.is_proven:
        writes += line_puts(
            settlement.dealer_id,
            partition=keys.settlement(settlement.dealer_id, settlement.settlement_id),
            event_key=f"payout#{settlement.settlement_id}",
            lines=payout_entry(settlement),
            at=settlement.created_at,
        )
    try:
        transact(writes, token=uuid4().hex)
    except WritesRefused as error:
        raise TryAgain("The settlement is being changed by something else.") from error
