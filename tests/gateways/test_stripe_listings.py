"""Lists by time on the real library: every page, only what lies between the bounds."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.payments import Authorization
from chalicelib.gateways.processor import ProcessorUnreachable
from chalicelib.gateways.stripe_processor import StripeProcessor
from sandbox.world import keys
from sandbox.world.clock import SandboxClock
from sandbox.world.stripe.deliveries import WebhookBasket
from sandbox.world.stripe.desk import BankToken
from sandbox.world.stripe.inprocess import BASE, InProcessStripe
from sandbox.world.stripe.world import StripeWorld

START = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
LONG_AGO, LATER = START - timedelta(days=1), START + timedelta(days=30)
ACCT = "acct_listed"
MANY = 103  # More than the 100 rows of one page.


@pytest.fixture
def world() -> StripeWorld:
    simulated = StripeWorld(
        SandboxClock(START, running=False), WebhookBasket(), seed="1", pause=lambda _: None
    )
    simulated.seed_account(ACCT)
    return simulated


@pytest.fixture
def processor(world: StripeWorld) -> StripeProcessor:
    return StripeProcessor(keys.STRIPE_SECRET_KEY, BASE, http_client=InProcessStripe(world))


def paid(world: StripeWorld, processor: StripeProcessor, count: int) -> None:
    customer = processor.ensure_customer(ACCT, key="c", name="Oak Homes", email="ap@oak.example")
    token = world.mint_bank_token(
        BankToken("FIRST DEMO", "021000021", "6789", "checking", "Oak Homes LLC")
    )
    evidence = Authorization("I authorize …", "1", START, "203.0.113.9")
    method = processor.attach_bank(
        ACCT, customer=customer, bank_token=token, authorization=evidence, key="bank"
    )
    for number in range(count):
        processor.charge(
            ACCT, method=method, amount_cents=1_000, currency="USD",
            payment_reference=f"P{number}", number=f"DP-{number}", key=f"k{number}",
        )  # fmt: skip


def test_intents_come_from_every_page_with_our_mark(
    world: StripeWorld, processor: StripeProcessor
) -> None:
    paid(world, processor, MANY)

    found = list(processor.list_intents(ACCT, since=LONG_AGO, until=LATER))

    assert sorted(it.payment_reference for it in found) == sorted(f"P{n}" for n in range(MANY))


def test_intents_outside_the_bounds_are_left_out(
    world: StripeWorld, processor: StripeProcessor
) -> None:
    paid(world, processor, 1)

    assert list(processor.list_intents(ACCT, since=LONG_AGO, until=START)) == []
    assert len(list(processor.list_intents(ACCT, since=START, until=LATER))) == 1


def test_movements_include_the_payouts_own_row_and_add_up_to_the_balance(
    world: StripeWorld, processor: StripeProcessor
) -> None:
    paid(world, processor, 2)
    world.desk.clock.advance(timedelta(days=4, hours=1))
    before = list(processor.list_movements(ACCT, since=LONG_AGO, until=LATER))
    held = processor.balance_cents(ACCT, "USD")
    world.desk.clock.advance(timedelta(days=1))
    after = list(processor.list_movements(ACCT, since=LONG_AGO, until=LATER))

    assert sum(row.net_cents for row in before) == held > 0
    assert sum(row.net_cents for row in after) == processor.balance_cents(ACCT, "USD") == 0
    assert [row.category for row in after].count("payout") == 1


def test_a_payout_says_when_it_can_be_explained(
    world: StripeWorld, processor: StripeProcessor
) -> None:
    paid(world, processor, 1)
    world.desk.clock.advance(timedelta(days=4, hours=6, minutes=30))
    fresh = list(processor.list_payouts(ACCT, since=LONG_AGO))
    world.desk.clock.advance(timedelta(hours=1))
    ready = list(processor.list_payouts(ACCT, since=LONG_AGO))

    assert [payout.is_reconciled for payout in fresh] == [False]
    assert [payout.is_reconciled for payout in ready] == [True]
    assert list(processor.list_payouts(ACCT, since=LATER)) == []


def test_a_list_that_is_not_answered_is_unknown_not_empty(
    world: StripeWorld, processor: StripeProcessor
) -> None:
    world.script.apply({"next_request": {"status": 503, "method": "GET"}})

    with pytest.raises(ProcessorUnreachable):
        list(processor.list_payouts(ACCT, since=LONG_AGO))
