"""Card payments against the local table and the simulated processor, its hosted pages included."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.dealers import FeePolicy
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.ids import CompanyId, QuoteId, UserId
from chalicelib.domain.ledger import balance
from chalicelib.domain.payments import Method, Payment, PaymentStatus
from chalicelib.domain.quotes import Quote
from chalicelib.services.add_card import finish_card, start_card
from chalicelib.services.confirm_card import check_card
from chalicelib.services.quote_payment import switch_method
from chalicelib.services.view_payment import view_payment
from chalicelib.services.watch_payments import watch_payments
from chalicelib.storage.companies import find_method, list_methods
from chalicelib.storage.dealers import put_dealer
from chalicelib.storage.payments import get_payment
from sandbox.world.stripe.checkout import answer_challenge, choose_card
from tests.crash.road import COMPANY, Road, add_card, an_invoice, build_road
from tests.stage import Stage, stage

__all__ = ["stage"]
ALL = 100_000


@pytest.fixture
def road(stage: Stage) -> Road:
    return build_road(stage, (an_invoice("INV-1", ALL),))


def start(road: Road, quote: Quote) -> str:
    url = start_card(
        road.world, road.dealer.dealer_id, company_id=COMPANY, user_id=UserId("01PAYER"),
        payer_name="Oak Homes", payer_email="ap@oak.example", quote_id=quote.quote_id,
    )  # fmt: skip
    return url.rpartition("/")[2]


def priced(road: Road, method: Method) -> Quote:
    return switch_method(
        road.world, road.dealer.dealer_id, account_id=road.account.account_id, company_id=COMPANY,
        quote_id=road.quote(INV_1=None).quote_id, method_kind="card", method_id=method.method_id,
    )  # fmt: skip


def pay(road: Road, name: str, *, forgets: bool = False) -> Payment:
    method = add_card(road, name)
    return road.submit(priced(road, method), method=method, forgets=forgets)


def now(road: Road, payment: Payment) -> Payment:
    return get_payment(road.dealer.dealer_id, road.account.account_id, payment.payment_id)


def check(road: Road, payment: Payment) -> tuple[Payment, str]:
    return check_card(
        road.world, road.dealer.dealer_id, account_id=road.account.account_id, name=payment.number
    )


def settle_down(road: Road) -> None:
    road.machine.run_ready()
    road.receive()
    road.work_queue()
    road.machine.run_ready()


def in_flight(road: Road) -> int:
    cents: int = road.state().account.totals.in_flight_cents
    return cents


def test_a_card_is_settled_when_the_payer_sees_the_page_and_once_whatever_follows(
    road: Road,
) -> None:
    payment = pay(road, "visa")

    settle_down(road)

    assert payment.status is PaymentStatus.SETTLED
    assert len(road.intents()) == 1
    view = view_payment(road.world, road.dealer.dealer_id, name=payment.number)
    assert balance(view.ledger)["clearing"] == ALL  # type: ignore[index]
    assert view.events[0].detail == payment.method.words == "Visa credit card ••4242"
    assert [event.name for event in view.events][-2:] == ["funded", "settled"]
    assert [mail["mail"] for mail in road.world.queues.mails] == ["payment_settled"]
    assert [run.transitions <= 6 for run in road.machine.executions.values()] == [True]


def test_a_declined_card_charges_nothing_and_leaves_the_invoice_to_be_paid_again(
    road: Road,
) -> None:
    payment = pay(road, "chargeDeclined")

    assert payment.status is PaymentStatus.FAILED
    assert "declined. Nothing was charged." in payment.failure_sentence
    assert in_flight(road) == 0
    again = pay(road, "visa")
    settle_down(road)
    assert again.status is PaymentStatus.SETTLED
    assert now(road, payment).status is PaymentStatus.FAILED


@pytest.mark.parametrize("first", ["return", "webhook"])
@pytest.mark.parametrize(
    ("confirmed", "status"), [(True, PaymentStatus.SETTLED), (False, PaymentStatus.FAILED)]
)
def test_three_d_secure_is_decided_by_return_or_webhook_whichever_is_first(
    road: Road, first: str, confirmed: bool, status: PaymentStatus
) -> None:
    payment = pay(road, "visa_3ds")
    asked, url = check(road, payment)
    assert (asked.status, in_flight(road)) == (PaymentStatus.PENDING, ALL)
    answer_challenge(road.stripe.desk, url.rpartition("/")[2], confirmed=confirmed)

    if first == "webhook":
        settle_down(road)
    answered, nowhere = check(road, payment)
    settle_down(road)

    assert (answered.status, nowhere) == (status, "")
    assert now(road, payment).status is status
    assert in_flight(road) == 0


def test_a_lost_answer_is_not_a_failure_and_the_workflow_asks_with_the_same_key(
    road: Road,
) -> None:
    method = add_card(road, "visa")
    quote = priced(road, method)
    fault = {"timeout": "after", "path": "/v1/payment_intents"}
    road.stripe.script.apply({"next_request": fault})

    payment = road.submit(quote, method=method)
    settle_down(road)

    assert payment.status is PaymentStatus.PENDING
    assert now(road, payment).status is PaymentStatus.SETTLED
    assert len(road.intents()) == 1


def test_pressing_twice_is_one_payment(road: Road) -> None:
    method = add_card(road, "visa")
    quote = priced(road, method)

    numbers = {road.submit(quote, method=method).number for _ in range(2)}

    assert len(numbers) == len(road.intents()) == 1


def test_what_nobody_confirms_within_the_hour_is_canceled_and_given_back(road: Road) -> None:
    payment = pay(road, "visa_3ds")
    settle_down(road)
    for step in (timedelta(minutes=6), timedelta(minutes=55)):
        assert now(road, payment).status is PaymentStatus.PENDING
        road.clock.advance(step)
        watch_payments(road.world)

    assert now(road, payment).status is PaymentStatus.FAILED
    assert "not confirmed" in now(road, payment).failure_sentence
    assert in_flight(road) == 0


@pytest.mark.parametrize("name", ["visa", "chargeDeclined"])
def test_a_card_not_to_be_saved_is_gone_here_and_at_the_processor(road: Road, name: str) -> None:
    payment = pay(road, name, forgets=True)

    settle_down(road)

    whose = (road.dealer.dealer_id, COMPANY)
    assert find_method(*whose, payment.method.method_id) is None
    book = road.stripe.desk.open_book(road.dealer.processor_account)
    assert book.get("payment_method", payment.method.method_id)["customer"] is None


def test_an_unreachable_processor_delays_forgetting_and_the_workflow_repeats_it(
    road: Road,
) -> None:
    method = add_card(road, "visa")
    quote = priced(road, method)
    fault = {"timeout": "before", "path": f"/v1/payment_methods/{method.method_id}"}
    road.stripe.script.apply({"next_request": fault})

    payment = road.submit(quote, method=method, forgets=True)
    road.machine.run_ready()

    assert payment.status is PaymentStatus.SETTLED
    assert find_method(road.dealer.dealer_id, COMPANY, method.method_id) is None


def test_a_card_and_its_price_can_not_be_exchanged_in_the_form(road: Road) -> None:
    one, other = add_card(road, "visa"), add_card(road, "visa_debit")

    for method in (other, road.method):
        with pytest.raises(InvalidInput, match="Nothing was charged"):
            road.submit(priced(road, one), method=method)
    with pytest.raises(InvalidInput, match="Nothing was charged"):
        road.submit(road.quote(INV_1=None), method=one)

    assert road.intents() == []


def test_a_surcharge_is_quoted_for_credit_cards_only_once_the_dealer_switched_it_on(
    road: Road,
) -> None:
    credit, debit = add_card(road, "visa"), add_card(road, "visa_debit")
    before = priced(road, credit).fee_cents
    fees = FeePolicy(
        surcharge_on=True, surcharge_attested_by="Dana", state="OR", card_basis_points=300
    )
    put_dealer(replace(road.dealer, fees=fees, version=road.dealer.version + 1))

    on_debit = priced(road, debit).fee_cents
    payment = road.submit(priced(road, credit), method=credit)

    assert (before, on_debit) == (0, 0)
    assert (payment.fee_cents, payment.charged_cents) == (3_000, ALL + 3_000)
    view = view_payment(road.world, road.dealer.dealer_id, name=payment.number)
    assert balance(view.ledger)["fee_income"] == -3_000  # type: ignore[index]


def test_a_visit_to_the_card_page_saves_the_card_with_its_funding_once(road: Road) -> None:
    visit_id = start(road, road.quote(INV_1=None))
    choose_card(road.stripe.desk, visit_id, "mastercard_prepaid")

    methods = [
        finish_card(road.world, road.dealer.dealer_id, company_id=COMPANY, visit_id=visit_id)
        for _ in range(2)
    ]

    assert methods[0] == methods[1]
    saved = list_methods(road.dealer.dealer_id, COMPANY)
    assert [method.words for method in saved if method.card] == ["Mastercard prepaid card ••5100"]


def test_another_companys_visit_is_not_found_like_one_nobody_made(road: Road) -> None:
    visit_id = start(road, road.quote(INV_1=None))
    choose_card(road.stripe.desk, visit_id, "visa")

    for company, visit in ((CompanyId("co-other"), visit_id), (COMPANY, "cs_none")):
        with pytest.raises(NotFound):
            finish_card(road.world, road.dealer.dealer_id, company_id=company, visit_id=visit)


def test_a_visit_nobody_finished_saves_nothing(road: Road) -> None:
    visit_id = start(road, road.quote(INV_1=None))

    method = finish_card(road.world, road.dealer.dealer_id, company_id=COMPANY, visit_id=visit_id)

    assert method is None


def test_a_foreign_preview_is_not_priced_for_a_card(road: Road) -> None:
    with pytest.raises(NotFound):
        switch_method(
            road.world, road.dealer.dealer_id, account_id=road.account.account_id,
            company_id=COMPANY, quote_id=QuoteId("01JZZZZZZZZZZZZZZZZZZZZZZZ"), method_kind="card",
        )  # fmt: skip
