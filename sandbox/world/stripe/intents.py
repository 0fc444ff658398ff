"""Setup and payment intents: the state machine from creation to succeeded, failed or canceled."""

from datetime import timedelta

from sandbox.world.jsontypes import Json
from sandbox.world.stripe import charges, customers, objects, payouts
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.desk import Call, Desk
from sandbox.world.stripe.errors import Declined, InvalidRequest, Unexecutable
from sandbox.world.stripe.faults import ENDS_MANDATE

_MIN_CENTS, _MAX_CENTS = 50, 99_999_999
_OPEN = {"requires_payment_method", "requires_confirmation"}
_STOPPABLE = _OPEN | {"requires_action"}


def create_setup(call: Call) -> Json:
    """POST /v1/setup_intents, confirmed at once with `confirm=true`."""
    if call.optional("customer"):
        call.book.get("customer", call.text("customer"), param="customer")
    intent = call.book.add(objects.setup_intent(call))
    call.emit("setup_intent.created", intent)
    return _confirm_setup(call, intent) if call.flag("confirm") else intent


def confirm_setup(call: Call) -> Json:
    """POST /v1/setup_intents/{id}/confirm."""
    intent = call.book.get("setup_intent", call.ids[0])
    if intent["status"] not in _OPEN:
        raise _wrong_state("setup_intent", intent)
    intent["payment_method"] = call.optional("payment_method") or intent["payment_method"]
    return _confirm_setup(call, intent)


def _confirm_setup(call: Call, intent: Json) -> Json:
    method = _method_for(call, intent)
    mandate = customers.accept_mandate(call, method)
    if mandate is None and method["type"] == "us_bank_account":
        raise Unexecutable(
            "This payment method needs mandate_data.",
            param="mandate_data",
            code="setup_intent_mandate_invalid",
        )
    intent |= {"status": "succeeded", "mandate": mandate["id"] if mandate else None}
    if mandate:
        call.emit("mandate.updated", mandate)
    call.emit("setup_intent.succeeded", intent)
    return intent


def create_payment(call: Call) -> Json:
    """POST /v1/payment_intents, confirmed at once with `confirm=true`."""
    amount = call.text("amount")
    if not amount.isdecimal() or not _MIN_CENTS <= int(amount) <= _MAX_CENTS:
        raise InvalidRequest(
            f"Invalid amount: {amount}; it must be {_MIN_CENTS} to {_MAX_CENTS} cents.",
            code="parameter_invalid_integer",
            param="amount",
        )
    if call.text("currency").lower() != "usd":
        raise InvalidRequest("The sandbox settles usd only.", param="currency")
    if call.optional("customer"):
        call.book.get("customer", call.text("customer"), param="customer")
    intent = call.book.add(charges.payment_intent(call, amount_cents=int(amount)))
    call.emit("payment_intent.created", intent)
    return _confirm_payment(call, intent) if call.flag("confirm") else intent


def confirm_payment(call: Call) -> Json:
    """POST /v1/payment_intents/{id}/confirm."""
    intent = call.book.get("payment_intent", call.ids[0])
    if intent["status"] not in _OPEN:
        raise _wrong_state("payment_intent", intent)
    intent["payment_method"] = call.optional("payment_method") or intent["payment_method"]
    return _confirm_payment(call, intent)


def cancel_payment(call: Call) -> Json:
    """POST /v1/payment_intents/{id}/cancel; a debit under way can no longer be stopped."""
    intent = call.book.get("payment_intent", call.ids[0])
    if intent["status"] not in _STOPPABLE:
        raise _wrong_state("payment_intent", intent)
    intent |= {
        "status": "canceled",
        "next_action": None,
        "canceled_at": call.desk.stamp(),
        "cancellation_reason": call.optional("cancellation_reason"),
    }
    call.emit("payment_intent.canceled", intent)
    return intent


def _confirm_payment(call: Call, intent: Json) -> Json:
    method = _method_for(call, intent)
    mandate = customers.accept_mandate(call, method) or _mandate_for(call, method)
    if mandate is None and method["type"] == "us_bank_account":
        raise Unexecutable(
            "There is no active mandate for this bank account; confirm a setup "
            "intent or pass mandate_data.",
            param="mandate",
            code="payment_intent_mandate_invalid",
        )
    if _must_ask(call, method):
        return _ask_payer(call, intent)
    charge = _charge(
        call.desk, call.book, intent, method, mandate_id=mandate["id"] if mandate else None
    )
    failure_code = call.desk.script.take_payment()
    if method["type"] == "us_bank_account":
        return _start_debit(call, intent, charge, failure_code)
    if failure_code or method["card"]["last4"] == "0002":
        error = _fail(call.desk, call.book, intent, failure_code or "generic_decline")
        raise Declined(error | {"payment_intent": intent})
    _succeed(call.desk, call.book, intent)
    return intent


def _charge(desk: Desk, book: Book, intent: Json, method: Json, *, mandate_id: str | None) -> Json:
    made = book.add(charges.charge(desk, book, intent, method, mandate_id=mandate_id))
    intent["latest_charge"], intent["last_payment_error"] = made["id"], None
    return made


def _must_ask(call: Call, method: Json) -> bool:
    is_asking = method["type"] == "card" and method["card"]["last4"] == customers.THREE_D_SECURE
    return is_asking and not call.flag("off_session")


def _ask_payer(call: Call, intent: Json) -> Json:
    """3-D Secure: the payer is sent to the bank's page and back to `return_url`."""
    page = {
        "return_url": call.text("return_url"),
        "url": f"{call.desk.public_url}/stripe/challenge/{intent['id']}",
    }
    intent["status"] = "requires_action"
    intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": page}
    call.emit("payment_intent.requires_action", intent)
    return intent


def finish_action(desk: Desk, book: Book, intent: Json, *, confirmed: bool) -> None:
    """The payer has answered the bank: the payment succeeds, or fails for want of proof."""
    intent["next_action"] = None
    method = customers.find_method(book, intent["payment_method"])
    if confirmed:
        _charge(desk, book, intent, method, mandate_id=None)
        _succeed(desk, book, intent)
        return
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": charges.failure(intent, method, charges.AUTHENTICATION_FAILED),
    }
    desk.feed.emit(book, "payment_intent.payment_failed", intent)


def _start_debit(call: Call, intent: Json, charge: Json, failure_code: str | None) -> Json:
    desk, book = call.desk, call.book
    intent["status"] = "processing"
    call.emit("charge.pending", charge)
    call.emit("payment_intent.processing", intent)
    due = desk.now() + timedelta(days=desk.settings.ach_days)
    desk.clock.at(due, lambda: _end_debit(desk, book, intent, charge, failure_code))
    return intent


def _end_debit(desk: Desk, book: Book, intent: Json, charge: Json, code: str | None) -> None:
    if charge["status"] != "pending":
        return  # A control returned it earlier.
    if code:
        return_debit(desk, book, intent, code)
    else:
        _succeed(desk, book, intent)


def return_debit(desk: Desk, book: Book, intent: Json, code: str) -> None:
    """The bank sends a pending debit back; some codes end the mandate with it."""
    _fail(desk, book, intent, code)
    if code in ENDS_MANDATE:
        charge = book.get("charge", intent["latest_charge"])
        customers.end_mandates(desk, book, charge["payment_method"])


def _succeed(desk: Desk, book: Book, intent: Json) -> None:
    charge = book.get("charge", intent["latest_charge"])
    charge |= {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": charge["amount"],
    }
    payouts.record_charge(desk, book, charge)
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    desk.feed.emit(book, "charge.succeeded", charge)
    desk.feed.emit(book, "payment_intent.succeeded", intent)


def _fail(desk: Desk, book: Book, intent: Json, code: str) -> Json:
    charge = book.get("charge", intent["latest_charge"])
    method = customers.find_method(book, intent["payment_method"])
    error = charges.failure(intent, method, code)
    charges.fail_charge(charge, error)
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": error,
    }
    desk.feed.emit(book, "charge.failed", charge)
    desk.feed.emit(book, "payment_intent.payment_failed", intent)
    return error


def _method_for(call: Call, intent: Json) -> Json:
    if not intent["payment_method"]:
        raise Unexecutable(
            "You cannot confirm this intent because it is missing a payment method.",
            code=f"{intent['object']}_unexpected_state",
        )
    method = customers.find_method(call.book, intent["payment_method"])
    if method["customer"] != intent["customer"]:
        raise Unexecutable(
            "The payment method does not belong to the customer of this intent.",
            code="payment_method_customer_mismatch",
            param="payment_method",
        )
    if method["type"] not in intent["payment_method_types"]:
        raise Unexecutable(
            f"The payment method type {method['type']} is not among payment_method_types.",
            code="payment_method_invalid_parameter",
            param="payment_method",
        )
    return method


def _mandate_for(call: Call, method: Json) -> Json | None:
    named = call.optional("mandate")
    if named is None:
        return customers.active_mandate(call.book, method["id"])
    mandate = call.book.get("mandate", named, param="mandate")
    usable = mandate["status"] == "active" and mandate["payment_method"] == method["id"]
    return mandate if usable else None


def _wrong_state(kind: str, intent: Json) -> Unexecutable:
    word = kind.replace("_", " ")
    return Unexecutable(
        f"This {word} has the status {intent['status']}, which does not allow this.",
        code=f"{kind}_unexpected_state",
        facts={kind: intent},
    )
