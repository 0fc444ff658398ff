"""Refunds as operators, administrators, viewers and payers see and make them."""

import re

import pytest

from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.refunds import EVERYTHING
from chalicelib.domain.reversals import RefundState
from chalicelib.entrypoints import guard
from chalicelib.services.issue_receipt import issue_receipt, receipt_document, receipt_kind
from tests.crash.road import Road
from tests.entrypoints.browser import Browser, Page
from tests.services.refunding import (
    A,
    B,
    ask,
    at_processor,
    deliver,
    now_of,
    only_refund,
    settled_road,
)
from tests.stage import Stage

Paid = tuple[Road, Payment, str]
SEVEN_HUNDRED = {"target": "document:A", "amount": "700.00", "refund_reason": "Goods returned"}


@pytest.fixture
def paid(stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Paid:
    """A settled bank debit of $1,430.00, its fee of $30.00 included; refunds are free to $800."""
    road, payment = settled_road(stage, refund_limit_cents=80_000)
    monkeypatch.setattr(guard, "product_world", lambda: road.world)
    return road, payment, f"/console/payments/{payment.number}"


def operator(browser: Browser, road: Road, role: str = "ar") -> Browser:
    browser.signed_in(road.world.operator(road.dealer, role=role))
    browser.get("/console/payments")  # Its forms carry the token.
    return browser


def hidden(page: Page, form: int = 0) -> dict[str, str]:
    """The hidden fields of a preview's confirmation."""
    confirm = page.text.split('/refunds"')[form + 1].split("</form>")[0]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', confirm)
    return {name: value for name, value in found if name != "csrf"}


def test_a_refund_is_previewed_with_its_fee_share_then_made_once(
    browser: Browser, paid: Paid
) -> None:
    road, payment, url = paid
    offered = operator(browser, road).get(url)
    previewed = browser.post(f"{url}/refund", SEVEN_HUNDRED)
    untouched = now_of(road, payment).refunds

    done = [browser.post(f"{url}/refunds", hidden(previewed)) for _ in range(2)]
    after = browser.get(done[0].location)

    assert "Everything it paid: up to $1,400.00" in offered.text
    for words in ("$700.00", "$15.00", "$715.00", "A is owed again"):
        assert words in previewed.text
    assert untouched == ()
    assert [page.location for page in done] == [f"{url}?done=refunded"] * 2
    assert [made["amount"] for made in at_processor(road)] == [71_500]
    for words in ("Settled, refunded $715.00", "Refunded. The payer is told.", "On its way"):
        assert words in after.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": "900.01"}, "At most $900.00 can be refunded there."),
        ({"amount": "-5"}, "Type an amount like"),
        ({"amount": ""}, "Type an amount above 0."),
        ({"target": "nowhere"}, "Choose what the refund is for."),
        ({"target": "on-account"}, "There is nothing to refund there."),
        ({"refund_reason": " "}, "Say why, in 3 to 300 characters."),
    ],
)
def test_what_is_typed_wrong_is_said_beside_its_field_and_nothing_is_sent(
    browser: Browser, paid: Paid, typed: dict[str, str], sentence: str
) -> None:
    road, _, url = paid

    page = operator(browser, road).post(f"{url}/refund", {**SEVEN_HUNDRED, **typed})

    assert page.status == 422
    assert sentence in page.text
    assert 'aria-invalid="true"' in page.text
    assert at_processor(road) == []


def test_above_the_limit_an_administrator_approves_on_the_payments_page(
    browser: Browser, paid: Paid
) -> None:
    road, payment, url = paid
    order = {**SEVEN_HUNDRED, "target": "everything", "amount": "1400.00"}
    previewed = operator(browser, road).post(f"{url}/refund", order)
    asked = browser.post(f"{url}/refunds", hidden(previewed))
    refund_id = only_refund(road, payment).refund_id
    decision = {"decision": "approve"}
    own = browser.get(url)
    alone = browser.post(f"{url}/refunds/{refund_id}", decision)

    inbox = operator(browser, road, "admin").get("/console/attention")
    offered = browser.get(url)
    done = browser.post(f"{url}/refunds/{refund_id}", decision)

    assert "Refunds of one payment above $800.00 need an administrator’s approval." in (
        previewed.text
    )
    assert asked.location == f"{url}?done=refund-asked"
    assert "Approve and send" not in own.text
    assert alone.status == 403
    assert f"refund of $1,430.00 of {payment.number}" in inbox.text
    assert "Approve and send" in offered.text
    assert done.location == f"{url}?done=refunded"
    assert now_of(road, payment).status is PaymentStatus.REFUNDED


def test_an_administrator_declines_with_a_reason(browser: Browser, paid: Paid) -> None:
    road, payment, url = paid
    ask(road, payment, 140_000, EVERYTHING)
    refund_url = f"{url}/refunds/{only_refund(road, payment).refund_id}"
    operator(browser, road, "admin")

    without = browser.post(refund_url, {"decision": "decline"})
    done = browser.post(refund_url, {"decision": "decline", "decline_reason": "Ask Pat"})

    assert without.status == 422
    assert done.location == f"{url}?done=refund-declined"
    assert only_refund(road, payment).state is RefundState.DECLINED
    assert "Declined by" in browser.get(url).text
    assert at_processor(road) == []


def test_a_viewer_sees_refunds_and_cannot_make_one(browser: Browser, paid: Paid) -> None:
    road, payment, url = paid
    ask(road, payment, 70_000, A)

    page = operator(browser, road, "viewer").get(url)
    tried = browser.post(f"{url}/refund", SEVEN_HUNDRED)

    assert "$715.00" in page.text
    assert "Give money back" not in page.text
    assert tried.status == 403


def test_a_refund_that_cannot_apply_says_why_and_what_to_do_instead(
    browser: Browser, paid: Paid
) -> None:
    road, payment, url = paid
    ask(road, payment, 140_000, EVERYTHING, is_admin=True)

    page = operator(browser, road).get(url)

    assert "All of it has been refunded." in page.text
    assert "Give money back" not in page.text


def test_another_dealers_administrator_finds_no_refund_to_approve(
    browser: Browser, paid: Paid
) -> None:
    road, payment, url = paid
    ask(road, payment, 140_000, EVERYTHING)
    refund_id = only_refund(road, payment).refund_id
    browser.signed_in(road.world.operator(road.world.dealer(), role="admin"))
    browser.get("/console/payments")

    page = browser.post(f"{url}/refunds/{refund_id}", {"decision": "approve"})

    assert page.status == 404
    assert only_refund(road, payment).state is RefundState.REQUESTED


def test_the_payer_reads_what_went_back_and_what_is_owed_again(
    browser: Browser, paid: Paid
) -> None:
    road, payment, _ = paid
    ask(road, payment, 70_000, A)
    browser.signed_in(road.world.payer(road.account))

    page = browser.get(f"/payments/{payment.number}")
    history = browser.get("/payments")

    assert "A refund of $715.00 is on its way to ACH" in page.text
    assert "Owed again: A ($700.00)." in page.text
    assert "Refunded in part" in page.text
    assert "Goods returned" not in page.text
    assert "Dana" not in page.text
    assert "Settled, refunded $715.00" in history.text


def test_the_payer_reads_that_a_refund_did_not_arrive(browser: Browser, paid: Paid) -> None:
    road, payment, _ = paid
    ask(road, payment, 50_000, B)
    road.stripe.fail_refund(payment.number, "declined")
    deliver(road)
    browser.signed_in(road.world.payer(road.account))

    page = browser.get(f"/payments/{payment.number}")

    assert "did not reach you: the bank declined it" in page.text
    assert "refunded $" not in page.text


def test_each_refund_makes_another_receipt(paid: Paid) -> None:
    road, payment, _ = paid
    ids = {"account_id": payment.account_id, "name": payment.number}
    issue_receipt(road.world, payment.dealer_id, **ids)  # type: ignore[arg-type]
    ask(road, payment, 70_000, A)
    issue_receipt(road.world, payment.dealer_id, **ids)  # type: ignore[arg-type]

    part = receipt_document(now_of(road, payment), road.dealer)
    deliver(road)
    ask(road, payment, 70_000, EVERYTHING, is_admin=True)
    whole = receipt_document(now_of(road, payment), road.dealer)

    assert len(road.world.files.held) == 2
    assert "$715.00 of it was refunded." in part.statement
    assert (part.title, part.refunded_cents) == ("Receipt", 71_500)
    assert (whole.title, whole.total_label) == ("Payment refunded", "Amount charged")
    assert receipt_kind(now_of(road, payment)) == "notice"
