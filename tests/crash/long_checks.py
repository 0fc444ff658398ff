"""What is wrong with how a long history ended: processor = ledger = GL = payables, to the cent.

What must stand is worked out from the processor's own rows and the rules of money.md.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chalicelib.domain.ledger import LedgerAccount, gl_number
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.payments import CHARGED, Payment, PaymentStatus
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.reversals import Refund, RefundState, Reversal
from chalicelib.storage.ledger import trial_balance
from tests.crash.long_history import LongEnded
from tests.crash.long_road import BOOKS
from tests.crash.owing import CREDIT
from tests.services.rebuilding import rebuilt
from tests.services.reconciling import reconciled

UNDECIDED = (PaymentStatus.PENDING, PaymentStatus.FROZEN)
OPEN_REFUNDS = (RefundState.REQUESTED, RefundState.SENDING)
NOT_MOVED = ("payout", "payout_reversal")


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
        return [
            row for row in rows if row["reporting_category"] not in ("payout", "payout_reversal")
        ]

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
            sums[intents.get(row["source"], "")] += row["amount"]
        return sums

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
        return sum(use.amount_cents for it in _reversals(payment) for use in it.consumed)

    def loss(self, payment: Payment) -> int:
        """What went out twice."""
        return max(0, -self.own(payment)) + self.lost_surplus(payment)

    def lost_surplus(self, payment: Payment) -> int:
        """What another payment's refund had paid out of its surplus before all of it came back."""
        if self.own(payment) > 0:
            return 0
        uses = (use for one in self.payments for it in _reversals(one) for use in it.consumed)
        return sum(use.amount_cents for use in uses if use.payable_id == payment.number)

    def fee(self, payment: Payment) -> int:
        """The payer's fee that is still the dealer's."""
        if self.own(payment) <= 0:
            return 0
        return payment.fee_cents - sum(it.fee_income_cents for it in _reversals(payment))

    def discount(self, payment: Payment) -> int:
        """It goes with the last of the money, also if a refund before that came back since."""
        for last in payment.refunds:
            if last.is_taken_out and any(line.discount_cents for line in last.reversal.lines):
                later = (one.failed_at for one in payment.refunds if one.failed_at)
                if any(failed_at >= last.requested_at for failed_at in later):
                    return 0
        return payment.discount_cents if self.own(payment) > 0 else 0

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
            is_partly = bool(_reversals(payment)) and not is_gone
            is_changed = payment.as_settled or payment.undone or self.paid_out(payment)
            for effect in payment.effects:
                name = str(effect.payable_id)
                if is_partly or is_changed:
                    sums.pop(name, None)
                elif name in sums and not is_gone:
                    sums[name] -= effect.amount_cents
            for use in (use for it in _reversals(payment) for use in it.consumed):
                sums.pop(str(use.payable_id), None)
        return sums


def _reversals(payment: Payment) -> list[Reversal]:
    taken = [refund.reversal for refund in payment.refunds if refund.is_taken_out]
    taken += [payment.returned.reversal] if payment.returned else []
    disputes = [payment.dispute, *payment.earlier_disputes]
    return taken + [it.reversal for it in disputes if it is not None and it.reversal is not None]


def long_faults_of(ended: LongEnded) -> list[str]:
    """Everything that is wrong; empty means every cent is right."""
    left = Left(ended)
    return [
        name
        for checks in (_identity, _processor, _books, _account, _told)
        for name, holds in checks(left).items()
        if not holds
    ]


def _identity(left: Left) -> dict[str, bool]:
    """Nothing lost, nothing twice, nothing stuck, nothing half-way."""
    road, payments = left.ended.road, left.payments
    intents = [intent["metadata"]["payment"] for intent in road.intents()]
    sent = [it["metadata"].get("refund") for it in road.book.of_kind("refund")]
    ours = Counter(name for name in sent if name)
    settlements = road.settlements()
    parts = Counter(part.payment_id for it in settlements for part in it.parts)
    charged = {it.payment_id for it in payments if it.status in CHARGED}
    refunds = [refund for payment in payments for refund in payment.refunds]
    return {
        "lost": set(left.ended.payer.seen) <= {it.payment_id for it in payments},
        "double": max(Counter(intents).values(), default=1) == 1,
        "refunded twice": max(ours.values(), default=1) == 1,
        "quote": not left.ended.payer.amiss,
        "stuck": all(it.status not in UNDECIDED for it in payments),
        "stuck refund": all(refund.state not in OPEN_REFUNDS for refund in refunds),
        "unproven": all(it.is_proven for it in settlements),
        "unposted": all(it.posted_at for it in payments if it.payment_id in charged),
        "parts": parts == Counter(charged),
        "fee share": all(
            _is_fair(left, it, refund)
            for it in payments
            for refund in it.refunds
            if refund.is_taken_out
        ),
        "rebuild": not rebuilt(road.world, road.account).unequal,
        "differences": not reconciled(road.world, road.dealer.dealer_id).differences,
    }


def _is_fair(left: Left, payment: Payment, refund: Refund) -> bool:
    """floor(fee × refund ÷ (charged − fee)), unless it was the last one, which takes the rest."""
    asked_cents = left.ended.accidents.asked.get(refund.refund_id)
    if asked_cents is None or left.own(payment) <= 0:
        return True
    usual = payment.fee_cents * asked_cents // (payment.charged_cents - payment.fee_cents)
    before = [it for it in payment.refunds[: payment.refunds.index(refund)] if it.taken_at]
    kept = [it for it in before if it.failed_at is None or it.failed_at > refund.requested_at]
    rests = [
        payment.fee_cents - sum(it.reversal.fee_income_cents for it in some)
        for some in (before, kept)  # Which one counted, if one failed in that very moment?
        if sum(it.reversal.money_cents for it in (*some, refund)) == payment.charged_cents
    ]
    return refund.reversal.fee_income_cents in (rests or [usual])


def _processor(left: Left) -> dict[str, bool]:
    """Deposits and fees at the bank, and what stands of every payment."""
    payouts = left.ended.road.book.of_kind("payout")
    deposits = sum(it["amount"] for it in payouts if it["status"] not in ("failed", "canceled"))
    fees = sum(row["fee"] for row in left.rows)
    paid_fees = left.ledger.get(LedgerAccount.PROCESSING_FEES, 0)
    paid_fees += left.ledger.get(LedgerAccount.CHARGEBACK_FEES, 0)
    return {
        "processor": all(
            left.money[it.processor_id] == _money_of(it)
            for it in left.payments
            if it.status in CHARGED
        ),
        "foreign": not left.money[""],
        "paid out": sum(row["amount"] - row["fee"] for row in left.rows) == deposits,
        "bank": left.ledger.get(LedgerAccount.BANK, 0) == deposits,
        "processor fees": paid_fees == fees,
    }


def _money_of(payment: Payment) -> int:
    return payment.charged_cents - sum(it.money_cents for it in _reversals(payment))


def _books(left: Left) -> dict[str, bool]:
    """Our ledger by the rules, and Spruce's by ours."""
    road, payments, ledger = left.ended.road, left.payments, left.ledger
    charged = [it for it in payments if it.status in CHARGED]
    numbers = road.dealer.gl
    ours = {gl_number(name, numbers): cents for name, cents in ledger.items() if cents}
    theirs = {it["account"]: it["balance_cents"] for it in road.spruce.ledger(BOOKS)["accounts"]}
    discounts = sum(left.discount(it) for it in charged)
    return {
        "balance": sum(ledger.values()) == 0,
        "clearing": ledger.get(LedgerAccount.CLEARING, 0) == 0,
        "held": ledger.get(LedgerAccount.HELD_IN_DISPUTE, 0) == 0,
        "losses": ledger.get(LedgerAccount.RETURNS, 0) == sum(map(left.loss, charged)),
        "fee": ledger.get(LedgerAccount.FEE_INCOME, 0) == -sum(map(left.fee, charged)),
        "discount": ledger.get(LedgerAccount.DISCOUNTS_ALLOWED, 0) == discounts,
        "GL": ours == {name: cents for name, cents in theirs.items() if cents},
    }


def _account(left: Left) -> dict[str, bool]:
    """What is owed: as the money says, as the ledger says, as the header says, as Spruce says."""
    road, ledger = left.ended.road, left.ledger
    state = road.state()
    charged = [it for it in left.payments if it.status in CHARGED]
    first = sum(left.ended.owing.documents.values()) - left.ended.owing.credit_cents
    kinds = {str(item.payable_id): _signed(item) for item in state.payables}
    owed = sum(kinds[name] * cents for name, cents in left.owed.items())
    stands = sum(map(left.standing, charged))
    booked = ledger.get(LedgerAccount.ACCOUNTS_RECEIVABLE, 0)
    booked += ledger.get(LedgerAccount.UNAPPLIED_CASH, 0)
    spruce = road.spruce._books[BOOKS].documents
    theirs = {name: it["open_cents"] for name, it in spruce.items() if it["open_cents"]}
    return {
        "payables": owed == first - stands,
        "receivable": owed == first + booked,
        "documents": all(left.owed.get(name, 0) == cents for name, cents in left.right.items()),
        "in flight": state.account.totals.in_flight_cents == 0,
        "header": state.account.totals.outstanding_cents == owed,
        "Spruce": theirs == {name: cents for name, cents in left.owed.items() if cents},
    }


def long_wrong_cents(ended: LongEnded) -> int:
    """Absolute differences between processor and payments, and in the books, cents."""
    left = Left(ended)
    at_processor = [left.money[it.processor_id] - _money_of(it) for it in left.payments
                    if it.status in CHARGED]  # fmt: skip
    books = (left.ledger.get(LedgerAccount.CLEARING, 0), sum(left.ledger.values()))
    return sum(map(abs, (*at_processor, *books)))


def _signed(item: Any) -> int:
    return -1 if item.kind is PayableKind.CREDIT else 1


def _told(left: Left) -> dict[str, bool]:
    """Every mail that had to be sent was."""
    mails = left.ended.road.world.queues.mails
    told = {(it["id"], it["mail"], it.get("refund", "")) for it in mails}
    due = {(it.payment_id, mail, about) for it in left.payments for mail, about in _due(it)}
    return {"untold": due <= told}


def _due(payment: Payment) -> list[tuple[str, str]]:
    due = [("payment_settled", "")] if payment.settled_at else []
    due += [("payment_failed", "")] if payment.status is PaymentStatus.FAILED else []
    due += [("payment_returned", "")] if payment.returned else []
    is_lost = payment.dispute is not None and payment.dispute.reversal is not None
    due += [("payment_dispute_lost", "")] if is_lost else []
    due += [("payment_refunded", it.refund_id) for it in payment.refunds if it.is_taken_out]
    due += [
        ("refund_failed", it.refund_id)
        for it in payment.refunds
        if it.state is RefundState.FAILED and it.taken_at
    ]
    return due
