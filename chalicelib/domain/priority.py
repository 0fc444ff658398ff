"""Collection Priority 0.0–10.0: whom to chase first (money.md), and the sentence that says why.

A ranking, not money: logarithms are floats; amounts enter and leave as integer cents.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log1p

from chalicelib.domain.accounts import Account, AccountKind, PriorityNote
from chalicelib.domain.aging import days_past_due
from chalicelib.domain.claims import Owed
from chalicelib.domain.days import business_days_since, dealer_day
from chalicelib.domain.ids import PayableId
from chalicelib.domain.lateness import (
    DEFAULT_HISTOGRAM,
    Histogram,
    LateDays,
    average_days_late,
    blended_late_days,
)
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.priority_words import explain

__all__ = ["DealerCurve", "Scale", "Signals", "explain", "scale", "score"]

FLOOR_DOLLARS = 1000  # s is at least $1,000 · 1 day, and lifts fade below $1,000 past due.
LEAST_SPAN = 10  # L95 is at least this many times s.
HIGHEST = 10.0
HIGHEST_LIFT = 1.5
RETURNED_LIFT = 0.6
BROKEN_LIFT = 0.6
CREDIT_LIFT = 0.3
CREDIT_USE_FROM, CREDIT_USE_SPAN = 0.8, 0.4
CONTACTED_DAMP = 0.6
CONTACTED_BUSINESS_DAYS = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """The dealer's median and 95th percentile of positive late dollar-days (L)."""

    s: int
    l95: int


@dataclass(frozen=True, slots=True)
class DealerCurve:
    """What one dealer's ranking rests on; made once a night.

    `histogram` is (days late, invoices) of its settled invoices, by default a documented
    assumption; `broken_per_mille` is the dealer's own share of broken promises (μ).
    """

    histogram: Histogram = DEFAULT_HISTOGRAM
    s: int = FLOOR_DOLLARS
    l95: int = FLOOR_DOLLARS * LEAST_SPAN
    broken_per_mille: int = 0
    floor_dollars: int = FLOOR_DOLLARS


@dataclass(frozen=True, slots=True)
class Signals:
    """Facts of an account beside its payables; cents under promises not yet due per payable."""

    returned_recently: bool = False  # A payment came back within 90 days.
    promises: int = 0
    promises_broken: int = 0
    promised: Mapping[PayableId, int] | None = None


NO_SIGNALS = Signals()


@dataclass(frozen=True, slots=True)
class _Exposure:
    """What may be late: (age, cents) after credits and in-flight money, oldest first."""

    items: tuple[tuple[int, int], ...]

    @property
    def cents(self) -> int:
        return sum(cents for _, cents in self.items)

    @property
    def past_due_cents(self) -> int:
        return sum(cents for age, cents in self.items if age > 0)


def score(
    *,
    payables: Iterable[Payable],
    owed: Mapping[PayableId, Owed],
    own_history: Histogram,
    curve: DealerCurve,
    account: Account,
    today: date,
    time_zone: str = "UTC",
    signals: Signals = NO_SIGNALS,
) -> PriorityNote:
    """The priority of an account on `today`, the dealer's day, with the numbers that explain it.

    `own_history` is (days late, invoices) of the account's settled invoices.
    """
    if account.account_kind in {AccountKind.CASH, AccountKind.SYSTEM}:
        return PriorityNote(excluded=account.account_kind)
    exposure = _exposure(payables, owed, today, signals)
    if not exposure.items:
        return PriorityNote(excluded="nothing open")
    tables = blended_late_days(own_history, curve.histogram, exposure.items[0][0])
    late_cent_days, late_cents = _expected(exposure, tables)
    base = _base(late_cent_days / 100, curve)
    credit_use = _credit_use(exposure, account)
    lift = _lift(signals, curve, credit_use, exposure.past_due_cents)
    damped = _is_damped(account, today, time_zone)
    return PriorityNote(
        score_tenths=_tenths(min(HIGHEST, base + lift) * (CONTACTED_DAMP if damped else 1.0)),
        base_tenths=_tenths(base),
        lift_tenths=_tenths(lift),
        damped=damped,
        expected_late_cents=_whole(late_cents),
        expected_late_days=_whole(late_cent_days / late_cents) if late_cents else 0,
        own_invoices=sum(count for _, count in own_history),
        own_average_days_late=average_days_late(own_history),
        late_dollar_days=_whole(late_cent_days / 100),
        returned_recently=signals.returned_recently,
        promises_broken=signals.promises_broken,
        credit_use_percent=_whole(credit_use * 100),
    )


def scale(levels: Iterable[int], floor_dollars: int = FLOOR_DOLLARS) -> Scale:
    """s and L95 of a dealer from its accounts' `late_dollar_days`, with their floors.

    The nearest-rank median and 95th percentile of the positive levels.
    """
    positive = sorted(level for level in levels if level > 0)
    s = max(_percentile(positive, 50), floor_dollars)
    return Scale(s, max(_percentile(positive, 95), LEAST_SPAN * s))


def _exposure(
    payables: Iterable[Payable], owed: Mapping[PayableId, Owed], today: date, signals: Signals
) -> _Exposure:
    promised = signals.promised or {}
    taken_off = 0
    items: list[tuple[int, int]] = []
    for payable in payables:
        standing = owed.get(payable.payable_id)
        if standing is None or payable.in_query or not standing.owed_cents:
            continue
        if payable.kind is PayableKind.CREDIT:
            taken_off += standing.available_cents
            continue
        taken_off += standing.in_flight_cents
        cents = standing.owed_cents - promised.get(payable.payable_id, 0)
        if cents > 0:
            items.append((days_past_due(payable, today), cents))
    items.sort(reverse=True)
    return _Exposure(_without(items, taken_off))


def _without(items: Sequence[tuple[int, int]], taken_off: int) -> tuple[tuple[int, int], ...]:
    """The items less an amount taken off the oldest first."""
    left = []
    for age, cents in items:
        covered = min(cents, taken_off)
        taken_off -= covered
        if cents > covered:
            left.append((age, cents - covered))
    return tuple(left)


def _expected(exposure: _Exposure, tables: LateDays) -> tuple[float, float]:
    """L in cent-days, and the cents expected to be late at all in the next 30 days."""
    cent_days = sum(cents * tables.expected(age) for age, cents in exposure.items)
    late_cents = sum(cents * tables.probability(age) for age, cents in exposure.items)
    return cent_days, late_cents


def _base(late_dollar_days: float, curve: DealerCurve) -> float:
    s = max(curve.s, curve.floor_dollars)
    l95 = max(curve.l95, LEAST_SPAN * s)
    return HIGHEST * min(1.0, log1p(late_dollar_days / s) / log1p(l95 / s))


def _credit_use(exposure: _Exposure, account: Account) -> float:
    return exposure.cents / account.credit_limit_cents if account.credit_limit_cents > 0 else 0.0


def _lift(signals: Signals, curve: DealerCurve, credit_use: float, past_due_cents: int) -> float:
    broken = 0.0
    if signals.promises_broken:
        prior = 2 * curve.broken_per_mille / 1000
        broken = BROKEN_LIFT * (signals.promises_broken + prior) / (signals.promises + 2)
    stretched = min(1.0, max(0.0, (credit_use - CREDIT_USE_FROM) / CREDIT_USE_SPAN))
    returned = RETURNED_LIFT if signals.returned_recently else 0.0
    lift = min(HIGHEST_LIFT, returned + broken + CREDIT_LIFT * stretched)
    return lift * min(1.0, past_due_cents / (100 * curve.floor_dollars))


def _is_damped(account: Account, today: date, time_zone: str) -> bool:
    if account.last_contact_at is None:
        return False
    contact_day = dealer_day(account.last_contact_at, time_zone)
    return business_days_since(contact_day, today) <= CONTACTED_BUSINESS_DAYS


def _percentile(ordered: Sequence[int], percent: int) -> int:
    if not ordered:
        return 0
    rank = -(-len(ordered) * percent // 100)
    return ordered[rank - 1]


def _tenths(value: float) -> int:
    return _whole(value * 10)


def _whole(value: float) -> int:
    return int(value + 0.5)
