"""The fee line: flat for ACH; the credit-card surcharge only where every rule allows it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cards import CardFacts
from chalicelib.domain.fees import FeePolicy, acceptance_cost_cents, fee_cents, surcharge_cents
from chalicelib.domain.ids import MethodId
from tests.domain.builders import a_dealer

DAY = date(2026, 11, 23)
VISA = CardFacts(MethodId("pm_1"), "visa", "credit")
MASTERCARD = replace(VISA, brand="mastercard")
ON = FeePolicy(
    surcharge_on=True, surcharge_attested_by="Dana", state="OR",
    card_basis_points=1_000, card_flat_cents=0,
)  # fmt: skip


def asked(
    policy: FeePolicy, cents: int = 100_000, card: CardFacts | None = VISA, day: date = DAY
) -> int:
    return surcharge_cents(policy, card=card, before_fee_cents=cents, day=day)


def test_it_ships_switched_off() -> None:
    assert asked(a_dealer().fees) == asked(FeePolicy(card_basis_points=300)) == 0


@pytest.mark.parametrize(
    "policy",
    [
        replace(ON, surcharge_on=False),
        replace(ON, surcharge_attested_by=""),
        replace(ON, state=""),
    ],
)
def test_a_dealer_must_switch_it_on_attest_and_say_where_it_is(policy: FeePolicy) -> None:
    assert asked(policy) == 0


@pytest.mark.parametrize("funding", ["debit", "prepaid", "unknown", ""])
def test_only_credit_is_ever_surcharged(funding: str) -> None:
    assert asked(ON, card=replace(VISA, funding=funding)) == 0


@pytest.mark.parametrize("card", [None, replace(VISA, brand="unknown")])
def test_an_unknown_card_or_network_is_not_surcharged(card: CardFacts | None) -> None:
    assert asked(ON, card=card) == 0


@pytest.mark.parametrize(
    ("cents", "grossed_up", "fee"),
    [
        (100_000, 3_017, 3_000),
        (230_000, 6_900, 6_900),
        (230_769, 6_923, 6_923),
        (1_000_000, 29_897, 29_897),
    ],
)
def test_grossed_up_cost_breaks_a_3_percent_cap_below_2307_69(
    cents: int, grossed_up: int, fee: int
) -> None:
    """money.md, Fees: (cents · 2.9 % + $0.30) ÷ 97.1 % against 3 % of cents."""
    assert acceptance_cost_cents(ON, cents) == grossed_up
    assert asked(ON, cents) == fee


def test_just_below_the_boundary_the_cap_decides_and_above_it_the_cost() -> None:
    below, above = 220_000, 240_000

    assert acceptance_cost_cents(ON, below) > asked(ON, below) == below * 3 // 100
    assert asked(ON, above) == acceptance_cost_cents(ON, above) < above * 3 // 100


@pytest.mark.parametrize(
    ("policy", "card", "fee"),
    [
        (replace(ON, card_basis_points=250), VISA, 2_500),
        (replace(ON, card_basis_points=0, card_flat_cents=99), VISA, 99),
        (ON, MASTERCARD, 3_017),
        (replace(ON, state="CO"), MASTERCARD, 2_000),
        (replace(ON, state="OK"), MASTERCARD, 2_000),
        (replace(ON, state="CT"), VISA, 0),
        (replace(ON, cost_basis_points=150, cost_flat_cents=0), VISA, 1_522),
    ],
)
def test_the_smallest_of_asked_network_state_and_cost_counts(
    policy: FeePolicy, card: CardFacts, fee: int
) -> None:
    assert asked(policy, card=card) == fee


def test_a_rule_counts_from_its_day_on() -> None:
    colorado = replace(ON, state="CO")

    assert asked(colorado, card=MASTERCARD, day=date(2022, 6, 30)) == 3_017
    assert asked(colorado, card=MASTERCARD, day=date(2022, 7, 1)) == 2_000
    assert asked(ON, day=date(2023, 4, 14)) == 0


def test_ach_pays_its_flat_fee_and_nothing_moves_at_zero() -> None:
    policy = replace(ON, ach_flat_cents=150)

    fees = [
        fee_cents(policy, method_kind=kind, card=card, before_fee_cents=cents, day=DAY)
        for kind, card, cents in (("ach", None, 1_000), ("ach", None, 0), ("card", VISA, 0))
    ]

    assert fees == [150, 0, 0]


@given(cents=st.integers(0, 10**9), bp=st.integers(0, 1_000), flat=st.integers(0, 1_000))
def test_a_surcharge_never_breaks_a_cap(cents: int, bp: int, flat: int) -> None:
    fee = asked(replace(ON, card_basis_points=bp, card_flat_cents=flat), cents)

    assert 0 <= fee * 10_000 <= cents * 300
    assert fee <= acceptance_cost_cents(ON, cents)
