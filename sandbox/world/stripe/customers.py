"""Accounts, customers, their bank accounts and payment methods, and mandates."""

from sandbox.world.jsontypes import Json
from sandbox.world.stripe import objects
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.desk import BankToken, Call, Desk
from sandbox.world.stripe.errors import InvalidRequest, Unexecutable, no_such

THREE_D_SECURE = "3220"  # As Stripe's own test card whose bank always asks.
_CARDS = {
    "visa": ("visa", "credit", "4242"),
    "visa_debit": ("visa", "debit", "5556"),
    "mastercard": ("mastercard", "credit", "4444"),
    "mastercard_prepaid": ("mastercard", "prepaid", "5100"),
    "amex": ("amex", "credit", "8431"),
    "visa_3ds": ("visa", "credit", THREE_D_SECURE),
    "chargeDeclined": ("visa", "credit", "0002"),
}
_TEST_BANK = BankToken(
    bank_name="STRIPE TEST BANK",
    routing_number="110000000",
    last4="6789",
    account_type="checking",
    holder_name="Demo Builder LLC",
)


def seed_account(desk: Desk, account_id: str, params: Json) -> Json:
    """Return the connected account with this fixed id, creating it on the first call."""
    platform = desk.open_book(None)
    known = platform.objects.get(account_id)
    if known is not None:
        return known
    desk.open_book(account_id)
    return platform.add(objects.account(account_id, params, created=desk.stamp()))


def create_account(call: Call) -> Json:
    """POST /v1/accounts."""
    account_id = call.book.new_id("acct").replace("_", "_1", 1)[:21]
    thing = seed_account(call.desk, account_id, call.params)
    call.desk.feed.emit(call.desk.open_book(account_id), "account.updated", thing, key=call.key)
    return thing


def retrieve_account(call: Call) -> Json:
    """GET /v1/accounts/{id}, by the platform or by the account itself."""
    if call.book.account not in {None, call.ids[0]}:
        raise no_such("account", call.ids[0])
    return call.desk.open_book(None).get("account", call.ids[0])


def create_customer(call: Call) -> Json:
    """POST /v1/customers."""
    thing = call.book.add(objects.customer(call, call.book.new_id("cus")))
    call.emit("customer.created", thing)
    return thing


def create_source(call: Call) -> Json:
    """POST /v1/customers/{id}/sources: attach the bank account behind a one-time token."""
    owner, source = call.book.get("customer", call.ids[0]), call.text("source")
    reusable = source == "btok_us_verified"
    token = _TEST_BANK if reusable else call.desk.take_bank_token(source)
    bank = call.book.add(objects.bank_account(call, token, customer_id=owner["id"]))
    bank["metadata"] = call.params.get("metadata", {})
    owner["default_source"] = owner["default_source"] or bank["id"]
    call.emit("customer.source.created", bank)
    return bank


def create_method(call: Call) -> Json:
    """POST /v1/payment_methods, for cards by test token (`card[token]=tok_visa`)."""
    if call.text("type") != "card":
        raise InvalidRequest(
            "The sandbox creates payment methods of type card only; bank "
            "accounts come from the bank link.",
            param="type",
        )
    token = str(call.params.get("card", {}).get("token", "")).removeprefix("tok_")
    return new_card(call, token, param="card[token]")


def find_method(book: Book, method_id: str) -> Json:
    """Return the payment method with this id, `ba_` ids included."""
    thing = book.objects.get(method_id)
    if thing is not None and thing["object"] == "bank_account":
        owner = book.objects.get(thing["customer"] or "", {"created": 0})
        return objects.bank_method(thing, created=owner["created"])
    return book.get("payment_method", method_id, param="payment_method")


def retrieve_method(call: Call) -> Json:
    """GET /v1/payment_methods/{id}."""
    return find_method(call.book, call.ids[0])


def list_methods(call: Call) -> Json:
    """GET /v1/payment_methods?customer=…&type=…, or /v1/customers/{id}/payment_methods."""
    owner = call.ids[0] if call.ids else call.text("customer")
    call.book.get("customer", owner, param="customer")
    shelf = Book(account=call.book.account, seed="")
    for thing in call.book.objects.values():
        if thing["object"] in {"bank_account", "payment_method"} and thing["customer"] == owner:
            method = find_method(call.book, thing["id"])
            if call.optional("type") in {None, method["type"]}:
                shelf.add(method)
    return shelf.page("payment_method", call.params, url="/v1/payment_methods")


def attach_method(call: Call) -> Json:
    """POST /v1/payment_methods/{id}/attach; `pm_card_…` test ids make a new card."""
    owner = call.book.get("customer", call.text("customer"), param="customer")
    if call.ids[0].startswith("pm_card_"):
        method = new_card(call, call.ids[0].removeprefix("pm_card_"), param="payment_method")
    else:
        method = find_method(call.book, call.ids[0])
    if method["customer"] not in {None, owner["id"]}:
        raise Unexecutable(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_unexpected_state",
        )
    _stored(call.book, method["id"])["customer"] = owner["id"]
    attached = find_method(call.book, method["id"])
    call.emit("payment_method.attached", attached)
    return attached


def detach_method(call: Call) -> Json:
    """POST /v1/payment_methods/{id}/detach; its mandates end with it."""
    method = find_method(call.book, call.ids[0])
    if method["customer"] is None:
        raise Unexecutable(
            "The payment method you provided is not attached to a customer so "
            "detachment is impossible.",
            code="payment_method_unexpected_state",
        )
    _stored(call.book, method["id"])["customer"] = None
    end_mandates(call.desk, call.book, method["id"], key=call.key)
    detached = method | {"customer": None}
    call.emit("payment_method.detached", detached)
    return detached


def end_mandates(desk: Desk, book: Book, method_id: str, *, key: str | None = None) -> None:
    """End every active mandate for a payment method."""
    for mandate in book.of_kind("mandate"):
        if mandate["payment_method"] == method_id and mandate["status"] == "active":
            mandate["status"] = "inactive"
            desk.feed.emit(book, "mandate.updated", mandate, key=key)


def active_mandate(book: Book, method_id: str) -> Json | None:
    """Return the newest active mandate for a payment method, if there is one."""
    for mandate in reversed(book.of_kind("mandate")):
        if mandate["payment_method"] == method_id and mandate["status"] == "active":
            return mandate
    return None


def accept_mandate(call: Call, method: Json) -> Json | None:
    """Store the mandate that `mandate_data` gives, or return None where it is absent."""
    acceptance = call.params.get("mandate_data", {}).get("customer_acceptance")
    if not acceptance:
        return None
    if acceptance.get("type") not in {"online", "offline"}:
        raise InvalidRequest(
            "Invalid customer acceptance type.", param="mandate_data[customer_acceptance][type]"
        )
    online = acceptance.get("online", {})
    if acceptance["type"] == "online" and not {"ip_address", "user_agent"} <= set(online):
        raise InvalidRequest(
            "Online acceptance needs ip_address and user_agent.",
            code="parameter_missing",
            param="mandate_data[customer_acceptance][online]",
        )
    return call.book.add(
        objects.mandate(
            call, method_id=method["id"], method_type=method["type"], acceptance=acceptance
        )
    )


def _stored(book: Book, method_id: str) -> Json:
    return book.objects[method_id]


def new_card(call: Call, name: str, *, param: str) -> Json:
    """Store and return the demo card of that name, attached to nobody."""
    if name not in _CARDS:
        raise InvalidRequest(f"No such test card: '{name}'", code="resource_missing", param=param)
    brand, funding, last4 = _CARDS[name]
    return call.book.add(objects.card_method(call, brand=brand, funding=funding, last4=last4))
