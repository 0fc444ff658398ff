"""An account billed by balance: the whole, a job or an amount; its documents are only listed."""

from dataclasses import replace

import pytest

from chalicelib.domain.accounts import Account, BillingKind
from chalicelib.domain.ids import QuoteId
from chalicelib.storage.accounts import header_put
from chalicelib.storage.quotes import get_stored_quote
from chalicelib.storage.transactions import transact
from tests.entrypoints.browser import Browser, Page
from tests.entrypoints.cast import open_account
from tests.stage import Stage


@pytest.fixture
def account(stage: Stage, browser: Browser) -> Account:
    """It owes 29 times $100.00 on one job; the browser is its payer's, on Outstanding."""
    opened = open_account(stage, stage.dealer())
    account = replace(opened, billing_kind=BillingKind.BALANCE_FORWARD).raised()
    transact([header_put(account, expected_version=opened.money_version)], token=account.account_id)
    browser.signed_in(stage.payer(account))
    browser.get("/outstanding")
    return account


def charged(account: Account, page: Page) -> int:
    """What the preview behind a redirect charges, in cents."""
    quote_id = QuoteId(page.location.rpartition("/")[2])
    stored, _ = get_stored_quote(account.dealer_id, account.account_id, quote_id)
    return stored.quote.charged_cents


def test_documents_are_listed_without_a_box_and_jobs_with_one(
    browser: Browser, account: Account
) -> None:
    page = browser.get("/outstanding")

    assert f"INV-{account.account_id[1:]}-1" in page.text
    assert 'name="payable"' not in page.text
    assert 'name="amount.' not in page.text
    assert page.text.count('name="job"') == 1
    assert "Pay the whole balance" in page.text


@pytest.mark.parametrize(
    ("form", "cents"),
    [({"whole": "account"}, 290_000), ({"job": "J"}, 290_000), ({"amount": "1234.50"}, 123_450)],
)
def test_the_whole_a_job_or_an_amount_is_paid(
    browser: Browser, account: Account, form: dict[str, str], cents: int
) -> None:
    named = {"job": f"J-{account.account_id[1:]}"} if "job" in form else form

    page = browser.post("/quotes", {"view": "all", **named})

    assert charged(account, page) == cents


@pytest.mark.parametrize("field", ["payable", "amount"])
def test_a_document_chosen_all_the_same_is_refused_in_words(
    browser: Browser, account: Account, field: str
) -> None:
    number = f"INV-{account.account_id[1:]}-1"
    form = {"payable": number} if field == "payable" else {f"amount.{number}": "5"}

    page = browser.post("/quotes", {"view": "all", **form})

    assert page.status == 422
    assert "This account is paid by its balance." in page.text
    assert "Nothing was charged." in page.text


def test_the_preview_shows_the_job_and_offers_no_document_to_change(
    browser: Browser, account: Account
) -> None:
    asked = browser.post("/quotes", {"whole": "account"})

    page = browser.get(asked.location)
    changed = browser.post(
        f"{asked.location}/change", {f"amount.INV-{account.account_id[1:]}-1": "5"}
    )

    assert "Account balance" in page.text
    assert f"INV-{account.account_id[1:]}-1" not in page.text
    assert "1 job</dt>" in page.text
    assert changed.status == 422
    assert "paid by its balance" in changed.text
