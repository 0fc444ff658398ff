"""Entries of money.md with P1's numbers."""

from dataclasses import replace

import pytest

from chalicelib.domain.dealers import GlAccounts
from chalicelib.domain.ledger import (
    LedgerAccount,
    Line,
    balance,
    credit,
    debit,
    gl_number,
    is_balanced,
    payout_entry,
    reversed_entry,
    settled_entry,
)
from chalicelib.domain.payments import Payment
from chalicelib.domain.proof import prove
from chalicelib.domain.settlements import BalanceTransaction, Settlement
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

AR = LedgerAccount.ACCOUNTS_RECEIVABLE
CLEARING = LedgerAccount.CLEARING


def _settlement(
    deposit_cents: int, *transactions: BalanceTransaction, **known: Payment
) -> Settlement:
    return prove(
        dealer_id=DEALER,
        settlement_id=PAYOUT,
        currency="USD",
        created_at=NOON,
        arrives_at=NOON,
        deposit_cents=deposit_cents,
        transactions=transactions,
        payments_by_intent=known,
    )


def test_p1_settled() -> None:
    lines = settled_entry(a_payment(p1_quote()))

    shown = [(line.account, line.debit_cents, line.credit_cents) for line in lines]
    assert shown == [
        (CLEARING, 140200, 0),
        (LedgerAccount.DISCOUNTS_ALLOWED, 2800, 0),
        (AR, 10000, 0),
        (AR, 0, 150000),
        (LedgerAccount.FEE_INCOME, 0, 3000),
    ]
    assert is_balanced(lines)


def test_p1_paid_out_empties_clearing() -> None:
    payment = a_payment(p1_quote())
    settlement = _settlement(136100, a_transaction("txn_1", 140200, 4100), pi_1=payment)

    lines = payout_entry(settlement)

    assert balance(lines) == {
        LedgerAccount.BANK: 136100,
        LedgerAccount.PROCESSING_FEES: 4100,
        CLEARING: -140200,
    }
    assert balance((*settled_entry(payment), *lines))[CLEARING] == 0


def test_clearing_is_tagged_so_each_payment_can_be_matched() -> None:
    payment = a_payment(p1_quote())
    settlement = _settlement(136100, a_transaction("txn_1", 140200, 4100), pi_1=payment)

    entries = (*settled_entry(payment), *payout_entry(settlement))

    tags = [(line.tag, line.memo) for line in entries if line.account is CLEARING]
    assert tags == [("01PAYMENT", "pi_1"), ("01PAYMENT", "txn_1")]


def test_a_return_is_the_opposite_of_settled() -> None:
    settled = settled_entry(a_payment(p1_quote()))

    undone = reversed_entry(settled)

    assert (undone[0].credit_cents, undone[3].debit_cents) == (140200, 150000)
    assert set(balance((*settled, *undone)).values()) == {0}


def test_a_surplus_becomes_unapplied_cash() -> None:
    quote = a_quote((a_payable("A", 10000),), surplus_cents=550)

    assert balance(settled_entry(a_payment(quote)))[LedgerAccount.UNAPPLIED_CASH] == -550


def test_the_size_of_an_entry_does_not_grow_with_the_payables() -> None:
    quote = a_quote([a_payable(f"I{n}", 100) for n in range(600)])

    assert len(settled_entry(a_payment(quote))) == 2


def test_a_negative_debit_is_a_credit() -> None:
    assert debit(AR, -5) == credit(AR, 5) == Line(AR, credit_cents=5)


def test_every_ledger_account_has_a_number_of_the_dealer() -> None:
    numbers = [gl_number(account, GlAccounts()) for account in LedgerAccount]

    assert len(set(numbers)) == len(LedgerAccount)


@pytest.mark.parametrize(
    ("transaction", "words"),
    [
        (a_transaction("t", 140200, 4100, category="tax"), "unknown category tax"),
        (a_transaction("t", 140200, 4100, intent_id="pi_9"), "no payment of ours"),
        (a_transaction("t", 140100, 4000), "amount differs from DP-100482"),
        (a_transaction("t", 140200, 4100, currency="cad"), "currency cad"),
        (a_transaction("t", 140200, 4100, net_cents=136000), "net is not amount less fee"),
        (a_transaction("t", -1, category="payout"), "another deposit's amount"),
    ],
)
def test_what_cannot_be_explained_blocks_the_proof(
    transaction: BalanceTransaction, words: str
) -> None:
    settlement = _settlement(136100, transaction, pi_1=a_payment(p1_quote()))

    assert settlement.unmatched == (f"t: {words}",)
    assert not settlement.is_proven


def test_p1_is_proven_with_the_deposit_among_its_own_transactions() -> None:
    settlement = _settlement(
        136100,
        a_transaction("txn_1", 140200, 4100),
        a_transaction("txn_1", 140200, 4100),
        a_transaction("txn_0", -136100, category="payout"),
        pi_1=a_payment(p1_quote()),
    )

    assert settlement.is_proven
    assert (settlement.gross_cents, settlement.fees_cents) == (140200, 4100)
    assert [part.number for part in settlement.parts] == ["DP-100482"]


def test_one_cent_of_difference_blocks_the_proof() -> None:
    payment = a_payment(p1_quote())

    settlement = _settlement(136101, a_transaction("txn_1", 140200, 4100), pi_1=payment)

    assert settlement.difference_cents == 1
    assert not settlement.is_proven


def test_a_payment_is_in_one_deposit_only() -> None:
    payment = a_payment(p1_quote())
    twice = [a_transaction(name, 140200, 4100) for name in ("txn_1", "txn_2")]

    again = _settlement(272200, *twice, pi_1=payment)
    elsewhere = _settlement(136100, twice[0], pi_1=replace(payment, settlement_id="po_0"))

    assert again.unmatched == ("txn_2: DP-100482 is in this deposit twice",)
    assert elsewhere.unmatched == ("txn_1: DP-100482 is already in po_0",)
