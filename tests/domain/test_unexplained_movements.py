"""Rows of a payout that no recorded event explains: each blocks the proof with a sentence."""

from dataclasses import replace

import pytest

from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import DisputePhase
from chalicelib.domain.settlements import BalanceTransaction
from tests.domain.test_movements import P1, disputed, refunded, returned, row, settlement_of


@pytest.mark.parametrize(
    ("transaction", "payment", "words"),
    [
        (row("refund", -70000, source_id="re_1"), P1, "refund re_1 of DP-100482 is not recorded"),
        (
            row("refund_failure", 71530, source_id="re_1"),
            refunded(P1, 71530),
            "the failure of refund re_1 of DP-100482 is not recorded",
        ),
        (
            row("refund", -71529, source_id="re_1"),
            refunded(P1, 71530),
            "amount differs from refund re_1",
        ),
        (row("dispute", -140200), P1, "the return of DP-100482 is not recorded"),
        (row("charge_failure", -1), returned(P1), "amount differs from the return of DP-100482"),
        (
            row("dispute", -140200, source_id="du_7"),
            disputed(P1),
            "dispute du_7 of DP-100482 is not recorded",
        ),
        (
            row("dispute_reversal", 140200, source_id="du_1"),
            disputed(P1),
            "dispute du_1 of DP-100482: that it is won is missing",
        ),
        (
            row("dispute", -140200, source_id="du_1"),
            disputed(P1, DisputePhase.INQUIRY),
            "dispute du_1 of DP-100482: that its money was withdrawn is missing",
        ),
        (
            row("dispute", -1, source_id="du_1"),
            disputed(P1),
            "amount differs from dispute du_1",
        ),
        (row("refund", -70000, intent_id="pi_7"), P1, "no payment of ours"),
        (
            row("payout_reversal", 5, source_id="po_0"),
            P1,
            "deposit po_0 is not recorded as failed",
        ),
        (
            row("payout_reversal", 5, source_id="po_9"),
            P1,
            "amount differs from deposit po_9",
        ),
        (row("climate_order_purchase", -700), P1, "unknown category climate_order_purchase"),
    ],
)
def test_a_row_without_its_recorded_event_blocks_with_a_sentence(
    transaction: BalanceTransaction, payment: Payment, words: str
) -> None:
    settlement = settlement_of(transaction.net_cents, transaction, pi_0=payment, failed={"po_9": 6})

    assert settlement.unmatched == (f"{transaction.transaction_id}: {words}",)
    assert settlement.difference_cents == 0
    assert not settlement.is_proven
    assert len(settlement.movements) == 1


def test_one_event_explains_one_row() -> None:
    rows = [row("refund", -71530, source_id="re_1"), row("refund", -71530, source_id="re_1")]

    settlement = settlement_of(
        -143060, rows[0], replace(rows[1], transaction_id="txn_b"), pi_0=refunded(P1, 71530)
    )

    assert settlement.unmatched == ("txn_b: refund re_1 is in this deposit twice",)


def test_more_than_a_hundred_rows_add_up_and_pages_may_overlap() -> None:
    fees = [
        replace(row("fee", -1, intent_id=""), transaction_id=f"txn_{number}")
        for number in range(250)
    ]

    settlement = settlement_of(-250, *fees, *fees[90:110])

    assert settlement.is_proven
    assert len(settlement.movements) == 250
