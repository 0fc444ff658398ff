"""Collection Priority's promises (money.md), each over random accounts, histories and scales."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.accounts import Account, PriorityNote
from chalicelib.domain.claims import owed_by_payable
from chalicelib.domain.lateness import LAST_AGE, Histogram, blended_late_days
from chalicelib.domain.payables import Payable
from chalicelib.domain.priority import DealerCurve, Signals, scale, score
from tests.domain.builders import NOON, TODAY, a_credit, a_payable, an_account
from tests.properties.accounts import AGES, CENTS, payables

HISTORIES = st.lists(st.tuples(st.integers(-40, 150), st.integers(1, 40)), max_size=6).map(
    lambda pairs: tuple(sorted(dict(pairs).items()))
)
SIGNALS = st.builds(
    Signals,
    returned_recently=st.booleans(),
    promises=st.just(4),
    promises_broken=st.integers(0, 4),
)


@st.composite
def curves(draw: st.DrawFn) -> DealerCurve:
    s = draw(st.integers(1000, 200_000))
    return DealerCurve(
        histogram=draw(HISTORIES.filter(bool)),
        s=s,
        l95=s * draw(st.integers(10, 80)),
        broken_per_mille=draw(st.integers(0, 1000)),
    )


@st.composite
def limited_accounts(draw: st.DrawFn) -> Account:
    return an_account(
        credit_limit_cents=draw(st.sampled_from([0, 1_000_000, 20_000_000])),
        last_contact_at=draw(st.sampled_from([None, NOON, NOON - timedelta(days=9)])),
    )


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a score rests on."""

    listed: tuple[Payable, ...]
    own: Histogram
    curve: DealerCurve
    account: Account
    signals: Signals


CASES = st.builds(Case, payables(), HISTORIES, curves(), limited_accounts(), SIGNALS)


def _note(case: Case) -> PriorityNote:
    return score(
        payables=case.listed,
        owed=owed_by_payable(case.listed, (), NOON),
        own_history=case.own,
        curve=case.curve,
        account=case.account,
        today=TODAY,
        signals=case.signals,
    )


@given(CASES)
def test_it_stays_between_0_and_10(case: Case) -> None:
    note = _note(case)

    assert 0 <= note.score_tenths <= 100
    assert 0 <= note.expected_late_days <= 30
    assert 0 <= note.lift_tenths <= 15


@given(CASES, st.integers(0, 7), st.integers(1, 90))
def test_it_never_falls_as_an_item_ages_past_its_due_day(case: Case, which: int, days: int) -> None:
    place = which % len(case.listed)
    item = replace(case.listed[place], due_day=min(case.listed[place].ages_from, TODAY))
    older = replace(item, due_day=item.ages_from - timedelta(days=days))
    before, after = (
        _note(replace(case, listed=(*case.listed[:place], chosen, *case.listed[place + 1 :])))
        for chosen in (item, older)
    )

    assert after.score_tenths >= before.score_tenths


@given(CASES, CENTS, AGES)
def test_it_never_falls_when_a_payable_is_added(case: Case, cents: int, age: int) -> None:
    added = a_payable("added", cents, due_day=TODAY - timedelta(days=age))

    after = _note(replace(case, listed=(*case.listed, added)))

    assert after.score_tenths >= _note(case).score_tenths


@given(CASES, CENTS)
def test_it_never_rises_when_a_credit_is_added(case: Case, cents: int) -> None:
    after = _note(replace(case, listed=(*case.listed, a_credit("added", cents))))

    assert after.score_tenths <= _note(case).score_tenths


@given(CASES, st.sampled_from([2, 8, 64]))
def test_it_does_not_change_when_all_dollars_scale_together(case: Case, factor: int) -> None:
    limit_cents = case.account.credit_limit_cents * factor
    richer = replace(
        case,
        listed=tuple(replace(item, open_cents=item.open_cents * factor) for item in case.listed),
        account=replace(case.account, credit_limit_cents=limit_cents),
        curve=replace(
            case.curve,
            s=case.curve.s * factor,
            l95=case.curve.l95 * factor,
            floor_dollars=case.curve.floor_dollars * factor,
        ),
    )

    assert _note(richer).score_tenths == _note(case).score_tenths


@given(CASES)
def test_money_in_query_counts_for_nothing(case: Case) -> None:
    asked = tuple(replace(item, in_query=True) for item in case.listed)

    assert _note(replace(case, listed=asked)).score_tenths == 0


@given(HISTORIES, HISTORIES.filter(bool), st.integers(0, 500))
def test_expected_late_days_never_fall_with_age_and_fit_the_window(
    own: Histogram, dealer: Histogram, oldest: int
) -> None:
    tables = blended_late_days(own, dealer, oldest)

    days = [tables.expected(age) for age in range(-40, min(oldest, LAST_AGE) + 1)]

    assert all(0 <= value <= 30 for value in days)
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(days))


@given(HISTORIES, HISTORIES.filter(bool), st.integers(-29, 60))
def test_the_tables_agree_with_the_formula_summed_term_by_term(
    own: Histogram, dealer: Histogram, age: int
) -> None:
    def unpaid(history: Histogram, day: int) -> float:
        return sum(n for late, n in history if late > day) / sum(n for _, n in history)

    invoices = sum(n for _, n in own)
    weight = invoices / (invoices + 5)

    def share(day: int) -> float:
        mine = unpaid(own, day) if own else 0.0
        return weight * mine + (1 - weight) * unpaid(dealer, day)

    def formula(at: int) -> float:
        return sum(share(at + j) for j in range(30) if at + j >= 0) / share(at)

    if share(age) > 0:
        expected = max(formula(at) for at in range(min(age, 0) if age < 0 else 0, age + 1))
        expected = formula(age) if age < 0 else expected
        found = blended_late_days(own, dealer, 90).expected(age)
        assert abs(found - expected) < 1e-6


@given(st.lists(st.integers(-5, 10**9)), st.integers(1, 100_000))
def test_the_scale_keeps_its_floors(levels: list[int], floor_dollars: int) -> None:
    made = scale(levels, floor_dollars)

    assert made.s >= floor_dollars
    assert made.l95 >= 10 * made.s
