"""Hosted pages of the simulated processor: adding a card, and a bank's 3-D Secure question."""

from dataclasses import dataclass
from datetime import timedelta

from sandbox.world.jsontypes import Json
from sandbox.world.stripe import customers, intents, objects
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.desk import Call, Desk
from sandbox.world.stripe.errors import InvalidRequest

_LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class DemoCard:
    """A card a demo payer can choose; there is no number to type."""

    name: str
    title: str
    hint: str


DEMO_CARDS = (
    DemoCard("visa", "Visa credit, ending 4242", "Succeeds"),
    DemoCard("visa_3ds", "Visa credit, ending 3220", "Its bank asks for confirmation"),
    DemoCard("visa_debit", "Visa debit, ending 5556", "Succeeds"),
    DemoCard("mastercard_prepaid", "Mastercard prepaid, ending 5100", "Succeeds"),
    DemoCard("chargeDeclined", "Visa credit, ending 0002", "Declined when it is charged"),
)


def create_visit(call: Call) -> Json:
    """POST /v1/checkout/sessions, in setup mode for cards."""
    if call.text("mode") != "setup" or call.params.get("allowed_payment_method_types") != ["card"]:
        raise InvalidRequest("The sandbox hosts setup mode for cards only.", param="mode")
    call.book.get("customer", call.text("customer"), param="customer")
    for address in ("success_url", "cancel_url"):
        if not call.text(address).startswith(("http://", "https://")):
            raise InvalidRequest("Not a valid URL", code="url_invalid", param=address)
    setup = call.book.add(objects.setup_intent(call))
    visit = call.book.add(_visit(call, setup))
    call.emit("setup_intent.created", setup)
    return visit


def find_visit(desk: Desk, visit_id: str) -> tuple[Book, Json] | None:
    """The account's book and the visit while its page can be used."""
    for book in desk.books.values():
        visit = book.objects.get(visit_id)
        if visit is not None and visit["object"] == "checkout.session":
            return (book, visit) if visit["status"] == "open" else None
    return None


def choose_card(desk: Desk, visit_id: str, name: str) -> str | None:
    """Save the chosen card on the visit's customer; the address to go back to, None if gone."""
    with desk.clock.lock:
        found = find_visit(desk, visit_id)
        if found is None or name not in {card.name for card in DEMO_CARDS}:
            return None
        book, visit = found
        setup = book.get("setup_intent", visit["setup_intent"])
        call = Call(desk=desk, book=book, params={}, ids=())
        method = customers.new_card(call, name, param="card") | {"customer": visit["customer"]}
        book.add(method)
        setup |= {"status": "succeeded", "payment_method": method["id"]}
        visit |= {"status": "complete", "url": None}
        call.emit("payment_method.attached", method)
        call.emit("setup_intent.succeeded", setup)
        call.emit("checkout.session.completed", visit)
        return str(visit["success_url"]).replace("{CHECKOUT_SESSION_ID}", visit_id)


def find_challenge(desk: Desk, intent_id: str) -> tuple[Book, Json] | None:
    """The account's book and the payment while its bank still waits for an answer."""
    for book in desk.books.values():
        intent = book.objects.get(intent_id)
        if intent is not None and intent["object"] == "payment_intent":
            return (book, intent) if intent["status"] == "requires_action" else None
    return None


def answer_challenge(desk: Desk, intent_id: str, *, confirmed: bool) -> str | None:
    """What the payer told the bank; the address to go back to, None if nobody waits for it."""
    with desk.clock.lock:
        found = find_challenge(desk, intent_id)
        if found is None:
            return None
        book, intent = found
        back = str(intent["next_action"]["redirect_to_url"]["return_url"])
        intents.finish_action(desk, book, intent, confirmed=confirmed)
        return f"{back}{'&' if '?' in back else '?'}payment_intent={intent_id}"


# What a visit in setup mode has no use for: null in the vendor's answers.
_UNUSED = (
    "after_expiration", "allow_promotion_codes", "billing_address_collection", "client_secret",
    "consent", "consent_collection", "customer_creation", "invoice", "invoice_creation",
    "payment_link", "payment_method_collection", "recovered_from", "saved_payment_method_options",
    "shipping_address_collection", "shipping_cost", "submit_type", "subscription",
    "total_details", "adaptive_pricing", "discounts", "collected_information", "permissions",
    "wallet_options", "origin_context", "currency_conversion", "integration_identifier",
    "payment_method_configuration_details",
)  # fmt: skip


def _visit(call: Call, setup: Json) -> Json:
    visit_id = call.book.new_id("cs")
    custom_text = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return dict.fromkeys(_UNUSED) | {
        "id": visit_id, "object": "checkout.session", "amount_subtotal": None,
        "amount_total": None, "automatic_tax": {"enabled": False, "liability": None,
                                                "provider": None, "status": None},
        "cancel_url": call.text("cancel_url"), "created": call.desk.stamp(),
        "client_reference_id": call.optional("client_reference_id"), "currency": None,
        "custom_fields": [], "custom_text": dict.fromkeys(custom_text),
        "customer": call.text("customer"), "customer_details": None, "customer_email": None,
        "expires_at": call.desk.stamp() + int(_LIFE.total_seconds()), "livemode": False,
        "locale": None, "metadata": call.params.get("metadata", {}), "mode": "setup",
        "payment_intent": None, "payment_method_options": {}, "payment_method_types": ["card"],
        "phone_number_collection": {"enabled": False}, "ui_mode": "hosted_page",
        "payment_status": "no_payment_required", "setup_intent": setup["id"],
        "shipping_options": [], "status": "open", "success_url": call.text("success_url"),
        "url": f"{call.desk.public_url}/stripe/checkout/{visit_id}",
    }  # fmt: skip
