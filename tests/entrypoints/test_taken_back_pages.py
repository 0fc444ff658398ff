"""What operators and payers see once a payment came back or is disputed, and Record return."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.ids import CompanyId
from chalicelib.domain.payments import Payment
from chalicelib.entrypoints import guard
from chalicelib.services.issue_receipt import receipt_document, receipt_kind
from chalicelib.storage.companies import method_put
from chalicelib.storage.transactions import transact
from tests.crash.road import Road, an_invoice, build_road
from tests.entrypoints.browser import Browser
from tests.services.disputed import hear, pay_by_card, stored
from tests.stage import Stage


@pytest.fixture
def road(stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Road:
    """An account that owes $1,500.00; the pages see its world."""
    road = build_road(stage, (an_invoice("INV-1", 100_000), an_invoice("INV-2", 50_000)))
    monkeypatch.setattr(guard, "product_world", lambda: road.world)
    return road


@pytest.fixture
def debit(road: Road) -> Payment:
    """A settled bank debit of both invoices."""
    payment = road.submit(road.quote(INV_1=None, INV_2=None))
    road.machine.run_ready()
    road.clock.advance(timedelta(days=5))
    hear(road)
    road.machine.run_ready()
    return stored(road, payment)


def operator(browser: Browser, road: Road, role: str = "ar") -> Browser:
    return browser.signed_in(road.world.operator(road.dealer, role=role))


def payer(browser: Browser, road: Road) -> Browser:
    return browser.signed_in(road.world.payer(road.account))


def come_back(road: Road, payment: Payment, code: str) -> None:
    road.stripe.return_payment(payment.number, code, booked="failure")
    hear(road)


def test_the_payment_shows_the_return_in_words_with_the_evidence(
    browser: Browser, road: Road, debit: Payment
) -> None:
    come_back(road, debit, "R10")

    page = operator(browser, road).get(f"/console/payments/{debit.number}")

    assert "Returned by the bank" in page.text
    assert "R10: The customer says it was not authorised" in page.text
    assert "203.0.113.9" in page.text
    assert "I authorize" in page.text
    assert "Record return" not in page.text


def test_an_operator_records_a_return_and_reads_why_it_cannot_be_repeated(
    browser: Browser, road: Road, debit: Payment
) -> None:
    url = f"/console/payments/{debit.number}"
    offered = operator(browser, road).get(url)
    today = road.clock.now().date().isoformat()

    done = browser.post(f"{url}/return", {"code": "R02", "on": today})
    again = browser.post(f"{url}/return", {"code": "R02", "on": today})

    assert "R02: Account closed" in offered.text
    assert done.location == f"{url}?done=returned"
    assert "The return is recorded. The payer is told." in browser.get(done.location).text
    assert again.status == 409
    assert "Its return is recorded already." in again.text


def test_a_return_without_code_or_day_is_asked_for_again(
    browser: Browser, road: Road, debit: Payment
) -> None:
    url = f"/console/payments/{debit.number}"
    operator(browser, road).get(url)

    unknown = browser.post(f"{url}/return", {"code": "R99", "on": "2026-11-28"})
    early = browser.post(f"{url}/return", {"code": "R01", "on": "2026-01-01"})

    assert (unknown.status, early.status) == (422, 422)
    assert stored(road, debit).returned is None


def test_a_viewer_sees_the_return_but_records_none(
    browser: Browser, road: Road, debit: Payment
) -> None:
    url = f"/console/payments/{debit.number}"
    page = operator(browser, road, "viewer").get(url)

    refused = browser.post(f"{url}/return", {"code": "R01", "on": "2026-11-28"})

    assert "Record return" not in page.text
    assert refused.status == 403


def test_a_card_payment_says_why_it_is_not_returned(browser: Browser, road: Road) -> None:
    payment = pay_by_card(road, INV_1=None)

    page = operator(browser, road).get(f"/console/payments/{payment.number}")

    assert "A card payment is not returned" in page.text


def test_a_dispute_shows_its_phase_and_where_evidence_is_given(
    browser: Browser, road: Road
) -> None:
    payment = pay_by_card(road, INV_1=None)
    road.stripe.open_dispute(payment.number, reason="product_not_received")
    hear(road)

    page = operator(browser, road).get(f"/console/payments/{payment.number}")

    assert "Disputed: funds withdrawn" in page.text
    assert "the goods did not arrive" in page.text
    assert "Evidence due by" in page.text
    assert "https://dashboard.stripe.com/disputes/du_" in page.text
    assert "the card’s bank decides" in page.text  # Why it can't be frozen or held.


def test_the_list_is_narrowed_to_what_came_back(
    browser: Browser, road: Road, debit: Payment
) -> None:
    come_back(road, debit, "R01")
    operator(browser, road)

    returned = browser.get("/console/payments?status=returned")
    disputed = browser.get("/console/payments?status=disputed")

    assert debit.number in returned.text
    assert debit.number not in disputed.text


def test_the_payer_reads_what_happened_and_pays_again(
    browser: Browser, road: Road, debit: Payment
) -> None:
    come_back(road, debit, "R02")

    page = payer(browser, road).get(f"/payments/{debit.number}")
    history = browser.get("/payments")

    assert "The bank sent this payment back" in page.text
    assert "The bank account is closed." in page.text
    assert 'href="/outstanding">Pay again' in page.text
    assert "Ask the customer" not in page.text
    assert "Returned" in history.text
    assert "Pay again" in history.text


def test_the_payer_is_not_told_a_disputed_payment_is_unpaid_before_it_is_lost(
    browser: Browser, road: Road
) -> None:
    payment = pay_by_card(road, INV_1=None)
    road.stripe.open_dispute(payment.number)
    hear(road)
    open_one = payer(browser, road).get(f"/payments/{payment.number}")
    road.stripe.decide_dispute(payment.number, "lost")
    hear(road)

    lost = browser.get(f"/payments/{payment.number}")

    assert "counts as paid until that is decided" in open_one.text
    assert "Pay again" not in open_one.text
    assert "The card’s bank took this payment back" in lost.text
    assert "Pay again" in lost.text


def test_a_stopped_bank_account_is_shown_with_why_and_cannot_be_chosen(
    browser: Browser, road: Road, debit: Payment
) -> None:
    come_back(road, debit, "R02")
    person = road.world.payer(road.account)
    method = stored(road, debit).method
    stopped = "The bank account is closed. Link it again, or another one, to pay by ACH."
    write = method_put(
        road.dealer.dealer_id,
        CompanyId(f"co-{road.account.account_id}"),
        replace(method, disabled=stopped),
    )
    transact([write], token="stopped-bank")
    browser.signed_in(person).get("/outstanding")

    preview = browser.get(browser.post("/quotes", {"view": "all", "payable": "INV-1"}).location)

    assert stopped in preview.text
    assert f'value="{method.method_id}"' not in preview.text
    assert "Link your bank account" in preview.text


def test_after_a_return_the_document_says_so_instead_of_paid(road: Road, debit: Payment) -> None:
    come_back(road, debit, "R01")

    returned = stored(road, debit)
    document = receipt_document(returned, road.dealer)

    assert receipt_kind(returned) == "notice"
    assert document.title == "Payment taken back"
    assert "Sent back by the bank on" in document.statement
    assert "Paid" not in document.total_label
