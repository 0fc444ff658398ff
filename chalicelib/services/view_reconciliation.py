"""What the Reconciliation page shows."""

from dataclasses import dataclass

from chalicelib.domain.ids import DealerId
from chalicelib.domain.reconciliation import Reconciliation, Step
from chalicelib.services.world import World
from chalicelib.storage.reconciliations import list_runs


@dataclass(frozen=True, slots=True)
class ReconciliationView:
    """The newest finished run, the one under way, and those before; newest first."""

    last: Reconciliation | None
    running: Reconciliation | None
    earlier: tuple[Reconciliation, ...]


def view_reconciliation(
    world: World,  # noqa: ARG001  Every use case takes the world first.
    dealer_id: DealerId,
) -> ReconciliationView:
    """The dealer's newest runs, one Query."""
    runs = list_runs(dealer_id)
    done = [run for run in runs if run.step is Step.DONE]
    running = runs[0] if runs and runs[0].step is not Step.DONE else None
    return ReconciliationView(done[0] if done else None, running, tuple(done[1:]))
