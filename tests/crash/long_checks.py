"""What is wrong with how a long history ended: processor = ledger = GL = payables, to the cent."""

from collections import Counter
from typing import Any

from chalicelib.domain.ledger import LedgerAccount, gl_number
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.payments import CHARGED, Payment, PaymentStatus
from chalicelib.domain.reversals import Refund, RefundState
from tests.crash.left import Left, before_last, reversals_of
from tests.crash.long_history import LongEnded
from tests.crash.long_road import BOOKS
from tests.services.rebuilding import rebuilt
from tests.services.reconciling import reconciled

UNDECIDED = (PaymentStatus.PENDING, PaymentStatus.FROZEN)
OPEN_REFUNDS = (RefundState.REQUESTED, RefundState.SENDING)


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
    rests = [
        payment.fee_cents - sum(it.reversal.fee_income_cents for it in before)
        for before in before_last(payment, refund)
    ]
    return refund.reversal.fee_income_cents in (rests or [usual])


def _processor(left: Left) -> dict[str, bool]:
    """Deposits and fees at the bank, and what stands of every payment."""
    payouts = left.ended.road.book.of_kind("payout")
    deposits = sum(it["amount"] for it in payouts if it["status"] not in ("failed", "canceled"))
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
        "processor fees": paid_fees == left.fees_taken,
    }


def _money_of(payment: Payment) -> int:
    return payment.charged_cents - sum(it.money_cents for it in reversals_of(payment))


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
    kinds = {str(item.payable_id): _signed(item) for item in state.payables}
    owed = sum(kinds[name] * cents for name, cents in left.owed.items())
    stands = sum(map(left.standing, charged))
    booked = ledger.get(LedgerAccount.ACCOUNTS_RECEIVABLE, 0)
    booked += ledger.get(LedgerAccount.UNAPPLIED_CASH, 0)
    spruce = road.spruce._books[BOOKS].documents
    theirs = {name: it["open_cents"] for name, it in spruce.items() if it["open_cents"]}
    return {
        "payables": owed == left.first - stands,
        "receivable": owed == left.first + booked,
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
    told = {(it["id"], it["mail"], it.get("about", "")) for it in mails}
    due = {(it.payment_id, mail, about) for it in left.payments for mail, about in _due(it)}
    return {"untold": due <= told}


def _due(payment: Payment) -> list[tuple[str, str]]:
    due = [("payment_settled", "")] if payment.settled_at else []
    due += [("payment_failed", "")] if payment.status is PaymentStatus.FAILED else []
    due += [("payment_returned", "")] if payment.returned else []
    due += [("payment_dispute_lost", it.dispute_id) for it in payment.disputes if it.reversal]
    due += [("payment_refunded", it.refund_id) for it in payment.refunds if it.is_taken_out]
    due += [
        ("refund_failed", it.refund_id)
        for it in payment.refunds
        if it.state is RefundState.FAILED and it.taken_at
    ]
    return due
