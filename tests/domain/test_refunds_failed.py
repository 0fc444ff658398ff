"""A refund that comes back: its money is ours again, and nothing is taken twice."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.claims import ClaimState, Effect, owed_by_payable
from chalicelib.domain.ids import PayableId
from chalicelib.domain.ledger import LedgerAccount, balance, settled_entry
from chalicelib.domain.ledger_reversals import reversal_entry
from chalicelib.domain.overpaid import applied_claim
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.refunds import EVERYTHING, refundable_cents
from chalicelib.domain.refunds_failed import take_again
from chalicelib.domain.reversals import RefundState, Return
from chalicelib.domain.taking_back import event_claims, take_back_all
from tests.domain.builders import NOON, P1_PAYABLES
from tests.domain.refunding import LATER, A, p1, refunded

AR, CLEARING = LedgerAccount.ACCOUNTS_RECEIVABLE, LedgerAccount.CLEARING
FEE, UNAPPLIED = LedgerAccount.FEE_INCOME, LedgerAccount.UNAPPLIED_CASH


def test_a_refund_that_fails_is_the_opposite_of_its_entry_and_claims() -> None:
    payment = refunded(p1(), 70_000, A)
    failed = replace(payment.refunds[0], state=RefundState.FAILED, failed_at=LATER)

    taken = take_again(payment, failed, {PayableId("A"): 70_000})

    assert balance(taken.entry(failed)) == {AR: -70_000, FEE: -1_530, CLEARING: 71_530}
    assert taken.excess == ()
    (claim,) = taken.claims("refund-1-failed")
    assert (claim.state, claim.effects) == (
        ClaimState.APPLIED, (Effect(PayableId("A"), 70_000),),
    )  # fmt: skip
    assert taken.payment.refunded_cents == 0
    assert refundable_cents(taken.payment) == 137_200


def test_a_failed_refund_of_a_document_paid_meanwhile_is_cash_on_account() -> None:
    payment = refunded(p1(), 70_000, A)
    failed = replace(payment.refunds[0], state=RefundState.FAILED, failed_at=LATER)

    taken = take_again(payment, failed, {PayableId("A"): 25_000})

    assert balance(taken.entry(failed)) == {
        AR: -25_000, UNAPPLIED: -45_000, FEE: -1_530, CLEARING: 71_530,
    }  # fmt: skip
    assert [(item.payable_id, item.cash_cents) for item in taken.excess] == [("A", 45_000)]
    claims = (
        applied_claim(payment, NOON),
        *event_claims(payment, payment.refunds[0].reversal, "refund"),
        *taken.claims("failed"),
    )
    paid_meanwhile = replace(P1_PAYABLES[0], open_cents=55_000)
    owed = owed_by_payable((paid_meanwhile, *P1_PAYABLES[1:]), claims, NOON - timedelta(days=1))
    assert {name: it.owed_cents for name, it in owed.items() if it.owed_cents} == {
        payment.number: 45_000
    }


def test_a_failed_refund_whose_credit_was_used_meanwhile_leaves_the_document_owed() -> None:
    payment = refunded(p1(), 137_200, EVERYTHING)
    failed = replace(payment.refunds[0], state=RefundState.FAILED, failed_at=LATER)
    owed = {PayableId("A"): 100_000, PayableId("B"): 50_000, PayableId("K"): 4_000}

    taken = take_again(payment, failed, owed)

    assert taken.again.credits == (Effect(PayableId("K"), 4_000, PayableId("A")),)
    assert taken.payment.credits_cents == 4_000
    assert sum(line.owed_again_cents for line in taken.again.lines) == 144_000
    books = balance(
        (
            *settled_entry(p1()),
            *reversal_entry(payment, payment.refunds[0].reversal, source_id="re_1"),
            *taken.entry(failed),
        )
    )
    assert books == balance(settled_entry(taken.payment))


def test_a_refund_that_fails_after_the_bank_took_the_money_recovers_the_loss() -> None:
    payment = refunded(p1(), 70_000, A)
    rest = take_back_all(payment, number="R2", money_cents=140_200)
    payment = replace(
        payment, status=PaymentStatus.RETURNED, returned=Return("du_1", "R10", "…", NOON, rest)
    )
    failed = replace(payment.refunds[0], state=RefundState.FAILED, failed_at=LATER)

    taken = take_again(payment, failed, {PayableId("A"): 100_000, PayableId("B"): 50_000})

    assert rest.loss_cents == 71_530
    assert balance(taken.entry(failed)) == {LedgerAccount.RETURNS: -71_530, CLEARING: 71_530}
    assert taken.claims("failed") == ()


def test_a_refund_that_had_come_back_before_the_bank_took_the_money_recovers_nothing() -> None:
    first = refunded(p1(), 70_000, A)
    back = replace(first.refunds[0], state=RefundState.FAILED, failed_at=NOON)
    whole = take_again(first, back, {PayableId("A"): 70_000, PayableId("B"): 0}).payment
    second = refunded(whole, 60_000, A)
    rest = take_back_all(second, number="R3", money_cents=140_200)
    returned = Return("du_1", "R10", "…", NOON, rest)  # In the very moment.
    payment = replace(second, status=PaymentStatus.RETURNED, returned=returned)
    failed = replace(payment.refunds[1], state=RefundState.FAILED, failed_at=LATER)

    taken = take_again(payment, failed, {PayableId("A"): 100_000, PayableId("B"): 50_000})

    assert rest.loss_cents == failed.reversal.money_cents > 0
    assert balance(taken.entry(failed)).get(LedgerAccount.RETURNS) == -rest.loss_cents
    assert taken.claims("failed") == ()
