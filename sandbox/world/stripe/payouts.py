"""Payouts: everything available leaves at the next midnight, or comes in if it is below zero."""

from datetime import UTC, datetime, timedelta

from sandbox.world.jsontypes import Json
from sandbox.world.stripe import ledger
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.desk import Call, Desk
from sandbox.world.stripe.errors import ControlRefused, InvalidRequest, Unexecutable
from sandbox.world.stripe.faults import PayoutFault

_WORDS = "The bank account has been closed or could not be paid."


def record_charge(desk: Desk, book: Book, charge: Json) -> None:
    """Book a succeeded charge with its fee, and see to the payout that carries it."""
    method = charge["payment_method_details"]["type"]
    is_debit = method == "us_bank_account"
    settings = desk.settings
    days = settings.ach_available_days if is_debit else settings.card_available_days
    row = ledger.add_row(
        desk,
        book,
        amount_cents=charge["amount"],
        fee_cents=settings.fee_cents(method, charge["amount"]),
        kind="payment" if is_debit else "charge",
        category="charge",
        source=charge["id"],
        available_on=int((desk.now() + timedelta(days=days)).timestamp()),
    )
    charge["balance_transaction"] = see_to_payout(desk, book, row)["id"]


def see_to_payout(desk: Desk, book: Book, row: Json) -> Json:
    """Plan the payout that will carry `row`, at the midnight after its funds are available."""
    available = datetime.fromtimestamp(row["available_on"], UTC)
    midnight = available.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    desk.clock.at(midnight, lambda: _pay_out_as_planned(desk, book))
    return row


def pay_out(desk: Desk, book: Book) -> Json | None:
    """Pay out everything available and not yet paid out; below zero the bank is debited."""
    rows = [row for row in ledger.unpaid(book) if row["available_on"] <= desk.stamp()]
    total_cents = sum(row["net"] for row in rows)
    is_possible = total_cents > 0 or desk.settings.debit_negative_balances
    if not total_cents or not is_possible:
        return None
    fault = desk.script.take_payout() or PayoutFault()
    payout, own_row = _send(desk, book, amount_cents=total_cents, is_automatic=True)
    for row in [*rows, own_row]:
        row["status"] = "available"
        row[ledger.PAYOUT] = payout["id"]
    if fault.hide_row:
        hide_row(book, payout)
    proved = desk.now() + timedelta(hours=desk.settings.reconciliation_hours)
    desk.clock.at(proved, lambda: _reconcile(desk, book, payout))
    _plan_arrival(desk, book, payout, fault.failure_code)
    return payout


def create_payout(call: Call) -> Json:
    """POST /v1/payouts: a manual payout; Stripe cannot say which rows it is made of."""
    amount = call.text("amount")
    if not amount.isdecimal() or not int(amount):
        raise InvalidRequest(
            "Invalid positive integer", code="parameter_invalid_integer", param="amount"
        )
    if call.text("currency").lower() != "usd":
        raise InvalidRequest("The sandbox settles usd only.", param="currency")
    now = call.desk.stamp()
    available = sum(row["net"] for row in ledger.unpaid(call.book) if row["available_on"] <= now)
    if int(amount) > available:
        raise Unexecutable(
            "You have insufficient funds in your Stripe account for this transfer.",
            code="balance_insufficient",
        )
    payout, _ = _send(call.desk, call.book, amount_cents=int(amount), is_automatic=False)
    payout["metadata"] = call.params.get("metadata", {})
    fault = call.desk.script.take_payout() or PayoutFault()
    _plan_arrival(call.desk, call.book, payout, fault.failure_code)
    return payout


def fail_payout(desk: Desk, book: Book, payout: Json, code: str) -> None:
    """The bank sends a payout back, even one that was paid: its money returns to the balance."""
    if payout["status"] == "failed":
        raise ControlRefused(f"Payout {payout['id']} has failed already.")
    row = ledger.add_row(
        desk,
        book,
        amount_cents=payout["amount"],
        kind="payout_failure",
        category="payout_reversal",
        source=payout["id"],
    )
    see_to_payout(desk, book, row)
    payout |= {
        "status": "failed",
        "failure_balance_transaction": row["id"],
        "failure_code": code,
        "failure_message": _WORDS,
    }
    desk.feed.emit(book, "payout.failed", payout)


def hide_row(book: Book, payout: Json) -> None:
    """Leave the payout's first movement out of its list, so that the list adds up to less."""
    for row in book.of_kind("balance_transaction"):
        if row.get(ledger.PAYOUT) == payout["id"] and row["type"] != "payout":
            row[ledger.HIDDEN] = True
            return
    raise ControlRefused(f"Payout {payout['id']} has no row to hide.")


def _pay_out_as_planned(desk: Desk, book: Book) -> None:
    if desk.settings.automatic_payouts:
        pay_out(desk, book)


def _send(desk: Desk, book: Book, *, amount_cents: int, is_automatic: bool) -> tuple[Json, Json]:
    arrival = desk.now() + timedelta(days=desk.settings.payout_arrival_days)
    payout = _payout(desk, book, amount_cents=amount_cents, arrival=arrival)
    if not is_automatic:
        payout |= {"automatic": False, "reconciliation_status": "not_applicable"}
    own_row = ledger.add_row(
        desk,
        book,
        amount_cents=-amount_cents,
        kind="payout",
        category="payout",
        source=payout["id"],
        available_on=int(arrival.timestamp()) if is_automatic else None,
    )
    payout["balance_transaction"] = own_row["id"]
    desk.feed.emit(book, "payout.created", book.add(payout))
    return payout, own_row


def _plan_arrival(desk: Desk, book: Book, payout: Json, failure_code: str | None) -> None:
    arrival = datetime.fromtimestamp(payout["arrival_date"], UTC)
    desk.clock.at(arrival, lambda: _arrive(desk, book, payout, failure_code))


def _reconcile(desk: Desk, book: Book, payout: Json) -> None:
    payout["reconciliation_status"] = "completed"
    desk.feed.emit(book, "payout.reconciliation_completed", payout)


def _arrive(desk: Desk, book: Book, payout: Json, failure_code: str | None) -> None:
    if payout["status"] == "failed":
        return
    if failure_code:
        fail_payout(desk, book, payout, failure_code)
        return
    payout["status"] = "paid"
    desk.feed.emit(book, "payout.paid", payout)


def _payout(desk: Desk, book: Book, *, amount_cents: int, arrival: datetime) -> Json:
    return {
        "id": book.new_id("po"),
        "object": "payout",
        "amount": amount_cents,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": int(arrival.timestamp()),
        "automatic": True,
        "balance_transaction": None,
        "created": desk.stamp(),
        "currency": "usd",
        "description": "STRIPE PAYOUT",
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }
