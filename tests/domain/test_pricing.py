"""Quotes: amounts, credits, fees, views, signatures and everything a form may get wrong."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.claims import ClaimState, Effect
from chalicelib.domain.dealers import FeePolicy
from chalicelib.domain.errors import InvalidInput, PayableAlreadyClaimed
from chalicelib.domain.ids import PayableId
from chalicelib.domain.pricing import same_price, sign, verify
from chalicelib.domain.quotes import Quote, View
from tests.domain.builders import (
    NOON,
    P1_PAYABLES,
    a_claim,
    a_credit,
    a_dealer,
    a_payable,
    a_quote,
    a_statement,
    an_account,
    p1_quote,
)

KEY = b"a key of the test"
ONE_INVOICE = (a_payable("A", 10000),)


def test_p1_charges_1402_dollars() -> None:
    quote = p1_quote()

    assert quote.allocations_cents == 150000
    assert quote.credits_cents == 10000
    assert quote.discount_cents == 2800
    assert quote.fee_cents == 3000
    assert quote.charged_cents == 140200
    assert [line.cash_cents for line in quote.lines] == [88200, 49000]


def test_a_part_of_an_invoice_can_be_paid() -> None:
    quote = a_quote(ONE_INVOICE, ticked={"A": 2500})

    assert quote.charged_cents == 2500
    assert quote.effects == (Effect(PayableId("A"), 2500),)


def test_all_that_is_available_is_paid_when_no_amount_is_typed() -> None:
    quote = a_quote(ONE_INVOICE, ticked={"A": None}, claims=[a_claim(("A", 4000))])

    assert quote.charged_cents == 6000


def test_a_surplus_is_charged_on_top() -> None:
    assert a_quote(ONE_INVOICE, surplus_cents=550).charged_cents == 10550


def test_the_flat_fee_is_one_line_of_the_payment() -> None:
    quote = a_quote(ONE_INVOICE, dealer=a_dealer(fees=FeePolicy(ach_flat_cents=150)))

    assert quote.fee_cents == 150
    assert quote.charged_cents == 10150
    assert quote.lines[0].allocation_cents == 10000


def test_credits_that_cover_everything_leave_nothing_to_charge_not_even_a_fee() -> None:
    payables = (a_payable("A", 10000), a_credit("K", 15000))

    quote = a_quote(payables, dealer=a_dealer(fees=FeePolicy(ach_flat_cents=150)))

    assert quote.charged_cents == 0
    assert quote.credits_cents == 10000


def test_credits_go_to_their_own_document_then_to_their_job_oldest_first() -> None:
    payables = (
        a_payable("A", 1000, job_id="J1", due_day=date(2026, 9, 1)),
        a_payable("B", 1000, job_id="J1", due_day=date(2026, 8, 1)),
        a_payable("C", 1000, job_id="J2"),
        a_credit("young", 900, job_id="J1", transaction_day=date(2026, 10, 2)),
        a_credit("old", 700, job_id="J1", transaction_day=date(2026, 10, 1)),
        a_credit("own", 300, job_id="J9", applies_to="A", transaction_day=date(2026, 10, 9)),
        a_credit("other job", 500, job_id="J3"),
    )

    quote = a_quote(payables)

    assert quote.credits_used == (
        Effect(PayableId("own"), 300, PayableId("A")),
        Effect(PayableId("old"), 700, PayableId("B")),
        Effect(PayableId("young"), 300, PayableId("B")),
        Effect(PayableId("young"), 600, PayableId("A")),
    )
    assert [line.credit_cents for line in quote.lines] == [900, 1000, 0]


def test_a_ticked_credit_crosses_jobs_up_to_its_typed_amount() -> None:
    payables = (a_payable("A", 1000, job_id="J1"), a_credit("K", 500, job_id="J2"))

    quote = a_quote(payables, ticked={"A": None, "K": 200})

    assert quote.credits_used == (Effect(PayableId("K"), 200, PayableId("A")),)


def test_no_credit_is_used_when_the_payer_unticked_them() -> None:
    assert a_quote(P1_PAYABLES, preselect_credits=False).credits_used == ()


def test_a_credit_in_flight_elsewhere_is_not_used_again() -> None:
    assert a_quote(P1_PAYABLES, claims=[a_claim(("K", 10000))]).credits_cents == 0


@pytest.mark.parametrize(
    ("ticked", "words"),
    [
        ({"foreign": None}, "foreign is not open"),
        ({"A": 0}, "above zero"),
        ({"A": -1}, "above zero"),
        ({"A": 10001}, "more than is owed"),
        ({}, "at least one"),
        ({"K": None}, "at least one"),
        ({"A": None, "K": 501}, "more than is owed"),
    ],
)
def test_a_wrong_form_is_refused(ticked: dict[str, int | None], words: str) -> None:
    payables = (*ONE_INVOICE, a_credit("K", 500))

    with pytest.raises(InvalidInput, match=words):
        a_quote(payables, ticked=ticked)


def test_a_negative_surplus_is_refused() -> None:
    with pytest.raises(InvalidInput, match="negative"):
        a_quote(ONE_INVOICE, surplus_cents=-1)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(InvalidInput, match="how you want to pay"):
        a_quote(ONE_INVOICE, method_kind="gold")


@pytest.mark.parametrize("state", [ClaimState.IN_FLIGHT, ClaimState.APPLIED])
@pytest.mark.parametrize(("asked", "taken"), [(None, 10000), (10000, 1), (6000, 4001)])
def test_money_another_payment_holds_is_refused(
    state: ClaimState, asked: int | None, taken: int
) -> None:
    with pytest.raises(PayableAlreadyClaimed, match="already paying A"):
        a_quote(ONE_INVOICE, ticked={"A": asked}, claims=[a_claim(("A", taken), state=state)])


def test_a_view_without_statement_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no current statement"):
        a_quote(ONE_INVOICE, view=View.STATEMENT)


@pytest.mark.parametrize(("view", "foreign"), [(View.STATEMENT, "new"), (View.NEW_CHARGES, "old")])
def test_a_view_holds_only_its_own_payables(view: View, foreign: str) -> None:
    payables = (a_payable("old", 100, statement_id="S-10"), a_payable("new", 100))

    with pytest.raises(InvalidInput, match=f"{foreign} is not part"):
        a_quote(payables, view=view, account=an_account(statement=a_statement()))


def test_a_quote_lives_fifteen_minutes() -> None:
    assert a_quote(ONE_INVOICE).expires_at == NOON + timedelta(minutes=15)


def test_a_quote_carries_what_it_rests_on() -> None:
    quote = a_quote(ONE_INVOICE, account=an_account(money_version=7), dealer=a_dealer(version=3))

    assert (quote.money_version, quote.dealer_version) == (7, 3)
    assert quote.priced_on == date(2026, 11, 20)


@pytest.mark.parametrize(
    "name", [field.name for field in fields(Quote) if field.name != "signature"]
)
def test_changing_any_field_breaks_the_signature(name: str) -> None:
    signed = sign(p1_quote(), KEY)

    altered = replace(signed, **{name: _another(getattr(signed, name))})

    assert verify(signed, KEY)
    assert not verify(altered, KEY)


def test_another_key_does_not_verify() -> None:
    assert not verify(sign(p1_quote(), KEY), b"another key")


def test_a_signature_survives_a_change_of_zone() -> None:
    signed = sign(p1_quote(), KEY)

    assert verify(replace(signed, created_at=signed.created_at.astimezone()), KEY)


def test_the_price_is_the_same_when_only_time_and_names_moved() -> None:
    later = a_quote(ONE_INVOICE, now=NOON + timedelta(minutes=9))

    assert same_price(a_quote(ONE_INVOICE), replace(later, number="DP-9", money_version=4))


def test_one_cent_is_another_price() -> None:
    assert not same_price(a_quote(ONE_INVOICE), a_quote(ONE_INVOICE, ticked={"A": 9999}))


def _another(value: object) -> object:
    if isinstance(value, int):
        return value + 1
    if isinstance(value, datetime):
        return value + timedelta(seconds=1)
    if isinstance(value, date):
        return datetime(2031, 1, 1, tzinfo=UTC).date()
    if isinstance(value, tuple):
        return value[1:]
    return f"{value}x"
