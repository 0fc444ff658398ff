"""Aging agrees with itself everywhere: buckets partition, totals add up, days only grow."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.aging import Bucket, bucket, totals
from chalicelib.domain.claims import Claim, ClaimState, owed_by_payable
from chalicelib.domain.payables import Payable, PayableKind
from tests.domain.builders import NOON, TODAY
from tests.properties.accounts import claims_on, payables

ORDER = list(Bucket)


@st.composite
def owing(draw: st.DrawFn) -> tuple[tuple[Payable, ...], tuple[Claim, ...]]:
    listed = draw(payables(most=10))
    return listed, draw(claims_on(listed))


@given(st.integers(-1000, 1000))
def test_an_item_never_moves_back_to_a_younger_bucket(days: int) -> None:
    assert ORDER.index(bucket(days)) <= ORDER.index(bucket(days + 1))


@given(owing())
def test_current_and_buckets_less_credits_are_outstanding(
    case: tuple[tuple[Payable, ...], tuple[Claim, ...]],
) -> None:
    listed, claims = case
    owed = owed_by_payable(listed, claims, NOON)

    sums = totals(listed, owed, TODAY)

    signs = {PayableKind.CREDIT: -1}
    net = sum(owed[item.payable_id].owed_cents * signs.get(item.kind, 1) for item in listed)
    assert sums.outstanding_cents == net
    assert sums.gross_cents == sums.invoices_cents + sums.debits_cents
    assert sums.past_due_cents >= sums.invoices_past_due_cents


@given(owing(), st.integers(1, 60))
def test_what_is_past_due_stays_past_due(
    case: tuple[tuple[Payable, ...], tuple[Claim, ...]], days: int
) -> None:
    listed, claims = case
    owed = owed_by_payable(listed, claims, NOON)

    before, later = (totals(listed, owed, day) for day in (TODAY, TODAY + timedelta(days=days)))

    assert later.past_due_cents >= before.past_due_cents
    assert later.overdue_cent_days >= before.overdue_cent_days
    assert later.gross_cents == before.gross_cents


@given(owing())
def test_available_is_never_negative_nor_above_what_is_owed(
    case: tuple[tuple[Payable, ...], tuple[Claim, ...]],
) -> None:
    listed, claims = case

    for item in listed:
        standing = owed_by_payable(listed, claims, NOON)[item.payable_id]
        again_cents = sum(
            effect.amount_cents
            for claim in claims
            if claim.state is ClaimState.REVERSED
            for effect in claim.effects
            if effect.payable_id == item.payable_id
        )
        assert 0 <= standing.available_cents <= standing.owed_cents
        assert standing.owed_cents <= item.open_cents + again_cents
