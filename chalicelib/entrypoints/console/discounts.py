"""Restore discount on a returned payment's page: the form and its one route."""

from datetime import timedelta

from chalice.app import Blueprint

from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payments import Payment
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.entrypoints.filters import day_typed
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Redirect
from chalicelib.rendering.views import incoming as views
from chalicelib.services.restore_discount import MOST_DAYS, restore_discount, why_not_restore

blueprint = Blueprint(__name__)
BASE = "/console/payments"
USUAL = timedelta(days=14)


@page(blueprint, "POST", BASE + "/{payment}/discount", area="console", roles=COLLECTING_ROLES)
def restore(visit: Visit, payment: str) -> Redirect:
    """POST: until which day the discount can be taken again."""
    changed = restore_discount(
        visit.world,
        visit.dealer_id,
        name=payment,
        until_day=day_typed(visit.form.get("until"), "until"),
        operator=visit.signed_in.name,
    )
    return Redirect(f"{BASE}/{changed.number}?done=discount-restored")


def discount_form(visit: Visit, dealer: Dealer, payment: Payment) -> views.DiscountForm | None:
    """The form, where a return has taken a discount away."""
    if why_not_restore(payment) or visit.signed_in.role not in COLLECTING_ROLES:
        return None
    today = dealer_day(visit.world.clock.now(), dealer.time_zone)
    return views.DiscountForm(
        csrf=visit.csrf,
        url=f"{BASE}/{payment.number}/discount",
        discount_cents=payment.discount_cents,
        until=(today + USUAL).isoformat(),
        earliest=today.isoformat(),
        latest=(today + timedelta(days=MOST_DAYS)).isoformat(),
    )
