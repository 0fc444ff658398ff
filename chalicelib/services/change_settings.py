"""A dealer's settings as an administrator changes them; every change is kept with who and when."""

from dataclasses import asdict, dataclass, replace
from datetime import date

from chalicelib.domain.days import dealer_day, is_time_zone
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import DealerId
from chalicelib.services.keep_settings import keep_settings, told_changes
from chalicelib.services.world import World
from chalicelib.storage.accounts import LogEntry
from chalicelib.storage.dealer_log import list_dealer_log
from chalicelib.storage.dealers import fresh_dealer

LONGEST_TEXT = 200
LIMITS = {
    "hold_hours": (0, 72, "hours"),
    "invitation_days": (1, 60, "days"),
    "ach_flat_cents": (0, 10_000, "cents"),
    "refund_limit_cents": (0, 100_000_000, "cents"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the page edits; the fee in cents, 0 = the dealer bears it."""

    name: str
    phone: str
    address: str
    time_zone: str  # Of the IANA database, "America/Denver".
    hold_hours: int
    invitation_days: int
    ach_flat_cents: int
    refund_limit_cents: int  # Above it an administrator approves; 0 = no limit.
    auto_post: bool
    statements_on: bool
    books_closed_through: str  # ISO day; "" = nothing closed.


def settings_of(dealer: Dealer) -> Settings:
    """The dealer's settings as the page edits them."""
    return Settings(
        name=dealer.name,
        phone=dealer.phone,
        address=dealer.address,
        time_zone=dealer.time_zone,
        hold_hours=dealer.hold_hours,
        invitation_days=dealer.invitation_days,
        ach_flat_cents=dealer.fees.ach_flat_cents,
        refund_limit_cents=dealer.refund_limit_cents,
        auto_post=dealer.auto_post,
        statements_on=dealer.statements_on,
        books_closed_through=dealer.books_closed_through,
    )


def view_settings(
    world: World,  # noqa: ARG001  Every use case takes the world first.
    dealer_id: DealerId,
) -> tuple[Dealer, tuple[LogEntry, ...]]:
    """The dealer as it is now, and the newest lines of its audit log."""
    return fresh_dealer(dealer_id), list_dealer_log(dealer_id)


def change_settings(
    world: World, dealer_id: DealerId, *, settings: Settings, read_version: int, operator: str
) -> Dealer:
    """Store the settings with a line of audit; nothing is written if nothing changed.

    Raises InvalidInput, Conflict if somebody changed them since the page was opened.
    """
    dealer = fresh_dealer(dealer_id)
    _check(settings, dealer_day(world.clock.now(), dealer.time_zone))
    before, now = asdict(settings_of(dealer)), asdict(settings)
    changes = told_changes(before, now)
    if not changes:
        return dealer
    own = {name: value for name, value in now.items() if name != "ach_flat_cents"}
    fees = replace(dealer.fees, ach_flat_cents=settings.ach_flat_cents)
    changed = replace(dealer, **own, fees=fees)
    return keep_settings(world, changed, read_version=read_version, operator=operator, what=changes)


def _check(settings: Settings, today: date) -> None:
    fields = {}
    for name, (least, most, unit) in LIMITS.items():
        if not least <= getattr(settings, name) <= most:
            fields[name] = f"Between {least} and {most} {unit}."
    if not settings.name:
        fields["name"] = "Type the company's name."
    for name in ("name", "phone", "address"):
        if len(getattr(settings, name)) > LONGEST_TEXT:
            fields[name] = f"At most {LONGEST_TEXT} characters."
    if not is_time_zone(settings.time_zone):
        fields["time_zone"] = "Choose a time zone like America/Denver."
    if settings.books_closed_through > today.isoformat():
        fields["books_closed_through"] = "A day that is over, or today."
    if fields:
        raise InvalidInput("Please correct the settings: " + " ".join(fields.values()), fields)
