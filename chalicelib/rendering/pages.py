"""From a view to its page: the type of the view chooses the template."""

from __future__ import annotations

from .templating import environment
from .views import (
    account,
    attention,
    console_entry,
    customers,
    entry,
    gl_accounts,
    incoming,
    integration,
    mailings,
    outstanding,
    payments,
    plain,
    quote,
    reconciliation,
    refunds,
    settings,
    settlements,
    surcharge,
    team,
)
from .words import currency_in_use

TEMPLATES: dict[type, str] = {
    entry.SignIn: "pages/portal/sign_in.html",
    entry.Register: "pages/portal/register.html",
    entry.VerifyAddress: "pages/portal/verify_address.html",
    entry.LinkProblem: "pages/portal/link_problem.html",
    entry.Decline: "pages/portal/decline.html",
    entry.Terms: "pages/portal/terms.html",
    outstanding.Outstanding: "pages/portal/outstanding.html",
    outstanding.JobRows: "pages/portal/job_rows.html",
    quote.Quote: "pages/portal/quote.html",
    payments.Payments: "pages/portal/payments.html",
    payments.Receipt: "pages/portal/receipt.html",
    plain.Help: "pages/help.html",
    plain.ErrorPage: "pages/error.html",
    console_entry.OperatorSignIn: "pages/console/sign_in.html",
    console_entry.OperatorCode: "pages/console/code.html",
    customers.Customers: "pages/console/customers.html",
    account.Account: "pages/console/account.html",
    mailings.Mailings: "pages/console/mailings.html",
    mailings.MailingPage: "pages/console/mailing.html",
    mailings.MailingProgress: "pages/console/mailing_progress.html",
    incoming.IncomingPayments: "pages/console/incoming_payments.html",
    incoming.PaymentDetail: "pages/console/payment_detail.html",
    refunds.RefundPreview: "pages/console/refund.html",
    attention.Attention: "pages/console/attention.html",
    attention.KeptEvent: "pages/console/kept_event.html",
    integration.Integration: "pages/console/integration.html",
    integration.Ingestion: "pages/console/ingestion.html",
    integration.IngestionProgress: "pages/console/ingestion_progress.html",
    reconciliation.Reconciliation: "pages/console/reconciliation.html",
    reconciliation.ReconciliationProgress: "pages/console/reconciliation_progress.html",
    settings.Settings: "pages/console/settings.html",
    gl_accounts.GlAccounts: "pages/console/gl_accounts.html",
    team.Team: "pages/console/team.html",
    surcharge.Surcharge: "pages/console/surcharge.html",
    settlements.Settlements: "pages/console/settlements.html",
    settlements.Settlement: "pages/console/settlement.html",
    settlements.SettlementProgress: "pages/console/settlement_progress.html",
}


def render_page(view: object) -> str:
    """HTML of a page or fragment; KeyError for a type that is not a view."""
    template = environment().get_template(TEMPLATES[type(view)])
    chrome = getattr(view, "chrome", None)
    token = currency_in_use.set(getattr(chrome or view, "currency", "USD"))
    try:
        return template.render(view=view, chrome=chrome)
    finally:
        currency_in_use.reset(token)
