"""What can happen to money without anybody calling the API: banks, card networks, the vendor.

A payment is named by its payment intent or by the number in its metadata (DP-…). Every control
raises ControlRefused, whose message says why something cannot happen.
"""

from sandbox.world.jsontypes import Json
from sandbox.world.stripe import disputes, ledger, payouts, refunds, returns
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.desk import Call, Desk
from sandbox.world.stripe.errors import ControlRefused, ProcessorRefusal
from sandbox.world.stripe.faults import REFUND_FAILURES, PayoutFault
from sandbox.world.stripe.wire import public

# Reporting categories whose rows have a type of another name.
_TYPES = {
    "charge": "payment",
    "charge_failure": "payment_failure_refund",
    "connect_reserved_funds": "reserve_transaction",
    "dispute": "adjustment",
    "dispute_reversal": "adjustment",
    "fee": "stripe_fee",
    "other_adjustment": "adjustment",
    "partial_capture_reversal": "refund",
    "payout_reversal": "payout_failure",
    "platform_earning": "application_fee",
    "platform_earning_refund": "application_fee_refund",
    "risk_reserved_funds": "reserved_funds",
    "tax": "tax_fee",
    "transfer_reversal": "transfer_refund",
}


class Controls:
    """The controls over one desk; StripeWorld has them all."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def return_payment(self, payment: str, code: str, *, booked: str = "dispute") -> Json:
        """The payer's bank returns an ACH debit with a Nacha code; the charge.

        After success it is booked as a "dispute" or as a "failure" of the charge.
        """
        with self.desk.clock.lock:
            book, intent = self._payment(payment)
            return public(returns.return_payment(self.desk, book, intent, code, booked=booked))

    def open_dispute(
        self,
        payment: str,
        kind: str = "chargeback",
        *,
        amount_cents: int | None = None,
        reason: str = "fraudulent",
    ) -> Json:
        """Open an inquiry or a chargeback of a card payment, or escalate the open inquiry."""
        with self.desk.clock.lock:
            book, charge = self._charge(payment)
            dispute = disputes.open_dispute(
                self.desk, book, charge, kind=kind, amount_cents=amount_cents, reason=reason
            )
            return public(dispute)

    def decide_dispute(self, payment: str, outcome: str) -> Json:
        """End the payment's newest dispute: won, lost, closed; or put it under_review."""
        with self.desk.clock.lock:
            book, charge = self._charge(payment)
            dispute = disputes.find_dispute(book, charge)
            if dispute is None:
                raise ControlRefused(f"Payment {payment} is not disputed.")
            disputes.decide_dispute(self.desk, book, dispute, outcome)
            return public(dispute)

    def fail_refund(self, payment: str, reason: str = "unknown") -> Json:
        """The payment's newest refund fails now."""
        if reason not in REFUND_FAILURES:
            raise ControlRefused(f"A refund fails for one of {', '.join(REFUND_FAILURES)}.")
        with self.desk.clock.lock:
            book, charge = self._charge(payment)
            made = [one for one in book.of_kind("refund") if one["charge"] == charge["id"]]
            if not made:
                raise ControlRefused(f"Payment {payment} has no refund.")
            refunds.fail_refund(self.desk, book, made[-1], reason)
            return public(made[-1])

    def pay_out_now(self, account: str | None = None) -> list[Json]:
        """Pay out what is available, of one account or of all; the payouts."""
        with self.desk.clock.lock:
            books = [self._book(account)] if account else self._connected()
            made = [payouts.pay_out(self.desk, book) for book in books]
            return [public(payout) for payout in made if payout]

    def pay_out_by_hand(self, amount_cents: int, account: str | None = None) -> Json:
        """Make a manual payout, as the dealer can on Stripe's dashboard."""
        with self.desk.clock.lock:
            params = {"amount": str(amount_cents), "currency": "usd"}
            call = Call(desk=self.desk, book=self._book(account), params=params, ids=())
            try:
                return public(payouts.create_payout(call))
            except ProcessorRefusal as refusal:
                raise ControlRefused(str(refusal)) from refusal

    def fail_payout(self, payout: str, code: str = "account_closed") -> Json:
        """The dealer's bank sends a payout back now."""
        with self.desk.clock.lock:
            book, found = self._payout(payout)
            payouts.fail_payout(self.desk, book, found, code)
            return public(found)

    def hide_row(self, payout: str | None = None) -> Json | None:
        """Leave one row out of a payout's list; of the next payout if none is named."""
        with self.desk.clock.lock:
            if payout is None:
                self.desk.script.payouts.append(PayoutFault(hide_row=True))
                return None
            book, found = self._payout(payout)
            payouts.hide_row(book, found)
            return public(found)

    def show_rows(self) -> None:
        """List every hidden row again."""
        with self.desk.clock.lock:
            for book in self._connected():
                for row in book.of_kind("balance_transaction"):
                    row.pop(ledger.HIDDEN, None)

    def add_balance_row(
        self,
        category: str,
        amount_cents: int,
        *,
        fee_cents: int = 0,
        kind: str | None = None,
        source: str | None = None,
        account: str | None = None,
    ) -> Json:
        """Add a movement of any reporting category, known or not; the next payout carries it."""
        with self.desk.clock.lock:
            book = self._book(account)
            row = ledger.add_row(
                self.desk,
                book,
                amount_cents=amount_cents,
                fee_cents=fee_cents,
                kind=kind or _TYPES.get(category, category),
                category=category,
                source=source,
            )
            return public(payouts.see_to_payout(self.desk, book, row))

    def _connected(self) -> list[Book]:
        return [book for account, book in self.desk.books.items() if account]

    def _book(self, account: str | None) -> Book:
        names = [name for name in self.desk.books if name]
        if account is None and len(names) == 1:
            return self.desk.books[names[0]]
        if account not in names:
            raise ControlRefused(f"Name the account: {', '.join(names) or 'there is none yet'}.")
        return self.desk.books[account]

    def _payment(self, payment: str) -> tuple[Book, Json]:
        for book in self._connected():
            for intent in reversed(book.of_kind("payment_intent")):
                if payment in {intent["id"], intent["metadata"].get("number")}:
                    return book, intent
        raise ControlRefused(f"There is no payment {payment}.")

    def _charge(self, payment: str) -> tuple[Book, Json]:
        book, intent = self._payment(payment)
        if not intent["latest_charge"]:
            raise ControlRefused(f"Payment {payment} was never charged.")
        return book, book.get("charge", intent["latest_charge"])

    def _payout(self, payout: str) -> tuple[Book, Json]:
        for book in self._connected():
            found = book.objects.get(payout)
            if found is not None and found["object"] == "payout":
                return book, found
        raise ControlRefused(f"There is no payout {payout}.")
