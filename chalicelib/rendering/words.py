"""Template filters: cents, ISO dates and counts into the words and figures people read."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, datetime

from markupsafe import Markup

from chalicelib.domain.priority_words import tenths

from .views.figures import Aging

_SYMBOLS = {"USD": "$", "CAD": "CA$", "EUR": "€", "GBP": "£", "MXN": "MX$"}
_DASH = Markup('<span class="dash" aria-hidden="true">–</span><span class="sr">none</span>')
_BAR_UNITS = 1000
_LEAST_UNITS = 8
_GAP_UNITS = 3

currency_in_use: ContextVar[str] = ContextVar("currency_in_use", default="USD")


def money(cents: int) -> str:
    """-38650 → "−$386.50", with the sign of the page's currency before the figure."""
    symbol = _SYMBOLS.get(currency_in_use.get(), currency_in_use.get() + " ")
    sign = "−" if cents < 0 else ""
    return f"{sign}{symbol}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def money_or_blank(cents: int) -> str:
    """As `money`, but an empty bucket is an empty cell."""
    return money(cents) if cents else ""


def money_or_dash(cents: int) -> str:
    """As `money`, but nothing is a dash: for rows of sums."""
    return money(cents) if cents else _DASH


def day(iso: str) -> str:
    """ "2026-11-22" → "Nov 22, 2026"; a date-time's day is taken; "" stays ""."""
    if not iso:
        return ""
    on = date.fromisoformat(iso[:10])
    return f"{on:%b} {on.day}, {on.year}"


def moment(iso: str) -> str:
    """ "2026-11-22T06:00:00-08:00" → "Nov 22, 2026, 6:00 AM", in the zone it carries."""
    if not iso:
        return ""
    at = datetime.fromisoformat(iso)
    return f"{day(iso)}, {clock_time(iso)}" if at else ""


def clock_time(iso: str) -> str:
    """ "2026-11-22T18:05:00-08:00" → "6:05 PM", in the zone it carries."""
    at = datetime.fromisoformat(iso)
    return f"{at.hour % 12 or 12}:{at:%M} {'AM' if at.hour < 12 else 'PM'}"  # noqa: PLR2004


def counted(number: int, singular: str, plural: str = "") -> str:
    """(1, "invoice") → "1 invoice"; (2602, "invoice") → "2,602 invoices"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def aging_parts(aging: Aging) -> tuple[tuple[str, str, int], ...]:
    """The five buckets as (css class, label, cents), current first."""
    return (
        ("b0", "Current", aging.current_cents),
        ("b1", "1–30", aging.days_1_30_cents),
        ("b2", "31–60", aging.days_31_60_cents),
        ("b3", "61–90", aging.days_61_90_cents),
        ("b4", "Over 90", aging.days_91_up_cents),
    )


def bar_segments(aging: Aging) -> list[tuple[str, int, int]]:
    """(css class, x, width) of each non-empty bucket on a bar 1000 units wide.

    A bucket that holds anything is at least a sliver wide, so it is never invisible.
    """
    filled = [(css, cents) for css, _, cents in aging_parts(aging) if cents > 0]
    total = sum(cents for _, cents in filled)
    gaps = _GAP_UNITS * max(0, len(filled) - 1)
    spare = _BAR_UNITS - gaps - _LEAST_UNITS * len(filled)
    segments, reach = [], 0
    for css, cents in filled:
        width = _LEAST_UNITS + spare * cents // total
        if css == filled[-1][0]:
            width = _BAR_UNITS - reach
        segments.append((css, reach, width))
        reach += width + _GAP_UNITS
    return segments


def error_for(errors: tuple[object, ...], field: str) -> str:
    """The message for a form field, "" when it was accepted."""
    found = (getattr(error, "message", "") for error in errors if _names(error, field))
    return next(found, "")


def _names(error: object, field: str) -> bool:
    return getattr(error, "field", None) == field


FILTERS = {
    "money": money,
    "money_or_blank": money_or_blank,
    "money_or_dash": money_or_dash,
    "day": day,
    "moment": moment,
    "clock_time": clock_time,
    "counted": counted,
    "tenths": tenths,
    "aging_parts": aging_parts,
    "bar_segments": bar_segments,
    "error_for": error_for,
}
