"""Cards through the real stripe library: added on the hosted page, charged with the payer there."""

from datetime import timedelta

import pytest
from ulid import ULID

from chalicelib.domain.payments import Method
from chalicelib.gateways.processor import Intent, ProcessorRefused, ProcessorUnreachable
from chalicelib.gateways.stripe_processor import StripeProcessor
from sandbox.world import keys
from sandbox.world.stripe.checkout import DEMO_CARDS, answer_challenge, choose_card
from sandbox.world.stripe.inprocess import BASE, InProcessStripe
from tests.sandbox.builders import ACCOUNT, Processor

BACK = "https://pay.example/payments/01P/returned"


@pytest.fixture
def simulated() -> Processor:
    return Processor()


@pytest.fixture
def processor(simulated: Processor) -> StripeProcessor:
    client = InProcessStripe(simulated.world)
    return StripeProcessor(keys.STRIPE_SECRET_KEY, BASE, http_client=client)


def visit(processor: StripeProcessor, *, company: str = "co-1") -> str:
    customer = processor.ensure_customer(ACCOUNT, key="c", name="Oak", email="ap@oak.example")
    url = processor.card_page(
        ACCOUNT, customer=customer, company=company, back_url="https://pay.example/cards?visit=",
        cancel_url="https://pay.example/quotes/Q1", key=f"page-{ULID()}",
    )  # fmt: skip
    return url.rpartition("/")[2]


def add(simulated: Processor, processor: StripeProcessor, name: str) -> Method:
    visit_id = visit(processor)
    back = choose_card(simulated.world.desk, visit_id, name)
    assert back == f"https://pay.example/cards?visit={visit_id}"
    method = processor.added_card(ACCOUNT, visit_id).method
    assert method is not None
    return method


def charge(processor: StripeProcessor, method: Method, *, key: str = "k1") -> Intent:
    return processor.charge(
        ACCOUNT, method=method, amount_cents=12_345, currency="USD", payment_reference="01P",
        number="DP-100001", key=key, return_url=BACK,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("visa", "Visa credit card ••4242"),
        ("visa_debit", "Visa debit card ••5556"),
        ("mastercard_prepaid", "Mastercard prepaid card ••5100"),
    ],
)
def test_the_funding_type_is_read_from_the_saved_card(
    simulated: Processor, processor: StripeProcessor, name: str, words: str
) -> None:
    method = add(simulated, processor, name)

    assert (method.kind, method.words) == ("card", words)


def test_a_visit_says_whose_it_is_and_has_no_card_before_its_payer_is_through(
    processor: StripeProcessor,
) -> None:
    added = processor.added_card(ACCOUNT, visit(processor, company="co-7"))

    assert (added.company, added.method) == ("co-7", None)


def test_a_visit_does_not_bring_back_a_card_that_was_forgotten(
    simulated: Processor, processor: StripeProcessor
) -> None:
    visit_id = visit(processor)
    choose_card(simulated.world.desk, visit_id, "visa")
    method = processor.added_card(ACCOUNT, visit_id).method
    assert method is not None
    processor.detach(ACCOUNT, method.method_id)

    assert processor.added_card(ACCOUNT, visit_id).method is None


def test_a_visit_nobody_made_is_refused(processor: StripeProcessor) -> None:
    with pytest.raises(ProcessorRefused):
        processor.added_card(ACCOUNT, "cs_unknown")


def test_a_card_succeeds_at_once_and_the_same_key_is_the_same_charge(
    simulated: Processor, processor: StripeProcessor
) -> None:
    method = add(simulated, processor, "visa")

    first, second = charge(processor, method), charge(processor, method)

    assert first == second
    assert (first.state, first.action_url) == ("succeeded", "")


def test_a_declined_card_is_an_intent_that_failed_however_often_it_is_asked(
    simulated: Processor, processor: StripeProcessor
) -> None:
    method = add(simulated, processor, "chargeDeclined")

    first, second = charge(processor, method), charge(processor, method)

    assert first == second == processor.get_intent(ACCOUNT, first.intent_id)
    assert (first.state, first.failure_code) == ("failed", "generic_decline")
    assert first.payment_reference == "01P"


@pytest.mark.parametrize(
    ("confirmed", "state", "code"),
    [(True, "succeeded", ""), (False, "failed", "payment_intent_authentication_failure")],
)
def test_three_d_secure_sends_the_payer_to_the_bank_and_back(
    simulated: Processor, processor: StripeProcessor, confirmed: bool, state: str, code: str
) -> None:
    asked = charge(processor, add(simulated, processor, "visa_3ds"))
    back = answer_challenge(simulated.world.desk, asked.intent_id, confirmed=confirmed)

    answered = processor.get_intent(ACCOUNT, asked.intent_id)

    assert asked.state == "requires_action"
    assert asked.action_url.endswith(f"/stripe/challenge/{asked.intent_id}")
    assert back == f"{BACK}?payment_intent={asked.intent_id}"
    assert (answered.state, answered.failure_code, answered.action_url) == (state, code, "")


def test_what_nobody_confirmed_can_be_canceled_and_what_is_decided_stays(
    simulated: Processor, processor: StripeProcessor
) -> None:
    asked = charge(processor, add(simulated, processor, "visa_3ds"))
    paid = charge(processor, add(simulated, processor, "visa"), key="k2")

    states = [
        processor.cancel_intent(ACCOUNT, intent_id).state
        for intent_id in (asked.intent_id, asked.intent_id, paid.intent_id)
    ]

    assert states == ["canceled", "canceled", "succeeded"]
    assert answer_challenge(simulated.world.desk, asked.intent_id, confirmed=True) is None


def test_a_lost_answer_to_a_card_is_unknown_and_charged_once(
    simulated: Processor, processor: StripeProcessor
) -> None:
    method = add(simulated, processor, "visa")
    fault = {"timeout": "after", "path": "/v1/payment_intents"}
    simulated.world.script.apply({"next_request": fault})
    with pytest.raises(ProcessorUnreachable):
        charge(processor, method)

    intent = charge(processor, method)

    assert intent.state == "succeeded"
    simulated.clock.advance(timedelta(days=5))
    payout = simulated.api.payouts.list(None, {"stripe_account": ACCOUNT}).data[0]
    rows = processor.balance_transactions(ACCOUNT, payout.id)
    assert [row.amount_cents for row in rows] == [12_345]


def test_every_demo_card_can_be_chosen_once(
    simulated: Processor, processor: StripeProcessor
) -> None:
    for card in DEMO_CARDS:
        add(simulated, processor, card.name)

    done = visit(processor)
    choose_card(simulated.world.desk, done, "visa")

    assert choose_card(simulated.world.desk, done, "visa_debit") is None
