"""Days in the dealer's zone, buckets, and the totals every screen shows."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.aging import Bucket, bucket, days_past_due, totals
from chalicelib.domain.claims import ClaimState, owed_by_payable
from chalicelib.domain.days import business_days_since, day_end, day_start, dealer_day
from chalicelib.domain.payables import PayableKind
from tests.domain.builders import NOON, TODAY, a_claim, a_credit, a_payable

PACIFIC = "America/Los_Angeles"


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime(2026, 11, 21, 7, 59, 59, tzinfo=UTC), PACIFIC, date(2026, 11, 20)),
        (datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC), PACIFIC, date(2026, 11, 21)),
        (datetime(2026, 7, 1, 6, 59, 59, tzinfo=UTC), PACIFIC, date(2026, 6, 30)),
        (datetime(2026, 11, 21, 4, 59, 59, tzinfo=UTC), "America/New_York", date(2026, 11, 20)),
    ],
)
def test_a_day_starts_at_the_dealers_midnight(moment: datetime, zone: str, day: date) -> None:
    assert dealer_day(moment, zone) == day


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        dealer_day(datetime(2026, 1, 1), PACIFIC)  # noqa: DTZ001


def test_the_end_of_a_day_is_its_last_second_also_when_clocks_change() -> None:
    assert day_end(date(2026, 11, 20), PACIFIC) == datetime(2026, 11, 21, 7, 59, 59, tzinfo=UTC)
    assert day_end(date(2026, 3, 8), PACIFIC) == datetime(2026, 3, 9, 6, 59, 59, tzinfo=UTC)
    assert day_start(date(2026, 3, 8), PACIFIC) == datetime(2026, 3, 8, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("earlier", "days"),
    [
        (date(2026, 11, 20), 0),
        (date(2026, 11, 19), 1),
        (date(2026, 11, 17), 3),
        (date(2026, 11, 14), 5),  # A Saturday.
        (date(2026, 11, 13), 5),
        (date(2026, 11, 6), 10),
        (date(2026, 11, 23), 0),
    ],
)
def test_business_days_skip_weekends(earlier: date, days: int) -> None:
    assert business_days_since(earlier, TODAY) == days


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (-5, Bucket.CURRENT),
        (0, Bucket.CURRENT),
        (1, Bucket.DAYS_1_30),
        (30, Bucket.DAYS_1_30),
        (31, Bucket.DAYS_31_60),
        (60, Bucket.DAYS_31_60),
        (61, Bucket.DAYS_61_90),
        (90, Bucket.DAYS_61_90),
        (91, Bucket.DAYS_91_UP),
        (4000, Bucket.DAYS_91_UP),
    ],
)
def test_each_day_falls_into_one_bucket(days: int, name: Bucket) -> None:
    assert bucket(days) is name


def test_an_item_without_due_day_ages_from_its_transaction_day() -> None:
    payable = a_payable("A", 100, due_day=None, transaction_day=date(2026, 11, 10))

    assert days_past_due(payable, TODAY) == 10


def test_totals_put_every_cent_where_the_screens_look_for_it() -> None:
    payables = (
        a_payable("due today", 10000, due_day=TODAY, discount_cents=200, discount_day=TODAY),
        a_payable("1 day", 2000, due_day=date(2026, 11, 19)),
        a_payable("45 days", 300, due_day=date(2026, 10, 6), kind=PayableKind.DEBIT),
        a_payable(
            "91 days", 4000, due_day=date(2026, 8, 21), discount_cents=9, discount_day=NOON.date()
        ),
        a_payable("paid here", 7000),
        a_credit("K", 500),
    )
    claims = (
        a_claim(("1 day", 1500)),
        a_claim(("paid here", 7000), state=ClaimState.APPLIED),
        a_claim(("91 days", 1000), state=ClaimState.APPLIED),
    )

    sums = totals(payables, owed_by_payable(payables, claims, NOON), TODAY)

    assert sums.current_cents == 10000
    assert sums.days_1_30_cents == 2000
    assert sums.days_31_60_cents == 300
    assert sums.days_61_90_cents == 0
    assert sums.days_91_up_cents == 3000
    assert (sums.invoices, sums.invoices_cents) == (3, 15000)
    assert (sums.invoices_past_due, sums.invoices_past_due_cents) == (2, 5000)
    assert (sums.debits, sums.debits_cents, sums.credits, sums.credits_cents) == (1, 300, 1, 500)
    assert sums.in_flight_cents == 1500
    assert sums.discounts_cents == 209
    assert sums.outstanding_cents == 14800
    assert sums.overdue_cent_days == 2000 * 1 + 300 * 45 + 3000 * 91
    assert sums.wado_days == 19  # 288,500 cent-days ÷ 15,300 cents = 18.9.
