"""Every blueprint the deployed product is made of; `app.py` registers them in this order."""

from chalicelib.entrypoints import guard, queues, schedules, steps, webhooks
from chalicelib.entrypoints.console import (
    accounts,
    attention,
    customers,
    discounts,
    gl_accounts,
    integration,
    interventions,
    mailings,
    manual_posting,
    payments,
    reconciliation,
    refunds,
    settings,
    settlement_list,
    settlements,
    surcharge,
    taken_back,
    team,
)
from chalicelib.entrypoints.console import help as console_help
from chalicelib.entrypoints.console import identity as console_identity
from chalicelib.entrypoints.portal import banks, cards, changing, outstanding, paying, registration
from chalicelib.entrypoints.portal import help as portal_help
from chalicelib.entrypoints.portal import identity as portal_identity
from chalicelib.entrypoints.portal import payments as portal_payments
from chalicelib.entrypoints.portal import receipts as portal_receipts

BLUEPRINTS = (
    guard.edge,
    portal_identity.blueprint,
    registration.blueprint,
    portal_help.blueprint,
    outstanding.blueprint,
    paying.blueprint,
    changing.blueprint,
    banks.blueprint,
    cards.blueprint,
    portal_payments.blueprint,
    portal_receipts.blueprint,
    console_identity.blueprint,
    console_help.blueprint,
    customers.blueprint,
    accounts.blueprint,
    mailings.blueprint,
    payments.blueprint,
    interventions.blueprint,
    discounts.blueprint,
    refunds.blueprint,
    taken_back.blueprint,
    attention.blueprint,
    reconciliation.blueprint,
    settings.blueprint,
    surcharge.blueprint,
    gl_accounts.blueprint,
    team.blueprint,
    settlement_list.blueprint,
    settlements.blueprint,
    manual_posting.blueprint,
    integration.blueprint,
    webhooks.blueprint,
    queues.blueprint,
    steps.blueprint,
    schedules.blueprint,
)
