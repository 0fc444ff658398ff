"""Switching the card surcharge on: what the rules table forbids, and what a payer would pay."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from chalicelib.domain.cards import CardFacts
from chalicelib.domain.fees import (
    CREDIT,
    NETWORK_CAPS,
    STATE_CAPS,
    Cap,
    FeePolicy,
    acceptance_cost_cents,
    asked_cents,
    cap_on,
    surcharge_cents,
)
from chalicelib.domain.ids import MethodId
from chalicelib.domain.us_states import US_STATES

MOST_BASIS_POINTS = 1_000
MOST_FLAT_CENTS = 500
SAMPLES_CENTS = (10_000, 100_000, 1_000_000)  # The amounts before the fee that the page shows.
NETWORK_WORDS = {"visa": "Visa", "mastercard": "Mastercard"}
FIELDS = {  # Of the form, and what each is in the policy.
    "asked_percent": "card_basis_points",
    "asked_flat": "card_flat_cents",
    "cost_percent": "cost_basis_points",
    "cost_flat": "cost_flat_cents",
}
_LIMITS = {
    "asked_percent": (1, MOST_BASIS_POINTS, "From 0.01 to 10.00 percent."),
    "asked_flat": (0, MOST_FLAT_CENTS, "From 0.00 to 5.00."),
    "cost_percent": (0, MOST_BASIS_POINTS, "From 0.00 to 10.00 percent."),
    "cost_flat": (0, MOST_FLAT_CENTS, "From 0.00 to 5.00."),
}


class Decider(StrEnum):
    """What a surcharge is limited by; the first of equals is named."""

    ASKED = "asked"
    NETWORK = "network"
    STATE = "state"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Example:
    """A credit card's surcharge on one amount before the fee, in cents."""

    network: str
    before_fee_cents: int
    fee_cents: int
    decider: Decider


def refusals(policy: FeePolicy, day: date) -> dict[str, str]:
    """Why the surcharge may not be switched on that day, by form field; {} if it may."""
    found = {}
    for name, (least, most, sentence) in _LIMITS.items():
        if not least <= getattr(policy, FIELDS[name]) <= most:
            found[name] = sentence
    if not policy.cost_basis_points and not policy.cost_flat_cents:
        found["cost_percent"] = "Say what a credit card costs you; no more can be asked."
    forbidden = forbidden_because(policy.state, day)
    return {**found, "state": forbidden} if forbidden else found


def forbidden_because(state: str, day: date) -> str:
    """The sentence why no surcharge is possible in a state on a day, "" if one is."""
    if state not in US_STATES:
        return "Choose the state of your place of business."
    if not networks_on(day):
        return f"No card network’s rule is in force on {day.isoformat()}: nothing may be asked."
    cap = cap_on(STATE_CAPS, state, day)
    if cap is not None and not cap.basis_points:
        return f"{US_STATES[state]} forbids surcharges on credit cards."
    return ""


def networks_on(day: date) -> tuple[str, ...]:
    """The networks whose rule allows a surcharge on a day, in the table's order."""
    names = dict.fromkeys(cap.name for cap in NETWORK_CAPS)
    caps = {name: cap_on(NETWORK_CAPS, name, day) for name in names}
    return tuple(name for name, cap in caps.items() if cap and cap.basis_points)


def examples(policy: FeePolicy, day: date) -> tuple[Example, ...]:
    """What payers would pay if the policy were switched on, per network and sample amount."""
    on = replace(policy, surcharge_on=True, surcharge_attested_by="an example")
    return tuple(_example(on, name, cents, day) for name in networks_on(day)
                 for cents in SAMPLES_CENTS)  # fmt: skip


def _example(on: FeePolicy, network: str, cents: int, day: date) -> Example:
    card = CardFacts(MethodId("example"), network, CREDIT)
    fee = surcharge_cents(on, card=card, before_fee_cents=cents, day=day)
    decider = next(name for name, limit in _limits(on, network, cents, day) if limit == fee)
    return Example(network, cents, fee, decider)


def _limits(on: FeePolicy, network: str, cents: int, day: date) -> Iterator[tuple[Decider, int]]:
    yield Decider.ASKED, asked_cents(on, cents)
    for decider, caps, name in (
        (Decider.NETWORK, NETWORK_CAPS, network),
        (Decider.STATE, STATE_CAPS, on.state),
    ):
        cap = cap_on(caps, name, day)
        if cap is not None:
            yield decider, cap.cents_of(cents)
    yield Decider.COST, acceptance_cost_cents(on, cents)


def rules_on(state: str, day: date) -> tuple[Cap, ...]:
    """The rules in force in a state: each network’s, then the state’s own if it has one."""
    found = [cap_on(NETWORK_CAPS, name, day) for name in networks_on(day)]
    return tuple(cap for cap in (*found, cap_on(STATE_CAPS, state, day)) if cap is not None)
