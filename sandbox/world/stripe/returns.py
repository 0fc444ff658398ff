"""ACH returns: a bank sends a debit back, before it succeeded or long after."""

from sandbox.world.jsontypes import Json
from sandbox.world.stripe import charges, customers, disputes, intents, ledger, payouts
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.desk import Desk
from sandbox.world.stripe.errors import ControlRefused
from sandbox.world.stripe.faults import ENDS_MANDATE, RETURN_CODES

# Nacha return codes → Stripe's dispute reasons.
_DISPUTE_REASONS = {
    "R01": "insufficient_funds",
    "R02": "incorrect_account_details",
    "R03": "incorrect_account_details",
    "R04": "incorrect_account_details",
    "R05": "debit_not_authorized",
    "R07": "debit_not_authorized",
    "R08": "customer_initiated",
    "R09": "insufficient_funds",
    "R10": "debit_not_authorized",
    "R11": "debit_not_authorized",
    "R16": "bank_cannot_process",
    "R20": "bank_cannot_process",
    "R29": "debit_not_authorized",
}


def return_payment(desk: Desk, book: Book, intent: Json, code: str, *, booked: str) -> Json:
    """The payer's bank returns a debit; `booked` says how Stripe books it after success.

    "dispute": a dispute that is lost at once, and the mandate ends (docs.stripe.com, "ACH Direct
    Debit"). "failure": the charge fails after all, by a payment_failure_refund.
    """
    charge = book.objects.get(intent["latest_charge"] or "")
    if charge is None or charge["payment_method_details"]["type"] != "us_bank_account":
        raise ControlRefused(f"{intent['id']} is no bank debit, so no bank can return it.")
    if code not in RETURN_CODES or booked not in {"dispute", "failure"}:
        raise ControlRefused(f"A return has one of {', '.join(RETURN_CODES)}.")
    if charge["status"] == "pending":
        intents.return_debit(desk, book, intent, code)
    elif charge["status"] == "failed" or charge["disputed"]:
        raise ControlRefused(f"Charge {charge['id']} was returned already.")
    elif booked == "failure":
        _fail_late(desk, book, intent, charge, code)
    else:
        reason = _DISPUTE_REASONS[code]
        disputes.open_lost_dispute(desk, book, charge, reason=reason, code=code)
        customers.end_mandates(desk, book, charge["payment_method"])
    return charge


def _fail_late(desk: Desk, book: Book, intent: Json, charge: Json, code: str) -> None:
    """The charge fails, while a payment intent that has succeeded keeps its status for good."""
    row = ledger.add_row(
        desk,
        book,
        amount_cents=-charge["amount"],
        kind="payment_failure_refund",
        category="charge_failure",
        source=charge["id"],
        available_on=ledger.funds_on(desk, book, charge),
    )
    method = customers.find_method(book, charge["payment_method"])
    charges.fail_charge(charge, charges.failure(intent, method, code))
    charge["paid"] = False
    charge["failure_balance_transaction"] = payouts.see_to_payout(desk, book, row)["id"]
    desk.feed.emit(book, "charge.failed", charge)
    if code in ENDS_MANDATE:
        customers.end_mandates(desk, book, charge["payment_method"])
