"""Linking a bank account on the vendor's hosted page, there and back."""

from chalice.app import Blueprint

from chalicelib.domain.errors import TryAgain
from chalicelib.domain.people import PAYING_ROLES
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Away, Redirect
from chalicelib.services.link_bank import (
    bank_link_returns_to,
    finish_bank_link,
    start_bank_link,
)
from chalicelib.storage.accounts import get_account

blueprint = Blueprint(__name__)


@page(blueprint, "POST", "/banks/link", roles=PAYING_ROLES)
def link(visit: Visit) -> Away:
    """POST: send the payer to the hosted page; afterwards back to the quote."""
    payer = visit.signed_in
    account = get_account(visit.dealer_id, visit.account_id)
    quote = visit.form.get("quote")
    url = start_bank_link(
        visit.world,
        visit.dealer_id,
        account_id=visit.account_id,
        company_id=payer.company_id,
        user_id=payer.user_id,
        payer_name=account.name,
        payer_email=payer.email,
        authorization_address=visit.address,
        return_to=f"/quotes/{quote}" if quote.isalnum() else "/outstanding",
    )
    return Away(url)


@page(blueprint, "GET", "/banks/return", roles=PAYING_ROLES)
def returned(visit: Visit) -> Redirect:
    """GET: back from the hosted page; the vendor's webhook may have been first."""
    session_id, company_id = visit.query.get("link"), visit.signed_in.company_id
    back = bank_link_returns_to(visit.dealer_id, company_id=company_id, session_id=session_id)
    try:
        method = finish_bank_link(
            visit.world, visit.dealer_id, company_id=company_id, session_id=session_id
        )
    except TryAgain:
        # The webhook is saving it at this moment; asking once more finds it saved.
        method = finish_bank_link(
            visit.world, visit.dealer_id, company_id=company_id, session_id=session_id
        )
    return Redirect(f"{back}?done={'linked' if method else 'not-linked'}")
