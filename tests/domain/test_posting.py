"""What a settlement writes to the ERP: P1 line by line, every posting balanced."""

from datetime import date, timedelta

import pytest

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.posting import Posting, planned, postings
from chalicelib.domain.posting_lines import LineKind, spruce_day
from chalicelib.domain.proof import prove
from chalicelib.domain.quotes import Quote
from chalicelib.domain.settlements import PostingCategory, PostingState, Settlement
from tests.domain.builders import (
    DEALER,
    NOON,
    PAYOUT,
    a_credit,
    a_dealer,
    a_payable,
    a_payment,
    a_quote,
    a_transaction,
    p1_quote,
)


def _posted(
    quote: Quote, fee_cents: int, dealer: Dealer | None = None, **changes: object
) -> tuple[Settlement, tuple[Posting, ...]]:
    payment = a_payment(quote, **changes)
    settlement = prove(
        dealer_id=DEALER,
        settlement_id=PAYOUT,
        currency="USD",
        created_at=NOON,
        arrives_at=NOON,
        deposit_cents=quote.charged_cents - fee_cents,
        transactions=[a_transaction("txn_1", quote.charged_cents, fee_cents)],
        payments_by_intent={"pi_1": payment},
    )
    return settlement, postings(settlement, [payment], dealer or a_dealer())


def test_p1_posts_per_payment_and_document() -> None:
    _, made = _posted(p1_quote(), 4100)

    invoices = [(line.kind, line.document, line.amount_cents) for line in made[0].lines]
    assert invoices == [
        ("payment", "A", 88200),
        ("discount", "A", 1800),
        ("payment", "B", 49000),
        ("discount", "B", 1000),
    ]
    assert {line.check_number for line in made[0].lines} == {"DP-100482"}
    assert {line.customer for line in made[0].lines} == {"C-1001"}
    credits_used = [
        (line.credit_document, line.document, line.amount_cents) for line in made[1].lines
    ]
    assert credits_used == [("K", "A", 10000)]


def test_p1_applies_1500_dollars_in_all() -> None:
    _, made = _posted(p1_quote(), 4100)

    applied = [line for posting in made for line in posting.lines if line.document]

    assert sum(line.amount_cents for line in applied) == 150000


def test_p1s_journal_moves_clearing_to_the_bank() -> None:
    _, made = _posted(p1_quote(), 4100)
    gl = a_dealer().gl

    journal = [
        (line.debit_account, line.credit_account, line.amount_cents) for line in made[-1].lines
    ]

    assert journal == [
        (gl.bank, "", 136100),
        (gl.processing_fees, "", 4100),
        ("", gl.clearing, 137200),
        ("", gl.fee_income, 3000),
    ]


def test_every_posting_is_balanced_and_carries_its_reference() -> None:
    _, made = _posted(p1_quote(), 4100)

    assert [posting.reference for posting in made] == [
        "po_1:invoices",
        "po_1:credit_adjustments",
        "po_1:cash",
    ]
    assert all(posting.debit_cents == posting.credit_cents for posting in made)


def test_debits_and_a_surplus_have_places_of_their_own() -> None:
    debit = a_payable("D", 4000, kind=PayableKind.DEBIT)

    _, made = _posted(a_quote((debit,), surplus_cents=600), 100)

    assert [posting.category for posting in made] == [
        PostingCategory.INVOICES,
        PostingCategory.DEBIT_ADJUSTMENTS,
        PostingCategory.CASH_AND_OTHER,
    ]
    (unapplied,) = made[0].lines
    assert (unapplied.kind, unapplied.customer, unapplied.credit_document) == (
        LineKind.UNAPPLIED,
        "C-1001",
        "DP-100482",
    )
    assert [posting.debit_cents for posting in made] == [600, 4000, 4600]


def test_cash_on_account_used_is_debited_to_the_unapplied_cash() -> None:
    surplus = a_credit("DP-100400", 1_000, is_on_account=True)

    _, made = _posted(a_quote((a_payable("A", 5_000), surplus)), 100)

    gl = a_dealer().gl
    (used,) = made[1].lines
    assert (used.credit_document, used.debit_account, used.credit_account) == (
        "DP-100400",
        gl.unapplied_cash,
        gl.accounts_receivable,
    )


def test_an_account_paid_by_its_balance_is_posted_without_documents() -> None:
    credit = a_credit("K", 1_000, applies_to="A")
    quote = a_quote((a_payable("A", 5_000), credit))

    _, made = _posted(quote, 100, is_on_balance=True)

    assert [posting.category for posting in made] == [
        PostingCategory.INVOICES,
        PostingCategory.CASH_AND_OTHER,
    ]
    assert [(line.document, line.amount_cents) for line in made[0].lines] == [("", 4_000)]


def test_a_line_is_dated_the_day_the_money_was_confirmed() -> None:
    settled_at = NOON - timedelta(days=3)

    _, made = _posted(p1_quote(), 4100, settled_at=settled_at)
    _, closed = _posted(
        p1_quote(), 4100, a_dealer(books_closed_through="2026-11-18"), settled_at=settled_at
    )

    assert {line.day for line in made[0].lines} == {date(2026, 11, 17)}
    assert {line.day for line in made[-1].lines} == {None}
    assert {(line.day, line.memo) for line in closed[0].lines} == {
        (date(2026, 11, 19), "of 2026-11-17")
    }


def test_a_category_without_lines_is_planned_as_nothing() -> None:
    settlement, made = _posted(p1_quote(), 4100)

    rows = planned(made, settlement=settlement)

    assert [(row.category, row.state, row.lines, row.amount_cents) for row in rows] == [
        (PostingCategory.INVOICES, PostingState.WAITING, 4, 140000),
        (PostingCategory.CREDIT_ADJUSTMENTS, PostingState.WAITING, 1, 10000),
        (PostingCategory.DEBIT_ADJUSTMENTS, PostingState.NOTHING, 0, 0),
        (PostingCategory.CASH_AND_OTHER, PostingState.WAITING, 4, 140200),
    ]


@pytest.mark.parametrize(
    ("closed_through", "day"),
    [
        ("", date(2026, 11, 20)),
        ("2026-11-19", date(2026, 11, 20)),
        ("2026-11-20", date(2026, 11, 21)),
        ("2026-11-30", date(2026, 12, 1)),
    ],
)
def test_a_closed_day_moves_to_the_first_open_one(closed_through: str, day: date) -> None:
    assert spruce_day(date(2026, 11, 20), closed_through) == day


def test_a_moved_posting_says_its_own_day() -> None:
    _, made = _posted(p1_quote(), 4100, a_dealer(books_closed_through="2026-11-30"))

    assert (made[0].day, made[0].memo) == (date(2026, 12, 1), "Settlement po_1 of 2026-11-20")


def test_posting_twice_makes_the_same_lines() -> None:
    assert _posted(p1_quote(), 4100)[1] == _posted(p1_quote(), 4100)[1]
