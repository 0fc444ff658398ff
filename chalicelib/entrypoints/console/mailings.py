"""Invitations for many accounts: check, send, follow; the page may be left at any time."""

from chalice.app import Blueprint

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import AccountId, MailingId
from chalicelib.domain.mailings import Outcome, Purpose
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.entrypoints.console.chrome import console_chrome
from chalicelib.entrypoints.console.customers import chosen_query
from chalicelib.entrypoints.console.mailing_parts import (
    ROWS_SHOWN,
    groups,
    progress,
    send_action,
    summary,
)
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import zoned
from chalicelib.entrypoints.responses import Fragment, Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import mailings as views
from chalicelib.services.list_customers import each_customer
from chalicelib.services.prepare_mailing import prepare_mailing
from chalicelib.services.send_mailing import send_mailing
from chalicelib.storage.accounts import find_accounts
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.mailings import WholeMailing, get_mailing, list_mailings

blueprint = Blueprint(__name__)
BASE = "/console/invitations"
TITLES = {Purpose.INVITE: "Invite customers", Purpose.RESEND: "Send invitations again"}


@page(blueprint, "GET", BASE, area="console")
def mailings(visit: Visit) -> Html:
    """GET the dealer's last mailings."""
    dealer = get_dealer(visit.dealer_id)
    rows = tuple(summary(mailing, dealer) for mailing in list_mailings(visit.dealer_id))
    chrome = console_chrome(visit, dealer, "Invitations", "Customers")
    return Html(render_page(views.Mailings(chrome=chrome, rows=rows)))


@page(blueprint, "POST", BASE, area="console", roles=COLLECTING_ROLES)
def prepare(visit: Visit) -> Redirect:
    """POST the ticked accounts, or all the filters keep: check them, send nothing."""
    mailing = prepare_mailing(
        visit.world,
        visit.dealer_id,
        account_ids=_chosen(visit),
        operator=visit.signed_in.name,
        purpose=Purpose.RESEND if visit.form.get("purpose") == "resend" else Purpose.INVITE,
    )
    return Redirect(f"{BASE}/{mailing.mailing_id}")


@page(blueprint, "GET", BASE + "/{mailing}", area="console")
def mailing_page(visit: Visit, mailing: str) -> Html:
    """GET the check of a mailing, and how far it is once it was started."""
    dealer, whole = get_dealer(visit.dealer_id), get_mailing(visit.dealer_id, MailingId(mailing))
    return Html(render_page(_view(visit, dealer, whole)))


@page(blueprint, "GET", BASE + "/{mailing}/progress", area="console")
def mailing_progress(visit: Visit, mailing: str) -> Fragment:
    """GET the progress alone; the page asks for it again while it runs."""
    whole = get_mailing(visit.dealer_id, MailingId(mailing))
    return Fragment(render_page(progress(whole, visit.now)))


@page(blueprint, "POST", BASE + "/{mailing}/send", area="console", roles=COLLECTING_ROLES)
def send(visit: Visit, mailing: str) -> Redirect:
    """POST: send them, once however often it is clicked."""
    send_mailing(visit.world, visit.dealer_id, mailing_id=MailingId(mailing))
    return Redirect(f"{BASE}/{mailing}")


def _chosen(visit: Visit) -> list[AccountId]:
    if visit.form.get("all") != "yes":
        return [AccountId(account) for account in visit.form.all("account")]
    found = each_customer(visit.world, visit.dealer_id, query=chosen_query(visit))
    return [AccountId(customer.row.account_id) for customer in found]


def _deliveries(visit: Visit, whole: WholeMailing) -> dict[AccountId, str]:
    """How the mails fared so far, of the accounts shown."""
    shown = [entry.account_id for entry in whole.entries if entry.outcome is Outcome.INVITED]
    found = find_accounts(visit.dealer_id, shown[:ROWS_SHOWN])
    return {account_id: account.delivery for account_id, account in found.items()}


def _view(visit: Visit, dealer: Dealer, whole: WholeMailing) -> views.MailingPage:
    mailing = whole.mailing
    started = mailing.started_at is not None
    may_act = visit.signed_in.role in COLLECTING_ROLES
    return views.MailingPage(
        chrome=console_chrome(visit, dealer, TITLES[mailing.purpose], "Customers"),
        is_resending=mailing.purpose is Purpose.RESEND,
        chosen=mailing.chosen,
        to_send=mailing.to_send,
        prepared_at=zoned(dealer, mailing.prepared_at),
        operator=mailing.operator,
        groups=groups(whole, _deliveries(visit, whole) if started else {}),
        send=send_action(mailing, BASE) if may_act and not started else None,
        progress=progress(whole, visit.now) if started else None,
    )
