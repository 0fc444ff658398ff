"""The daily-volume chart above Incoming Payments, as the numbers its SVG is drawn from."""

from collections.abc import Mapping
from datetime import date, timedelta

from chalicelib.rendering.views.incoming import DailyVolume, DayVolume
from chalicelib.services.list_payments import PaymentPage

LONGEST_DAYS, FEWEST_DAYS = 60, 14
WIDTH, HEIGHT, GAP = 1200, 96, 4


def daily_volume(found: PaymentPage) -> DailyVolume | None:
    """Every day from the first (at most 60 back) to the last with a payment; None without one."""
    if not found.days:
        return None
    last = max(found.days)
    first = max(min(found.days), last - timedelta(days=LONGEST_DAYS - 1))
    first = min(first, last - timedelta(days=FEWEST_DAYS - 1))
    shown = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    most = max(found.days.get(day, (0, 0))[1] for day in shown)
    step = WIDTH // len(shown)
    return DailyVolume(
        days=tuple(
            _day(found.days, day, n * step, step - GAP, most) for n, day in enumerate(shown)
        ),
        most_cents=most,
        width=step * len(shown),
        height=HEIGHT,
        is_exact=found.is_exact,
    )


def _day(
    days: Mapping[date, tuple[int, int]], day: date, left: int, width: int, most_cents: int
) -> DayVolume:
    count, cents = days.get(day, (0, 0))
    # A day with any money is at least a sliver high, so it is never invisible.
    height = max(2, (HEIGHT - 2) * cents // most_cents) if cents else 0
    return DayVolume(
        on=day.isoformat(), count=count, cents=cents, x=left, width=width, height=height
    )
