"""Filters: cents, days and counts as people read them."""

from __future__ import annotations

import pytest

from chalicelib.rendering import words
from chalicelib.rendering.views.figures import Aging


@pytest.mark.parametrize(
    ("cents", "shown"),
    [(0, "$0.00"), (5, "$0.05"), (2107068, "$21,070.68"), (-38650, "−$386.50"), (-1, "−$0.01")],
)
def test_money_has_two_decimals_and_a_minus_before_the_sign(cents: int, shown: str) -> None:
    assert words.money(cents) == shown


def test_an_empty_bucket_is_blank_and_a_sum_of_nothing_is_a_dash() -> None:
    assert words.money_or_blank(0) == ""
    assert "none" in words.money_or_dash(0)


def test_moments_are_read_in_the_zone_they_carry() -> None:
    assert words.moment("2026-11-22T00:02:00-08:00") == "Nov 22, 2026, 12:02 AM"
    assert words.moment("2026-11-22T12:30:00+00:00") == "Nov 22, 2026, 12:30 PM"
    assert words.moment("") == ""


def test_days_drop_the_time() -> None:
    assert words.day("2026-01-02") == "Jan 2, 2026"
    assert words.day("2026-01-02T23:59:59-08:00") == "Jan 2, 2026"


def test_one_is_singular() -> None:
    assert words.counted(1, "invoice") == "1 invoice"
    assert words.counted(0, "entry", "entries") == "0 entries"
    assert words.counted(2602, "invoice") == "2,602 invoices"


def test_the_bar_fills_its_width_and_shows_the_smallest_bucket() -> None:
    segments = words.bar_segments(Aging(current_cents=10**9, days_31_60_cents=1))

    assert [css for css, _, _ in segments] == ["b0", "b2"]
    assert segments[1][2] >= 8
    assert segments[1][1] + segments[1][2] == 1000


def test_a_bar_of_nothing_has_no_segments() -> None:
    assert words.bar_segments(Aging()) == []
