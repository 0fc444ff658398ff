"""Stripe's objects as our values, and our values as Stripe's parameters."""

from datetime import UTC, datetime

import stripe

from chalicelib.domain.cards import CardFacts
from chalicelib.domain.ids import MethodId
from chalicelib.domain.payments import Authorization, Method
from chalicelib.domain.settlements import BalanceTransaction
from chalicelib.gateways.processor import Intent, Payout

USER_AGENT = "Drypowder payments portal"
FUNDS = "latest_charge.balance_transaction"  # Expanded, an intent says when its money came.
_STATES = {
    "processing": "processing",
    "requires_action": "requires_action",
    "succeeded": "succeeded",
    "canceled": "canceled",
    # A confirmed debit that failed returns to waiting for another method; we never confirm twice.
    "requires_payment_method": "failed",
}


def card_method(saved: stripe.PaymentMethod, *, customer: str) -> Method | None:
    """A saved card as a method, or None if it is no card."""
    card = saved.card
    if card is None:
        return None
    return Method(
        method_id=MethodId(saved.id),
        kind="card",
        label=card.brand.replace("_", " ").title(),
        last4=card.last4,
        customer=customer,
        card=CardFacts(MethodId(saved.id), card.brand, card.funding),
    )


def setup_params(
    customer: str, bank: str, authorization: Authorization
) -> stripe.params.SetupIntentCreateParams:
    """What takes a bank account's mandate."""
    return {
        "customer": customer,
        "payment_method": bank,
        "allowed_payment_method_types": ["us_bank_account"],
        "usage": "off_session",
        "confirm": True,
        "mandate_data": {
            "customer_acceptance": {
                "type": "online",
                "accepted_at": int(authorization.accepted_at.timestamp()),
                "online": {"ip_address": authorization.address, "user_agent": USER_AGENT},
            }
        },
    }


def intent_of(intent: stripe.PaymentIntent) -> Intent:
    """A payment intent; a state we do not know is unknown, so it counts as processing."""
    problem = intent.last_payment_error
    # Optional fields are absent, not None, so reading them as attributes raises.
    code = getattr(problem, "decline_code", None) or getattr(problem, "code", None) or ""
    return Intent(
        intent_id=intent.id,
        state=_STATES.get(intent.status, "processing"),
        amount_cents=intent.amount,
        currency=intent.currency.upper(),
        failure_code=code,
        created_at=moment_of(intent.created),
        payment_reference=reference_of(intent),
        action_url=_action_url(intent),
        charge_id=id_of(intent.latest_charge),
        funded_at=booked_at(getattr(intent.latest_charge, "balance_transaction", None)),
    )


def _action_url(intent: stripe.PaymentIntent) -> str:
    redirect = getattr(intent.next_action, "redirect_to_url", None)
    return str(getattr(redirect, "url", "") or "")


def reference_of(intent: stripe.PaymentIntent) -> str:
    """Our payment id as sent in metadata, "" without one."""
    # Since release 15 metadata is an object, and `items` on it would be a metadata key.
    return str(intent.metadata.to_dict().get("payment", "")) if intent.metadata else ""


def transaction_of(row: stripe.BalanceTransaction) -> BalanceTransaction:
    """A balance transaction; amounts in cents."""
    source = row.source
    behind = getattr(source, "payment_intent", None) if source is not None else None
    return BalanceTransaction(
        transaction_id=row.id,
        category=row.reporting_category,
        amount_cents=row.amount,
        fee_cents=row.fee,
        net_cents=row.net,
        currency=row.currency.upper(),
        source_id=id_of(source),
        intent_id=id_of(behind),
        created_at=moment_of(row.created),
    )


def payout_of(payout: stripe.Payout) -> Payout:
    """A payout; `state` is Stripe's word."""
    return Payout(
        payout_id=payout.id,
        amount_cents=payout.amount,
        currency=payout.currency.upper(),
        state=payout.status,
        automatic=payout.automatic,
        created_at=moment_of(payout.created),
        arrives_at=moment_of(payout.arrival_date),
        is_reconciled=payout.reconciliation_status == "completed",
    )


def booked_at(row: object) -> datetime | None:
    """When an expanded balance transaction was made; None if there is none yet."""
    return moment_of(row.created) if isinstance(row, stripe.BalanceTransaction) else None


def id_of(thing: object) -> str:
    """The id of an expanded object, or the id itself."""
    if thing is None or isinstance(thing, str):
        return thing or ""
    return str(getattr(thing, "id", ""))


def code_of(error: stripe.StripeError) -> str:
    """The most specific code of an error."""
    decline = getattr(error, "decline_code", None)
    return str(decline or error.code or "refused")


def moment_of(seconds: int) -> datetime:
    """Seconds since 1970 as an aware moment, UTC."""
    return datetime.fromtimestamp(seconds, UTC)
