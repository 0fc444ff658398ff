"""Settings, card surcharge: previewed, switched on with an attestation, switched off."""

from chalice.app import Blueprint

from chalicelib.domain.dealers import Dealer, FeePolicy
from chalicelib.domain.errors import InvalidInput
from chalicelib.entrypoints.console.settings_tabs import ADMINS, version_read
from chalicelib.entrypoints.console.surcharge_parts import surcharge_view
from chalicelib.entrypoints.filters import basis_points_typed, cents_typed
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.services.change_settings import view_settings
from chalicelib.services.switch_surcharge import (
    SurchargeTerms,
    check_terms,
    switch_surcharge_off,
    switch_surcharge_on,
)

blueprint = Blueprint(__name__)
BASE = "/console/settings/surcharge"


@page(blueprint, "GET", BASE, area="console")
def surcharge(visit: Visit) -> Html:
    """GET the surcharge as it is, and what it means for a payer."""
    dealer, _ = view_settings(visit.world, visit.dealer_id)
    return Html(render_page(surcharge_view(visit, dealer, dealer.fees)))


@page(blueprint, "POST", BASE, area="console", roles=ADMINS)
def change(visit: Visit) -> Html | Redirect:
    """POST: preview what was typed, or switch it on; what is wrong is shown beside its field."""
    dealer, _ = view_settings(visit.world, visit.dealer_id)
    read_version = version_read(visit)
    try:
        terms = _typed(visit)
        policy = check_terms(visit.world, dealer, terms)
        if visit.form.get("do") == "preview":
            return _shown(visit, dealer, policy)
        switch_surcharge_on(
            visit.world,
            visit.dealer_id,
            terms=terms,
            attested=visit.form.get("attest"),
            operator=visit.signed_in.name,
            email=visit.signed_in.email,
            read_version=read_version,
        )
    except InvalidInput as problem:
        return _shown(visit, dealer, dealer.fees, problem)
    return Redirect(f"{BASE}?done=surcharge-on")


@page(blueprint, "POST", BASE + "/off", area="console", roles=ADMINS)
def switch_off(visit: Visit) -> Redirect:
    """POST: from now on nobody is asked a surcharge."""
    switch_surcharge_off(
        visit.world,
        visit.dealer_id,
        operator=visit.signed_in.name,
        read_version=version_read(visit),
    )
    return Redirect(f"{BASE}?done=surcharge-off")


def _typed(visit: Visit) -> SurchargeTerms:
    form = visit.form

    def percent(name: str) -> int:
        return basis_points_typed(form.get(name), name) or 0

    def cents(name: str) -> int:
        return cents_typed(form.get(name), name) or 0

    return SurchargeTerms(
        card_basis_points=percent("asked_percent"),
        card_flat_cents=cents("asked_flat"),
        state=form.get("state"),
        cost_basis_points=percent("cost_percent"),
        cost_flat_cents=cents("cost_flat"),
    )


def _shown(
    visit: Visit, dealer: Dealer, policy: FeePolicy, problem: InvalidInput | None = None
) -> Html:
    view = surcharge_view(visit, dealer, policy, problem=problem, is_typed=True)
    return Html(render_page(view), problem.status if problem else 200)
