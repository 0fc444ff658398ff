"""The dealer's settlements, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.ids import DealerId
from chalicelib.domain.settlements import Settlement
from chalicelib.services.world import World
from chalicelib.storage import settlements as store


@dataclass(frozen=True, slots=True)
class SettlementPage:
    """At most 50 settlements and where the next page begins ("" = nowhere)."""

    settlements: Sequence[Settlement]
    cursor: str


def list_settlements(
    world: World,  # noqa: ARG001  Every use case takes the world first.
    dealer_id: DealerId,
    *,
    cursor: str | None = None,
) -> SettlementPage:
    """One Query on the time index; `cursor` is what the page before returned."""
    found, following = store.list_settlements(dealer_id, cursor=cursor or "")
    return SettlementPage(found, following)
