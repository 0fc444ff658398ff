"""The pages in Chromium under the real CSP: axe, width, selection, and life without script."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from chalicelib.rendering.pages import TEMPLATES, render_page
from tests.axe import axe_violations

from .examples import all_examples

EXAMPLES = all_examples()
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
CLIPPED = """[...document.querySelectorAll('.card:not(.scroll), .panel, .stats')]
  .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.innerText.slice(0, 60))"""
# On a phone nothing is behind the edge of a table that a desk may scroll.
WIDE = """[...document.querySelectorAll('.scroll')]
  .filter(box => box.scrollWidth > box.clientWidth).map(box => box.innerText.slice(0, 60))"""
KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2"}
ROUTES = {
    "/outstanding/jobs/riverbend": "job_rows",
    "/console/settlements/S1/progress": "settlement_progress_done",
    "/console/invitations/M1/progress": "mailing_progress_done",
    "/console/customers": "customers_no_match",
    "/console/reconciliation/progress": "reconciliation_progress_done",
}
FRAGMENTS = (
    "job_rows", "mailing_progress", "settlement_progress", "ingestion_progress",
    "reconciliation_progress",
)  # fmt: skip


# Tables of their own on a page that has several.
ALSO = ("account_statements", "settlement_every_line")


def _examples_looked_at() -> list[str]:
    """The first example of each page, and those that show a table the first does not."""
    firsts = {type(view): name for name, view in reversed(EXAMPLES.items())}
    names = (*firsts.values(), *ALSO)
    return sorted(name for name in names if not name.startswith(FRAGMENTS))


class _Pages(BaseHTTPRequestHandler):
    static: Path

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path.startswith("/static/"):
            file = self.static / path.removeprefix("/static/")
            self._answer(file.read_bytes(), KINDS[file.suffix[1:]])
        else:
            name = ROUTES.get(path, path.lstrip("/"))
            self._answer(render_page(EXAMPLES[name]).encode(), "text/html; charset=utf-8")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-security-policy", CSP)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def address(built_assets: Path) -> Iterator[str]:
    handler = type("Pages", (_Pages,), {"static": built_assets})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def _open(browser: Browser, url: str, size: str = "desk", *, script: bool = True) -> Page:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, java_script_enabled=script)
    page.goto(url)
    return page


@pytest.fixture(scope="module", params=SIZES)
def listened_to(
    browser: Browser, request: pytest.FixtureRequest
) -> Iterator[tuple[Page, str, list[str]]]:
    """One window of each size for many pages, and what its console says."""
    said: list[str] = []
    width, height = SIZES[request.param]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page, request.param, said
    page.close()


@pytest.mark.parametrize("name", _examples_looked_at())
def test_a_page_fits_is_accessible_and_breaks_no_policy(
    listened_to: tuple[Page, str, list[str]], address: str, name: str
) -> None:
    page, size, complaints = listened_to
    complaints.clear()

    page.goto(f"{address}/{name}")
    found = axe_violations(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    clipped = page.evaluate(CLIPPED)
    wide = page.evaluate(WIDE) if size == "phone" else []

    assert (found, complaints) == ([], [])
    assert (width <= SIZES[size][0], clipped, wide) == (True, [], [])


@pytest.mark.parametrize("width", [390, 720])
def test_a_long_receipt_fits_its_paper(browser: Browser, address: str, width: int) -> None:
    page = _open(browser, f"{address}/receipt_large", "phone")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": 900})

    boxes = [box.bounding_box() for box in page.locator(".card, .panel, table").all()]

    assert max(box["x"] + box["width"] for box in boxes if box) <= width
    page.close()


def test_every_kind_of_page_is_looked_at() -> None:
    shown = {type(EXAMPLES[name]) for name in _examples_looked_at()}

    assert len(shown) == len(TEMPLATES) - len(FRAGMENTS)


def test_ticking_a_job_counts_its_documents_and_names_the_sum(
    browser: Browser, address: str
) -> None:
    page = _open(browser, f"{address}/outstanding")

    page.get_by_label("Select all of Lot 14, Alder Creek").check()
    summed = page.locator("[data-bar-pay]").inner_text()
    page.get_by_label("Select invoice I-448377, $962.40").uncheck()

    box = page.get_by_label("Select all of Lot 14, Alder Creek")
    assert summed == "Pay $19,882.64"
    assert page.locator("[data-bar-total]").inner_text() == "$18,920.24"
    assert page.locator("[data-bar-count]").inner_text() == "3 items selected, $386.50 credit used"
    assert box.evaluate("box => box.indeterminate")
    page.close()


def test_the_bar_nets_credits_discount_and_fee_as_the_preview_will(
    browser: Browser, address: str
) -> None:
    page = _open(browser, f"{address}/outstanding_statement")
    bar, pay = page.locator("[data-bar-count]"), page.locator("[data-bar-pay]")

    page.get_by_label("Select invoice I-1, $250.00").check()
    part = (bar.inner_text(), pay.inner_text())
    page.get_by_label("Select invoice I-2, $150.00").check()
    whole = (bar.inner_text(), pay.inner_text())

    said = "1 item selected, $100.00 credit used, the whole saves $6.00, $3.00 ACH fee"
    assert part == (said, "Pay $153.00")
    said = "2 items selected, $100.00 credit used, $6.00 discount, $3.00 ACH fee"
    assert whole == (said, "Pay $297.00")
    page.close()


def test_an_amount_typed_on_a_line_is_what_the_bar_adds(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/outstanding_statement")
    box, amount = page.get_by_label("Select invoice I-1, $250.00"), page.locator(".amt").first
    hidden = not amount.is_visible()
    box.check()
    page.get_by_label("Select invoice I-2, $150.00").check()

    amount.fill("160.00")
    part = page.locator("[data-bar-pay]").inner_text()
    box.uncheck()
    box.check()
    again = page.locator("[data-bar-pay]").inner_text()

    assert hidden
    assert part == "Pay $213.00"  # 160 + 150 − 100 credit + 3 fee: the discount is for the whole.
    assert again == "Pay $297.00"
    page.close()


def test_a_large_job_loads_its_rows_when_it_is_expanded(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/outstanding")
    rows = page.locator("tbody:has(#job-riverbend) tr.inv")

    page.get_by_label("Select all of Riverbend Townhomes, phase 2").check()
    before = page.locator("[data-bar-total]").inner_text()
    page.get_by_role("link", name="Riverbend Townhomes, phase 2").click()
    rows.nth(4).wait_for()

    assert before == "$15,253.65"
    assert rows.count() == 5
    assert page.locator("[data-bar-total]").inner_text() == "$19,882.64"
    page.close()


def test_searching_replaces_the_list_in_place(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/console/customers")
    page.goto(f"{address}/customers")

    page.get_by_label("Search name or account number").press_sequentially("zz")
    page.get_by_text("No account matches").wait_for()

    assert "q=zz" in page.url
    page.close()


@pytest.mark.parametrize("status", [400, 503])
def test_a_search_that_is_refused_leaves_the_list_as_it_is(
    browser: Browser, address: str, status: int
) -> None:
    page = _open(browser, f"{address}/customers")
    rows = page.locator("#results tbody tr").count()
    page.route("**/console/customers?*", lambda it: it.fulfill(status=status, body="<p>No</p>"))

    with page.expect_response("**/console/customers?*"):
        page.get_by_label("Search name or account number").press_sequentially("zz")

    page.wait_for_timeout(300)  # Longer than a swap would take.
    assert page.locator("#results tbody tr").count() == rows > 0
    page.close()


def test_the_progress_of_a_post_arrives_by_itself(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/settlement_running")

    page.get_by_role("button", name="Resolve").wait_for()

    assert page.locator("progress").count() == 0
    page.close()


def test_why_opens_by_hover_by_tap_and_by_keyboard(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/customers")
    reasons = page.locator(".why").first
    summary = page.locator("details.prio > summary").first

    summary.hover()
    hovered = reasons.is_visible()
    page.mouse.move(0, 0)
    left = reasons.is_visible()
    summary.click()
    page.mouse.move(0, 0)
    clicked = reasons.is_visible()
    page.keyboard.press("Escape")
    escaped = reasons.is_visible()

    assert (hovered, left, clicked, escaped) == (True, False, True, False)
    page.close()


def test_without_script_every_row_shows_and_the_form_can_be_sent(
    browser: Browser, address: str
) -> None:
    page = _open(browser, f"{address}/outstanding", script=False)

    assert page.get_by_label("Select invoice I-446001, $5,050.00").is_visible()
    assert page.get_by_label("Amount to pay on I-446001").is_visible()
    assert page.get_by_role("button", name="Pay selected").is_enabled()
    assert not page.get_by_label("Select everything").is_visible()
    page.close()
