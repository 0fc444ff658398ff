"""What surrounds every page: names, navigation, messages, CSRF token and freshness of the data."""

from __future__ import annotations

from dataclasses import dataclass

TONES = ("plain", "good", "info", "warn", "bad", "chip")


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One link of the navigation; `count` > 0 shows how many things wait there."""

    label: str
    href: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Flash:
    """One sentence about what just happened; `tone` is one of TONES."""

    text: str
    tone: str = "info"


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """A rejected form field: `field` is its form name, `message` says what to do."""

    field: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A status in words with a tone of TONES; red (`bad`) is for past due and failures only."""

    label: str
    tone: str = "plain"
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Action:
    """A form button. If it can't apply, `blocked_because` says why and what to do instead."""

    label: str
    url: str
    blocked_because: str = ""
    confirm: str = ""


@dataclass(frozen=True, kw_only=True)
class Chrome:
    """Filled by the entry point from the session, the dealer's settings and the last ERP sync.

    `dealer_name` is the brand at the top (the product's name when no dealer is known).
    `as_of` is an ISO date-time already in the dealer's zone, `zone` its short name ("PST").
    `csrf` is the session-bound form token. Signed-out pages leave nav and signed_in_* empty.
    """

    title: str
    dealer_name: str
    csrf: str
    nav: tuple[NavItem, ...] = ()
    signed_in_name: str = ""
    signed_in_detail: str = ""
    flash: Flash | None = None
    errors: tuple[FieldError, ...] = ()
    as_of: str = ""
    zone: str = ""
    currency: str = "USD"
    dealer_phone: str = ""
    dealer_email: str = ""
    demo: bool = False


def portal_nav(current: str) -> tuple[NavItem, ...]:
    """The payer's navigation with the item labelled `current` marked."""
    items = (("Outstanding", "/outstanding"), ("Payments", "/payments"), ("Help", "/help"))
    return tuple(NavItem(label=name, href=to, current=name == current) for name, to in items)


def console_nav(current: str) -> tuple[NavItem, ...]:
    """The operator's navigation with the item labelled `current` marked."""
    items = (
        ("Customers", "/console/customers"),
        ("Payments", "/console/payments"),
        ("Integration", "/console/integration"),
        ("Settings", "/console/settings"),
        ("Help", "/console/help"),
    )
    return tuple(NavItem(label=name, href=to, current=name == current) for name, to in items)
