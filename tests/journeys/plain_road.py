"""The road without script, an act a function: what a browser that runs none still has to do."""

import re
from pathlib import Path
from typing import Any

from tests.journeys import people
from tests.journeys.people import cents_of
from tests.journeys.test_integration import upload, wait_for, written
from tests.journeys.walker import Walker


def import_files(operator: Walker, files: dict[str, str], folder: Path, *, accounts: int) -> None:
    """Upload each file from Integration, say when it was written, Import; the log says so."""
    page = operator.page
    page.get_by_role("link", name="Integration").click()
    page.get_by_role("button", name="New import").click()
    page.get_by_role("heading", name="Upload files").wait_for()
    for kind, text in files.items():
        upload(operator, kind, written(folder, f"{kind.lower()}.csv", text))
        # The table under Review, not the row above it that the file was sent from.
        people.reload_until(operator, page.locator("#ingestion th", has_text=kind).count)
    people.reload_until(operator, page.get_by_role("button", name=re.compile("^Import")).count)
    assert not page.get_by_text("Some rows invalid").count()
    own_time = page.locator("#f-as_of")
    own_time.fill(own_time.get_attribute("max") or "")
    page.get_by_role("button", name=re.compile("^Import")).click()
    wait_for(operator, f"Accounts changed: {accounts}.", script=False)


def pay_everything(payer: Walker, balance: int, *, discount: int = 0) -> str:
    """Tick every job, review, link a bank, authorise, pay; the payment's number."""
    page = payer.page
    assert balance_shown(payer, "Balance") == balance
    payer.shot("plain-outstanding")
    for box in page.locator("input[name=job]").all():
        box.check()
    page.get_by_role("button", name="Pay selected").click()
    page.get_by_role("heading", name="Review payment").wait_for()
    assert people.quoted_total(payer) == balance - discount
    people.link_bank(payer)
    return people.authorise_and_pay(payer)


def post_and_resolve(operator: Walker, run: dict[str, Any], payment: str) -> int:
    """Post and resolve the settlement that carries the payment; returns its gross in cents."""
    page = operator.page
    people.open_settlement_of(operator, run, payment)
    gross = cents_of(page.locator("dt", has_text="Payments, gross").locator("+ dd").inner_text())
    page.get_by_role("button", name="Post", exact=True).click()
    resolve = page.get_by_role("button", name="Resolve", exact=True)
    people.reload_until(operator, resolve.count)
    operator.shot("plain-settlement")
    resolve.click()
    operator.has("The settlement is resolved.")
    return gross


def balance_shown(walker: Walker, label: str) -> int:
    """One of the figures in the strip at the top, in cents."""
    stat = walker.page.locator(".stat", has=walker.page.locator("dt", has_text=label)).first
    return cents_of(stat.locator("dd").inner_text())
