"""R5 of reliability.md at the processor: what one idempotency key can and cannot do."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.payments import Method
from chalicelib.gateways.processor import Intent, ProcessorUnreachable
from chalicelib.gateways.stripe_processor import StripeProcessor
from tests.figures import Figures, figures
from tests.gateways.test_stripe_processor import ACCEPTED, method, processor, simulated
from tests.sandbox.builders import ACCOUNT, Processor, bank_token

__all__ = ["figures", "method", "processor", "simulated"]
SUITE, CENTS, OTHER = "R5 idempotency keys", 12_345, "acct_other"


def charge(processor: StripeProcessor, method: Method, acct: str = ACCOUNT, **changes: Any) -> Any:
    """A charge with the key "k1"; "unknown" if there was no definite answer."""
    asked: dict[str, Any] = {
        "method": method, "amount_cents": CENTS, "currency": "USD", "payment_reference": "01P",
        "number": "DP-100001", "key": "k1",
    }  # fmt: skip
    try:
        return processor.charge(acct, **asked | changes)
    except ProcessorUnreachable:
        return "unknown"


def charged(simulated: Processor, acct: str = ACCOUNT) -> list[int]:
    """The amounts of every intent the processor has made."""
    return [one["amount"] for one in simulated.world.desk.open_book(acct).of_kind("payment_intent")]


def test_the_same_body_is_replayed_however_often(
    simulated: Processor, processor: StripeProcessor, method: Method, figures: Figures
) -> None:
    answers = [charge(processor, method) for _ in range(5)]

    figures.add(SUITE, runs=5, double=len(charged(simulated)) - 1)
    assert {answer.intent_id for answer in answers} == {answers[0].intent_id}
    assert charged(simulated) == [CENTS]


@pytest.mark.parametrize(
    "change",
    [{"amount_cents": 1_000}, {"currency": "CAD"}, {"payment_reference": "01Q"}, {"number": "X"}],
    ids=str,
)
def test_another_body_is_refused_and_charges_nothing_more(
    simulated: Processor, processor: StripeProcessor, method: Method, figures: Figures,
    change: dict[str, Any],
) -> None:  # fmt: skip
    first = charge(processor, method)

    other = charge(processor, method, **change)

    figures.add(SUITE, double=len(charged(simulated)) - 1)
    assert other == "unknown"  # Never a failure of the payment: the first request took effect.
    assert charge(processor, method) == first
    assert charged(simulated) == [CENTS]


def test_concurrent_requests_make_one_charge(
    simulated: Processor, processor: StripeProcessor, method: Method, figures: Figures
) -> None:
    with ThreadPoolExecutor(20) as askers:
        answers = list(askers.map(lambda _: charge(processor, method), range(60)))

    known = {answer.intent_id for answer in answers if isinstance(answer, Intent)}
    figures.add(SUITE, runs=60, double=len(charged(simulated)) - 1)
    assert len(known) == 1
    assert charged(simulated) == [CENTS]


def test_a_second_request_while_the_first_runs_is_unknown_and_then_the_same(
    simulated: Processor, processor: StripeProcessor, method: Method, figures: Figures
) -> None:
    meanwhile: list[Any] = []
    simulated.world.pause = lambda _: meanwhile.append(charge(processor, method))
    simulated.world.script.apply({"next_request": {"timeout": "slow"}})

    first = charge(processor, method)

    figures.add(SUITE, runs=3, double=len(charged(simulated)) - 1)
    assert meanwhile == ["unknown"]
    assert charge(processor, method) == first
    assert charged(simulated) == [CENTS]


@pytest.mark.parametrize("trouble", [{"timeout": "before"}, {"timeout": "after"}, {"status": 503}])
def test_after_an_error_the_same_key_charges_exactly_once(
    simulated: Processor, processor: StripeProcessor, method: Method, figures: Figures,
    trouble: dict[str, Any],
) -> None:  # fmt: skip
    simulated.world.script.apply({"next_request": {**trouble, "path": "/v1/payment_intents"}})

    first, *later = [charge(processor, method) for _ in range(3)]

    figures.add(SUITE, runs=3, crashes=1, double=len(charged(simulated)) - 1)
    assert first == "unknown"
    assert [answer.state for answer in later] == ["processing", "processing"]
    assert charged(simulated) == [CENTS]


def test_a_stored_500_is_repeated_for_its_key_and_charges_nothing(
    simulated: Processor, processor: StripeProcessor, method: Method, figures: Figures
) -> None:
    simulated.world.script.apply({"next_request": {"status": 500, "path": "/v1/payment_intents"}})

    answers = [charge(processor, method) for _ in range(3)]

    figures.add(SUITE, runs=3, crashes=1, double=len(charged(simulated)))
    assert answers == ["unknown"] * 3
    assert charged(simulated) == []


def test_another_tenant_with_the_same_key_is_independent(
    simulated: Processor, processor: StripeProcessor, method: Method, figures: Figures
) -> None:
    simulated.world.seed_account(OTHER)
    customer = processor.ensure_customer(OTHER, key="c", name="Elm", email="ap@elm.example")
    theirs = processor.attach_bank(
        OTHER, customer=customer, bank_token=simulated.world.mint_bank_token(bank_token()),
        authorization=ACCEPTED, key="b",
    )  # fmt: skip

    ours = charge(processor, method)
    other = charge(processor, theirs, acct=OTHER, amount_cents=777)

    figures.add(SUITE, runs=2)
    assert other.intent_id != ours.intent_id
    assert (charged(simulated), charged(simulated, OTHER)) == ([CENTS], [777])


def test_a_declined_card_is_answered_with_the_same_decline(
    simulated: Processor, processor: StripeProcessor, method: Method, figures: Figures
) -> None:
    card = simulated.card(method.customer, "pm_card_chargeDeclined")
    declined = replace(method, method_id=card, kind="card")  # type: ignore[arg-type]

    first, second = charge(processor, declined), charge(processor, declined)

    figures.add(SUITE, runs=2, double=len(charged(simulated)) - 1)
    assert first == second
    assert first.state == "failed"
    assert len(charged(simulated)) == 1
