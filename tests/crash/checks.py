"""What is wrong with how a history of the road ended: processor = ledger = GL = payables.

Nothing is taken back in these histories, so what must stand are plain sums over the payments.
"""

from collections import Counter

from chalicelib.domain.claims import Owed
from chalicelib.domain.ids import PayableId
from chalicelib.domain.ledger import LedgerAccount, gl_number
from chalicelib.domain.payments import CHARGED, Payment, PaymentStatus
from chalicelib.domain.pricing import owed_on
from chalicelib.storage.companies import find_method
from chalicelib.storage.ledger import trial_balance
from sandbox.world.stripe.ledger import PAYOUT
from tests.crash.history import UNDECIDED, Ended
from tests.crash.long_road import BOOKS, LongRoad
from tests.crash.owing import CREDIT
from tests.crash.road import COMPANY

NOT_ARRIVED = ("failed", "canceled")


def faults_of(ended: Ended) -> list[str]:
    """Everything that is wrong; empty means every cent is right."""
    posted = [name for name, holds in _spruce(ended).items() if not holds]
    return settled_faults_of(ended) + posted


def settled_faults_of(ended: Ended) -> list[str]:
    """What is wrong with what comes before posting."""
    checks = {**_identity(ended), **_books(ended), **_account(ended)}
    return [name for name, holds in checks.items() if not holds]


def _identity(ended: Ended) -> dict[str, bool]:
    """Nothing lost, nothing twice, nothing stuck, nobody left in the dark."""
    intents = [intent["metadata"]["payment"] for intent in ended.road.intents()]
    ids = {payment.payment_id for payment in ended.payments}
    stopped = {it.payment_id for it in ended.payments if it.status is PaymentStatus.TERMINATED}
    return {
        "lost": set(ended.seen) <= ids,
        "double": max(Counter(intents).values(), default=1) == 1,
        "quote": not ended.amiss,
        "stuck": all(payment.status not in UNDECIDED for payment in ended.payments),
        "terminated": not stopped & set(intents),
        "remembered": not any(_is_remembered(ended.road, payment) for payment in ended.payments),
        "untold": _due(ended) <= _told(ended),
    }


def _is_remembered(road: LongRoad, payment: Payment) -> bool:
    """A card that was not to be saved is still here or at the processor."""
    if not payment.forgets_method:
        return False
    method_id = payment.method.method_id
    kept = road.book.get("payment_method", method_id)
    return bool(find_method(road.dealer.dealer_id, COMPANY, method_id) or kept["customer"])


def _due(ended: Ended) -> set[tuple[str, str]]:
    return {
        (it.payment_id, "settled" if it.status in CHARGED else it.status.value)
        for it in ended.payments
    }


def _told(ended: Ended) -> set[tuple[str, str]]:
    mails = ended.road.world.queues.mails
    return {(mail["id"], mail["mail"].removeprefix("payment_")) for mail in mails}


def _books(ended: Ended) -> dict[str, bool]:
    """The processor and our ledger against what was paid."""
    paid, ledger = ended.paid, trial_balance(ended.road.dealer.dealer_id)
    charged = sum(one["amount"] for one in ended.road.intents() if one["status"] == "succeeded")
    deposits, fees = at_the_bank(ended.road)
    right = {
        LedgerAccount.CLEARING: paid.charged - deposits - fees,
        LedgerAccount.BANK: deposits,
        LedgerAccount.PROCESSING_FEES: fees,
        LedgerAccount.ACCOUNTS_RECEIVABLE: paid.credits - paid.documents,
        LedgerAccount.DISCOUNTS_ALLOWED: paid.discount,
        LedgerAccount.FEE_INCOME: -paid.fee,
    }
    return {
        "processor": charged == paid.charged,
        "early": all(_is_in_time(ended.road, it) for it in ended.payments if it.status in CHARGED),
        "balance": sum(ledger.values()) == 0,
        "ledger": {name: cents for name, cents in ledger.items() if cents}
        == {name: cents for name, cents in right.items() if cents},
    }


def _is_in_time(road: LongRoad, payment: Payment) -> bool:
    """It was not called settled before the processor had booked its money."""
    charge = road.book.get("payment_intent", payment.processor_id)["latest_charge"]
    rows = road.book.of_kind("balance_transaction")
    booked = [row["created"] for row in rows if row["source"] == charge]
    settled_at = payment.settled_at
    return bool(booked) and settled_at is not None and settled_at.timestamp() >= booked[0]


def at_the_bank(road: LongRoad) -> tuple[int, int]:
    """Cents that were paid out, and those that the processor kept of them as fees."""
    payouts = (it for it in road.book.of_kind("payout") if it["status"] not in NOT_ARRIVED)
    rows = road.book.of_kind("balance_transaction")
    return sum(it["amount"] for it in payouts), sum(it["fee"] for it in rows if it.get(PAYOUT))


def _account(ended: Ended) -> dict[str, bool]:
    """What is still owed, document by document and in the header, against what was paid."""
    state, paid, opened = ended.road.state(), ended.paid, ended.owing
    owed = owed_on(state.payables, state.claims, state.account)
    credit = owed.pop(PayableId(CREDIT), Owed(0, 0))
    still_cents = sum(opened.documents.values()) - paid.documents
    credit_cents = opened.credit_cents - paid.credits
    return {
        "payables": sum(item.owed_cents for item in owed.values()) == still_cents,
        "credit": (credit.owed_cents, credit.available_cents) == (credit_cents, credit_cents),
        "in flight": all(item.in_flight_cents == 0 for item in owed.values()),
        "header": state.account.totals.outstanding_cents == still_cents - credit_cents,
        "header in flight": state.account.totals.in_flight_cents == 0,
        "claims": len(state.claims) == sum(it.status in CHARGED for it in ended.payments),
    }


def _spruce(ended: Ended) -> dict[str, bool]:
    """Every payment in one deposit and posted; the GL is our ledger, the documents are ours."""
    road, state = ended.road, ended.road.state()
    settlements = road.settlements()
    charged = [it for it in ended.payments if it.status in CHARGED]
    parts = Counter(part.payment_id for it in settlements for part in it.parts)
    owed = owed_on(state.payables, state.claims, state.account)
    documents = road.spruce._books[BOOKS].documents
    return {
        "paid out": sum(at_the_bank(road)) == ended.paid.charged,
        "unproven": all(it.is_proven for it in settlements),
        "unposted": all(it.status is PaymentStatus.POSTED for it in charged),
        "parts": parts == Counter(it.payment_id for it in charged),
        "GL": general_ledger(road) == _numbered(road),
        "Spruce": {name: it["open_cents"] for name, it in documents.items() if it["open_cents"]}
        == {str(name): it.owed_cents for name, it in owed.items() if it.owed_cents},
    }


def general_ledger(road: LongRoad) -> dict[str, int]:
    """Spruce's balances by account number, cents."""
    accounts = road.spruce.ledger(BOOKS)["accounts"]
    return {it["account"]: it["balance_cents"] for it in accounts if it["balance_cents"]}


def _numbered(road: LongRoad) -> dict[str, int]:
    """Our balances by the dealer's account numbers, cents."""
    ledger, numbers = trial_balance(road.dealer.dealer_id), road.dealer.gl
    return {gl_number(name, numbers): cents for name, cents in ledger.items() if cents}
