"""What a movement writes to the ERP: document by document, each on the day it happened."""

from dataclasses import replace
from datetime import date

from chalicelib.domain.ids import PayableId
from chalicelib.domain.ledger import LedgerAccount, balance, gl_number, payout_entry, settled_entry
from chalicelib.domain.ledger_reversals import reversal_entry
from chalicelib.domain.posting import Posting, postings, reversed_posting
from chalicelib.domain.posting_lines import LineKind, opposite
from chalicelib.domain.refunds_failed import take_again
from chalicelib.domain.reversals import DisputePhase, RefundState, SpentSurplus
from chalicelib.domain.settlements import Movement, MovementKind, PostingCategory
from chalicelib.domain.taking_back import take_back_all
from tests.domain.builders import NOON, a_dealer, a_payable, a_payment, a_quote, a_transaction
from tests.domain.test_movements import (
    LATER,
    P1,
    disputed,
    refunded,
    returned,
    row,
    settlement_of,
)

GL = a_dealer().gl


def written(made: tuple[Posting, ...]) -> dict[str, int]:
    """Debits less credits by GL number."""
    sums: dict[str, int] = {}
    for posting in made:
        for line in posting.lines:
            sums[line.debit_account] = sums.get(line.debit_account, 0) + line.amount_cents
            sums[line.credit_account] = sums.get(line.credit_account, 0) - line.amount_cents
    return {name: cents for name, cents in sums.items() if name and cents}


def lines_of(made: tuple[Posting, ...]) -> list[tuple[str, str, int]]:
    return [
        (line.kind, line.document or line.memo, line.amount_cents)
        for posting in made
        for line in posting.lines
    ]


def test_the_returned_payout_reopens_the_documents_and_books_3453_dollars() -> None:
    other = a_payment(a_quote((a_payable("Z", 500000),)), payment_id="01OTHER")
    older = returned(P1)
    settlement = settlement_of(
        345300,
        a_transaction("txn_1", 500000, 14500),
        row("charge_failure", -140200, source_id="py_0"),
        pi_0=older,
        pi_1=other,
    )

    made = postings(settlement, [older, other], a_dealer())

    assert lines_of(made) == [
        ("payment_reversed", "A", 88200),
        ("discount_reversed", "A", 1800),
        ("payment_reversed", "B", 49000),
        ("discount_reversed", "B", 1000),
        ("credit_reversed", "A", 10000),
        ("payment", "Z", 500000),
        ("journal", "Payer fee, R1", 3000),
        ("journal", "Bank deposit", 345300),
        ("journal", "Processing fees", 14500),
        ("journal", "Clearing", 359800),
    ]
    assert older.returned is not None
    ours = (
        *settled_entry(other),
        *reversal_entry(older, older.returned.reversal, source_id="py_0"),
        *payout_entry(settlement),
    )
    by_number = {gl_number(name, GL): cents for name, cents in balance(ours).items() if cents}
    assert written(made) == by_number


def test_what_is_undone_is_dated_the_day_it_happened_under_its_own_number() -> None:
    settlement = settlement_of(-140200, row("charge_failure", -140200), pi_0=returned(P1))

    made = postings(settlement, [returned(P1)], a_dealer())
    closed = postings(settlement, [returned(P1)], a_dealer(books_closed_through="2026-11-25"))

    reversed_lines = made[0].lines
    assert {line.day for line in reversed_lines} == {date(2026, 11, 20)}
    assert {line.check_number for line in reversed_lines} == {"R1"}
    assert made[0].day == date(2026, 11, 29)
    assert {(line.day, line.memo) for line in closed[0].lines} == {
        (date(2026, 11, 26), "of 2026-11-20")
    }


def test_a_dispute_is_held_with_its_fee_and_comes_back_when_it_is_won() -> None:
    opened = settlement_of(
        -141700, row("dispute", -140200, 1500, source_id="du_1"), pi_0=disputed(P1)
    )
    won = disputed(P1, DisputePhase.WON)
    closed = settlement_of(140200, row("dispute_reversal", 140200, source_id="du_1"), pi_0=won)

    taken = postings(opened, [disputed(P1)], a_dealer())
    back = postings(closed, [won], a_dealer())

    assert written(taken) == {
        GL.held_in_dispute: 140200,
        GL.chargeback_fees: 1500,
        GL.bank: -141700,
    }
    assert written(back) == {GL.held_in_dispute: -140200, GL.bank: 140200}


def test_a_lost_dispute_moves_held_money_to_what_is_owed_without_cash() -> None:
    lost = disputed(P1, DisputePhase.LOST)
    assert lost.dispute is not None
    reversal = take_back_all(lost, number="R1", money_cents=140200)
    lost = replace(lost, dispute=replace(lost.dispute, reversal=reversal))
    movement = Movement(
        MovementKind.DISPUTE_LOST, "", "du_1", 0, 0, 0, LATER, payment_id=lost.payment_id
    )
    settlement = replace(settlement_of(0), movements=(movement,))

    made = postings(settlement, [lost], a_dealer())

    entry = reversal_entry(lost, reversal, source_id="du_1", out_of=LedgerAccount.HELD_IN_DISPUTE)
    by_number = {gl_number(name, GL): cents for name, cents in balance(entry).items() if cents}
    assert payout_entry(settlement) == ()
    assert written(made) == by_number


def test_a_refund_that_failed_is_undone_line_by_line() -> None:
    failed = refunded(P1, 71530, RefundState.FAILED)
    settlement = settlement_of(
        0,
        row("refund", -71530, source_id="re_1"),
        row("refund_failure", 71530, source_id="re_1"),
        pi_0=failed,
    )

    made = postings(settlement, [failed], a_dealer())

    kinds = [line.kind for line in made[0].lines]
    assert kinds == [
        LineKind.PAYMENT_REVERSED,
        LineKind.PAYMENT_REVERSED,
        LineKind.PAYMENT,
        LineKind.PAYMENT,
    ]
    assert {name for name, cents in written(made).items() if cents} == set()


def test_a_failed_refund_that_fits_no_more_leaves_the_books_the_same() -> None:
    out = refunded(P1, 71530)
    (refund,) = out.refunds
    failed = replace(refund, state=RefundState.FAILED, failed_at=LATER)
    taken = take_again(out, failed, {PayableId("A"): 0, PayableId("B"): 10_000})
    settlement = settlement_of(
        136100,
        a_transaction("txn_1", 140200, 4100),
        row("refund", -71530, source_id="re_1", intent_id="pi_1"),
        row("refund_failure", 71530, source_id="re_1", intent_id="pi_1"),
        pi_1=taken.payment,
    )

    made = postings(settlement, [taken.payment], a_dealer())

    ours = (
        *settled_entry(P1),
        *reversal_entry(P1, refund.reversal, source_id="re_1"),
        *taken.entry(failed),
        *payout_entry(settlement),
    )
    by_number = {gl_number(name, GL): cents for name, cents in balance(ours).items() if cents}
    assert settlement.is_proven
    assert taken.payment.lines != P1.lines
    assert written(made) == by_number


def test_credits_paid_out_come_last_and_what_opens_a_document_first() -> None:
    spent = SpentSurplus("DP-9", "X", "invoice", "", "DP-100482", 600)  # type: ignore[arg-type]
    payment = a_payment(a_quote((a_payable("A", 5000),), surplus_cents=600))
    reversal = take_back_all(payment, number="R1", money_cents=5600, spent=[spent])
    older = returned(payment)
    assert older.returned is not None
    older = replace(older, returned=replace(older.returned, reversal=reversal))
    settlement = settlement_of(-5600, row("charge_failure", -5600), pi_0=older)

    made = postings(settlement, [older], a_dealer())

    places = {(posting.category, line.kind) for posting in made for line in posting.lines}
    assert places == {
        (PostingCategory.INVOICES, LineKind.CREDIT_REVERSED),
        (PostingCategory.INVOICES, LineKind.PAYMENT_REVERSED),
        (PostingCategory.CASH_AND_OTHER, LineKind.UNAPPLIED_REVERSED),
        (PostingCategory.CASH_AND_OTHER, LineKind.JOURNAL),
    }


def test_a_reversed_posting_is_equal_opposite_and_dated_the_day_it_is_made() -> None:
    settlement = settlement_of(136100, a_transaction("t", 140200, 4100), pi_1=P1)
    first = postings(settlement, [P1], a_dealer())[0]

    undone = reversed_posting(first, 1, LATER, a_dealer())
    again = replace(first, reference="po_1:invoices:2")

    assert undone.reference == "po_1:invoices:reversed-1"
    assert reversed_posting(again, 2, LATER, a_dealer()).reference == "po_1:invoices:reversed-2"
    assert written((first, undone)) == {}
    assert tuple(opposite(line) for line in undone.lines) == first.lines
    assert (first.day, undone.day) == (date(2026, 11, 29), date(2026, 11, 29))
    assert NOON < LATER
