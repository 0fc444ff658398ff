"""How late invoices get paid: the shares S(k) and expected late days D(age) of money.md.

Statistics, not money: floats are used here and never leave as amounts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

WINDOW_DAYS = 30
FIRST_AGE = 1 - WINDOW_DAYS  # An item due later than this can't be late in the window.
LAST_AGE = 400  # Beyond this the expected late days don't move; keeps tables bounded.
_OWN_WEIGHT = 5  # w = n / (n + 5)

Histogram = tuple[tuple[int, int], ...]  # (days late, invoices); paid early is negative.

# For a dealer without history: an assumption, settable by the dealer. Of 100 trade invoices on
# terms, half are paid by the due day, most others within a month, a few very late.
DEFAULT_HISTOGRAM: Histogram = (
    (-20, 8),
    (-10, 14),
    (-3, 14),
    (0, 14),
    (4, 14),
    (10, 12),
    (20, 9),
    (35, 6),
    (50, 4),
    (75, 3),
    (110, 2),
)


@dataclass(frozen=True, slots=True)
class LateDays:
    """Tables for ages FIRST_AGE … LAST_AGE: expected late days, and the chance to be late at all.

    Ages are days past due. Older items behave like LAST_AGE; items due after the window have 0.
    """

    days: tuple[float, ...]
    chance: tuple[float, ...]  # Of being late during the window.

    def expected(self, age: int) -> float:
        """D(age), 0–30, never falling as age grows."""
        place = age - FIRST_AGE
        return 0.0 if place < 0 else self.days[min(place, len(self.days) - 1)]

    def probability(self, age: int) -> float:
        """1 for an item that is due; S(0)/S(age) before its due day."""
        if age >= 0:
            return 1.0
        place = age - FIRST_AGE
        return 0.0 if place < 0 else self.chance[place]


@lru_cache(maxsize=32)
def dealer_late_days(histogram: Histogram) -> LateDays:
    """The tables of an account without history of its own; computed once per dealer's curve."""
    return late_days(unpaid_shares(histogram or DEFAULT_HISTOGRAM), LAST_AGE)


@lru_cache(maxsize=32)
def dealer_unpaid_shares(histogram: Histogram) -> tuple[float, ...]:
    """S of the dealer for k = FIRST_AGE … LAST_AGE + 30."""
    return unpaid_shares(histogram or DEFAULT_HISTOGRAM)


def blended_late_days(own: Histogram, dealer: Histogram, oldest_age: int) -> LateDays:
    """The tables of one account: w·S_own + (1−w)·S_dealer with w = n/(n+5).

    `oldest_age` bounds the work: tables reach just far enough for the account's oldest item.
    """
    invoices = sum(count for _, count in own)
    if not invoices:
        return dealer_late_days(dealer)
    weight = invoices / (invoices + _OWN_WEIGHT)
    last_age = max(0, min(oldest_age, LAST_AGE))
    length = last_age + WINDOW_DAYS - FIRST_AGE
    theirs = dealer_unpaid_shares(dealer)
    mine = unpaid_shares(own, length)
    shares = [weight * mine[place] + (1 - weight) * theirs[place] for place in range(length)]
    return late_days(shares, last_age)


def unpaid_shares(
    histogram: Iterable[tuple[int, int]], length: int = LAST_AGE + WINDOW_DAYS - FIRST_AGE
) -> tuple[float, ...]:
    """S(k), the share still unpaid k days after due, for `length` days from FIRST_AGE on.

    An invoice paid d days late is unpaid on the days k < d.
    """
    paid_at = [0] * (length + 1)
    total = 0
    for days, count in histogram:
        place = min(max(days - FIRST_AGE, 0), length)
        paid_at[place] += count
        total += count
    if not total:
        raise ValueError("a history needs at least one invoice")
    paid = accumulate(paid_at[:length])
    return tuple((total - settled) / total for settled in paid)


def late_days(shares: tuple[float, ...] | list[float], last_age: int) -> LateDays:
    """D(age) = Σ S(age+j)/S(age) over the window's late days; running maximum from age 0.

    Where S(age) is 0 (nobody was ever this late): the largest D so far, or every late day left in
    the window if there is none yet.
    """
    sums = [0.0, *accumulate(shares)]
    due_place = -FIRST_AGE
    days: list[float] = []
    chance: list[float] = []
    largest: float | None = None
    for age in range(FIRST_AGE, last_age + 1):
        place = age - FIRST_AGE
        first_late = max(place, due_place)
        share = shares[place]
        left_in_window = float(min(WINDOW_DAYS, WINDOW_DAYS + age))
        if share > 0:
            expected = (sums[place + WINDOW_DAYS] - sums[first_late]) / share
        else:
            expected = left_in_window if largest is None else largest
        if age >= 0:
            largest = expected if largest is None else max(largest, expected)
            expected = largest
        else:
            chance.append(shares[due_place] / share if share > 0 else 1.0)
        days.append(min(expected, left_in_window))
    return LateDays(tuple(days), tuple(chance))


def average_days_late(histogram: Histogram) -> int:
    """The mean of a history in whole days, half up; negative if paid early."""
    invoices = sum(count for _, count in histogram)
    if not invoices:
        return 0
    total = sum(days * count for days, count in histogram)
    return (2 * total + invoices) // (2 * invoices)
