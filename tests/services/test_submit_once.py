"""R5 of reliability.md at our own door: one quote is one payment, whoever presses how often."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.ids import CompanyId, PaymentId, UserId
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.quotes import Quote
from chalicelib.services.submit_payment import submit_payment
from chalicelib.services.watch_payments import watch_payments
from chalicelib.storage.payments import get_payment
from tests.crash.road import COMPANY, DAY, PAYER, Road, add_card, an_invoice, build_road
from tests.figures import Figures, figures
from tests.stage import Stage, stage

__all__ = ["figures", "stage"]
SUITE, CENTS = "R5 submitting once", 100_000


@pytest.fixture
def road(stage: Stage) -> Road:
    return build_road(stage, (an_invoice("INV-1", CENTS),))


def stored_payment(road: Road, quote: Quote) -> Payment:
    """The payment the quote became."""
    ids = road.dealer.dealer_id, road.account.account_id
    return get_payment(*ids, PaymentId(quote.quote_id))


def press(road: Road, quote: Quote, **changes: Any) -> str:
    """The payment's number, or the name of the refusal."""
    asked: dict[str, Any] = {
        "account_id": road.account.account_id, "company_id": COMPANY, "payer_id": PAYER,
        "quote_id": quote.quote_id, "signature": quote.signature,
        "method_id": road.method.method_id, "authorization_address": "203.0.113.9",
    }  # fmt: skip
    dealer_id = changes.pop("dealer_id", road.dealer.dealer_id)
    try:
        return submit_payment(road.world, dealer_id, **asked | changes).number
    except DrypowderError as refusal:
        return type(refusal).__name__


def check(road: Road, figures: Figures, *, presses: int) -> None:
    """Whatever was pressed, one payment of the whole invoice was made."""
    road.machine.run_ready()
    amounts = [intent["amount"] for intent in road.intents()]
    figures.add(
        SUITE, runs=presses, lost=int(not amounts), double=max(0, len(amounts) - 1),
        wrong_cents=abs(sum(amounts) - CENTS),
    )  # fmt: skip
    assert amounts == [CENTS]
    assert len(road.state().claims) == 1


def test_the_same_quote_pressed_again_is_the_same_payment_at_every_later_moment(
    road: Road, figures: Figures
) -> None:
    quote = road.quote(INV_1=None)
    numbers = [press(road, quote)]

    for step in (timedelta(0), timedelta(minutes=16), 5 * DAY):
        road.clock.advance(step)
        road.machine.run_ready()
        road.receive()
        road.work_queue()
        numbers.append(press(road, quote))

    assert set(numbers) == {quote.number}
    check(road, figures, presses=4)


def test_two_colleagues_in_twenty_tabs_with_one_quote_make_one_payment(
    road: Road, figures: Figures
) -> None:
    quote = road.quote(INV_1=None)
    people = [PAYER, UserId("01COLLEAGUE")] * 10

    with ThreadPoolExecutor(20) as tabs:
        numbers = list(tabs.map(lambda who: press(road, quote, payer_id=who), people))

    assert set(numbers) == {quote.number}
    check(road, figures, presses=20)


def test_pressed_again_with_another_method_the_first_one_stays(
    road: Road, figures: Figures
) -> None:
    card = add_card(road, "visa")
    quote = road.quote(INV_1=None)

    numbers = [press(road, quote), press(road, quote, method_id=card.method_id)]

    stored = stored_payment(road, quote)
    assert set(numbers) == {quote.number}
    assert stored.method == road.method
    check(road, figures, presses=2)


@pytest.mark.parametrize("is_paid", [False, True])
def test_another_tenant_or_account_never_learns_of_the_quote(
    road: Road, stage: Stage, figures: Figures, is_paid: bool
) -> None:
    other = build_road(stage, (an_invoice("INV-1", CENTS),))
    quote = road.quote(INV_1=None)
    if is_paid:
        press(road, quote)

    answers = {
        press(other, quote),
        press(road, quote, dealer_id=other.dealer.dealer_id),
        press(road, quote, account_id=other.account.account_id),
        press(other, replace(quote, quote_id="01MISSING")),  # type: ignore[arg-type]
    }

    assert answers == {"NotFound"}
    assert other.state().claims == ()
    press(road, quote)
    check(road, figures, presses=6)


def test_another_company_cannot_pay_with_a_method_that_is_not_its_own(
    road: Road, figures: Figures
) -> None:
    quote = road.quote(INV_1=None)

    refused = press(road, quote, company_id=CompanyId("co-other"))

    assert refused == "InvalidInput"
    assert road.state().claims == ()
    press(road, quote)
    check(road, figures, presses=2)


@pytest.mark.parametrize("forged", ["", "0" * 64, "é", "flipped", "another quote's"])
def test_an_altered_signature_pays_nothing_before_and_nothing_more_after(
    road: Road, figures: Figures, forged: str
) -> None:
    quote, other = road.quote(INV_1=None), road.quote(INV_1=100)
    signature = {"flipped": quote.signature[::-1], "another quote's": other.signature}
    altered = signature.get(forged, forged)

    before = press(road, quote, signature=altered)
    claims = road.state().claims
    press(road, quote)
    press(road, quote, signature=altered)

    assert (before, claims) == ("InvalidInput", ())
    check(road, figures, presses=3)


def test_an_error_the_processor_repeats_for_the_key_fails_the_payment_without_a_charge(
    road: Road, figures: Figures
) -> None:
    road.stripe.script.apply({"next_request": {"status": 500, "path": "/v1/payment_intents"}})
    quote = road.quote(INV_1=None)
    press(road, quote)

    for _ in range(4):
        road.machine.run_ready()
        road.clock.advance(DAY / 2)
        watch_payments(road.world)

    stored = stored_payment(road, quote)
    figures.add(SUITE, crashes=1, double=len(road.intents()))
    assert stored.status is PaymentStatus.FAILED
    assert road.intents() == []
    assert road.state().account.totals.in_flight_cents == 0
