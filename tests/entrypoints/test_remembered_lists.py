"""Lists as an operator leaves them: sorted both ways, remembered per operator, cleared."""

import base64
import re

import pytest

from chalicelib.domain.dealers import Dealer
from chalicelib.entrypoints.console.list_parts import sorting_columns
from tests.entrypoints.browser import Browser
from tests.stage import Stage

LISTS = {  # A list, a filter of it, and what refuses to be one.
    "/console/customers": ("badge=pending&sort=name&order=descending", "badge=lost"),
    "/console/payments": ("status=settled&sort=amount&order=ascending", "status=lost"),
    "/console/settlements": ("state=to-post&sort=net&order=ascending", "state=lost"),
}
every_list = pytest.mark.parametrize("path", LISTS)


@pytest.fixture
def dealer(stage: Stage, browser: Browser) -> Dealer:
    """A dealer with one account, and an operator at the console."""
    dealer = stage.dealer()
    stage.account(dealer)
    browser.signed_in(stage.operator(dealer))
    return dealer


@every_list
@pytest.mark.usefixtures("dealer")
def test_a_plain_visit_opens_the_list_as_it_was_left(browser: Browser, path: str) -> None:
    left, _ = LISTS[path]
    assert browser.get(path).status == 200

    browser.get(f"{path}?{left}")
    plain = browser.get(path)

    assert (plain.status, plain.location) == (303, f"{path}?{left}")
    assert f'href="{path}?clear=yes"' in browser.get(plain.location).text


@every_list
@pytest.mark.usefixtures("dealer")
def test_clear_filters_forgets_them(browser: Browser, path: str) -> None:
    browser.get(f"{path}?{LISTS[path][0]}")

    cleared = browser.get(f"{path}?clear=yes")

    assert (cleared.status, cleared.location) == (303, path)
    assert "Clear filters" not in browser.get(path).text


@every_list
@pytest.mark.usefixtures("dealer")
def test_a_form_sent_empty_shows_everything_and_is_remembered_as_that(
    browser: Browser, path: str
) -> None:
    left, _ = LISTS[path]
    browser.get(f"{path}?{left}")
    emptied = re.sub(r"=[^&]*", "=", left)

    assert browser.get(f"{path}?{emptied}").status == 200
    assert browser.get(path).status == 200


@every_list
@pytest.mark.usefixtures("dealer")
def test_what_was_refused_is_not_remembered(browser: Browser, path: str) -> None:
    left, refused = LISTS[path]
    browser.get(f"{path}?{left}")

    assert browser.get(f"{path}?{refused}").status == 422

    assert browser.get(path).location == f"{path}?{left}"


@every_list
@pytest.mark.usefixtures("dealer")
@pytest.mark.parametrize("said", ["", "!", "é", "x" * 900])
def test_a_cookie_that_says_nothing_we_can_show_opens_the_plain_list(
    browser: Browser, path: str, said: str
) -> None:
    left, refused = LISTS[path]
    browser.get(f"{path}?{left}")
    name = next(name for name in browser.cookies if "list" in name)
    owner = browser.cookies[name].partition(".")[0]
    for query in (said, base64.urlsafe_b64encode(refused.encode()).decode()):
        browser.cookies[name] = f"{owner}.{query}"

        assert browser.get(path).status == 200


@every_list
def test_another_operator_of_the_same_browser_starts_with_the_whole_list(
    browser: Browser, stage: Stage, dealer: Dealer, path: str
) -> None:
    browser.get(f"{path}?{LISTS[path][0]}")

    browser.signed_in(stage.operator(dealer))

    assert browser.get(path).status == 200


@pytest.mark.usefixtures("dealer")
@pytest.mark.parametrize("path", ["/console/customers", "/console/payments"])
def test_the_words_searched_for_stay_out_of_the_cookie(browser: Browser, path: str) -> None:
    page = browser.get(f"{path}?q=Ruiz")

    assert page.status == 200
    assert not any("list" in name for name in browser.cookies)
    assert browser.get(path).status == 200


def test_pressing_a_heading_again_turns_the_order_round() -> None:
    heads = (("when", "When", "time"), ("much", "Much", "amount"), ("what", "What", ""))
    typed = {"status": "settled", "sort": "", "order": ""}

    down = sorting_columns("/list", typed, heads, chosen="time")
    up = sorting_columns("/list", {**typed, "order": "ascending"}, heads, chosen="time")

    assert [head.sorted for head in down] == ["descending", "", ""]
    assert [head.sorted for head in up] == ["ascending", "", ""]
    assert down[0].href == "/list?status=settled&sort=time&order=ascending"
    assert up[0].href == "/list?status=settled&sort=time"
    assert {it[1].href for it in (down, up)} == {"/list?status=settled&sort=amount"}
    assert {it[2].href for it in (down, up)} == {""}
