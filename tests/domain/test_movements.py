"""Rows of a payout that are no charge: explained by the recorded event of their payment, or not."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.ledger import (
    LedgerAccount,
    Line,
    balance,
    failed_payout_entry,
    is_balanced,
    manual_payout_entry,
    payout_entry,
    settled_entry,
)
from chalicelib.domain.ledger_reversals import reversal_entry, withdrawn_entry
from chalicelib.domain.payments import Method, Payment
from chalicelib.domain.proof import prove
from chalicelib.domain.reversals import Dispute, DisputePhase, Refund, RefundState, Return
from chalicelib.domain.settlements import BalanceTransaction, MovementKind, Settlement
from chalicelib.domain.taking_back import take_back_all, take_back_part
from tests.domain.builders import (
    DEALER,
    NOON,
    PAYOUT,
    a_payable,
    a_payment,
    a_quote,
    a_transaction,
    p1_quote,
)

CLEARING, BANK = LedgerAccount.CLEARING, LedgerAccount.BANK
CARD = Method("pm_2", "card", "Visa", "4242", "cus_1")  # type: ignore[arg-type]
LATER = NOON + timedelta(days=9)


def settlement_of(
    deposit_cents: int,
    *transactions: BalanceTransaction,
    failed: dict[str, int] | None = None,
    **known: Payment,
) -> Settlement:
    return prove(
        dealer_id=DEALER,
        settlement_id=PAYOUT,
        currency="USD",
        created_at=LATER,
        arrives_at=LATER,
        deposit_cents=deposit_cents,
        transactions=transactions,
        payments_by_intent=known,
        failed_payouts=failed or {},
    )


def returned(payment: Payment, fee_cents: int = 0) -> Payment:
    reversal = take_back_all(payment, number="R1", money_cents=payment.charged_cents)
    return replace(payment, returned=Return("du_1", "R01", "No funds.", NOON, reversal, fee_cents))


def refunded(payment: Payment, cents: int, state: RefundState = RefundState.SUCCEEDED) -> Payment:
    refund = Refund(
        "01R", state, take_back_part(payment, number="R1", money_cents=cents), NOON, "Ann", "Asked",
        taken_at=NOON, processor_id="re_1",
        failed_at=LATER if state is RefundState.FAILED else None,
    )  # fmt: skip
    return replace(payment, refunds=(refund,))


def disputed(payment: Payment, phase: DisputePhase = DisputePhase.WITHDRAWN) -> Payment:
    dispute = Dispute(
        "du_1", phase, "fraudulent", payment.charged_cents, NOON,
        fee_cents=1500, withdrawn_at=NOON,
        closed_at=LATER if phase is not DisputePhase.WITHDRAWN else None,
    )  # fmt: skip
    return replace(payment, method=CARD, dispute=dispute)


P1 = a_payment(p1_quote())


def row(category: str, amount_cents: int, fee_cents: int = 0, **more: object) -> BalanceTransaction:
    return a_transaction(
        f"txn_{category}",
        amount_cents,
        fee_cents,
        category=category,
        **{"intent_id": "pi_0", **more},
    )


def test_a_payout_that_takes_a_return_back_leaves_clearing_at_zero() -> None:
    other = a_payment(a_quote((a_payable("Z", 500000),)), payment_id="01OTHER")
    older = returned(P1)
    settlement = settlement_of(
        345300,
        a_transaction("txn_1", 500000, 14500),
        row("charge_failure", -140200, source_id="py_0"),
        pi_0=older,
        pi_1=other,
    )

    lines = payout_entry(settlement)

    assert settlement.is_proven
    assert (settlement.fees_cents, settlement.returns_cents) == (14500, 140200)
    assert balance(lines) == {BANK: 345300, LedgerAccount.PROCESSING_FEES: 14500, CLEARING: -359800}
    assert older.returned is not None
    happened = (
        *settled_entry(other),
        *reversal_entry(older, older.returned.reversal, source_id="py_0"),
    )
    assert balance((*happened, *lines))[CLEARING] == 0


def test_an_ach_dispute_is_a_return_and_its_fee_goes_with_it() -> None:
    settlement = settlement_of(
        -141700, row("dispute", -140200, 1500, source_id="du_9"), pi_0=returned(P1, fee_cents=1500)
    )

    (movement,) = settlement.movements

    assert (movement.kind, movement.number, movement.at) == (MovementKind.RETURN, P1.number, NOON)
    assert (settlement.returns_cents, settlement.disputes_cents) == (141700, 0)
    assert settlement.is_proven
    assert balance(payout_entry(settlement)) == {BANK: -141700, CLEARING: 141700}


def test_a_fee_the_recorded_return_did_not_know_is_a_chargeback_fee() -> None:
    settlement = settlement_of(
        -141700, row("dispute", -140200, 1500, source_id="du_9"), pi_0=returned(P1)
    )

    assert balance(payout_entry(settlement)) == {
        BANK: -141700,
        CLEARING: 140200,
        LedgerAccount.CHARGEBACK_FEES: 1500,
    }


def test_a_card_dispute_takes_1417_dollars_out_of_clearing() -> None:
    payment = disputed(P1)
    settlement = settlement_of(
        -141700, row("dispute", -140200, 1500, source_id="du_1"), pi_0=payment
    )

    lines = payout_entry(settlement)

    assert settlement.is_proven
    assert settlement.disputes_cents == 141700
    withdrawn = withdrawn_entry(payment, amount_cents=140200, fee_cents=1500, source_id="du_1")
    assert balance((*withdrawn, *lines))[CLEARING] == 0


def test_a_dispute_that_is_won_comes_back_dated_the_day_it_was_won() -> None:
    settlement = settlement_of(
        140200,
        row("dispute_reversal", 140200, source_id="du_1"),
        pi_0=disputed(P1, DisputePhase.WON),
    )

    (movement,) = settlement.movements

    assert settlement.is_proven
    assert (movement.kind, movement.at) == (MovementKind.DISPUTE_REVERSAL, LATER)
    assert balance(payout_entry(settlement)) == {BANK: 140200, CLEARING: -140200}


def test_a_refund_and_its_failure_are_rows_of_their_own() -> None:
    failed = refunded(P1, 71530, RefundState.FAILED)
    settlement = settlement_of(
        0,
        row("refund", -71530, source_id="re_1"),
        row("refund_failure", 71530, source_id="re_1"),
        pi_0=failed,
    )

    assert settlement.is_proven
    assert settlement.refunds_cents == 0
    assert [(it.kind, it.at) for it in settlement.movements] == [
        (MovementKind.REFUND, NOON),
        (MovementKind.REFUND_FAILURE, LATER),
    ]


def test_a_failed_deposit_comes_back_in_a_later_one() -> None:
    failed = replace(settlement_of(136100, a_transaction("t", 140200, 4100), pi_1=P1))
    later = settlement_of(
        136100,
        row("payout_reversal", 136100, source_id="po_1", intent_id=""),
        failed={"po_1": 136100},
    )

    entries = (*payout_entry(failed), *failed_payout_entry(failed), *payout_entry(later))

    assert later.is_proven
    assert later.adjustments_cents == 136100
    assert balance(entries)[BANK] == 136100
    assert balance((*settled_entry(P1), *entries))[CLEARING] == 0
    of_deposit = [line for line in entries if line.account is CLEARING and line.tag == "po_1"]
    assert sum(line.balance_cents for line in of_deposit) == 0


def test_a_deposit_of_fees_and_adjustments_alone_debits_the_fees() -> None:
    settlement = settlement_of(
        -2517,
        row("fee", -2500, intent_id=""),
        row("network_cost", 0, 217, intent_id=""),
        row("other_adjustment", 200, intent_id=""),
    )

    assert settlement.is_proven
    assert (settlement.fees_cents, settlement.adjustments_cents) == (2717, 200)
    assert balance(payout_entry(settlement)) == {BANK: -2517, LedgerAccount.PROCESSING_FEES: 2517}


def test_a_negative_deposit_credits_the_bank() -> None:
    settlement = settlement_of(-140200, row("charge_failure", -140200), pi_0=returned(P1))

    assert payout_entry(settlement)[0] == Line(BANK, credit_cents=140200, tag=PAYOUT)


def test_a_deposit_made_by_hand_and_a_failed_one_have_balanced_entries() -> None:
    settlement = settlement_of(5000)

    by_hand, failed = manual_payout_entry(settlement), failed_payout_entry(settlement)

    assert is_balanced(by_hand)
    assert balance(by_hand) == {BANK: 5000, CLEARING: -5000}
    assert balance((*by_hand, *failed)) == {BANK: 0, CLEARING: 0}
