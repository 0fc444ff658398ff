"""The dispute object in the vendor's shape."""

from datetime import timedelta

from sandbox.world.jsontypes import Json
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.desk import Desk

_ANSWER_WITHIN = timedelta(days=14)
_STATUS = {"inquiry": "warning_needs_response", "chargeback": "needs_response", "return": "lost"}
# Stripe's reasons → what the card networks call them (docs.stripe.com, "Dispute categories").
_NETWORK_CODES = {
    "fraudulent": {"visa": "10.4", "mastercard": "4837", "amex": "F29"},
    "product_not_received": {"visa": "13.1", "mastercard": "4853", "amex": "C08"},
    "product_unacceptable": {"visa": "13.3", "mastercard": "4853", "amex": "C31"},
    "credit_not_processed": {"visa": "13.7", "mastercard": "4853", "amex": "C02"},
    "duplicate": {"visa": "12.6.1", "mastercard": "4834", "amex": "P08"},
}
REASONS = frozenset(_NETWORK_CODES) | {
    "general", "noncompliant", "subscription_canceled", "unrecognized",
}  # fmt: skip
_EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
)  # fmt: skip


def new_dispute(
    desk: Desk,
    book: Book,
    charge: Json,
    *,
    kind: str,
    amount_cents: int,
    reason: str,
    code: str | None = None,
) -> Json:
    """Return an inquiry, a chargeback, or a bank's return, which is lost from the start.

    Only a card's dispute has payment_method_details: Stripe describes none for bank debits.
    """
    card = charge["payment_method_details"].get("card")
    code = _NETWORK_CODES.get(reason, {}).get(card["brand"]) if card else code
    due_by = desk.stamp() + int(_ANSWER_WITHIN.total_seconds())
    dispute = {
        "id": book.new_id("du"), "object": "dispute", "amount": amount_cents,
        "balance_transactions": [], "charge": charge["id"], "created": desk.stamp(),
        "currency": "usd", "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": None if kind == "return" else due_by, "enhanced_eligibility": {},
            "has_evidence": False, "past_due": False, "submission_count": 0,
        },
        "is_charge_refundable": kind == "inquiry", "livemode": False, "metadata": {},
        "network_reason_code": code, "payment_intent": charge["payment_intent"],
        "reason": reason, "status": _STATUS[kind],
    }  # fmt: skip
    if card:
        facts = {"brand": card["brand"], "case_type": kind, "network_reason_code": code}
        dispute["payment_method_details"] = {"type": "card", "card": facts}
    return dispute
