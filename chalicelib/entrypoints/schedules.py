"""Schedules: what falls due every few minutes, and each dealer's midnight."""

from collections.abc import Callable, Iterable

from aws_lambda_powertools.metrics import MetricUnit
from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.bootstrap import world
from chalicelib.entrypoints.telemetry import metrics, observed
from chalicelib.services.clear_notices import clear_notices
from chalicelib.services.expire_invitations import expire_invitations
from chalicelib.services.reconcile_dealer import reconcile_dealers
from chalicelib.services.refresh_dealer import refresh_dealers
from chalicelib.services.send_mailing import watch_mailings
from chalicelib.services.settle_without_cash import settle_without_cash
from chalicelib.services.watch_later import watch_later
from chalicelib.services.watch_payments import watch_payments
from chalicelib.services.watch_settlements import watch_settlements
from chalicelib.services.world import World

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(5, Rate.MINUTES))
@observed
def sweep_due(event: CloudWatchEvent) -> None:  # noqa: ARG001  Lambda's signature.
    """Ask again about whatever a crash or a lost webhook left behind; show what expired."""
    sweep(world())


@blueprint.schedule(Rate(1, Rate.HOURS))
@observed
def nightly(event: CloudWatchEvent) -> None:  # noqa: ARG001  Lambda's signature.
    """Compare, age, rank, compact, settle what had no cash, wherever midnight has passed.

    Comparing comes first: ageing works the headers out anew and would hide what was wrong in them.
    """
    _each_job(world(), (_reconcile, refresh_dealers, settle_without_cash, _clear_notices))


def sweep(reached: World) -> None:
    """Invitations, which need no vendor, then payments and settlements.

    One that fails stops no other; the failures are raised together at the end.
    """
    _each_job(
        reached,
        (expire_invitations, watch_mailings, _watch_payments, watch_later, watch_settlements),
    )


def _each_job(reached: World, jobs: Iterable[Callable[[World], int]]) -> None:
    failures = []
    for job in jobs:
        try:
            job(reached)
        except Exception as error:  # noqa: BLE001  Whatever it is, the other jobs come first.
            failures.append(error)
    if failures:
        raise ExceptionGroup("jobs failed", failures)


def _reconcile(reached: World) -> int:
    """Compare what is due; open differences are a metric with an alarm."""
    found = reconcile_dealers(reached)
    metrics.add_metric(name="reconciliation_differences", unit=MetricUnit.Count, value=found)
    return found


def _clear_notices(reached: World) -> int:
    """Take away notices that ended; how many wait is a metric."""
    waiting = clear_notices(reached)
    metrics.add_metric(name="notices", unit=MetricUnit.Count, value=waiting)
    return waiting


def _watch_payments(reached: World) -> int:
    """Sweep payments; how many a person must look at is a metric with an alarm."""
    watch = watch_payments(reached)
    found = len({*watch.overdue, *watch.suspicious, *watch.broken, *watch.stopped})
    metrics.add_metric(name="payments_for_a_person", unit=MetricUnit.Count, value=found)
    return found
