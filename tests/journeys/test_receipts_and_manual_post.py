"""A payment's papers: confirmation, receipt, copies by mail; then posted to Spruce by hand."""

import csv
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.journeys import people
from tests.journeys.people import cents_of
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
EMAIL = f"papers.{uuid4().hex[:8]}@example.com"


def test_a_payer_keeps_receipts_and_an_operator_posts_by_hand(
    run_json: dict[str, Any], walk: Walk
) -> None:
    """Customer on a phone, then at a desk; operator at a desk, then on a phone without script."""
    run, dealer = run_json, run_json["dealers"][0]["id"]
    operator, payer = walk("desk"), walk("phone")
    people.sign_in_operator(operator, run, dealer, "admin")
    payment, charged = pay_first_job(run, operator, payer)
    fee = cents_of(payer.page.locator("dl.sum dt", has_text="ee").last.locator("+ dd").inner_text())

    name, content = downloaded(payer, "Download PDF")
    assert (name, content[:5]) == (f"confirmation-{payment}.pdf", b"%PDF-")
    payer.shot("confirmation")
    copy_to_a_contact(run, payer, "confirmation", lambda text: "not yet paid" in text)

    people.advance(run, "5d")
    people.wait_for_status(payer, f"{run['portal_url']}/payments/{payment}", "Settled")
    name, content = downloaded(payer, "Download PDF")
    assert (name, content[:5]) == (f"receipt-{payment}.pdf", b"%PDF-")
    assert downloaded(payer, "Download PDF")[1] == content
    Path("build/screenshots/receipt.pdf").write_bytes(content)
    copy_to_a_contact(run, payer, "receipt", lambda text: "Paid to" in text)
    payer.shot("receipt-copy-sent")

    settlement = open_settlement(run, operator, payment)
    post_by_hand(operator, payment, charged - fee)
    record_times(run, walk("phone", script=False), dealer, settlement)

    people.wait_for_status(payer, f"{run['portal_url']}/payments/{payment}", "Posted")
    at_a_desk = walk("desk", state=payer.context.storage_state())
    at_a_desk.page.goto(f"{run['portal_url']}/payments/{payment}")
    assert downloaded(at_a_desk, "Download PDF")[1] == content
    copy_to_a_contact(run, at_a_desk, "receipt", lambda text: "Paid to" in text)
    at_a_desk.shot("receipt-posted")
    operator.page.goto(settlement)
    operator.shot("by-hand-posted")
    operator.page.get_by_role("button", name="Resolve", exact=True).click()
    operator.has("The settlement is resolved.")


def pay_first_job(run: dict[str, Any], operator: Walker, payer: Walker) -> tuple[str, int]:
    """Invite a customer nobody invited, register, pay its first job by ACH; number and cents."""
    badges = re.compile("Accepted|Pending|Declined|Expired")
    row = operator.page.locator("tbody tr", has_not_text=badges).first
    number = row.locator("th .under").first.inner_text().split(" ·")[0]
    people.open_account(operator, number)
    people.invite(operator, EMAIL)
    people.register(payer, people.invitation_link(run, EMAIL))
    payer.page.locator("input[name=job]:not([disabled])").first.check()
    payer.page.locator("[data-bar-pay]").click()
    payer.page.get_by_role("heading", name="Review payment").wait_for()
    people.link_bank(payer)
    charged = people.quoted_total(payer)
    payment = people.authorise_and_pay(payer)
    people.wait_until_processing(payer)
    return payment, charged


def downloaded(walker: Walker, link: str) -> tuple[str, bytes]:
    """Click a link that downloads; the file's name and content."""
    with walker.page.expect_download() as found:
        walker.page.get_by_role("link", name=link, exact=True).click()
    return found.value.suggested_filename, Path(found.value.path()).read_bytes()


def copy_to_a_contact(run: dict[str, Any], payer: Walker, kind: str, wanted: Any) -> None:
    """Send a copy to the last address offered, the account's contact; it arrives in words."""
    page = payer.page
    address = page.locator("#f-recipient option").last
    email = address.inner_text().rpartition(", ")[2]
    page.get_by_label("To", exact=True).select_option(value=str(address.get_attribute("value")))
    page.get_by_role("button", name=f"E-mail the {kind}").click()
    payer.has("A copy is on its way by e-mail.")
    people.wait_for_mail(run, email, wanted)


def open_settlement(run: dict[str, Any], operator: Walker, payment: str) -> str:
    """Wait for the settlement of the payment's payout and open it; its address."""
    people.advance(run, "3d")
    page = operator.page
    for _ in range(200):
        page.goto(f"{run['console_url']}/payments/{payment}")
        if page.get_by_role("link", name=re.compile("^po_")).count():
            break
        page.wait_for_timeout(300)
    page.get_by_role("link", name=re.compile("^po_")).click()
    page.get_by_role("heading", name="Proof").wait_for()
    operator.shot("settlement-choice")
    return page.url.split("?")[0]


def post_by_hand(operator: Walker, payment: str, net_cents: int) -> None:
    """Choose Manual post; the files hold the payment, the same at every download."""
    operator.page.get_by_role("button", name="Manual post").click()
    operator.has("Posting by hand is chosen.")
    assert not operator.page.get_by_role("button", name="Post", exact=True).count()
    operator.shot("by-hand")

    name, whole = downloaded(operator, "Payments CSV")
    _, bare = downloaded(operator, "Payments CSV without header row")
    rows = list(csv.DictReader(whole.decode().splitlines()))

    assert name.endswith("-payments.csv")
    assert whole.partition(b"\r\n")[2] == bare
    assert downloaded(operator, "Payments CSV")[1] == whole
    paid = [cents_of(row["payment_amount"]) for row in rows if row["payment_id"] == payment]
    assert sum(paid) == net_cents
    assert downloaded(operator, "Cash and other CSV")[1].startswith(b"date,gl_account,debit,")


def record_times(run: dict[str, Any], operator: Walker, dealer: str, settlement: str) -> None:
    """A time to come is refused at its field; then all that wait are recorded as of now."""
    page = operator.page
    people.sign_in_operator(operator, run, dealer, "ar")
    page.goto(settlement)
    now = datetime.fromisoformat(people.advance(run, "1h"))
    at = now.astimezone(ZoneInfo("America/Los_Angeles"))
    fields = page.locator("input[type=datetime-local]")
    fields.last.fill(f"{at + timedelta(days=2):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Record posted times").click()
    operator.has("This time has not come yet.")
    assert "422" in operator.problems.pop()  # Chromium notes the status of the refusal.
    operator.shot("by-hand-refused")
    for number in range(fields.count()):
        fields.nth(number).fill(f"{at:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Record posted times").click()
    operator.has("The posted times are recorded.")
    operator.shot("by-hand-recorded")
    assert downloaded(operator, "Summary CSV")[0].endswith("-summary.csv")
