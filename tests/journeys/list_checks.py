"""What an operator does with the lists under Payments: filter, sort both ways, take the file."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.journeys.people import cents_of
from tests.journeys.test_lists import downloaded
from tests.journeys.walker import Walker

Rows = list[dict[str, str]]


def checks_incoming(
    operator: Walker, run: dict[str, Any], payer: str, amounts: dict[str, int], folder: Path
) -> None:
    """By payer, status, amount and day; each view's file holds the rows of the page.

    `amounts` are the payments of everybody whose name or number begins with `payer`, in cents.
    """
    page = operator.page
    page.goto(f"{run['console_url']}/payments?clear=yes")
    page.get_by_label("Payer or number").fill(payer)
    page.get_by_role("button", name="Show").click()
    assert set(as_in_its_file(operator, "payment", numbers_shown, folder)) == set(amounts)
    page.get_by_role("link", name="Amount").click()
    page.get_by_role("link", name="Amount").click()
    page.locator("th[aria-sort=ascending]", has_text="Amount").wait_for()
    found = as_in_its_file(operator, "payment", numbers_shown, folder)
    assert [amounts[number] for number in found] == sorted(amounts.values())
    operator.shot("payments-ascending")

    least = sorted(amounts.values())[-2]
    page.get_by_label("Least").fill(f"{least / 100:.2f}")
    page.get_by_label("Status").select_option("posted")
    page.get_by_role("button", name="Show").click()
    kept = {number for number, cents in amounts.items() if cents >= least}
    rows = in_its_file(operator, "payment", numbers_shown, folder)
    assert {row["payment"] for row in rows} == kept
    assert [cents_in(row["amount"]) for row in rows] == amounts_shown(operator)
    assert {row["status"] for row in rows} == {"posted"}
    assert_days(operator, rows, folder)


def assert_days(operator: Walker, rows: Rows, folder: Path) -> None:
    """The days of these rows keep them all; the day after the last keeps none."""
    page, days = operator.page, sorted(row["initiated"][:10] for row in rows)
    page.get_by_label("From").fill(days[0])
    page.get_by_label("To").fill(days[-1])
    page.get_by_role("button", name="Show").click()
    assert in_its_file(operator, "payment", numbers_shown, folder) == rows
    page.get_by_label("To").fill("2020-01-01")
    page.get_by_role("button", name="Show").click()
    operator.has("No payment matches")
    page.get_by_role("link", name="Clear filters").click()
    page.get_by_role("table").wait_for()


def checks_settlements(operator: Walker, run: dict[str, Any], folder: Path) -> None:
    """Resolved ones by what was deposited, smallest first; left and found again; cleared."""
    page = operator.page
    page.goto(f"{run['console_url']}/settlements?clear=yes")
    page.get_by_label("State").select_option("resolved")
    page.get_by_role("button", name="Show").click()
    for order in ("descending", "ascending"):
        page.get_by_role("link", name="Net deposit").click()
        page.locator(f"th[aria-sort={order}]", has_text="Net deposit").wait_for()
        rows = in_its_file(operator, "settlement", settlements_shown, folder)
        nets = [cents_in(row["net_deposit"]) for row in rows]
        assert nets == sorted(nets, reverse=order == "descending")
        assert rows
        assert all(row["resolved"] for row in rows)
    operator.shot("settlements-ascending")
    left = page.url
    page.goto(f"{run['console_url']}/customers")
    page.get_by_role("link", name="Payments", exact=True).click()
    page.get_by_role("link", name="Settlements", exact=True).click()
    assert page.url == left
    day = rows[0]["created"][:10]
    page.get_by_label("From").fill(day)
    page.get_by_label("To").fill(day)
    page.get_by_role("button", name="Show").click()
    of_day = in_its_file(operator, "settlement", settlements_shown, folder)
    assert of_day == [row for row in rows if row["created"][:10] == day]
    page.get_by_role("link", name="Clear filters").click()
    page.get_by_label("State").wait_for()
    assert page.url == f"{run['console_url']}/settlements"


def as_in_its_file(
    operator: Walker, column: str, shown: Callable[[Walker], list[str]], folder: Path
) -> list[str]:
    """The rows' names, the same on the page and in the file of this view."""
    return [row[column] for row in in_its_file(operator, column, shown, folder)]


def in_its_file(
    operator: Walker, column: str, shown: Callable[[Walker], list[str]], folder: Path
) -> Rows:
    """The file of the current view, whose rows are those of the page in its order."""
    rows = downloaded(operator, "Export CSV", folder)
    assert [row[column] for row in rows] == shown(operator)
    return rows


def numbers_shown(operator: Walker) -> list[str]:
    """The payments' numbers on the page."""
    under = operator.page.locator("tbody th .under").all_inner_texts()
    return [text.split(" · ")[1] for text in under]


def amounts_shown(operator: Walker) -> list[int]:
    """The payments' amounts on the page, in cents."""
    texts = operator.page.locator("tbody td.strong").all_inner_texts()
    return [cents_of(text.split("\n")[0]) for text in texts]


def settlements_shown(operator: Walker) -> list[str]:
    """The settlements' ids on the page."""
    return operator.page.locator("tbody th a").all_inner_texts()


def cents_in(text: str) -> int:
    """ "1234.50" of a file → 123450."""
    return int(Decimal(text) * 100)
