"""Switching the surcharge on: what is refused, and that its examples are what payers pay."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attestations import SURCHARGE, SURCHARGE_VERSION
from chalicelib.domain.cards import CardFacts
from chalicelib.domain.fees import NETWORK_CAPS, STATE_CAPS, FeePolicy, surcharge_cents
from chalicelib.domain.ids import MethodId
from chalicelib.domain.surcharging import (
    NETWORK_WORDS,
    Decider,
    examples,
    forbidden_because,
    refusals,
)
from chalicelib.domain.us_states import US_STATES

DAY = date(2026, 11, 23)
ASKED = FeePolicy(card_basis_points=350, state="OR")
# SHA-256 of each version's words. A version somebody attested to must never change.
WORDS = {"surcharge-2026-11": "3d83b5e0d69629ca"}


def test_the_words_of_a_version_never_change() -> None:
    now = {
        version: hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
        for version, words in SURCHARGE.items()
    }

    assert now == WORDS
    assert SURCHARGE_VERSION in SURCHARGE


@pytest.mark.parametrize(
    ("state", "word"), [("CT", "Connecticut"), ("MA", "Massachusetts"), ("ME", "Maine")]
)
def test_a_state_that_forbids_surcharges_refuses(state: str, word: str) -> None:
    found = refusals(replace(ASKED, state=state), DAY)

    assert found == {"state": f"{word} forbids surcharges on credit cards."}


def test_a_state_forbids_from_its_rules_day_on() -> None:
    assert forbidden_because("CT", date(2017, 9, 30)) == ""
    assert forbidden_because("CT", date(2017, 10, 1)) != ""


@pytest.mark.parametrize("state", ["", "XX", "PR", "co", "Colorado"])
def test_no_state_and_an_unknown_one_are_refused(state: str) -> None:
    assert set(refusals(replace(ASKED, state=state), DAY)) == {"state"}


def test_a_day_without_any_networks_rule_is_refused() -> None:
    first = min(cap.valid_from for cap in NETWORK_CAPS)

    assert "No card network’s rule" in forbidden_because("OR", date(2013, 1, 26))
    assert forbidden_because("OR", first) == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"card_basis_points": 0}, "asked_percent"),
        ({"card_basis_points": 1_001}, "asked_percent"),
        ({"card_flat_cents": 501}, "asked_flat"),
        ({"cost_basis_points": 1_001}, "cost_percent"),
        ({"cost_flat_cents": 501}, "cost_flat"),
        ({"cost_basis_points": 0, "cost_flat_cents": 0}, "cost_percent"),
    ],
)
def test_a_rate_outside_its_limits_is_refused(change: dict[str, int], field: str) -> None:
    assert set(refusals(replace(ASKED, **change), DAY)) == {field}


def test_what_may_be_switched_on_is_refused_nothing() -> None:
    assert refusals(ASKED, DAY) == {}


@pytest.mark.parametrize(
    ("policy", "fees"),
    [
        # 3.5 % asked; Visa 3 %, Mastercard 4 %; (2.9 % + $0.30) ÷ 97.1 % is the dearest possible.
        (
            ASKED,
            [
                (300, Decider.NETWORK), (3_000, Decider.NETWORK), (29_897, Decider.COST),
                (329, Decider.COST), (3_017, Decider.COST), (29_897, Decider.COST),
            ],
        ),
        (replace(ASKED, state="CO"), [(200, Decider.STATE), (2_000, Decider.STATE),
                                      (20_000, Decider.STATE)] * 2),
        (replace(ASKED, card_basis_points=150), [(150, Decider.ASKED), (1_500, Decider.ASKED),
                                                 (15_000, Decider.ASKED)] * 2),
    ],
)  # fmt: skip
def test_the_examples_say_what_and_why(policy: FeePolicy, fees: list[tuple[int, Decider]]) -> None:
    shown = examples(policy, DAY)

    assert [(example.fee_cents, example.decider) for example in shown] == fees


@given(
    bp=st.integers(1, 1_000), flat=st.integers(0, 500), cost=st.integers(1, 1_000),
    state=st.sampled_from(sorted(US_STATES)),
)  # fmt: skip
def test_an_example_is_what_a_payer_pays(bp: int, flat: int, cost: int, state: str) -> None:
    policy = FeePolicy(
        card_basis_points=bp, card_flat_cents=flat, cost_basis_points=cost, state=state
    )
    on = replace(policy, surcharge_on=True, surcharge_attested_by="Dana")

    for example in examples(policy, DAY):
        card = CardFacts(MethodId("pm_1"), example.network, "credit")
        paid = surcharge_cents(on, card=card, before_fee_cents=example.before_fee_cents, day=DAY)
        assert example.fee_cents == paid


def test_every_rule_has_a_name_people_know() -> None:
    assert {cap.name for cap in NETWORK_CAPS} == set(NETWORK_WORDS)
    assert {cap.name for cap in STATE_CAPS} <= set(US_STATES)
