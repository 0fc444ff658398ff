"""Builders of the simulated processor's objects in the vendor's shapes."""

from sandbox.world.jsontypes import Json
from sandbox.world.stripe.desk import BankToken, Call

NO_ADDRESS: Json = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def billing_details(name: str | None = None) -> Json:
    """Return billing details that only know a name."""
    return {"address": dict(NO_ADDRESS), "email": None, "name": name, "phone": None, "tax_id": None}


def account(account_id: str, params: Json, *, created: int) -> Json:
    """Return a connected account that can take payments and pay out."""
    profile = params.get("business_profile", {})
    no_needs: Json = {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": [],
        "disabled_reason": None,
        "errors": [],
        "eventually_due": [],
        "past_due": [],
        "pending_verification": [],
    }
    return {
        "id": account_id, "object": "account", "created": created,
        "business_profile": {"name": profile.get("name"), "url": profile.get("url"),
                             "mcc": profile.get("mcc"), "product_description": None,
                             "support_address": None, "support_email": None,
                             "support_phone": None, "support_url": None},
        "business_type": params.get("business_type", "company"),
        "capabilities": {"card_payments": "active", "transfers": "active",
                         "us_bank_account_ach_payments": "active"},
        "charges_enabled": True, "payouts_enabled": True, "details_submitted": True,
        "country": params.get("country", "US"), "default_currency": "usd",
        "email": params.get("email"), "metadata": params.get("metadata", {}),
        "external_accounts": {"object": "list", "data": [], "has_more": False,
                              "url": f"/v1/accounts/{account_id}/external_accounts"},
        "requirements": no_needs, "future_requirements": dict(no_needs),
        "controller": {"type": "application", "is_controller": True,
                       "fees": {"payer": "account"}, "losses": {"payments": "stripe"},
                       "requirement_collection": "stripe",
                       "stripe_dashboard": {"type": "full"}},
        "tos_acceptance": {"date": created, "ip": None, "user_agent": None},
        "type": params.get("type", "standard"),
    }  # fmt: skip


def customer(call: Call, customer_id: str) -> Json:
    """Return a customer as created by `call`."""
    params = call.params
    return {
        "id": customer_id, "object": "customer", "address": None, "balance": 0,
        "created": call.desk.stamp(), "currency": None, "default_source": None,
        "delinquent": False, "description": params.get("description"), "discount": None,
        "email": params.get("email"), "invoice_prefix": customer_id[-8:].upper(),
        "invoice_settings": {"custom_fields": None, "default_payment_method": None,
                             "footer": None, "rendering_options": None},
        "livemode": False, "metadata": params.get("metadata", {}), "name": params.get("name"),
        "next_invoice_sequence": 1, "phone": params.get("phone"), "preferred_locales": [],
        "shipping": None, "tax_exempt": "none", "test_clock": None,
    }  # fmt: skip


def bank_account(call: Call, token: BankToken, *, customer_id: str) -> Json:
    """Return the customer's bank account that `token` stood for."""
    return {
        "id": call.book.new_id("ba"), "object": "bank_account",
        "account_holder_name": token.holder_name, "account_holder_type": token.holder_type,
        "account_type": token.account_type, "bank_name": token.bank_name, "country": "US",
        "currency": "usd", "customer": customer_id,
        "fingerprint": f"fp{token.routing_number}{token.last4}", "last4": token.last4,
        "metadata": {}, "routing_number": token.routing_number, "status": "verified",
    }  # fmt: skip


def bank_method(bank: Json, *, created: int) -> Json:
    """Return the payment-method view of a bank account; Stripe accepts `ba_` ids for both."""
    return {
        "id": bank["id"], "object": "payment_method", "allow_redisplay": "unspecified",
        "billing_details": billing_details(bank["account_holder_name"]), "created": created,
        "customer": bank["customer"], "livemode": False, "metadata": {},
        "type": "us_bank_account",
        "us_bank_account": {
            "account_holder_type": bank["account_holder_type"],
            "account_type": bank["account_type"], "bank_name": bank["bank_name"],
            "financial_connections_account": None, "fingerprint": bank["fingerprint"],
            "last4": bank["last4"], "routing_number": bank["routing_number"],
            "networks": {"preferred": "ach", "supported": ["ach"]}, "status_details": {},
        },
    }  # fmt: skip


def card_method(call: Call, *, brand: str, funding: str, last4: str) -> Json:
    """Return a saved card."""
    return {
        "id": call.book.new_id("pm"), "object": "payment_method",
        "allow_redisplay": "unspecified", "billing_details": billing_details(),
        "created": call.desk.stamp(), "customer": None, "livemode": False, "metadata": {},
        "type": "card",
        "card": {
            "brand": brand, "country": "US", "display_brand": brand, "exp_month": 8,
            "exp_year": 2034, "fingerprint": f"fp{brand}{last4}", "funding": funding,
            "generated_from": None, "last4": last4, "regulated_status": "unregulated",
            "checks": {"address_line1_check": None, "address_postal_code_check": None,
                       "cvc_check": "pass"},
            "networks": {"available": [brand], "preferred": None},
            "three_d_secure_usage": {"supported": True}, "wallet": None,
        },
    }  # fmt: skip


def mandate(call: Call, *, method_id: str, method_type: str, acceptance: Json) -> Json:
    """Return the payer's standing authorisation for a payment method."""
    given: Json = {"accepted_at": call.desk.stamp(), "type": acceptance["type"]}
    given |= {acceptance["type"]: acceptance.get(acceptance["type"], {})}
    return {
        "id": call.book.new_id("mandate"), "object": "mandate", "customer_acceptance": given,
        "livemode": False, "multi_use": {}, "payment_method": method_id,
        "payment_method_details": {"type": method_type, method_type: {}}, "status": "active",
        "type": "multi_use",
    }  # fmt: skip


def setup_intent(call: Call) -> Json:
    """Return a setup intent as created by `call`, not yet confirmed."""
    intent_id = call.book.new_id("seti")
    method = call.optional("payment_method")
    return {
        "id": intent_id, "object": "setup_intent", "application": None,
        "automatic_payment_methods": None, "cancellation_reason": None,
        "client_secret": f"{intent_id}_secret_demo", "created": call.desk.stamp(),
        "customer": call.optional("customer"), "description": call.optional("description"),
        "flow_directions": None, "last_setup_error": None, "latest_attempt": None,
        "livemode": False, "mandate": None, "metadata": call.params.get("metadata", {}),
        "next_action": None, "on_behalf_of": None, "payment_method": method,
        "payment_method_configuration_details": None, "payment_method_options": None,
        "payment_method_types": call.params.get(
            "allowed_payment_method_types", ["card", "us_bank_account"]),
        "single_use_mandate": None, "usage": call.params.get("usage", "off_session"),
        "status": "requires_confirmation" if method else "requires_payment_method",
    }  # fmt: skip
