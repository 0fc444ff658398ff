"""What a long history left, read once, and what must stand of it by the rules of money.md.

What must stand is worked out from the processor's own rows and from what was paid elsewhere.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.payments import CHARGED, Payment
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.reversals import Refund, Reversal
from chalicelib.storage.ledger import trial_balance
from tests.crash.long_history import LongEnded
from tests.crash.owing import CREDIT

NOT_MOVED, FEE = ("payout", "payout_reversal"), "fee"


@dataclass
class Left:
    """What a history left, read once."""

    ended: LongEnded

    @cached_property
    def payments(self) -> list[Payment]:
        return self.ended.road.payments()

    @cached_property
    def ledger(self) -> dict[LedgerAccount, int]:
        return trial_balance(self.ended.road.dealer.dealer_id)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The processor's balance, deposits left out."""
        rows = self.ended.road.book.of_kind("balance_transaction")
        return [row for row in rows if row["reporting_category"] not in NOT_MOVED]

    @cached_property
    def money(self) -> Counter[str]:
        """What stands of each payment at the processor, cents by its intent."""
        book, sums = self.ended.road.book, Counter[str]()
        intents = {
            thing["id"]: thing["payment_intent"]
            for kind in ("charge", "refund", "dispute")
            for thing in book.of_kind(kind)
        }
        for row in self.rows:
            if row["reporting_category"] != FEE:
                sums[intents.get(row["source"], "")] += row["amount"]
        return sums

    @cached_property
    def fees_taken(self) -> int:
        """What the processor kept, of payments and besides them."""
        own = sum(row["amount"] for row in self.rows if row["reporting_category"] == FEE)
        return sum(row["fee"] for row in self.rows) - own

    @cached_property
    def owed(self) -> dict[str, int]:
        """What is owed on each document and open on each credit."""
        state = self.ended.road.state()
        found = owed_on(state.payables, state.claims, state.account)
        return {str(name): item.owed_cents for name, item in found.items()}

    def own(self, payment: Payment) -> int:
        """What stands of it, credits that were paid out in its money left out."""
        return self.money[payment.processor_id] + self.paid_out(payment)

    def paid_out(self, payment: Payment) -> int:
        """The customer's other credits that were given to him in money."""
        return sum(use.amount_cents for it in reversals_of(payment) for use in it.consumed)

    def loss(self, payment: Payment) -> int:
        """What went out twice."""
        return max(0, -self.own(payment)) + self.lost_surplus(payment)

    def lost_surplus(self, payment: Payment) -> int:
        """What another payment's refund had paid out of its surplus before all of it came back."""
        if self.own(payment) > 0:
            return 0
        uses = (use for one in self.payments for it in reversals_of(one) for use in it.consumed)
        return sum(use.amount_cents for use in uses if use.payable_id == payment.number)

    def fee(self, payment: Payment) -> int:
        """The payer's fee that is still the dealer's."""
        if self.own(payment) <= 0:
            return 0
        return payment.fee_cents - sum(it.fee_income_cents for it in reversals_of(payment))

    def discount(self, payment: Payment) -> int:
        """It goes with the last of the money, also if a refund before that came back since."""
        taken = (it for it in payment.refunds if it.is_taken_out)
        lasts = (it for it in taken if any(line.discount_cents for line in it.reversal.lines))
        if self.own(payment) <= 0 or any(before_last(payment, it) for it in lasts):
            return 0
        return payment.discount_cents

    def standing(self, payment: Payment) -> int:
        """By how much it makes the customer owe less."""
        own = max(0, self.own(payment)) - self.fee(payment) + self.discount(payment)
        return own - self.paid_out(payment) + self.lost_surplus(payment)

    @cached_property
    def right(self) -> dict[str, int]:
        """What must be owed of documents that were paid wholly or, taken back, not at all."""
        owing = self.ended.owing
        sums = {**owing.documents, CREDIT: owing.credit_cents}
        for payment in self.payments:
            if payment.status not in CHARGED:
                continue
            is_gone = self.own(payment) <= 0
            is_partly = bool(reversals_of(payment)) and not is_gone
            is_changed = payment.as_settled or payment.undone or payment.excess
            is_changed = is_changed or self.paid_out(payment)
            for effect in payment.effects:
                name = str(effect.payable_id)
                if is_partly or is_changed:
                    sums.pop(name, None)
                elif name in sums and not is_gone:
                    sums[name] -= effect.amount_cents
            for use in (use for it in reversals_of(payment) for use in it.consumed):
                sums.pop(str(use.payable_id), None)
        for name, cents in self.ended.elsewhere.counter.items():
            if name in sums:
                sums[name] -= cents
        # Whose money is kept on account, if a document was paid twice, the order of postings says.
        return {name: cents for name, cents in sums.items() if cents >= 0}

    @cached_property
    def first(self) -> int:
        """What would be owed if nothing had been paid through the portal."""
        owing, counter = self.ended.owing, self.ended.elsewhere.counter
        return sum(owing.documents.values()) - owing.credit_cents - sum(counter.values())


def reversals_of(payment: Payment) -> list[Reversal]:
    taken = [refund.reversal for refund in payment.refunds if refund.is_taken_out]
    taken += [payment.returned.reversal] if payment.returned else []
    disputes = [payment.dispute, *payment.earlier_disputes]
    return taken + [it.reversal for it in disputes if it is not None and it.reversal is not None]


def before_last(payment: Payment, last: Refund) -> list[list[Refund]]:
    """The refunds before one that took the rest of the money; nothing if it did not.

    Twice where one had failed: nobody may have heard of that when the last one was asked for.
    """
    before = [it for it in payment.refunds[: payment.refunds.index(last)] if it.taken_at]
    kept = [it for it in before if it.failed_at is None or it.failed_at > last.requested_at]
    return [
        some
        for some in (before, kept)
        if sum(it.reversal.money_cents for it in (*some, last)) == payment.charged_cents
    ]
