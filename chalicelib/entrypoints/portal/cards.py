"""Paying by card: chosen or added on a preview, confirmed with its bank, there and back."""

from chalice.app import Blueprint

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import MethodId, QuoteId
from chalicelib.domain.people import PAYING_ROLES
from chalicelib.domain.pricing import METHOD_KINDS
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Away, Redirect
from chalicelib.services.add_card import finish_card, start_card
from chalicelib.services.confirm_card import check_card
from chalicelib.services.quote_payment import get_quote, switch_method
from chalicelib.storage.accounts import get_account

blueprint = Blueprint(__name__)


@page(blueprint, "POST", "/quotes/{quote}/method", roles=PAYING_ROLES)
def choose(visit: Visit, quote: str) -> Redirect:
    """POST another way to pay: the same selection is priced for it."""
    kind = visit.form.get("pay_by")
    if kind not in METHOD_KINDS:
        raise InvalidInput("Choose how you want to pay.", {"pay_by": "Choose one."})
    method = visit.form.get("method")
    return Redirect(_priced_for(visit, quote, kind, MethodId(method) if method else None))


@page(blueprint, "POST", "/cards/add", roles=PAYING_ROLES)
def add(visit: Visit) -> Away:
    """POST: send the payer to the processor's page; afterwards back to the quote."""
    payer, quote_id = visit.signed_in, QuoteId(visit.form.get("quote"))
    get_quote(visit.world, visit.dealer_id, account_id=visit.account_id, quote_id=quote_id)
    account = get_account(visit.dealer_id, visit.account_id)
    url = start_card(
        visit.world,
        visit.dealer_id,
        company_id=payer.company_id,
        user_id=payer.user_id,
        payer_name=account.name,
        payer_email=payer.email,
        quote_id=quote_id,
    )
    return Away(url)


@page(blueprint, "GET", "/cards/return", roles=PAYING_ROLES)
def added(visit: Visit) -> Redirect:
    """GET: back from the processor's page; the total is quoted anew for this card."""
    method = finish_card(
        visit.world,
        visit.dealer_id,
        company_id=visit.signed_in.company_id,
        visit_id=visit.query.get("visit"),
    )
    quote = visit.query.get("quote")
    method_id = method.method_id if method else None
    done = "card" if method else "no-card"
    return Redirect(f"{_priced_for(visit, quote, 'card', method_id)}?done={done}")


@page(blueprint, "GET", "/payments/{payment}/confirm", roles=PAYING_ROLES)
def confirm(visit: Visit, payment: str) -> Away | Redirect:
    """GET: on to the bank's page if the card's bank asks (3-D Secure), else to the payment."""
    found, url = check_card(visit.world, visit.dealer_id, account_id=visit.account_id, name=payment)
    return Away(url) if url else Redirect(f"/payments/{found.number}")


@page(blueprint, "GET", "/payments/{payment}/returned", roles=PAYING_ROLES)
def returned(visit: Visit, payment: str) -> Redirect:
    """GET: back from the bank's page; the webhook may have been first."""
    found, _ = check_card(visit.world, visit.dealer_id, account_id=visit.account_id, name=payment)
    return Redirect(f"/payments/{found.number}")


def _priced_for(visit: Visit, quote: str, kind: str, method_id: MethodId | None) -> str:
    fresh = switch_method(
        visit.world,
        visit.dealer_id,
        account_id=visit.account_id,
        company_id=visit.signed_in.company_id,
        quote_id=QuoteId(quote),
        method_kind=kind,
        method_id=method_id,
    )
    return f"/quotes/{fresh.quote_id}"
