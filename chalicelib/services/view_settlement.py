"""One settlement with its payments, proof and posting."""

from dataclasses import dataclass

from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.payments import Payment
from chalicelib.domain.settlements import Settlement
from chalicelib.services.world import World
from chalicelib.storage.settlement_payments import payments_of
from chalicelib.storage.settlements import get_settlement


@dataclass(frozen=True, slots=True)
class SettlementDetail:
    """A settlement and the payments behind its parts, in their order."""

    settlement: Settlement
    payments: tuple[Payment, ...]


def view_settlement(
    world: World,  # noqa: ARG001  Every use case takes the world first.
    dealer_id: DealerId,
    *,
    settlement_id: SettlementId,
) -> SettlementDetail:
    """One read and one BatchGet per hundred payments. Raises NotFound."""
    settlement = get_settlement(dealer_id, settlement_id)
    return SettlementDetail(settlement, payments_of(settlement))
