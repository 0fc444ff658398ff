"""The real stripe library against the simulated processor: words, keys and errors translated."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.ids import MethodId
from chalicelib.domain.payments import Authorization, Method
from chalicelib.gateways.processor import Intent, ProcessorRefused, ProcessorUnreachable
from chalicelib.gateways.secrets_manager import SecretsIncomplete, checked
from chalicelib.gateways.stripe_processor import StripeProcessor
from sandbox.world import keys
from sandbox.world.stripe.inprocess import BASE, InProcessStripe
from tests.sandbox.builders import ACCOUNT, Processor, bank_token

ACCEPTED = Authorization("I authorize …", "1", datetime(2026, 11, 23, tzinfo=UTC), "203.0.113.9")


@pytest.fixture
def simulated() -> Processor:
    return Processor()


@pytest.fixture
def processor(simulated: Processor) -> StripeProcessor:
    client = InProcessStripe(simulated.world)
    return StripeProcessor(keys.STRIPE_SECRET_KEY, BASE, http_client=client)


@pytest.fixture
def method(simulated: Processor, processor: StripeProcessor) -> Method:
    customer = processor.ensure_customer(ACCOUNT, key="c", name="Oak", email="ap@oak.example")
    return processor.attach_bank(
        ACCOUNT, customer=customer, bank_token=simulated.world.mint_bank_token(bank_token()),
        authorization=ACCEPTED, key="b",
    )  # fmt: skip


def charge(processor: StripeProcessor, method: Method, *, key: str = "k1") -> Intent:
    return processor.charge(
        ACCOUNT, method=method, amount_cents=12_345, currency="USD", payment_reference="01P",
        number="DP-100001", key=key,
    )  # fmt: skip


def test_a_linked_bank_account_has_a_name_and_a_mandate(method: Method) -> None:
    assert (method.kind, method.label, method.last4) == ("ach", "FIRST DEMO", "6789")
    assert method.mandate.startswith("mandate_")


def test_a_charge_is_processing_and_carries_our_reference(
    processor: StripeProcessor, method: Method
) -> None:
    intent = charge(processor, method)

    assert (intent.state, intent.amount_cents, intent.currency) == ("processing", 12_345, "USD")
    assert intent.payment_reference == "01P"


def test_the_same_key_is_the_same_intent(processor: StripeProcessor, method: Method) -> None:
    assert charge(processor, method) == charge(processor, method)


def test_a_lost_answer_is_unknown_and_the_same_key_finds_the_one_charge(
    simulated: Processor, processor: StripeProcessor, method: Method
) -> None:
    simulated.world.script.apply({"next_request": {"timeout": "after"}})
    with pytest.raises(ProcessorUnreachable):
        charge(processor, method)

    intent = charge(processor, method)

    found = processor.find_intent(ACCOUNT, customer=method.customer, payment_reference="01P")
    assert found == intent


@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_an_answer_that_decides_nothing_is_unknown(
    simulated: Processor, processor: StripeProcessor, method: Method, status: int
) -> None:
    simulated.world.script.apply({"next_request": {"status": status}})

    with pytest.raises(ProcessorUnreachable):
        charge(processor, method)


def test_a_bank_account_that_is_not_ours_is_refused(
    processor: StripeProcessor, method: Method
) -> None:
    with pytest.raises(ProcessorRefused) as refused:
        charge(processor, replace(method, method_id=MethodId("ba_unknown")))

    assert refused.value.code == "resource_missing"
    assert "Nothing was charged" in refused.value.sentence


def test_an_intent_nobody_made_is_not_found(processor: StripeProcessor, method: Method) -> None:
    found = processor.find_intent(ACCOUNT, customer=method.customer, payment_reference="01NONE")

    assert found is None


def test_a_returned_debit_says_why(
    simulated: Processor, processor: StripeProcessor, method: Method
) -> None:
    simulated.world.script.apply({"next_payment": {"failure_code": "R02"}})
    intent = charge(processor, method)
    simulated.clock.advance(timedelta(days=5))

    failed = processor.get_intent(ACCOUNT, intent.intent_id)

    assert (failed.state, failed.failure_code) == ("failed", "account_closed")


def test_a_payouts_transactions_add_up_and_name_their_intents(
    simulated: Processor, processor: StripeProcessor, method: Method
) -> None:
    intents = {charge(processor, method, key=f"k{n}").intent_id for n in range(3)}
    simulated.clock.advance(timedelta(days=7))
    payouts = simulated.api.payouts.list(None, {"stripe_account": ACCOUNT}).data

    payout = processor.get_payout(ACCOUNT, payouts[0].id)
    rows = list(processor.balance_transactions(ACCOUNT, payout.payout_id))

    assert sum(row.net_cents for row in rows) == payout.amount_cents
    assert {row.intent_id for row in rows} == intents
    assert {row.category for row in rows} == {"charge"}


def test_a_forgotten_method_can_not_be_charged(processor: StripeProcessor, method: Method) -> None:
    processor.detach(ACCOUNT, method.method_id)

    with pytest.raises(ProcessorRefused):
        charge(processor, method)


COMPLETE: dict[str, object] = {
    "quote_key": "q", "stripe_secret_key": "sk", "plaid_client_id": "p", "plaid_secret": "s",
    "stripe_account_webhook_secrets": ["a"], "stripe_connect_webhook_secrets": ["c", "d"],
}  # fmt: skip


def test_secrets_are_read_whole() -> None:
    assert checked(COMPLETE).stripe_connect_webhook_secrets == ("c", "d")


@pytest.mark.parametrize("name", sorted(COMPLETE))
@pytest.mark.parametrize("blank", [None, "", " ", [], [""]])
def test_a_blank_secret_is_refused_and_only_its_name_is_said(name: str, blank: object) -> None:
    with pytest.raises(SecretsIncomplete, match=f"^{name}$"):
        checked(COMPLETE | {name: blank})
