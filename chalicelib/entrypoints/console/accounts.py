"""One customer account: header, tabs; invite, resend, revoke, disable and enable its access."""

from urllib.parse import quote

from chalice.app import Blueprint

from chalicelib.domain.accounts import Contact
from chalicelib.domain.ids import AccountId
from chalicelib.domain.invitations import Invitation
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.entrypoints.console.account_parts import (
    activity,
    invitation_view,
    mail_blocks,
    payable_rows,
    statement_row,
    tabs_of,
)
from chalicelib.entrypoints.console.chrome import console_chrome
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import aging, payment_row, priority
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import account as views
from chalicelib.rendering.views.figures import Pager, PaymentRow, TimelineEntry
from chalicelib.services.allow_mail import allow_mail, list_suppressed
from chalicelib.services.change_portal_access import (
    disable_portal_access,
    enable_portal_access,
)
from chalicelib.services.invite_customer import (
    invite_customer,
    resend_invitation,
    revoke_invitation,
)
from chalicelib.services.list_payments import list_own_payments
from chalicelib.services.list_statements import list_statements
from chalicelib.services.view_outstanding import Outstanding, view_outstanding
from chalicelib.storage.accounts import list_log
from chalicelib.storage.invitations import get_invitation

blueprint = Blueprint(__name__)
BASE = "/console/customers/{account}"
PAYABLE_TABS = ("invoices", "credits", "debits")
EVERY_ROW = 1_000_000
ROWS_A_PAGE = 100
NOBODY = Contact(contact_id="", name="", email="")
TABS = (*PAYABLE_TABS, "statements", "payments", "activity")


@page(blueprint, "GET", BASE, area="console")
def account_page(visit: Visit, account: str) -> Html:
    """GET one account; `tab` chooses what is listed."""
    found = view_outstanding(
        visit.world, visit.dealer_id, account_id=AccountId(account), rows_at_once=EVERY_ROW
    )
    tab = visit.query.get("tab") if visit.query.get("tab") in TABS else "invoices"
    return Html(render_page(_view(visit, found, tab)))


@page(blueprint, "POST", BASE + "/invite", area="console", roles=COLLECTING_ROLES)
def invite(visit: Visit, account: str) -> Redirect:
    """POST: invite the chosen contact, or the address typed."""
    contact = visit.form.get("contact")
    typed = contact in ("", "other")
    invite_customer(
        visit.world,
        visit.dealer_id,
        account_id=AccountId(account),
        operator=visit.signed_in.name,
        contact_id="" if typed else contact,
        email=visit.form.get("email") if typed else "",
    )
    return Redirect(f"/console/customers/{account}?done=invited")


@page(blueprint, "POST", BASE + "/resend", area="console", roles=COLLECTING_ROLES)
def resend(visit: Visit, account: str) -> Redirect:
    """POST: a new link, perhaps to another address; the old one says it was replaced."""
    resend_invitation(
        visit.world,
        visit.dealer_id,
        account_id=AccountId(account),
        operator=visit.signed_in.name,
        email=visit.form.get("resend_to"),
    )
    return Redirect(f"/console/customers/{account}?done=resent")


@page(blueprint, "POST", BASE + "/revoke", area="console", roles=COLLECTING_ROLES)
def revoke(visit: Visit, account: str) -> Redirect:
    """POST: withdraw the invitation; its link dies."""
    revoke_invitation(
        visit.world,
        visit.dealer_id,
        account_id=AccountId(account),
        operator=visit.signed_in.name,
    )
    return Redirect(f"/console/customers/{account}?done=revoked")


@page(blueprint, "POST", BASE + "/allow-mail", area="console", roles=COLLECTING_ROLES)
def allow(visit: Visit, account: str) -> Redirect:
    """POST: mail one of the account's addresses again, although mails to it came back."""
    allow_mail(
        visit.world,
        visit.dealer_id,
        account_id=AccountId(account),
        email=visit.form.get("address"),
        operator=visit.signed_in.name,
    )
    return Redirect(f"/console/customers/{account}?done=mail-allowed")


@page(blueprint, "POST", BASE + "/disable", area="console", roles=COLLECTING_ROLES)
def disable(visit: Visit, account: str) -> Redirect:
    """POST: shut the account's payers out of the portal."""
    disable_portal_access(
        visit.world,
        visit.dealer_id,
        account_id=AccountId(account),
        operator=visit.signed_in.name,
    )
    return Redirect(f"/console/customers/{account}?done=disabled")


@page(blueprint, "POST", BASE + "/enable", area="console", roles=COLLECTING_ROLES)
def enable(visit: Visit, account: str) -> Redirect:
    """POST: let them in again."""
    enable_portal_access(
        visit.world,
        visit.dealer_id,
        account_id=AccountId(account),
        operator=visit.signed_in.name,
    )
    return Redirect(f"/console/customers/{account}?done=enabled")


def _view(visit: Visit, found: Outstanding, tab: str) -> views.Account:
    account, totals = found.account, found.totals
    contact = account.primary_contact or NOBODY
    payables, payables_next = _payables(visit, found, tab) if tab in PAYABLE_TABS else ((), "")
    payments, payments_next = _payments(visit, found) if tab == "payments" else ((), "")
    statements, statements_next = _statements(visit, found) if tab == "statements" else ((), "")
    log, log_next = _log(visit, found) if tab == "activity" else ((), "")
    return views.Account(
        chrome=console_chrome(visit, found.dealer, account.name, "Customers", as_of=found.as_of),
        name=account.name,
        number=account.account_id,
        kind=account.account_kind,
        status=account.status,
        outstanding_cents=totals.outstanding_cents,
        past_due_cents=totals.past_due_cents,
        credits_cents=-totals.credits_cents,
        in_flight_cents=totals.in_flight_cents,
        aging=aging(totals),
        priority=priority(account.priority),
        invitation=invitation_view(found, _invitation(visit, found), visit.now),
        tabs=tabs_of(found, tab),
        tab=tab,
        payables=payables,
        statements=statements,
        payments=payments,
        activity=log,
        pager=_pager(
            visit,
            f"/console/customers/{account.account_id}?tab={tab}",
            len(payables) + len(statements) + len(payments) + len(log),
            payables_next or statements_next or payments_next or log_next,
        ),
        contact_name=contact.name,
        contact_email=contact.email,
        contact_phone=contact.phone,
        credit_limit_cents=account.credit_limit_cents or None,
        wado_days=totals.wado_days,
        mail_blocks=mail_blocks(list_suppressed(account), account, found.dealer),
        may_act=visit.signed_in.role in COLLECTING_ROLES,
    )


def _invitation(visit: Visit, found: Outstanding) -> Invitation | None:
    newest = found.account.invitation_id
    return get_invitation(visit.dealer_id, newest).invitation if newest else None


def _payables(
    visit: Visit, found: Outstanding, tab: str
) -> tuple[tuple[views.AccountPayable, ...], str]:
    """A page of rows; the cursor is how many were shown so far."""
    rows = payable_rows(found, tab)
    start = _shown_so_far(visit)
    end = start + ROWS_A_PAGE
    return rows[start:end], str(end) if end < len(rows) else ""


def _statements(visit: Visit, found: Outstanding) -> tuple[tuple[views.AccountStatement, ...], str]:
    """A page of statements; the cursor is how many were shown so far."""
    start = _shown_so_far(visit)
    listed, more = list_statements(visit.world, found, start=start, limit=ROWS_A_PAGE)
    rows = tuple(statement_row(one, found.dealer) for one in listed)
    return rows, str(start + ROWS_A_PAGE) if more else ""


def _shown_so_far(visit: Visit) -> int:
    after = visit.query.get("after")
    return int(after) if after.isascii() and after.isdigit() else 0


def _payments(visit: Visit, found: Outstanding) -> tuple[tuple[PaymentRow, ...], str]:
    own, following = list_own_payments(
        visit.world,
        visit.dealer_id,
        account_id=found.account.account_id,
        cursor=visit.query.get("after"),
    )
    rows = tuple(
        payment_row(payment, found.dealer, base="/console/payments", payer=False) for payment in own
    )
    return rows, following


def _log(visit: Visit, found: Outstanding) -> tuple[tuple[TimelineEntry, ...], str]:
    entries, following = list_log(
        visit.dealer_id, found.account.account_id, before=visit.query.get("after")
    )
    return activity(entries, found.dealer), following


def _pager(visit: Visit, base: str, shown: int, following: str) -> Pager | None:
    after = visit.query.get("after")
    if not following and not after:
        return None
    start = _shown_so_far(visit)
    return Pager(
        first=start + 1,
        last=start + shown,
        previous_href=base if after else "",
        next_href=f"{base}&after={quote(following)}" if following else "",
    )
