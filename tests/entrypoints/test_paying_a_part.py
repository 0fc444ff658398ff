"""An amount typed on a line of Outstanding: a part of its document, ticked or not, never lost."""

import pytest

from chalicelib.domain.accounts import Account
from chalicelib.domain.ids import QuoteId
from chalicelib.storage.quotes import get_stored_quote
from tests.entrypoints.browser import Browser, Page
from tests.entrypoints.cast import open_account
from tests.stage import Stage


@pytest.fixture
def account(stage: Stage, browser: Browser) -> Account:
    """An account that owes 29 times $100.00; the browser is its payer's, on Outstanding."""
    account = open_account(stage, stage.dealer())
    browser.signed_in(stage.payer(account))
    browser.get("/outstanding")
    return account


def invoice(account: Account, number: int) -> str:
    return f"INV-{account.account_id[1:]}-{number}"


def quoted(account: Account, page: Page) -> dict[str, int]:
    """What the preview behind a redirect pays, by document."""
    quote_id = QuoteId(page.location.rpartition("/")[2])
    stored, _ = get_stored_quote(account.dealer_id, account.account_id, quote_id)
    return {line.payable_id: line.allocation_cents for line in stored.quote.lines}


def test_a_typed_amount_pays_a_part_and_an_empty_box_the_whole(
    browser: Browser, account: Account
) -> None:
    first, second, third = (invoice(account, number) for number in (1, 2, 3))
    form = {
        "view": "all", "payable": [first, second],
        f"amount.{first}": "40.50", f"amount.{second}": "", f"amount.{third}": "",
    }  # fmt: skip

    page = browser.post("/quotes", form)

    assert quoted(account, page) == {first: 4_050, second: 10_000}


def test_without_a_tick_a_typed_amount_counts_all_the_same(
    browser: Browser, account: Account
) -> None:
    first = invoice(account, 1)

    page = browser.post("/quotes", {"view": "all", f"amount.{first}": "$12"})

    assert quoted(account, page) == {first: 1_200}


def test_a_whole_job_is_paid_but_for_the_part_typed_on_one_line(
    browser: Browser, account: Account
) -> None:
    first = invoice(account, 1)
    job = f"J-{account.account_id[1:]}"

    page = browser.post("/quotes", {"view": "all", "job": job, f"amount.{first}": "1.00"})

    paid = quoted(account, page)
    assert (paid.pop(first), set(paid.values()), len(paid)) == (100, {10_000}, 28)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("abc", "Type an amount like 1250 or 1250.50."),
        ("1.005", "Type an amount like 1250 or 1250.50."),
        ("-5", "Type an amount like 1250 or 1250.50."),
        ("0", "Above zero."),
        ("100.01", "More than is owed."),
    ],
)
def test_a_wrong_amount_is_said_at_its_line_and_nothing_typed_is_lost(
    browser: Browser, account: Account, typed: str, words: str
) -> None:
    first, second = invoice(account, 1), invoice(account, 2)
    form = {"view": "all", "payable": second, f"amount.{first}": typed}

    page = browser.post("/quotes", form)

    assert page.status == 422
    assert "Nothing was charged." in page.text
    assert f'<span class="problem" id="e-{first}">{words}</span>' in page.text
    assert f'name="amount.{first}" value="{typed}"' in page.text
    assert page.text.count(" checked") == 2


def test_a_foreign_document_with_an_amount_is_refused_without_a_word_about_it(
    browser: Browser, account: Account
) -> None:
    page = browser.post("/quotes", {"view": "all", "amount.INV-OF-SOMEBODY": "1.00"})

    assert page.status == 422
    assert "INV-OF-SOMEBODY is not open on this account." in page.text
    assert 'name="amount.INV-OF-SOMEBODY"' not in page.text
