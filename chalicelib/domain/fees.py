"""The one fee line of a payment: a flat ACH fee, or the credit-card surcharge (money.md, Fees).

The surcharge rules below ship switched off: a dealer switches them on and attests to having
checked them. What the table does not know may not be surcharged, so its fee is 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.cards import CardFacts

BASIS_POINTS = 10_000
CREDIT = "credit"  # Never debit, prepaid or unknown (card networks' rules, Durbin amendment).


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """Who pays what; rates in basis points of the amount before the fee, flats in cents.

    `cost_*` is what accepting a credit card costs the dealer: percent and flat of what is charged.
    """

    ach_flat_cents: int = 0  # 0: the dealer bears the cost.
    surcharge_on: bool = False
    surcharge_attested_by: str = ""  # The operator who attested; without one nothing is asked.
    surcharge_attested_at: datetime | None = None
    surcharge_attestation: str = ""  # Version of the words, domain/attestations.py.
    card_basis_points: int = 0
    card_flat_cents: int = 0
    cost_basis_points: int = 290
    cost_flat_cents: int = 30
    state: str = ""  # Of the dealer's place of business, "CO".


@dataclass(frozen=True, slots=True)
class Cap:
    """The highest surcharge one rule allows from a day on, in basis points; 0 forbids it."""

    name: str  # A network's, "visa", or a state's, "CO".
    valid_from: date
    basis_points: int

    def cents_of(self, before_fee_cents: int) -> int:
        """The most this rule allows on an amount, rounded down, in cents."""
        return before_fee_cents * self.basis_points // BASIS_POINTS


NETWORK_CAPS = (
    Cap("visa", date(2023, 4, 15), 300),
    Cap("mastercard", date(2013, 1, 27), 400),
)
# A state without a row of its own has no cap of its own: network and cost of acceptance remain.
STATE_CAPS = (
    Cap("CO", date(2022, 7, 1), 200),
    Cap("CT", date(2017, 10, 1), 0),
    Cap("MA", date(1981, 1, 1), 0),
    Cap("ME", date(2011, 9, 28), 0),
    Cap("OK", date(2025, 11, 1), 200),
)


def fee_cents(
    policy: FeePolicy, *, method_kind: str, card: CardFacts | None, before_fee_cents: int, day: date
) -> int:
    """The fee on an amount before the fee, in cents; nothing moves at 0, so nothing is asked."""
    if before_fee_cents <= 0:
        return 0
    if method_kind == "ach":
        return policy.ach_flat_cents
    return surcharge_cents(policy, card=card, before_fee_cents=before_fee_cents, day=day)


def surcharge_cents(
    policy: FeePolicy, *, card: CardFacts | None, before_fee_cents: int, day: date
) -> int:
    """min(asked, network cap, state cap, cost of acceptance), rounded down, in cents.

    0 unless switched on, attested to, and the card is known to be a credit card of a known network.
    """
    if not (policy.surcharge_on and policy.surcharge_attested_by and policy.state):
        return 0
    if card is None or card.funding != CREDIT:
        return 0
    network = cap_on(NETWORK_CAPS, card.brand, day)
    if network is None:
        return 0
    state = cap_on(STATE_CAPS, policy.state, day)
    highest = min(cap.cents_of(before_fee_cents) for cap in (network, state) if cap is not None)
    cost = acceptance_cost_cents(policy, before_fee_cents)
    return min(asked_cents(policy, before_fee_cents), highest, cost)


def asked_cents(policy: FeePolicy, before_fee_cents: int) -> int:
    """What the dealer asks before any cap, rounded down, in cents."""
    percent = before_fee_cents * policy.card_basis_points // BASIS_POINTS
    return percent + policy.card_flat_cents


def acceptance_cost_cents(policy: FeePolicy, before_fee_cents: int) -> int:
    """What the processor keeps when the fee is charged on top (grossed up), rounded down, cents."""
    kept = before_fee_cents * policy.cost_basis_points + policy.cost_flat_cents * BASIS_POINTS
    return kept // (BASIS_POINTS - policy.cost_basis_points)


def cap_on(caps: Iterable[Cap], name: str, day: date) -> Cap | None:
    """The rule of that name in force on a day, or None."""
    valid = [cap for cap in caps if cap.name == name and cap.valid_from <= day]
    return max(valid, key=lambda cap: cap.valid_from, default=None)
