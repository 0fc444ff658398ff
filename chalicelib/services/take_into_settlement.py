"""Take payments into a settlement, one transaction each; each payment is in exactly one."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import uuid4

from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import SettlementId
from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import Dispute
from chalicelib.services.world import World
from chalicelib.storage.payments import payment_puts
from chalicelib.storage.transactions import WritesRefused, transact


def take_in(world: World, payments: Iterable[Payment], settlement_id: SettlementId) -> None:
    """Those that are in it already stay; the caller has refused those of another settlement.

    Raises TryAgain if a payment changed meanwhile.
    """
    for payment in payments:
        if payment.settlement_id != settlement_id:
            taken = replace(payment, settlement_id=settlement_id)
            _write(world, taken, name="paid_out", detail=settlement_id)


def take_losses_in(
    world: World, payment: Payment, losses: Iterable[Dispute], settlement_id: SettlementId
) -> None:
    """The same for the losses of a payment's disputes."""
    new = {it.dispute_id for it in losses if it.lost_in != settlement_id}
    if new:
        marked = [
            replace(it, lost_in=settlement_id) if it.dispute_id in new else it
            for it in payment.disputes
        ]
        taken = replace(payment, dispute=marked[-1], earlier_disputes=tuple(marked[:-1]))
        _write(world, taken, name="loss_settled", detail=settlement_id)


def _write(world: World, payment: Payment, *, name: str, detail: str) -> None:
    now = world.clock.now()
    puts = payment_puts(payment, name=name, at=now, source="processor", detail=detail)
    try:
        transact(puts, token=uuid4().hex)
    except WritesRefused as error:
        raise TryAgain("A payment changed while its payout was proven.") from error
