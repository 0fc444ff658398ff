"""One settlement with its proof and posting: Post, Resolve, Reverse."""

from chalice.app import Blueprint

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import SettlementId
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.entrypoints.console.chrome import console_chrome, payment_tabs
from chalicelib.entrypoints.console.manual_parts import posting_section
from chalicelib.entrypoints.console.settlement_lines import (
    deposit_lines,
    remarks,
    unexplained,
)
from chalicelib.entrypoints.console.settlement_parts import (
    proof_lines,
    settlement_status,
)
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import zoned
from chalicelib.entrypoints.responses import Fragment, Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import settlements as views
from chalicelib.rendering.views.chrome import FieldError
from chalicelib.services.request_posting import request_posting
from chalicelib.services.resolve_settlement import resolve_settlement
from chalicelib.services.reverse_posting import request_reversal
from chalicelib.services.view_settlement import view_settlement
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)
BASE = "/console/settlements"


@page(blueprint, "GET", BASE + "/{settlement}", area="console")
def settlement_page(visit: Visit, settlement: str) -> Html:
    """GET one settlement with its payments, proof and posting."""
    return Html(settlement_html(visit, SettlementId(settlement)))


def settlement_html(
    visit: Visit, settlement: SettlementId, *, errors: tuple[FieldError, ...] = ()
) -> str:
    """The settlement's page, with what was wrong in a form of it."""
    dealer = get_dealer(visit.dealer_id)
    found = view_settlement(visit.world, visit.dealer_id, settlement_id=settlement)
    shown = found.settlement
    view = views.Settlement(
        chrome=console_chrome(visit, dealer, f"Settlement {settlement}", "Payments", errors=errors),
        tabs=payment_tabs(visit, "settlements"),
        number=shown.settlement_id,
        created_at=zoned(dealer, shown.created_at),
        deposit_cents=shown.deposit_cents,
        difference_cents=shown.difference_cents,
        proof=proof_lines(shown),
        lines=deposit_lines(found, dealer),
        progress=posting_section(visit, dealer, found, errors=errors),
        deposited_on=zoned(dealer, shown.arrives_at)[:10],
        processor_reference=shown.settlement_id,
        status=settlement_status(shown),
        summary_href=f"{BASE}/{settlement}/summary.csv",
        remarks=remarks(shown, dealer),
        unexplained=unexplained(shown),
    )
    return render_page(view)


@page(blueprint, "GET", BASE + "/{settlement}/progress", area="console")
def settlement_posting_progress(visit: Visit, settlement: str) -> Fragment:
    """GET the posting section alone; the page asks for it again while it runs."""
    dealer = get_dealer(visit.dealer_id)
    found = view_settlement(visit.world, visit.dealer_id, settlement_id=SettlementId(settlement))
    progress = posting_section(visit, dealer, found)
    # Once posting has ended, the page's own badge and payments are old too.
    return Fragment(render_page(progress), reload=not progress.running)


@page(blueprint, "POST", BASE + "/{settlement}/post", area="console", roles=COLLECTING_ROLES)
def post_settlement(visit: Visit, settlement: str) -> Redirect:
    """POST: start (or resume) posting to the ERP."""
    is_first = request_posting(
        visit.world,
        visit.dealer_id,
        settlement_id=SettlementId(settlement),
        operator=visit.signed_in.name,
    )
    return Redirect(f"{BASE}/{settlement}?done={'posting' if is_first else 'posting-already'}")


@page(blueprint, "POST", BASE + "/{settlement}/resolve", area="console", roles=COLLECTING_ROLES)
def resolve(visit: Visit, settlement: str) -> Redirect:
    """POST: declare the settlement done; a difference needs a written reason."""
    resolve_settlement(
        visit.world,
        visit.dealer_id,
        settlement_id=SettlementId(settlement),
        operator=visit.signed_in.name,
        reason=visit.form.get("reason"),
    )
    return Redirect(f"{BASE}/{settlement}?done=resolved")


@page(blueprint, "POST", BASE + "/{settlement}/reverse", area="console", roles=COLLECTING_ROLES)
def reverse(visit: Visit, settlement: str) -> Html | Redirect:
    """POST: the equal and opposite of what is posted, with a written reason."""
    try:
        request_reversal(
            visit.world,
            visit.dealer_id,
            settlement_id=SettlementId(settlement),
            operator=visit.signed_in.name,
            reason=visit.form.get("reversal_reason"),
            entered=visit.form.get("entered"),
        )
    except InvalidInput as refused:
        errors = tuple(
            FieldError(field=name, message=said) for name, said in refused.fields.items()
        )
        return Html(settlement_html(visit, SettlementId(settlement), errors=errors), status=422)
    return Redirect(f"{BASE}/{settlement}?done=reversing#posting")
