"""Builders of payment intents, charges and balance transactions in the vendor's shapes."""

from sandbox.world.jsontypes import Json
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.desk import Call, Desk
from sandbox.world.stripe.faults import RETURN_CODES
from sandbox.world.stripe.objects import billing_details

AUTHENTICATION_FAILED = "payment_intent_authentication_failure"
# What a charge repeats of the payment method it was made with.
_BANK_FACTS = (
    "account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number",
)  # fmt: skip
_CARD_FACTS = (
    "brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4",
)  # fmt: skip


def payment_intent(call: Call, *, amount_cents: int) -> Json:
    """Return a payment intent as created by `call`, not yet confirmed."""
    intent_id, method = call.book.new_id("pi"), call.optional("payment_method")
    return {
        "id": intent_id, "object": "payment_intent", "amount": amount_cents,
        "amount_capturable": 0, "amount_details": {"tip": {}}, "amount_received": 0,
        "application": None, "application_fee_amount": None, "automatic_payment_methods": None,
        "canceled_at": None, "cancellation_reason": None, "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_demo", "confirmation_method": "automatic",
        "created": call.desk.stamp(), "currency": "usd", "customer": call.optional("customer"),
        "description": call.optional("description"), "last_payment_error": None,
        "latest_charge": None, "livemode": False, "metadata": call.params.get("metadata", {}),
        "next_action": None, "on_behalf_of": None, "payment_method": method,
        "payment_method_configuration_details": None, "payment_method_options": {},
        "payment_method_types": call.params.get(
            "allowed_payment_method_types", ["card", "us_bank_account"]),
        "processing": None, "receipt_email": None, "review": None, "setup_future_usage": None,
        "shipping": None, "statement_descriptor": call.optional("statement_descriptor"),
        "statement_descriptor_suffix": None, "transfer_data": None, "transfer_group": None,
        "status": "requires_confirmation" if method else "requires_payment_method",
    }  # fmt: skip


def charge(desk: Desk, book: Book, intent: Json, method: Json, *, mandate_id: str | None) -> Json:
    """Return the pending charge of a confirmed payment intent."""
    return {
        "id": book.new_id("py" if method["type"] == "us_bank_account" else "ch"),
        "object": "charge", "amount": intent["amount"], "amount_captured": 0,
        "amount_refunded": 0, "application": None, "application_fee": None,
        "application_fee_amount": None, "balance_transaction": None,
        "billing_details": billing_details(method["billing_details"]["name"]),
        "calculated_statement_descriptor": None, "captured": False, "created": desk.stamp(),
        "currency": "usd", "customer": intent["customer"], "description": intent["description"],
        "disputed": False, "failure_balance_transaction": None, "failure_code": None,
        "failure_message": None, "fraud_details": {}, "livemode": False,
        "metadata": dict(intent["metadata"]), "on_behalf_of": None, "outcome": _outcome(),
        "paid": False, "payment_intent": intent["id"], "payment_method": method["id"],
        "payment_method_details": _details(method, mandate_id), "receipt_email": None,
        "receipt_number": None, "receipt_url": None, "refunded": False, "review": None,
        "shipping": None, "source_transfer": None, "statement_descriptor": None,
        "statement_descriptor_suffix": None, "status": "pending", "transfer_data": None,
        "transfer_group": None,
    }  # fmt: skip


def balance_transaction(
    book: Book,
    *,
    amount_cents: int,
    fee_cents: int,
    kind: str,
    category: str,
    source: str | None,
    created: int,
    available_on: int,
    now: int,
    fee_text: str = "Stripe processing fees",
) -> Json:
    """Return one movement of the account's balance: net = amount − fee."""
    fees = [
        {
            "amount": fee_cents,
            "application": None,
            "currency": "usd",
            "description": fee_text,
            "type": "stripe_fee",
        }
    ]
    return {
        "id": book.new_id("txn"), "object": "balance_transaction", "amount": amount_cents,
        "available_on": available_on, "balance_type": "payments", "created": created,
        "currency": "usd", "description": None, "exchange_rate": None, "fee": fee_cents,
        "fee_details": fees if fee_cents else [], "net": amount_cents - fee_cents,
        "reporting_category": category, "source": source, "type": kind,
        "status": "available" if available_on <= now else "pending",
    }  # fmt: skip


def failure(intent: Json, method: Json, code: str) -> Json:
    """Return the error object of a failed payment; `code` is a Nacha or a Stripe code."""
    stripe_code = RETURN_CODES.get(code, code)
    is_declined = method["type"] == "card" and code != AUTHENTICATION_FAILED
    error: Json = {
        "type": "card_error" if is_declined else "invalid_request_error",
        "code": "card_declined" if is_declined else stripe_code,
        "doc_url": "https://docs.stripe.com/error-codes", "payment_method": method,
        "message": f"The payment failed: {stripe_code.replace('_', ' ')}.",
    }  # fmt: skip
    if is_declined:
        error["decline_code"] = stripe_code
    if code in RETURN_CODES:
        error["network_decline_code"] = code
    if intent["latest_charge"]:
        error["charge"] = intent["latest_charge"]
    return error


def fail_charge(made: Json, error: Json) -> None:
    """Mark a charge as failed for the reason in `error`."""
    made["status"] = "failed"
    made["failure_code"], made["failure_message"] = error["code"], error["message"]
    made["outcome"] = _outcome() | {
        "type": "issuer_declined", "network_status": "declined_by_network",
        "reason": error.get("decline_code", error["code"]),
        "network_decline_code": error.get("network_decline_code"),
        "seller_message": "The bank returned or declined the payment.",
    }  # fmt: skip


def _outcome() -> Json:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "not_assessed",
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def _details(method: Json, mandate_id: str | None) -> Json:
    if method["type"] == "us_bank_account":
        bank = {name: method["us_bank_account"][name] for name in _BANK_FACTS}
        bank |= {"payment_reference": None} | ({"mandate": mandate_id} if mandate_id else {})
        return {"type": "us_bank_account", "us_bank_account": bank}
    card = {name: method["card"][name] for name in _CARD_FACTS}
    card |= {
        "amount_authorized": None, "authorization_code": None, "installments": None,
        "mandate": None, "network": card["brand"], "network_token": {"used": False},
        "network_transaction_id": None, "regulated_status": "unregulated",
        "three_d_secure": None, "transaction_link_id": None, "wallet": None,
    }  # fmt: skip
    return {"type": "card", "card": card}
