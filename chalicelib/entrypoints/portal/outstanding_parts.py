"""Outstanding's pieces: what is asked for, the toggle, the filters, the statement's strip."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.aging import Bucket
from chalicelib.domain.quotes import View
from chalicelib.entrypoints.filters import href
from chalicelib.entrypoints.forms import Form
from chalicelib.entrypoints.presenting import zone_name, zoned
from chalicelib.rendering.views import outstanding as views
from chalicelib.rendering.views.figures import HiddenField, Link, Option, SelectFilter
from chalicelib.services.view_outstanding import LATE, Narrowing, Outstanding
from chalicelib.services.view_statement import StatementStanding

PATH = "/outstanding"
VIEWS = (
    (View.ALL, "All"),
    (View.STATEMENT, "Current Statement"),
    (View.NEW_CHARGES, "New Charges"),
)
AGES = (
    ("", "Any age"),
    (LATE, "Past due"),
    (Bucket.CURRENT.value, "Not past due"),
    (Bucket.DAYS_1_30.value, "1–30 days late"),
    (Bucket.DAYS_31_60.value, "31–60 days late"),
    (Bucket.DAYS_61_90.value, "61–90 days late"),
    (Bucket.DAYS_91_UP.value, "91+ days late"),
)
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Said:
    """What a refused form had ticked and typed, and the problems by document."""

    payables: frozenset[str] = frozenset()
    jobs: frozenset[str] = frozenset()
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


NOTHING = Said()


def asked_for(said: Form) -> Narrowing:
    """What the address or form asks to see; what it does not know shows everything."""
    view, age = said.get("view"), said.get("age")
    return Narrowing(
        view=View(view) if view in set(View) else View.ALL,
        text=said.get("q")[:LONGEST_SEARCH],
        age=age if age in dict(AGES) else "",
    )


def parameters(shown: Narrowing) -> dict[str, str]:
    """The query that asks for the same again."""
    view = "" if shown.view is View.ALL else shown.view.value
    return {"view": view, "q": shown.text, "age": shown.age}


def kept_fields(shown: Narrowing) -> tuple[HiddenField, ...]:
    """What a ticked job needs to mean the rows that were shown."""
    kept = {**parameters(shown), "view": shown.view.value}
    return tuple(HiddenField(name=name, value=value) for name, value in kept.items() if value)


def view_links(found: Outstanding) -> tuple[Link, ...]:
    """All, Current Statement, New Charges; nothing for an account without a statement."""
    if found.statement is None:
        return ()
    kept = parameters(found.shown)
    return tuple(
        Link(
            label=label,
            href=href(PATH, kept, view="" if view is View.ALL else view.value),
            current=view is found.shown.view,
        )
        for view, label in VIEWS
    )


def filters(shown: Narrowing) -> tuple[SelectFilter, ...]:
    """The age box."""
    options = tuple(
        Option(value=value, label=label, selected=value == shown.age) for value, label in AGES
    )
    return (SelectFilter(name="age", label="Age", options=options),)


def strip(found: Outstanding) -> views.StatementStrip | None:
    """The current statement above All and above itself."""
    standing = found.statement
    if standing is None or found.shown.view is View.NEW_CHARGES:
        return None
    statement, until = standing.statement, standing.saves_until
    return views.StatementStrip(
        number=statement.statement_id,
        closed_on=statement.closed_on.isoformat(),
        balance_cents=statement.balance_cents,
        due_on=statement.due_day.isoformat(),
        open_cents=standing.open_cents,
        difference_cents=standing.difference_cents,
        in_flight_cents=standing.in_flight_cents,
        in_query_cents=standing.in_query_cents,
        other_credits_cents=standing.other_credits_cents,
        pay_cents=standing.charged_cents,
        discount_cents=standing.saving_cents,
        discount_until=zoned(found.dealer, until),
        discount_zone=zone_name(found.dealer, until) if until else "",
    )


def bar(found: Outstanding) -> views.Bar:
    """What the running total needs to say what the preview will charge by ACH."""
    standing = found.statement
    is_whole_shown = (
        found.shown.view is View.STATEMENT and not found.shown.text and not found.shown.age
    )
    fee_cents = found.dealer.fees.ach_flat_cents
    if standing is None or not is_whole_shown or not standing.saving_cents:
        return views.Bar(fee_cents=fee_cents)
    return _statement_bar(standing, fee_cents)


def _statement_bar(standing: StatementStanding, fee_cents: int) -> views.Bar:
    return views.Bar(
        fee_cents=fee_cents,
        frozen_discount_cents=standing.statement.discount_cents,
        frozen_base_cents=standing.statement.discount_base_cents,
        saving_cents=standing.saving_cents,
    )
