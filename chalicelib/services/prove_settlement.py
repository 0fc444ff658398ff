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
from chalicelib.domain.ledger import Line, manual_payout_entry, payout_entry
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payment_notices import unproven_notice
from chalicelib.domain.posting import planned, postings
from chalicelib.domain.proof import prove
from chalicelib.domain.settlement_notices import MANUAL_PAYOUT, manual_payout_notice
from chalicelib.domain.settlements import BalanceTransaction, Settlement, SettlementKind
from chalicelib.gateways.processor import Payout
from chalicelib.services.explain_rows import Behind, explain_rows, require_all
from chalicelib.services.record_payout_failure import record_payout_failure
from chalicelib.services.settle_without_cash import collect_without_cash, is_without_cash
from chalicelib.services.take_into_settlement import take_in
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.dealers import fresh_dealer
from chalicelib.storage.ledger import line_puts
from chalicelib.storage.notices import notice_put, notice_removal
from chalicelib.storage.settlement_work import find_work
from chalicelib.storage.settlements import find_settlement, save_transactions, settlement_put
from chalicelib.storage.transactions import Write, WritesRefused, transact

AUTO, WAIT = "auto", "wait"
PATIENT_RUNS = 2  # Runs that wait for payments still being settled; later ones show the gap.


def prove_settlement(
    world: World, dealer_id: DealerId, *, settlement_id: SettlementId
) -> dict[str, str]:
    """Write the settlement `S`, its transactions and, if proven, the payout's ledger entry.

    Outcome "auto": it is proven and the dealer posts automatically; else "wait". What an operator
    reversed or posts by hand waits for an operator. Raises TryAgain while a payment of the payout
    is still on its way to Settled.
    """
    dealer = fresh_dealer(dealer_id)  # Whether and how to post was perhaps changed just now.
    stored = find_settlement(dealer_id, settlement_id)
    if stored is None or is_to_be_proven(stored.settlement):
        settlement = _proven(world, dealer, settlement_id)
        _write(settlement, read_version=stored.version if stored else None)
        record_payout_failure(world, dealer_id, settlement_id=settlement_id)
    else:
        settlement = stored.settlement
    left_to_people = settlement.manual_at or settlement.reversals
    automatic = settlement.is_proven and dealer.auto_post and not left_to_people
    return {"outcome": AUTO if automatic else WAIT}


def is_to_be_proven(settlement: Settlement) -> bool:
    """False once it is proven, and for a payout by hand, of which nothing more can be known."""
    return not settlement.is_proven and settlement.kind is not SettlementKind.MANUAL


def _proven(world: World, dealer: Dealer, settlement_id: SettlementId) -> Settlement:
    if is_without_cash(settlement_id):
        return collect_without_cash(world, dealer, settlement_id)
    payout = world.processor.get_payout(dealer.processor_account, settlement_id)
    if not payout.automatic:
        proof = replace(_proof(payout, dealer, (), Behind()), kind=SettlementKind.MANUAL)
        return replace(proof, unmatched=(f"{settlement_id}: {MANUAL_PAYOUT}",))
    return _prove(world, dealer, payout)


def _prove(world: World, dealer: Dealer, payout: Payout) -> Settlement:
    settlement_id = SettlementId(payout.payout_id)
    listed = world.processor.balance_transactions(dealer.processor_account, settlement_id)
    transactions = tuple(listed)
    behind = explain_rows(world, dealer, transactions)
    work = find_work(dealer.dealer_id, settlement_id)
    if work is None or work.run <= PATIENT_RUNS:
        require_all(behind)
    save_transactions(dealer.dealer_id, settlement_id, transactions)
    proof = _proof(payout, dealer, transactions, behind)
    if proof.is_proven:
        parts = {part.payment_id for part in proof.parts}
        charged = (it for it in behind.payments.values() if it.payment_id in parts)
        take_in(world, charged, settlement_id)
    made = postings(proof, behind.payments.values(), dealer)
    return replace(proof, postings=planned(made, settlement=proof))


def _proof(
    payout: Payout, dealer: Dealer, transactions: Iterable[BalanceTransaction], behind: Behind
) -> Settlement:
    return prove(
        dealer_id=dealer.dealer_id,
        settlement_id=SettlementId(payout.payout_id),
        currency=payout.currency,
        created_at=payout.created_at,
        arrives_at=payout.arrives_at,
        deposit_cents=payout.amount_cents,
        transactions=transactions,
        payments_by_intent=behind.payments,
        failed_payouts=behind.failed_payouts,
    )


def _write(settlement: Settlement, *, read_version: int | None) -> None:
    dealer_id, settlement_id = settlement.dealer_id, settlement.settlement_id
    writes: list[Write] = [
        settlement_put(settlement, read_version=read_version),
        *_notice_writes(settlement, is_new=read_version is None),
        *line_puts(
            dealer_id,
            partition=keys.settlement(dealer_id, settlement_id),
            event_key=f"payout#{settlement_id}",
            lines=_entry(settlement),
            at=settlement.created_at,
        ),
    ]
    try:
        transact(writes, token=uuid4().hex)
    except WritesRefused as error:
        raise TryAgain("The settlement is being changed by something else.") from error


def _entry(settlement: Settlement) -> tuple[Line, ...]:
    """Nothing before it is proven; what was paid out by hand has left the balance all the same."""
    if settlement.kind is SettlementKind.MANUAL:
        return manual_payout_entry(settlement)
    return payout_entry(settlement) if settlement.is_proven else ()


def _notice_writes(settlement: Settlement, *, is_new: bool) -> list[Write]:
    where = settlement.dealer_id, NoticeKind.UNPROVEN, settlement.settlement_id
    if settlement.is_proven:
        return [] if is_new else [notice_removal(*where)]
    if not is_new:
        return []  # Told once: proving it again every quarter of an hour is not news.
    if settlement.kind is SettlementKind.MANUAL:
        return [notice_put(settlement.dealer_id, manual_payout_notice(settlement))]
    return [notice_put(settlement.dealer_id, unproven_notice(settlement))]
