"""Discounts: money.md's own examples to the cent, deadlines in the dealer's zone, spreading."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.accounts import Account, BillingKind
from chalicelib.domain.discounts import half_up, spread, statement_discount_cents
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.pricing import Selection, statement_saving_cents
from chalicelib.domain.quotes import View
from tests.domain.builders import (
    NOON,
    P1_PAYABLES,
    TODAY,
    a_claim,
    a_credit,
    a_dealer,
    a_payable,
    a_quote,
    a_statement,
    an_account,
)

LAST_SECOND = datetime(2026, 11, 21, 7, 59, 59, tzinfo=UTC)


def _with_statement(cents: int, base_cents: int, **changes: object) -> Account:
    statement = a_statement(discount_cents=cents, discount_base_cents=base_cents, **changes)
    return an_account(statement=statement)


def test_1000_dollars_with_20_pay_8_when_600_were_paid_at_the_counter() -> None:
    payables = (a_payable("A", 100000, open_cents=40000, statement_id="S-10"),)

    quote = a_quote(payables, view=View.STATEMENT, account=_with_statement(2000, 100000))

    assert quote.discount_cents == 800
    assert quote.charged_cents == 39200


def test_a_later_credit_of_150_leaves_17_of_20() -> None:
    payables = (a_payable("A", 100000, statement_id="S-10"), a_credit("K", 15000))

    quote = a_quote(payables, view=View.STATEMENT, account=_with_statement(2000, 100000))

    assert quote.discount_cents == 1700
    assert (quote.charged_cents, quote.credits_cents) == (83300, 15000)
    assert quote.charged_cents + quote.discount_cents + quote.credits_cents == 100000


def test_forty_small_invoices_round_once_on_the_total() -> None:
    payables = [a_payable(f"I{n}", 1225, statement_id="S-10") for n in range(40)]

    quote = a_quote(payables, view=View.STATEMENT, account=_with_statement(980, 49000))

    assert quote.discount_cents == 980
    assert sorted({line.discount_cents for line in quote.lines}) == [24, 25]


def test_less_than_the_whole_statement_earns_nothing() -> None:
    account = _with_statement(2800, 140000)

    quote = a_quote(P1_PAYABLES, view=View.STATEMENT, account=account, ticked={"A": None, "B": 1})

    assert quote.discount_cents == 0


def test_all_view_earns_no_statement_discount_but_offers_it() -> None:
    account = _with_statement(2800, 140000)
    selection = Selection({PayableId("A"): None, PayableId("B"): None})

    quote = a_quote(P1_PAYABLES, account=account)
    saving_cents = statement_saving_cents(
        selection=selection,
        now=NOON,
        payables=P1_PAYABLES,
        claims=(),
        account=account,
        dealer=a_dealer(),
    )

    assert quote.discount_cents == 0
    assert saving_cents == 2800


@pytest.mark.parametrize(
    ("now", "grace_days", "cents"),
    [
        (LAST_SECOND, 0, 2800),
        (LAST_SECOND + timedelta(seconds=1), 0, 0),
        (LAST_SECOND + timedelta(days=3), 3, 2800),
        (LAST_SECOND + timedelta(days=3, seconds=1), 3, 0),
    ],
)
def test_the_deciding_moment_is_the_end_of_the_dealers_day(
    now: datetime, grace_days: int, cents: int
) -> None:
    account = _with_statement(2800, 140000, grace_days=grace_days)

    quote = a_quote(P1_PAYABLES, view=View.STATEMENT, account=account, now=now)

    assert quote.discount_cents == cents


def test_a_quote_with_a_discount_ends_no_later_than_the_discount() -> None:
    now = LAST_SECOND - timedelta(minutes=2)

    quote = a_quote(
        P1_PAYABLES, view=View.STATEMENT, account=_with_statement(2800, 140000), now=now
    )

    assert quote.expires_at == LAST_SECOND


def test_members_in_query_or_in_flight_do_not_count_against_the_whole() -> None:
    payables = (
        a_payable("A", 100000, statement_id="S-10"),
        a_payable("asked about", 20000, statement_id="S-10", in_query=True),
        a_payable("being paid", 20000, statement_id="S-10"),
    )

    quote = a_quote(
        payables,
        view=View.STATEMENT,
        account=_with_statement(2800, 140000),
        ticked={"A": None},
        claims=[a_claim(("being paid", 20000))],
    )

    assert quote.discount_cents == 2000


def test_adjustments_can_be_members() -> None:
    debit = a_payable("D", 40000, statement_id="S-10", kind=PayableKind.DEBIT)
    payables = (a_payable("A", 100000, statement_id="S-10"), debit)

    quote = a_quote(payables, view=View.STATEMENT, account=_with_statement(2800, 140000))

    assert [line.discount_cents for line in quote.lines] == [2000, 800]


def test_an_unnamed_statement_holds_what_was_dated_up_to_its_close() -> None:
    payables = (
        a_payable("A", 140000, transaction_day=date(2026, 10, 31)),
        a_payable("later", 100, transaction_day=date(2026, 11, 1)),
    )

    quote = a_quote(
        payables,
        view=View.STATEMENT,
        account=_with_statement(2800, 140000),
        ticked={"A": None},
    )

    assert quote.discount_cents == 2800


@pytest.mark.parametrize(
    ("discount_day", "grace_days", "ticked", "claimed", "cents"),
    [
        (TODAY, 0, None, 0, 500),
        (TODAY - timedelta(days=1), 0, None, 0, 0),
        (TODAY - timedelta(days=1), 1, None, 0, 500),
        (TODAY, 0, 24999, 0, 0),
        (TODAY, 0, None, 1, 0),
        (None, 9, None, 0, 0),
    ],
)
def test_invoice_terms_need_the_whole_invoice_in_time(
    discount_day: date | None, grace_days: int, ticked: int | None, claimed: int, cents: int
) -> None:
    payables = (a_payable("A", 25000, discount_cents=500, discount_day=discount_day),)

    quote = a_quote(
        payables,
        ticked={"A": ticked},
        claims=[a_claim(("A", claimed))] if claimed else (),
        account=an_account(billing_kind=BillingKind.OPEN_ITEM_TERMS),
        dealer=a_dealer(terms_grace_days=grace_days),
    )

    assert quote.discount_cents == cents


def test_other_billing_kinds_ignore_invoice_terms() -> None:
    payables = (a_payable("A", 25000, discount_cents=500, discount_day=TODAY),)

    assert a_quote(payables).discount_cents == 0


def test_statement_and_invoice_discounts_never_meet() -> None:
    terms = {"discount_cents": 500, "discount_day": TODAY, "statement_id": "S-10"}
    account = an_account(
        statement=a_statement(discount_cents=2800), billing_kind=BillingKind.OPEN_ITEM_TERMS
    )

    quote = a_quote((a_payable("A", 140000, **terms),), view=View.STATEMENT, account=account)

    assert quote.discount_cents == 2800


@pytest.mark.parametrize(
    ("numerator", "denominator", "cents"), [(1, 2, 1), (1, 3, 0), (5, 3, 2), (0, 7, 0), (7, 2, 4)]
)
def test_halves_are_rounded_up(numerator: int, denominator: int, cents: int) -> None:
    assert half_up(numerator, denominator) == cents


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (0, (), ()),
        (0, (5, 0), (0, 0)),
        (10, (1, 1, 1), (4, 3, 3)),
        (2800, (90000, 50000), (1800, 1000)),
        (3, (0, 3), (0, 3)),
    ],
)
def test_shares_follow_the_largest_remainder(
    total: int, weights: tuple[int, ...], shares: tuple[int, ...]
) -> None:
    assert spread(total, weights) == shares


def test_nothing_can_be_spread_over_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to spread"):
        spread(1, (0, 0))


def test_a_remainder_above_the_frozen_base_earns_no_more_than_was_frozen() -> None:
    assert statement_discount_cents(a_statement(), 999999) == 2800
