"""Refunds: made at once, settled at once or days later, and sometimes sent back by the bank."""

from datetime import timedelta

from sandbox.world.jsontypes import Json
from sandbox.world.stripe import disputes, ledger, payouts
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.desk import Call, Desk
from sandbox.world.stripe.errors import ControlRefused, InvalidRequest, Unexecutable, missing

_PENDING: Json = {"status": "pending", "pending_reason": "processing"}
_REASONS = {None, "duplicate", "fraudulent", "requested_by_customer"}


def create_refund(call: Call) -> Json:
    """POST /v1/refunds, of a charge or of a payment intent's latest charge."""
    if call.optional("reason") not in _REASONS:
        raise InvalidRequest("Invalid reason", param="reason")
    charge = _refundable_charge(call)
    settings = call.desk.settings
    days = settings.refund_days if _is_debit(charge) else settings.card_refund_days
    amount_cents = _amount_cents(call, charge)
    refund = call.book.add(_refund(call, charge, amount_cents=amount_cents, is_pending=days > 0))
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    row = ledger.add_row(
        call.desk,
        call.book,
        amount_cents=-refund["amount"],
        kind="payment_refund" if _is_debit(charge) else "refund",
        category="refund",
        source=refund["id"],
        available_on=ledger.funds_on(call.desk, call.book, charge),
    )
    refund["balance_transaction"] = payouts.see_to_payout(call.desk, call.book, row)["id"]
    call.emit("refund.created", refund)
    call.emit("charge.refunded", charge)
    disputes.close_refunded_inquiry(call.desk, call.book, charge)
    _plan(call.desk, call.book, refund, days=days)
    return refund


def cancel_refund(call: Call) -> Json:
    """POST /v1/refunds/{id}/cancel: refused, as only a refund in requires_action can be canceled.

    No refund to a card or a bank account ever is.
    """
    refund = call.book.get("refund", call.ids[0])
    raise Unexecutable(
        f"This refund cannot be canceled: its status is {refund['status']}, and only a refund "
        "with the status requires_action can be."
    )


def fail_refund(desk: Desk, book: Book, refund: Json, reason: str) -> None:
    """The payer's bank refuses the money: it returns to the balance and to what can be refunded."""
    if refund["status"] == "failed":
        raise ControlRefused(f"Refund {refund['id']} has failed already.")
    charge = book.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    row = ledger.add_row(
        desk,
        book,
        amount_cents=refund["amount"],
        kind="refund_failure",
        category="refund_failure",
        source=refund["id"],
        available_on=ledger.funds_on(desk, book, charge),
    )
    payouts.see_to_payout(desk, book, row)
    refund.pop("pending_reason", None)
    refund |= {
        "status": "failed",
        "failure_reason": reason,
        "failure_balance_transaction": row["id"],
    }
    for event_type in ("refund.updated", "refund.failed", "charge.refund.updated"):
        desk.feed.emit(book, event_type, refund)


def _refundable_charge(call: Call) -> Json:
    charge = _charge(call)
    if charge["status"] != "succeeded":
        raise Unexecutable(
            f"This PaymentIntent ({charge['payment_intent']}) does not have a successful charge "
            "to refund."
        )
    if disputes.forbids_refund(call.book, charge):
        raise Unexecutable(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if charge["amount_refunded"] == charge["amount"]:
        raise Unexecutable(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    return charge


def _charge(call: Call) -> Json:
    charge_id, intent_id = call.optional("charge"), call.optional("payment_intent")
    if charge_id:
        return call.book.get("charge", charge_id, param="charge")
    if not intent_id:
        raise missing("payment_intent or charge")
    intent = call.book.get("payment_intent", intent_id, param="payment_intent")
    if not intent["latest_charge"]:
        raise Unexecutable(
            f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
        )
    return call.book.get("charge", intent["latest_charge"])


def _amount_cents(call: Call, charge: Json) -> int:
    left_cents = int(charge["amount"] - charge["amount_refunded"])
    text = call.optional("amount")
    if text is None:
        return left_cents
    if not text.isdecimal() or not int(text):
        raise InvalidRequest(
            "Invalid positive integer", code="parameter_invalid_integer", param="amount"
        )
    if int(text) > left_cents:
        raise Unexecutable(
            f"Refund amount ({_dollars(int(text))}) is greater than unrefunded amount on charge "
            f"({_dollars(left_cents)})",
            param="amount",
        )
    return int(text)


def _dollars(amount_cents: int) -> str:
    return f"${amount_cents // 100:,}.{amount_cents % 100:02}"


def _is_debit(charge: Json) -> bool:
    return bool(charge["payment_method_details"]["type"] == "us_bank_account")


def _refund(call: Call, charge: Json, *, amount_cents: int, is_pending: bool) -> Json:
    destination = "us_bank_transfer" if _is_debit(charge) else "card"
    details: Json = {"reference": None, "reference_status": "pending"}
    if destination == "card":
        details = {
            "reference_status": "pending", "reference_type": "acquirer_reference_number",
            "type": "refund",
        }  # fmt: skip
    return {
        "id": call.book.new_id("re"), "object": "refund", "amount": amount_cents,
        "balance_transaction": None, "charge": charge["id"], "created": call.desk.stamp(),
        "currency": "usd", "destination_details": {"type": destination, destination: details},
        "metadata": call.params.get("metadata", {}), "payment_intent": charge["payment_intent"],
        "reason": call.optional("reason"), "receipt_number": None,
        "source_transfer_reversal": None, "transfer_reversal": None,
    } | (_PENDING if is_pending else {"status": "succeeded"})  # fmt: skip


def _plan(desk: Desk, book: Book, refund: Json, *, days: int) -> None:
    fault = desk.script.take_refund()
    if days:
        desk.clock.at(desk.now() + timedelta(days=days), lambda: _settle(desk, book, refund))
    if fault:
        due = desk.now() + timedelta(days=fault.fails_after_days)
        desk.clock.at(due, lambda: _fail_unless_failed(desk, book, refund, fault.reason))


def _settle(desk: Desk, book: Book, refund: Json) -> None:
    if refund["status"] != "pending":
        return
    del refund["pending_reason"]
    refund["status"] = "succeeded"
    for event_type in ("refund.updated", "charge.refund.updated"):
        desk.feed.emit(book, event_type, refund)


def _fail_unless_failed(desk: Desk, book: Book, refund: Json, reason: str) -> None:
    if refund["status"] != "failed":
        fail_refund(desk, book, refund, reason)
