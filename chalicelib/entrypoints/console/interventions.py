"""Freeze, Release, Terminate and Hold posting on a payment's page: the panel and its one route."""

from chalice.app import Blueprint

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.interventions import Intervention, why_not
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.domain.settlements import Settlement
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import zoned
from chalicelib.entrypoints.responses import Redirect
from chalicelib.rendering.views import incoming as views
from chalicelib.services.stop_payment import stop_payment

blueprint = Blueprint(__name__)
BASE = "/console/payments"
LABELS = {
    Intervention.FREEZE: "Freeze",
    Intervention.RELEASE: "Release",
    Intervention.TERMINATE: "Terminate",
    Intervention.HOLD_POSTING: "Hold posting",
    Intervention.RELEASE_POSTING: "Release posting",
}


@page(blueprint, "POST", BASE + "/{payment}/stop", area="console", roles=COLLECTING_ROLES)
def stop(visit: Visit, payment: str) -> Redirect:
    """POST: what the pressed button says, with the reason."""
    try:
        action = Intervention(visit.form.get("action"))
    except ValueError as error:
        raise InvalidInput("Choose what to do with the payment.") from error
    changed = stop_payment(
        visit.world,
        visit.dealer_id,
        name=payment,
        action=action,
        operator=visit.signed_in.name,
        reason=visit.form.get("reason"),
    )
    return Redirect(f"{BASE}/{changed.number}?done={action.value}")


def panel(
    visit: Visit, dealer: Dealer, payment: Payment, settlement: Settlement | None
) -> views.Interventions:
    """What can be done with the payment now, and why the rest can't."""
    is_frozen = payment.status is PaymentStatus.FROZEN
    offered = (
        Intervention.RELEASE if is_frozen else Intervention.FREEZE,
        Intervention.TERMINATE,
        Intervention.RELEASE_POSTING if payment.is_posting_held else Intervention.HOLD_POSTING,
    )
    stop = payment.stopped
    return views.Interventions(
        csrf=visit.csrf,
        url=f"{BASE}/{payment.number}/stop",
        choices=_choices({action: why_not(action, payment, settlement) for action in offered}),
        may_act=visit.signed_in.role in COLLECTING_ROLES,
        held_until=_held_until(visit, dealer, payment),
        stopped_at=zoned(dealer, stop.at) if stop else "",
        stopped_by=stop.operator if stop else "",
        stopped_why=stop.reason if stop else "",
        heading=_heading(payment),
    )


def _choices(refusals: dict[Intervention, str]) -> tuple[views.Choice, ...]:
    """Buttons that apply, then the others once for each reason why they don't."""
    labels: dict[str, list[str]] = {}
    for action, why in refusals.items():
        labels.setdefault(why, []).append(LABELS[action])
    free = (action for action, why in refusals.items() if not why)
    return (
        *(views.Choice(value=action.value, label=LABELS[action]) for action in free),
        *(
            views.Choice(value="", label=", ".join(names), blocked_because=why)
            for why, names in labels.items()
            if why
        ),
    )


def _held_until(visit: Visit, dealer: Dealer, payment: Payment) -> str:
    """Until when it can be frozen; "" once that is over."""
    waits = payment.status is PaymentStatus.PENDING and payment.waits_at(visit.world.clock.now())
    return zoned(dealer, payment.held_until) if waits else ""


def _heading(payment: Payment) -> str:
    if payment.stopped is None:
        return ""
    if payment.is_posting_held:
        return "Posting is on hold. The money still arrives; Post and Resolve of its deposit wait."
    if payment.status is PaymentStatus.FROZEN:
        return "Frozen. It keeps its claim on the documents until it is released or terminated."
    return "Terminated. Nothing was charged; the documents are open again."
