"""Collection Priority: exclusions, its terms one by one, and the sentence on the screen."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.accounts import Account, AccountKind, PriorityNote
from chalicelib.domain.claims import Claim, owed_by_payable
from chalicelib.domain.lateness import DEFAULT_HISTOGRAM, blended_late_days, dealer_late_days
from chalicelib.domain.payables import Payable
from chalicelib.domain.priority import DealerCurve, Scale, Signals, explain, scale, score
from tests.domain.builders import NOON, TODAY, a_claim, a_credit, a_payable, an_account

LATE = a_payable("A", 1_000_000, due_day=TODAY - timedelta(days=40))
ALWAYS_20 = ((20, 1),)


def _note(
    *listed: Payable,
    claims: tuple[Claim, ...] = (),
    account: Account | None = None,
    signals: Signals | None = None,
    own: tuple[tuple[int, int], ...] = (),
    curve: DealerCurve | None = None,
) -> PriorityNote:
    return score(
        payables=listed,
        owed=owed_by_payable(listed, claims, NOON),
        own_history=own,
        curve=curve or DealerCurve(),
        account=account or an_account(),
        today=TODAY,
        time_zone="America/Los_Angeles",
        signals=signals or Signals(),
    )


@pytest.mark.parametrize("kind", [AccountKind.CASH, AccountKind.SYSTEM])
def test_cash_and_system_accounts_are_not_ranked(kind: AccountKind) -> None:
    note = _note(LATE, account=an_account(account_kind=kind))

    assert (note.score_tenths, note.excluded) == (0, kind)


def test_an_account_that_owes_nothing_scores_0() -> None:
    assert _note().excluded == "nothing open"
    assert _note(LATE, a_credit("K", 1_000_000)).excluded == "nothing open"


def test_money_in_flight_is_taken_off_the_oldest_first() -> None:
    young = a_payable("B", 1_000_000, due_day=TODAY + timedelta(days=20))

    note = _note(LATE, young, claims=(a_claim(("B", 1_000_000)),))

    assert note.late_dollar_days == _note(young).late_dollar_days


def test_a_certain_payer_is_late_exactly_the_days_left() -> None:
    curve = DealerCurve(histogram=ALWAYS_20)
    due_in_5 = a_payable("A", 100_000, due_day=TODAY + timedelta(days=5))

    note = _note(due_in_5, curve=curve)

    assert (note.late_dollar_days, note.expected_late_days) == (20_000, 20)
    assert note.expected_late_cents == 100_000


def test_an_item_later_than_anybody_ever_was_is_late_the_most_so_far() -> None:
    tables = dealer_late_days(ALWAYS_20)

    assert tables.expected(0) == 20
    assert tables.expected(19) == 20  # The running maximum: alone it would be 1.
    assert tables.expected(300) == 20


def test_with_nobody_ever_late_an_overdue_item_is_late_the_whole_window() -> None:
    assert dealer_late_days(((-10, 1),)).expected(1) == 30


def test_own_history_outweighs_the_dealers_as_it_grows() -> None:
    few = blended_late_days(((20, 1),), ((0, 1),), 0).expected(-1)
    many = blended_late_days(((20, 95),), ((0, 1),), 0).expected(-1)

    assert few < many
    assert many == pytest.approx(0.95 * 20)


def test_base_is_the_logarithm_between_s_and_l95() -> None:
    curve = DealerCurve(histogram=ALWAYS_20, s=1000, l95=10_000)

    at_l95 = _note(a_payable("A", 50_000, due_day=TODAY), curve=curve)

    assert at_l95.late_dollar_days == 10_000
    assert at_l95.base_tenths == 100


@pytest.mark.parametrize(
    ("signals", "limit_cents", "lift_tenths"),
    [
        (Signals(), 0, 0),
        (Signals(returned_recently=True), 0, 6),
        (Signals(promises=2, promises_broken=2), 0, 4),  # .6 · (2 + 2·.3)/(2 + 2) = .39
        (Signals(), 900_000, 2),  # 111 % used: .3 · .31 / .4 = .23
        (Signals(), 500_000, 3),
        (Signals(returned_recently=True, promises=9, promises_broken=9), 500_000, 14),
    ],
)
def test_lift_adds_what_went_wrong(signals: Signals, limit_cents: int, lift_tenths: int) -> None:
    note = _note(
        LATE,
        account=an_account(credit_limit_cents=limit_cents),
        signals=signals,
        curve=DealerCurve(broken_per_mille=300),
    )

    assert note.lift_tenths == lift_tenths


def test_lift_fades_below_1000_dollars_past_due() -> None:
    small = a_payable("A", 50_000, due_day=TODAY - timedelta(days=1))

    assert _note(small, signals=Signals(returned_recently=True)).lift_tenths == 3


@pytest.mark.parametrize(
    ("contacted_at", "is_damped"),
    [
        (NOON, True),
        (datetime(2026, 11, 17, 20, tzinfo=UTC), True),
        (datetime(2026, 11, 16, 20, tzinfo=UTC), False),
        (None, False),
    ],
)
def test_a_recent_contact_damps_the_score(contacted_at: datetime | None, is_damped: bool) -> None:
    note = _note(LATE, account=an_account(last_contact_at=contacted_at))

    assert note.damped is is_damped
    assert note.score_tenths == (60 if is_damped else 100)


def test_amounts_under_an_open_promise_are_left_out() -> None:
    note = _note(LATE, signals=Signals(promised={LATE.payable_id: 400_000}))

    assert note.late_dollar_days == pytest.approx(0.6 * _note(LATE).late_dollar_days, abs=1)


def test_the_scale_is_the_median_and_the_95th_percentile_of_positive_levels() -> None:
    levels = [0, -3, *(n * 10_000 for n in range(1, 101))]

    assert scale(levels) == Scale(500_000, 5_000_000)
    assert scale([]) == Scale(1000, 10_000)


def test_the_default_history_is_of_a_hundred_invoices() -> None:
    assert sum(count for _, count in DEFAULT_HISTOGRAM) == 100


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        (
            PriorityNote(
                score_tenths=88,
                base_tenths=80,
                lift_tenths=8,
                expected_late_cents=1_796_000,
                expected_late_days=26,
                own_invoices=12,
                own_average_days_late=35,
                late_dollar_days=467_000,
                promises_broken=2,
            ),
            (
                "8.8 – about $18,000 expected late, 26 of the next 30 days (12 invoices so far, "
                "paid 35 days late on average); +0.8 two promises broken"
            ),
        ),
        (
            PriorityNote(
                score_tenths=21,
                damped=True,
                expected_late_cents=4_310,
                expected_late_days=3,
                own_invoices=1,
                own_average_days_late=-1,
                late_dollar_days=120,
            ),
            (
                "2.1 – about $43 expected late, 3 of the next 30 days (1 invoice so far, "
                "paid 1 day early on average); × 0.6 contacted in the last 3 business days"
            ),
        ),
        (
            PriorityNote(),
            (
                "0.0 – nothing expected late in the next 30 days "
                "(no invoices paid so far, so judged by all customers)"
            ),
        ),
        (PriorityNote(excluded="cash"), "0.0 – cash account"),
        (PriorityNote(excluded="nothing open"), "0.0 – nothing open"),
    ],
)
def test_the_sentence_shows_the_arithmetic(note: PriorityNote, sentence: str) -> None:
    assert explain(note) == sentence
