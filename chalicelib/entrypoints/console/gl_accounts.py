"""Settings, general ledger: the dealer's own numbers for the accounts we post to."""

from dataclasses import replace

from chalice.app import Blueprint

from chalicelib.domain.dealers import Dealer, GlAccounts
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.gl_numbers import STAND_ALONE
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.entrypoints.console.chrome import console_chrome
from chalicelib.entrypoints.console.settings_tabs import ADMINS, settings_tabs, version_read
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import gl_accounts as views
from chalicelib.rendering.views.chrome import FieldError
from chalicelib.services.change_gl_accounts import change_gl_accounts
from chalicelib.services.change_settings import view_settings

blueprint = Blueprint(__name__)
BASE = "/console/settings/accounts"
WORDS = {
    LedgerAccount.ACCOUNTS_RECEIVABLE: ("Accounts receivable", "What customers owe."),
    LedgerAccount.CLEARING: ("Clearing", "Money at the processor; 0 once it is deposited."),
    LedgerAccount.BANK: ("Bank", "Where deposits arrive."),
    LedgerAccount.PROCESSING_FEES: ("Processing fees", "What the processor keeps."),
    LedgerAccount.DISCOUNTS_ALLOWED: ("Discounts allowed", "Discounts customers took."),
    LedgerAccount.FEE_INCOME: ("Fee income", "Fees and surcharges customers paid."),
    LedgerAccount.HELD_IN_DISPUTE: ("Held in dispute", "Withdrawn until a dispute is decided."),
    LedgerAccount.CHARGEBACK_FEES: ("Chargeback fees", "Fees of disputes and returns."),
    LedgerAccount.RETURNS: ("Returns", "Returned after it was refunded already."),
    LedgerAccount.UNAPPLIED_CASH: ("Unapplied cash", "Paid beyond the documents."),
}


@page(blueprint, "GET", BASE, area="console")
def accounts(visit: Visit) -> Html:
    """GET the account numbers."""
    dealer, _ = view_settings(visit.world, visit.dealer_id)
    return Html(render_page(_view(visit, dealer, dealer.gl)))


@page(blueprint, "POST", BASE, area="console", roles=ADMINS)
def change(visit: Visit) -> Html | Redirect:
    """POST: save the numbers, or show them again with what to correct."""
    read_version = version_read(visit)
    typed = GlAccounts(**{account.value: visit.form.get(account) for account in LedgerAccount})
    try:
        change_gl_accounts(
            visit.world,
            visit.dealer_id,
            accounts=typed,
            read_version=read_version,
            operator=visit.signed_in.name,
        )
    except InvalidInput as problem:
        dealer, _ = view_settings(visit.world, visit.dealer_id)
        errors = tuple(FieldError(field=f, message=m) for f, m in problem.fields.items())
        # Of the version that was read: what somebody changed meanwhile is not written over.
        view = replace(_view(visit, dealer, typed, errors), version=read_version)
        return Html(render_page(view), problem.status)
    return Redirect(f"{BASE}?done=settings")


def _view(
    visit: Visit, dealer: Dealer, numbers: GlAccounts, errors: tuple[FieldError, ...] = ()
) -> views.GlAccounts:
    return views.GlAccounts(
        chrome=console_chrome(visit, dealer, "General ledger", "Settings", errors=errors),
        tabs=settings_tabs(BASE),
        version=dealer.version,
        accounts=tuple(
            views.GlAccount(
                name=account.value,
                label=label,
                number=getattr(numbers, account.value),
                use=use,
                stands_alone=account.value in STAND_ALONE,
            )
            for account, (label, use) in WORDS.items()
        ),
        may_change=visit.signed_in.role in ADMINS,
    )
