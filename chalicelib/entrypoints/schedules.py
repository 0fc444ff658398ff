"""Schedules: what falls due every few minutes, and each dealer's midnight."""

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.bootstrap import world
from chalicelib.entrypoints.telemetry import observed
from chalicelib.services.expire_invitations import expire_invitations
from chalicelib.services.refresh_dealer import refresh_dealers
from chalicelib.services.send_mailing import watch_mailings
from chalicelib.services.watch_payments import watch_payments
from chalicelib.services.watch_settlements import watch_settlements

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(5, Rate.MINUTES))
@observed
def sweep_due(event: CloudWatchEvent) -> None:  # noqa: ARG001  Lambda's signature.
    """Ask again about whatever a crash or a lost webhook left behind; show what expired."""
    watch_payments(world())
    watch_settlements(world())
    watch_mailings(world())
    expire_invitations(world())


@blueprint.schedule(Rate(1, Rate.HOURS))
@observed
def nightly(event: CloudWatchEvent) -> None:  # noqa: ARG001  Lambda's signature.
    """Age, rank and compact for every dealer whose midnight has passed."""
    refresh_dealers(world())
