"""Who works for a dealer: the operators with their roles."""

from chalicelib.domain.ids import DealerId
from chalicelib.domain.people import TeamMember
from chalicelib.services.world import World
from chalicelib.storage.team import list_team


def view_team(
    world: World,  # noqa: ARG001  Every use case takes the world first.
    dealer_id: DealerId,
) -> tuple[TeamMember, ...]:
    """The dealer's operators by name."""
    return list_team(dealer_id)
