"""Returns and disputes in the numbers of money.md, and the chains behind a surplus."""

from dataclasses import replace

from chalicelib.domain.claims import ClaimState, Effect
from chalicelib.domain.ids import PayableId, PaymentId
from chalicelib.domain.ledger import LedgerAccount, Line, balance, is_balanced, settled_entry
from chalicelib.domain.ledger_reversals import reversal_entry, withdrawn_entry, won_entry
from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.domain.reversals import Refund, RefundState, Return, Reversal
from chalicelib.domain.surplus_uses import undo_uses
from chalicelib.domain.taking_back import (
    event_claims,
    standing_credits,
    standing_lines,
    take_back_all,
    take_back_part,
)
from tests.domain.builders import NOON, a_credit, a_payable, a_payment, a_quote, p1_quote

AR, CLEARING = LedgerAccount.ACCOUNTS_RECEIVABLE, LedgerAccount.CLEARING
HELD, UNAPPLIED = LedgerAccount.HELD_IN_DISPUTE, LedgerAccount.UNAPPLIED_CASH
P1_RETURNED = {
    CLEARING: -140200,
    LedgerAccount.DISCOUNTS_ALLOWED: -2800,
    AR: 140000,
    LedgerAccount.FEE_INCOME: 3000,
}


def p1() -> Payment:
    return replace(a_payment(p1_quote()), status=PaymentStatus.SETTLED, stage=Stage.DONE)


def whole(payment: Payment, money_cents: int) -> Reversal:
    return take_back_all(payment, number="DP-100482-R1", money_cents=money_cents)


def test_p1_returned_is_the_opposite_of_settled() -> None:
    reversal = whole(p1(), 140200)

    lines = reversal_entry(p1(), reversal, source_id="du_1")

    assert balance(lines) == P1_RETURNED
    assert set(balance((*settled_entry(p1()), *lines)).values()) == {0}
    assert reversal.owed_again_cents == 150000


def test_p1_disputed_and_won_leaves_the_fee() -> None:
    withdrawn = withdrawn_entry(p1(), amount_cents=140200, fee_cents=1500, source_id="du_1")

    won = won_entry(p1(), amount_cents=140200, source_id="du_1")

    assert balance(withdrawn) == {
        HELD: 140200,
        LedgerAccount.CHARGEBACK_FEES: 1500,
        CLEARING: -141700,
    }
    assert balance((*withdrawn, *won)) == {
        HELD: 0,
        LedgerAccount.CHARGEBACK_FEES: 1500,
        CLEARING: -1500,
    }


def test_p1_lost_is_taken_out_of_what_was_held() -> None:
    withdrawn = withdrawn_entry(p1(), amount_cents=140200, fee_cents=1500, source_id="du_1")

    lost = reversal_entry(p1(), whole(p1(), 140200), source_id="du_1", out_of=HELD)

    assert balance(lost) == {
        HELD: -140200,
        **{account: cents for account, cents in P1_RETURNED.items() if account is not CLEARING},
    }
    both = balance((*settled_entry(p1()), *withdrawn, *lost))
    assert both[HELD] == both[AR] == 0
    assert both[CLEARING] == -1500


def test_a_dispute_of_a_part_reopens_the_last_document_and_keeps_the_discount() -> None:
    reversal = take_back_part(p1(), number="DP-100482-R1", money_cents=30000)

    (line,) = reversal.lines
    assert (line.payable_id, line.discount_cents, line.credit_cents) == ("B", 0, 0)
    assert reversal.fee_income_cents == 30000 * 3000 // 140200
    assert reversal.money_cents == 30000
    assert is_balanced(reversal_entry(p1(), reversal, source_id="du_1", out_of=HELD))


def test_money_refunded_before_is_a_loss() -> None:
    refund = Refund(
        "01REFUND", RefundState.SUCCEEDED, whole(p1(), 140200), NOON, "Ann", "wrong order"
    )
    refunded = replace(p1(), refunds=(refund,), status=PaymentStatus.REFUNDED)

    reversal = whole(refunded, 140200)

    lines = reversal_entry(refunded, reversal, source_id="du_1")
    assert reversal.lines == ()
    assert balance(lines) == {LedgerAccount.RETURNS: 140200, CLEARING: -140200}


def test_nothing_stands_of_a_payment_that_came_back() -> None:
    returned = Return("du_1", "R01", "not enough money", NOON, whole(p1(), 140200))
    payment = replace(p1(), returned=returned, status=PaymentStatus.RETURNED)

    assert standing_lines(payment) == ()
    assert standing_credits(payment) == ()
    assert whole(payment, 0) == Reversal("DP-100482-R1")


def overpaid() -> Payment:
    """$100 on A and $50 too much."""
    quote = a_quote((a_payable("A", 10000),), surplus_cents=5000)
    payment = a_payment(quote, payment_id=PaymentId("01FIRST"))
    return replace(payment, status=PaymentStatus.SETTLED, stage=Stage.DONE)


def spending(status: PaymentStatus, credit_id: str = "DP-100482") -> Payment:
    """The surplus of $50 used on X of $80."""
    surplus = a_credit(credit_id, 5000, voucher_id="DP-100482", is_on_account=True)
    quote = replace(a_quote((a_payable("X", 8000), surplus)), number="DP-100483")
    return replace(a_payment(quote, payment_id=PaymentId("01SECOND")), status=status)


def chain(later: Payment) -> tuple[Reversal, Payment]:
    reversal, (use,) = undo_uses(overpaid(), whole(overpaid(), 15000), (later, overpaid()))
    return reversal, use.payment


def test_a_surplus_spent_on_x_is_undone_first() -> None:
    later = spending(PaymentStatus.POSTED)

    reversal, undone = chain(later)

    lines = reversal_entry(overpaid(), reversal, source_id="du_1")
    assert lines[:2] == (
        Line(AR, debit_cents=5000, tag="01FIRST", memo="uses of its surplus"),
        Line(UNAPPLIED, credit_cents=5000, tag="01FIRST", memo="uses of its surplus"),
    )
    together = (*settled_entry(overpaid()), *settled_entry(later), *lines)
    assert balance(together)[UNAPPLIED] == 0
    assert balance(together)[AR] == -3000  # Only the cash of the second payment counts.
    assert [(line.payable_id, line.credit_cents) for line in standing_lines(undone)] == [("X", 0)]


def test_a_surplus_that_came_back_as_the_erps_credit_is_known_by_its_voucher() -> None:
    reversal, _ = chain(spending(PaymentStatus.SETTLED, credit_id="CR-9"))

    (use,) = reversal.spent
    assert (use.payable_id, use.credit_id, use.amount_cents) == ("X", "CR-9", 5000)


def test_a_payment_under_way_simply_pays_less() -> None:
    reversal, changed = chain(spending(PaymentStatus.PENDING))

    assert reversal.spent == ()
    assert changed.credits_used == ()
    assert [(line.payable_id, line.allocation_cents) for line in changed.lines] == [("X", 3000)]
    assert changed.charged_cents == 3000


def test_what_the_chain_gives_back_and_takes_meets_in_the_claims() -> None:
    reversal, _ = chain(spending(PaymentStatus.SETTLED))

    again, used = event_claims(overpaid(), reversal, "returned")

    assert again.state is ClaimState.REVERSED
    assert {(effect.payable_id, effect.amount_cents) for effect in again.effects} == {
        ("A", 10000), ("X", 5000), ("DP-100482", 5000),
    }  # fmt: skip
    assert used.effects == (Effect(PayableId("DP-100482"), 5000),)


def test_a_later_payment_that_failed_or_came_back_used_nothing() -> None:
    failed = spending(PaymentStatus.FAILED)
    later = spending(PaymentStatus.SETTLED)
    back = take_back_all(later, number="DP-100483-R1", money_cents=3000)
    returned = replace(
        later,
        status=PaymentStatus.RETURNED,
        returned=Return("du_2", "R01", "not enough money", NOON, back),
    )

    reversal, undone = undo_uses(overpaid(), whole(overpaid(), 15000), (returned, failed))

    assert undone == ()
    assert reversal.surplus_cents == 5000


def test_a_surplus_paid_out_by_another_refund_is_a_loss() -> None:
    paid_out = Reversal("DP-100483-R1", consumed=(Effect(PayableId("DP-100482"), 2000),))
    refund = Refund("01REFUND", RefundState.PENDING, paid_out, NOON, "Ann", "asked for it")
    other = replace(spending(PaymentStatus.SETTLED), credits_used=(), lines=(), refunds=(refund,))

    reversal, undone = undo_uses(overpaid(), whole(overpaid(), 15000), (other,))

    assert undone == ()
    assert (reversal.surplus_cents, reversal.loss_cents) == (3000, 2000)
    assert reversal.money_cents == 15000


def test_a_part_taken_back_touches_a_spent_surplus_only_as_far_as_it_must() -> None:
    later = spending(PaymentStatus.SETTLED)
    part = take_back_part(overpaid(), number="DP-100482-R1", money_cents=12000)

    reversal, (use,) = undo_uses(overpaid(), part, (later,))

    assert part.surplus_cents == 2000
    assert use.cents == 2000
    assert reversal.spent[0].amount_cents == 2000
