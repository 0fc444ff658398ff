"""Days as the dealer counts them: every date rule uses the dealer's own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UTC_NAME, NO_AREAS = "UTC", ("posix", "right")  # The latter count leap seconds.
SATURDAY = 5


@lru_cache(maxsize=64)
def _zone(time_zone: str) -> ZoneInfo:
    return ZoneInfo(time_zone)


def is_time_zone(name: str) -> bool:
    """True for a zone of the IANA database by its area and place, "America/Denver", or "UTC"."""
    area, _, place = name.partition("/")
    if name != UTC_NAME and (not place or area in NO_AREAS):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder, a name too long.
        return False
    return True


def dealer_day(at: datetime, time_zone: str) -> date:
    """The calendar day of an aware moment in the IANA zone; an invoice turns past due at midnight.

    Raises ValueError for a naive moment and ZoneInfoNotFoundError for an unknown zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(_zone(time_zone)).date()


def day_end(day: date, time_zone: str) -> datetime:
    """The last whole second of a day in the zone (23:59:59 there), as UTC."""
    return datetime.combine(day, time(23, 59, 59), _zone(time_zone)).astimezone(UTC)


def day_start(day: date, time_zone: str) -> datetime:
    """The first moment of a day in the zone, as UTC."""
    return datetime.combine(day, time(0), _zone(time_zone)).astimezone(UTC)


def moment_told(told: datetime | None, *, heard: datetime, after: datetime) -> datetime:
    """When it happened, as the processor tells it in whole seconds; when it was heard if not.

    Nothing happens before what it follows (`after`), nor later than it was heard.
    """
    return max(after, min(told or heard, heard))


def business_days_after(at: datetime, days: int) -> datetime:
    """The moment `days` Mondays to Fridays later; bank holidays are not known and may add a day."""
    while days:
        at += timedelta(days=1)
        days -= at.weekday() < SATURDAY
    return at


def business_days_since(earlier: date, today: date) -> int:
    """Mondays to Fridays after `earlier` up to and including `today`; 0 if it is not earlier."""
    if earlier >= today:
        return 0
    weeks, rest = divmod((today - earlier).days, 7)
    odd_days = (today - timedelta(days=back) for back in range(rest))
    return weeks * 5 + sum(1 for day in odd_days if day.weekday() < SATURDAY)
