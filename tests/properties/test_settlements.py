"""Random payouts (R9): whatever happened to the payments in them, books and postings agree."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.ledger import (
    LedgerAccount,
    Line,
    balance,
    failed_payout_entry,
    gl_number,
    is_balanced,
    payout_entry,
    reversed_entry,
    settled_entry,
)
from chalicelib.domain.ledger_reversals import reversal_entry, withdrawn_entry, won_entry
from chalicelib.domain.payments import Payment
from chalicelib.domain.posting import Posting, postings
from chalicelib.domain.proof import prove
from chalicelib.domain.reversals import Dispute, DisputePhase, Refund, RefundState, Return
from chalicelib.domain.settlements import (
    BalanceTransaction,
    Movement,
    MovementKind,
    Settlement,
    SettlementId,
)
from chalicelib.domain.taking_back import take_back_all, take_back_part
from tests.domain.builders import (
    DEALER,
    NOON,
    a_dealer,
    a_payment,
    a_quote,
    a_transaction,
)
from tests.domain.test_movements import CARD
from tests.properties.accounts import payables

FATES = ("paid", "refund", "refund failed", "return", "withdrawn", "won", "lost")
DEALER_BOOKS = a_dealer()


@dataclass
class History:
    """Payments with what became of them: their entries, and rows by the payout that takes them."""

    payments: dict[str, Payment] = field(default_factory=dict)
    entries: list[Line] = field(default_factory=list)
    rows: list[list[BalanceTransaction]] = field(default_factory=lambda: [[], [], []])
    lost: list[Movement] = field(default_factory=list)

    def row(self, place: int, intent: str, amount: int, fee: int = 0, **more: str) -> None:
        name = f"txn_{sum(len(rows) for rows in self.rows)}"
        known = {"intent_id": intent, **more}
        self.rows[place].append(a_transaction(name, amount, fee, **known))


@st.composite
def histories(draw: st.DrawFn) -> History:
    """One to five payments; a charge is in one of the first two payouts, its events after it."""
    history = History()
    for number in range(draw(st.integers(1, 5))):
        payment = draw(a_random_payment(number))
        intent = f"pi_{number}"
        history.entries += settled_entry(payment)
        place = draw(st.integers(0, 1))
        fee = draw(st.integers(0, 500))
        if payment.charged_cents:
            history.row(place, intent, payment.charged_cents, fee)
        fate = draw(st.sampled_from(FATES if payment.charged_cents else ("paid",)))
        history.payments[intent] = _befallen(draw, history, payment, fate, place)
    for place in range(3):
        if draw(st.booleans()):
            history.row(place, "", -draw(st.integers(1, 900)), category="fee")
        if draw(st.booleans()):
            history.row(place, "", draw(st.integers(-900, 900)), category="other_adjustment")
    return history


@st.composite
def a_random_payment(draw: st.DrawFn, number: int) -> Payment:
    listed = draw(payables())
    try:
        quote = a_quote(listed, surplus_cents=draw(st.sampled_from([0, 0, 777])))
    except DrypowderError:
        quote = a_quote((), ticked={}, surplus_cents=4321)
    named = {"payment_id": f"01P{number}", "number": f"DP-{100000 + number}"}
    intent = f"pi_{number}"
    return a_payment(quote, **named, method=CARD, settled_at=NOON, processor_id=intent)


def _befallen(
    draw: st.DrawFn, history: History, payment: Payment, fate: str, place: int
) -> Payment:
    if fate == "paid":
        return payment
    later = draw(st.integers(place, 2))
    if fate.startswith("refund"):
        return _refunded(draw, history, payment, fate, later)
    whole = take_back_all(payment, number=f"{payment.number}-R1", money_cents=payment.charged_cents)
    if fate == "return":
        history.entries += reversal_entry(payment, whole, source_id="py")
        more = {"category": "charge_failure", "source_id": f"py_{payment.payment_id}"}
        history.row(later, payment.processor_id, -payment.charged_cents, **more)
        return replace(payment, returned=Return("py", "R01", "", NOON, whole))
    return _disputed(draw, history, payment, fate, later)


def _refunded(
    draw: st.DrawFn, history: History, payment: Payment, fate: str, later: int
) -> Payment:
    cents = draw(st.integers(1, payment.charged_cents))
    part = take_back_part(payment, number=f"{payment.number}-R1", money_cents=cents)
    source, failed = f"re_{payment.payment_id}", fate == "refund failed"
    state = RefundState.FAILED if failed else RefundState.SUCCEEDED
    refund = Refund(
        "01R", state, part, NOON, "Ann", "", taken_at=NOON, processor_id=source,
        failed_at=NOON + timedelta(days=2) if failed else None,
    )  # fmt: skip
    entry = reversal_entry(payment, part, source_id=source)
    history.entries += entry
    history.row(later, payment.processor_id, -cents, category="refund", source_id=source)
    if failed:
        history.entries += reversed_entry(entry)
        more = {"category": "refund_failure", "source_id": source}
        history.row(draw(st.integers(later, 2)), payment.processor_id, cents, **more)
    return replace(payment, refunds=(refund,))


def _disputed(
    draw: st.DrawFn, history: History, payment: Payment, fate: str, later: int
) -> Payment:
    cents, source = payment.charged_cents, f"du_{payment.payment_id}"
    phase = DisputePhase(fate)
    dispute = Dispute(
        source, phase, "fraudulent", cents, NOON, fee_cents=1500, withdrawn_at=NOON,
        closed_at=NOON + timedelta(days=3),
    )  # fmt: skip
    history.entries += withdrawn_entry(
        payment, amount_cents=cents, fee_cents=1500, source_id=source
    )
    history.row(later, payment.processor_id, -cents, 1500, category="dispute", source_id=source)
    if fate == "won":
        history.entries += won_entry(payment, amount_cents=cents, source_id=source)
        more = {"category": "dispute_reversal", "source_id": source}
        history.row(draw(st.integers(later, 2)), payment.processor_id, cents, **more)
    if fate == "lost":
        whole = take_back_all(payment, number=f"{payment.number}-R1", money_cents=cents)
        history.entries += reversal_entry(
            payment, whole, source_id=source, out_of=LedgerAccount.HELD_IN_DISPUTE
        )
        dispute = replace(dispute, reversal=whole)
        history.lost.append(
            Movement(
                MovementKind.DISPUTE_LOST, "", source, 0, 0, 0, NOON,
                payment_id=payment.payment_id,
            )
        )  # fmt: skip
    return replace(payment, dispute=dispute)


def settled(history: History, *, first_fails: bool) -> list[Settlement]:
    """Three payouts, the first perhaps sent back and carried by the last, and the day's rest."""
    made: list[Settlement] = []
    failed: dict[str, int] = {}
    for place, rows in enumerate(history.rows):
        if first_fails and place == 2 and made[0].deposit_cents:
            failed = {"po_0": made[0].deposit_cents}
            history.entries += failed_payout_entry(made[0])
            history.row(2, "", made[0].deposit_cents, category="payout_reversal", source_id="po_0")
        made.append(_payout(f"po_{place}", rows, history, failed))
    bare = _payout("nc_1", [], history, {})
    return [*made, replace(bare, movements=tuple(history.lost), parts=_without_cash(history))]


def _payout(
    name: str, rows: list[BalanceTransaction], history: History, failed: dict[str, int]
) -> Settlement:
    return prove(
        dealer_id=DEALER,
        settlement_id=SettlementId(name),
        currency="USD",
        created_at=NOON,
        arrives_at=NOON,
        deposit_cents=sum(row.net_cents for row in rows),
        transactions=rows,
        payments_by_intent=history.payments,
        failed_payouts=failed,
    )


def _without_cash(history: History) -> tuple[object, ...]:
    free = [it for it in history.payments.values() if not it.charged_cents]
    rows = [a_transaction(it.payment_id, 0, intent_id=it.payment_id) for it in free]
    proof = _payout("nc", rows, History({it.payment_id: it for it in free}), {})
    return proof.parts


def by_account(made: list[Posting]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for posting in made:
        for line in posting.lines:
            sums[line.debit_account] += line.amount_cents
            sums[line.credit_account] -= line.amount_cents
    del sums[""]
    return {name: cents for name, cents in sums.items() if cents}


@given(histories(), st.booleans())
def test_every_payout_is_proven_and_clearing_is_zero_payment_by_payment(
    history: History, first_fails: bool
) -> None:
    found = settled(history, first_fails=first_fails)

    entries = [payout_entry(settlement) for settlement in found]

    assert all(settlement.is_proven for settlement in found)
    assert all(is_balanced(entry) for entry in entries)
    tags: Counter[str] = Counter()
    for line in (*history.entries, *(line for entry in entries for line in entry)):
        if line.account is LedgerAccount.CLEARING:
            tags[line.tag] += line.balance_cents
    assert {tag for tag, cents in tags.items() if cents} == set()


@given(histories(), st.booleans())
def test_the_general_ledger_is_our_ledger_account_by_account(
    history: History, first_fails: bool
) -> None:
    found = settled(history, first_fails=first_fails)
    payments = list(history.payments.values())

    made = [it for one in found for it in postings(one, payments, DEALER_BOOKS)]

    ours = balance([*history.entries, *(line for one in found for line in payout_entry(one))])
    assert by_account(made) == {
        gl_number(account, DEALER_BOOKS.gl): cents for account, cents in ours.items() if cents
    }
    assert all(posting.debit_cents == posting.credit_cents for posting in made)


@given(histories())
def test_each_payment_is_in_one_settlement_and_each_row_in_one_payout(history: History) -> None:
    found = settled(history, first_fails=False)

    payments = [part.payment_id for settlement in found for part in settlement.parts]
    rows = [it.transaction_id for one in found for it in one.movements if it.transaction_id]

    assert sorted(payments) == sorted(it.payment_id for it in history.payments.values())
    assert len(rows) == len(set(rows))


@given(histories())
def test_posting_the_same_facts_again_is_the_same_to_the_byte(history: History) -> None:
    found = settled(history, first_fails=False)
    payments = list(history.payments.values())

    first, again = (
        [postings(one, order, DEALER_BOOKS) for one in found]
        for order in (payments, payments[::-1])
    )

    assert first == again
