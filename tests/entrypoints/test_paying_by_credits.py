"""Credits that cover everything: neither a bank account nor a card is asked for or charged."""

from dataclasses import replace

import pytest

from chalicelib.domain.accounts import Account
from chalicelib.domain.ids import CompanyId, QuoteId
from chalicelib.domain.payments import CREDITS, Payment
from chalicelib.services import submit_payment
from chalicelib.services.originate_payment import originate_payment
from chalicelib.storage.accounts import header_put, page_puts
from chalicelib.storage.payments import list_payments_of_account
from chalicelib.storage.quotes import get_stored_quote
from chalicelib.storage.transactions import WritesRefused, transact
from tests.domain.builders import a_credit, a_payable
from tests.entrypoints.browser import Browser, Page
from tests.stage import Stage


@pytest.fixture
def account(stage: Stage, browser: Browser) -> Account:
    """It owes A, $50.00, and has a credit of as much; nobody has linked a bank account."""
    bare = stage.account(stage.dealer(), account_id="C-7", company_id=CompanyId("CO-7"))
    account = replace(bare, pages=1).raised()
    owed = (a_payable("A", 5_000), a_credit("K", 5_000, applies_to="A"))
    writes = [header_put(account, expected_version=bare.money_version)]
    transact([*writes, *page_puts(account, (), owed)], token=account.dealer_id)
    browser.signed_in(stage.payer(account))
    browser.get("/outstanding")
    return account


def submitted(browser: Browser, account: Account, form: dict[str, str]) -> Page:
    """The answer to the form of a fresh preview."""
    quote_id = QuoteId(browser.post("/quotes", {"payable": "A"}).location.rpartition("/")[2])
    stored, _ = get_stored_quote(account.dealer_id, account.account_id, quote_id)
    signed = {"signature": stored.quote.signature, "method": CREDITS, **form}
    return browser.post(f"/quotes/{quote_id}/submit", signed)


def paid(browser: Browser, account: Account, form: dict[str, str]) -> tuple[str, list[Payment]]:
    """The page that answers the preview's form, and the account's payments then."""
    answer = submitted(browser, account, form)
    payments, _ = list_payments_of_account(account.dealer_id, account.account_id)
    return answer.location or answer.text, list(payments)


def test_the_preview_asks_for_no_way_to_pay(browser: Browser, account: Account) -> None:
    preview = browser.get(browser.post("/quotes", {"payable": "A"}).location).text

    assert account.account_id in preview
    assert "Your credits cover it" in preview
    assert "Link a bank account" not in preview
    assert "by card" not in preview


def test_a_yes_settles_it_at_once_and_charges_nothing(
    stage: Stage, browser: Browser, account: Account
) -> None:
    led_to, (payment,) = paid(browser, account, {"authorise": "yes"})

    outcome = originate_payment(
        stage, account.dealer_id,
        account_id=account.account_id, payment_id=payment.payment_id, source="workflow",
    )  # fmt: skip

    assert led_to.endswith(f"{payment.number}?done=credited")
    assert (payment.method.kind, payment.method.words) == (CREDITS, "Credits")
    assert (payment.charged_cents, payment.erp_credits_cents) == (0, 5_000)
    assert payment.expected_at is None
    assert "Nothing is charged." in payment.authorization.text
    assert outcome == {"outcome": "settled"}


def test_without_a_yes_nothing_is_used(browser: Browser, account: Account) -> None:
    page, payments = paid(browser, account, {})

    assert "Tick the box to authorise the payment." in page
    assert payments == []


def test_an_account_that_never_stands_still_answers_409_and_has_paid_nothing(
    browser: Browser, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contended(*_: object, **__: object) -> None:
        raise WritesRefused(frozenset())

    with monkeypatch.context() as patched:
        patched.setattr(submit_payment, "PATIENCE_SECONDS", 0)
        patched.setattr(submit_payment, "transact", contended)
        answer = submitted(browser, account, {"authorise": "yes"})
    payments, _ = list_payments_of_account(account.dealer_id, account.account_id)

    assert answer.status == 409
    assert submit_payment.CROWDED in answer.text
    assert not payments
