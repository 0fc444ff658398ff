"""What a person enters in Spruce: P1 row by row, and the moments that are recorded."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.manual_posting import (
    ManualFile,
    by_hand,
    entry_rows,
    journal_rows,
    recorded_moment,
)
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.settlements import CategoryPosting, PostingCategory, PostingState
from tests.domain.builders import a_dealer, a_payable, a_quote, p1_quote
from tests.domain.test_posting import _posted

CHOSEN = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # 10:00 in Los Angeles.
NOW = datetime(2026, 11, 24, 20, 30, 30, tzinfo=UTC)
ZONE = "America/Los_Angeles"


def test_p1s_payments_are_entered_net_of_credit_and_discount() -> None:
    _, made = _posted(p1_quote(), 4100)

    rows = [(row.document_id, row.payment_cents) for row in entry_rows(made, ManualFile.PAYMENTS)]

    assert rows == [("A", 88200), ("B", 49000)]


def test_p1s_credit_names_its_invoice_and_discounts_add_up_to_28_dollars() -> None:
    _, made = _posted(p1_quote(), 4100)

    credits_used = list(entry_rows(made, ManualFile.CREDITS))
    discounts = list(entry_rows(made, ManualFile.DISCOUNTS))

    assert [(r.document_id, r.applied_document_id, r.payment_cents) for r in credits_used] == [
        ("K", "A", 10000)
    ]
    assert [(r.applied_document_id, r.payment_cents) for r in discounts] == [
        ("A", 1800),
        ("B", 1000),
    ]


def test_the_three_files_together_apply_what_the_payer_allocated() -> None:
    _, made = _posted(p1_quote(), 4100)
    files = (ManualFile.PAYMENTS, ManualFile.CREDITS, ManualFile.DISCOUNTS)

    applied = sum(row.payment_cents for file in files for row in entry_rows(made, file))

    assert applied == 150000


def test_the_journal_moves_clearing_to_the_bank() -> None:
    _, made = _posted(p1_quote(), 4100)
    gl = a_dealer().gl

    rows = list(journal_rows(made))

    assert [(row.account, row.debit_cents, row.credit_cents) for row in rows] == [
        (gl.bank, 136100, 0),
        (gl.processing_fees, 4100, 0),
        (gl.clearing, 0, 137200),
        (gl.fee_income, 0, 3000),
    ]


def test_debits_and_cash_on_account_say_what_they_are() -> None:
    debit = a_payable("D", 4000, kind=PayableKind.DEBIT)
    _, made = _posted(a_quote((debit,), surplus_cents=600), 100)

    rows = list(entry_rows(made, ManualFile.PAYMENTS))

    assert [(row.document_type, row.document_id, row.payment_cents) for row in rows] == [
        ("on_account", "", 600),
        ("debit_adjustment", "D", 4000),
    ]


def test_what_spruce_took_automatically_is_left_out_and_what_was_recorded_stays() -> None:
    settlement, _ = _posted(p1_quote(), 4100)
    rows = (
        CategoryPosting(PostingCategory.INVOICES, PostingState.POSTED),
        CategoryPosting(
            PostingCategory.CREDIT_ADJUSTMENTS, PostingState.POSTED, recorded_by="Ann"
        ),
        CategoryPosting(PostingCategory.DEBIT_ADJUSTMENTS, PostingState.NOTHING),
        CategoryPosting(PostingCategory.CASH_AND_OTHER, PostingState.WAITING),
    )  # fmt: skip
    left = by_hand(replace(settlement, postings=rows))

    assert left == (PostingCategory.CREDIT_ADJUSTMENTS, PostingCategory.CASH_AND_OTHER)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-11-24T11:15", datetime(2026, 11, 24, 19, 15, 59, tzinfo=UTC)),
        ("2026-11-24T10:00", datetime(2026, 11, 24, 18, 0, 59, tzinfo=UTC)),
        ("2026-11-24T12:30", NOW),
    ],
)
def test_a_minute_in_the_dealers_zone_counts_at_its_end(typed: str, moment: datetime) -> None:
    assert recorded_moment(typed, ZONE, since=CHOSEN, now=NOW, field="at_cash") == moment


def test_an_hour_that_comes_twice_counts_as_the_later_one() -> None:
    since, now = (
        datetime(2026, 11, 1, 8, 0, tzinfo=UTC),
        datetime(2026, 11, 1, 12, 0, tzinfo=UTC),
    )

    found = recorded_moment("2026-11-01T01:30", ZONE, since=since, now=now, field="at_cash")

    assert found == datetime(2026, 11, 1, 9, 30, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    ["2026-11-24T12:31", "2026-11-24T09:59", "yesterday", "2026-11-24", "２０２６-11-24T11:15"],
)
def test_the_future_the_past_and_other_words_are_refused_at_their_field(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        recorded_moment(typed, ZONE, since=CHOSEN, now=NOW, field="at_cash")

    assert set(refused.value.fields) == {"at_cash"}
