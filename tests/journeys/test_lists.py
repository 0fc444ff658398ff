"""Lists as people use them: search, sort, filter, page, export, keyboard; and when empty."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import StorageState

from tests.journeys import people
from tests.journeys.own_accounts import JOBS, LARGE, Own
from tests.journeys.people import cents_of
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
TABS = (
    "Invoices", "Debit adjustments", "Credit adjustments", "Statements", "Payments", "Activity",
)  # fmt: skip


def test_customers_are_searched_sorted_filtered_paged_and_exported(
    run_json: dict[str, Any], walk: Walk, clerk: StorageState, tmp_path: Path
) -> None:
    """The file holds exactly the accounts of all pages, in the page's order."""
    operator = walk("desk", state=clerk)
    page = operator.page
    page.goto(f"{run_json['console_url']}/customers")
    page.get_by_role("link", name="Past due").last.click()
    late = [cents_of(text) for text in page.locator("tbody tr td:nth-child(7)").all_inner_texts()]
    assert late == sorted(late, reverse=True)
    page.get_by_role("link", name="Past due").last.click()
    page.locator("th[aria-sort=ascending]", has_text="Past due").wait_for()
    page.get_by_label("Age", exact=True).select_option("1-30")
    page.get_by_label("Least outstanding").fill("lots")
    page.get_by_role("button", name="Search").click()
    assert page.locator("tbody tr").count()  # The browser refuses it, nothing is asked.
    page.get_by_label("Least outstanding").fill("$1,500.50")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**age=1-30**min=%241%2C500.50**")
    operator.shot("customers-filtered")

    numbers = numbers_shown(operator)
    while page.get_by_role("link", name="Next").count():
        page.get_by_role("link", name="Next").click()
        page.get_by_role("link", name="Previous").wait_for()
        numbers += numbers_shown(operator)

    assert len(numbers) > 50
    assert page.locator(".pager p").inner_text().endswith(f"of {len(numbers)} accounts")
    rows = downloaded(operator, "Export CSV", tmp_path)
    assert [row["account_id"] for row in rows] == numbers
    assert min(Decimal(row["outstanding"]) for row in rows) >= Decimal("1500.50")
    assert all(Decimal(row["past_due_1_30"]) > 0 for row in rows)
    page.get_by_role("link", name="Previous").click()
    page.get_by_role("link", name="Next").wait_for()
    page.get_by_role("link", name="Payments", exact=True).click()
    page.get_by_role("link", name="Customers", exact=True).click()
    page.wait_for_url("**age=1-30**")
    page.get_by_role("link", name="Clear filters").click()
    page.get_by_text("Clear filters").wait_for(state="detached")


def test_a_search_finds_words_in_any_case_and_says_when_there_is_nothing(
    run_json: dict[str, Any], walk: Walk, own: Own, clerk: StorageState, tmp_path: Path
) -> None:
    """Typing narrows the list in place; the address and the file keep the search."""
    operator = walk("desk", state=clerk)
    page = operator.page
    page.goto(f"{run_json['console_url']}/customers")
    page.get_by_label("Search name or account number").press_sequentially("demo LARGE buil")
    page.wait_for_url("**q=demo+LARGE+buil**")
    page.locator("tbody").get_by_text(own.account("large")).wait_for()
    assert set(page.locator("tbody th a").all_inner_texts()) == {"Demo Large Builders"}
    rows = downloaded(operator, "Export CSV", tmp_path)
    assert {row["name"] for row in rows} == {"Demo Large Builders"}

    page.get_by_label("Search name or account number").fill("nobody by this name")
    page.get_by_role("button", name="Search").click()

    operator.has("No account matches")
    operator.shot("customers-no-match")


def test_every_tab_of_an_account_is_a_page(
    run_json: dict[str, Any], walk: Walk, clerk: StorageState
) -> None:
    """The account with the most to show, tab by tab."""
    operator = walk("desk", state=clerk)
    operator.page.goto(f"{run_json['console_url']}/customers?sort=outstanding")
    operator.page.locator("tbody th a").first.click()

    for name in TABS:
        operator.page.locator(".tabs a", has_text=name).click()
        operator.page.locator(".tabs a[aria-current=page]", has_text=name).wait_for()
        operator.shot(f"account-tab-{name.split()[0].lower()}")


def test_lists_without_anything_say_so(
    run_json: dict[str, Any], walk: Walk, invited: Callable[[str], str], clerk: StorageState
) -> None:
    """A payer who owes nothing and paid nothing; a filter that no payment passes."""
    person = walk("phone")
    people.register(person, invited("empty"))
    person.has("Nothing is owed")
    person.shot("outstanding-empty")
    person.page.goto(f"{run_json['portal_url']}/payments")
    person.has("No payments yet")
    person.shot("payments-empty")

    operator = walk("desk", state=clerk)
    operator.page.goto(f"{run_json['console_url']}/payments?min=9999999")
    operator.has("No payment matches")
    operator.shot("incoming-payments-no-match")


def test_a_large_account_loads_a_jobs_rows_on_expand(
    run_json: dict[str, Any], walk: Walk, invited: Callable[[str], str], tmp_path: Path
) -> None:
    """With script in place, without by a page; ticked, paid and exported alike."""
    person = walk("phone")
    people.register(person, invited("large"))
    page, rows = person.page, person.page.locator("tr.inv")
    assert rows.count() == 0
    job = page.locator("tbody", has_text=JOBS[0])
    job.locator("input[name=job]").check()
    ticked = page.locator("[data-bar-pay]").inner_text()
    job.locator("[data-expand]").click()
    rows.first.wait_for()

    assert rows.count() == LARGE // len(JOBS)
    assert page.locator("[data-bar-pay]").inner_text() == ticked
    person.shot("outstanding-large")
    files = downloaded(person, "Download CSV", tmp_path)
    assert len(files) == LARGE
    balance = cents_of(page.locator(".stat dd").first.inner_text())
    assert sum(int(Decimal(row["open_amount"]) * 100) for row in files) == balance
    plain = walk("phone", script=False, state=person.context.storage_state())
    plain.page.goto(f"{run_json['portal_url']}/outstanding")
    plain.page.get_by_role("link", name=JOBS[1]).click()
    assert plain.page.locator("tr.inv:visible").count() == LARGE // len(JOBS)
    plain.shot("plain-outstanding-large")


def test_outstanding_and_the_priority_work_from_the_keyboard(
    run_json: dict[str, Any], walk: Walk, clerk: StorageState, payer: StorageState
) -> None:
    """Tab reaches every box, Pay and the popover; Space ticks, Escape closes."""
    person, operator = walk("desk", state=payer), walk("desk", state=clerk)
    person.page.goto(f"{run_json['portal_url']}/outstanding")
    tab_to(person, "input[name=payable]")
    person.page.keyboard.press("Space")
    tab_to(person, "[data-bar-pay]")
    person.shot("outstanding-keyboard")
    person.page.keyboard.press("Enter")
    person.page.get_by_role("heading", name="Review payment").wait_for()

    operator.page.goto(f"{run_json['console_url']}/customers")
    tab_to(operator, "details.prio summary")
    operator.page.locator("details.prio[open] .why").wait_for()
    operator.page.keyboard.press("Escape")
    operator.page.locator("details.prio[open]").wait_for(state="detached")


def tab_to(walker: Walker, selector: str) -> None:
    """Press Tab until an element that fits has the focus, as somebody without a mouse would."""
    for _ in range(60):
        walker.page.keyboard.press("Tab")
        if walker.page.locator(f":focus:is({selector})").count():
            return
    raise AssertionError(f"Tab never reached {selector}")


def numbers_shown(operator: Walker) -> list[str]:
    """The account numbers of the rows on the page."""
    under = operator.page.locator("tbody th .under").all_inner_texts()
    return [text.split(" ·")[0] for text in under]


def downloaded(walker: Walker, link: str, folder: Path) -> list[dict[str, str]]:
    """The rows of the file behind a link of the page."""
    with walker.page.expect_download() as begun:
        walker.page.get_by_role("link", name=link).click()
    path = folder / begun.value.suggested_filename
    begun.value.save_as(path)
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))
