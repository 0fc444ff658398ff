"""The product's tutorial, its six steps in order: an operator at a desk, customers on phones.

One customer pays with script and one without, each by ACH and then by card. docs/TUTORIAL.md is
illustrated with what this walk sees.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator

from tests.journeys import people
from tests.journeys.list_checks import checks_incoming, checks_settlements
from tests.journeys.people import quoted_discount, quoted_total
from tests.journeys.test_card import CREDIT, add, pay
from tests.journeys.test_integration import upload, wait_for, written
from tests.journeys.tutorial_ledger import CUSTOMERS, TutorialLedger
from tests.journeys.walker import Walker, fetch_json, new_walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
FRAMING, KITCHENS, DECKS, ROOFING = range(len(CUSTOMERS))
STATEMENT_CENTS, CREDIT_CENTS, DISCOUNT_CENTS = 280_000, 10_000, 5_400
NEW_CHARGES_CENTS, FEE_CENTS = 42_500, 300
EVERYWHERE_SECONDS = 31.0  # Settings are cached for half a minute.


@dataclass(frozen=True)
class Paid:
    """What one customer paid: the numbers of both payments."""

    payer: Walker
    ach: str
    card: str


@pytest.fixture
def fee_known_at(run_json: dict[str, Any], browser: Browser) -> Iterator[float]:
    """Customers pay $3.00 for ACH during the walk; from this moment on every page knows it."""
    admin = new_walker(browser, "desk")
    people.sign_in_operator(admin, run_json, run_json["dealers"][0]["id"], "admin")
    sets_the_fee(admin, run_json, "3.00")
    yield time.monotonic() + EVERYWHERE_SECONDS
    sets_the_fee(admin, run_json, "0.00")  # As the other journeys expect it.
    admin.close()


def sets_the_fee(admin: Walker, run: dict[str, Any], dollars: str) -> None:
    """What a customer pays for ACH is the dealer's own setting."""
    admin.page.goto(f"{run['console_url']}/settings")
    admin.page.get_by_label("ACH fee paid by the customer").fill(dollars)
    admin.page.get_by_role("button", name="Save settings").click()
    admin.has("Saved.")


def test_the_tutorial_is_walked_in_order_with_ach_and_with_card(
    run_json: dict[str, Any], walk: Walk, tmp_path: Path, fee_known_at: float
) -> None:
    run, ledger = run_json, new_ledger(run_json)
    operator, payer, plain = walk("desk"), walk("phone"), walk("phone", script=False)
    people.sign_in_operator(operator, run, run["dealers"][0]["id"], "admin")

    imports_the_ledger(operator, run, ledger, tmp_path)
    sees_who_owes_what(operator, run, ledger)
    invites_one_by_one_and_in_bulk(operator, run, ledger)
    declines(walk("desk"), people.invitation_link(run, ledger.email(DECKS)))
    registers(payer, run, ledger.email(FRAMING), "tutorial")
    registers(plain, run, ledger.email(KITCHENS), "tutorial-plain")
    tracks_the_invitations(operator, run, ledger)
    operator.page.wait_for_timeout(max(0.0, fee_known_at - time.monotonic()) * 1000)
    paid = [
        sees_what_is_owed_and_pays(payer, run, "tutorial"),
        sees_what_is_owed_and_pays(plain, run, "tutorial-plain"),
    ]
    watches_them_settle(operator, run, paid)
    posts_and_resolves(operator, run, paid)
    for one in paid:
        sees_them_posted(one, operator, run)
    checks_incoming(operator, run, ledger.stamp, amounts_of(paid), tmp_path)
    phone = walk("phone", state=operator.context.storage_state())
    checks_settlements(phone, run, tmp_path)


def amounts_of(paid: list[Paid]) -> dict[str, int]:
    """What each payment's number charged, in cents."""
    by_ach = STATEMENT_CENTS - CREDIT_CENTS - DISCOUNT_CENTS + FEE_CENTS
    return {**{it.ach: by_ach for it in paid}, **{it.card: NEW_CHARGES_CENTS for it in paid}}


def new_ledger(run: dict[str, Any]) -> TutorialLedger:
    """The ledger as of the product's own day, with account numbers nobody used before."""
    now = datetime.fromisoformat(fetch_json(f"{run['sandbox_url']}/clock")["now"])
    return TutorialLedger(stamp=f"N{time.time_ns() // 10**6 % 10**6:06d}", today=now.date())


def imports_the_ledger(
    operator: Walker, run: dict[str, Any], ledger: TutorialLedger, folder: Path
) -> None:
    """Step 1: the ERP's files by the page; every row is valid, Import, and the log says so."""
    page = operator.page
    page.goto(f"{run['console_url']}/integration")
    page.get_by_role("button", name="New import").click()
    page.get_by_role("heading", name="Upload files").wait_for()
    for kind, text in ledger.files.items():
        upload(operator, kind, written(folder, f"{kind.lower()}.csv", text))
        # The table under Review, not the row above it that the file was sent from.
        page.locator("#ingestion th", has_text=kind).wait_for(timeout=60_000)
    page.get_by_role("button", name=re.compile("^Import")).wait_for(timeout=60_000)
    assert not page.get_by_text("Some rows invalid").count()
    own_time = page.locator("#f-as_of")
    own_time.fill(own_time.get_attribute("max") or "")
    operator.shot("tutorial-import")
    page.get_by_role("button", name=re.compile("^Import")).click()
    wait_for(operator, f"Accounts changed: {len(CUSTOMERS)}.", script=True)


def sees_who_owes_what(operator: Walker, run: dict[str, Any], ledger: TutorialLedger) -> None:
    """Step 1: Customers by Collection Priority, and why one ranks where it does."""
    page = operator.page
    page.goto(f"{run['console_url']}/customers")
    scores = page.locator("details.prio summary .num").all_inner_texts()
    assert scores == sorted(scores, key=float, reverse=True)
    operator.shot("tutorial-customers")
    page.goto(f"{run['console_url']}/customers?q={ledger.stamp}")
    page.locator("details.prio summary").first.click()
    operator.has("of the next 30 days")
    assert page.locator("tbody th a").count() == len(CUSTOMERS)


def invites_one_by_one_and_in_bulk(
    operator: Walker, run: dict[str, Any], ledger: TutorialLedger
) -> None:
    """Step 2: the first from its account's page, the others ticked together."""
    page = operator.page
    page.goto(f"{run['console_url']}/customers/{ledger.account(FRAMING)}")
    page.get_by_role("button", name="Invite").click()
    page.get_by_text("Pending", exact=True).first.wait_for()
    operator.shot("tutorial-account-invited")
    page.goto(f"{run['console_url']}/customers?q={ledger.stamp}&badge=none")
    page.locator("[data-all]").check()
    page.get_by_role("button", name="Invite…").click()
    page.get_by_role("heading", name="Check before sending").wait_for()
    operator.shot("tutorial-bulk-check")
    page.get_by_role("button", name="Send 3 invitations").click()
    page.get_by_role("heading", name="Done").wait_for(timeout=60_000)


def declines(customer: Walker, link: str) -> None:
    """Step 2: one of them says no."""
    customer.page.goto(f"{link}&to=decline")
    customer.page.get_by_role("button", name="Decline invitation").click()
    customer.has("Invitation declined")


def tracks_the_invitations(operator: Walker, run: dict[str, Any], ledger: TutorialLedger) -> None:
    """Step 2: the badges, once two have registered and one has declined."""
    operator.page.goto(f"{run['console_url']}/customers?q={ledger.stamp}")
    rows = operator.page.locator("tbody tr")
    badges = ((FRAMING, "Accepted"), (KITCHENS, "Accepted"), (DECKS, "Declined"),
              (ROOFING, "Pending"))  # fmt: skip
    for place, badge in badges:
        assert badge_shown(rows.filter(has_text=ledger.account(place))) == badge
    operator.shot("tutorial-tracked")


def badge_shown(row: Locator) -> str:
    """The words of a row's badge; a phone's own copy is hidden at a desk."""
    return row.locator(".badge").locator("visible=true").inner_text()


def registers(payer: Walker, run: dict[str, Any], email: str, name: str) -> None:
    """Step 3: from the mail's link: a login, the terms, the company; then Outstanding."""
    payer.page.goto(people.invitation_link(run, email))
    payer.page.get_by_role("heading", name="Create your login").wait_for()
    payer.shot(f"{name}-register")
    people.register(payer, payer.page.url)


def sees_what_is_owed_and_pays(payer: Walker, run: dict[str, Any], name: str) -> Paid:
    """Step 4: the three views; the statement by ACH, the new charges by card."""
    outstanding = f"{run['portal_url']}/outstanding"
    for view, cents in (
        ("New Charges", NEW_CHARGES_CENTS),
        ("All", STATEMENT_CENTS - CREDIT_CENTS + NEW_CHARGES_CENTS),
        ("Current Statement", STATEMENT_CENTS - CREDIT_CENTS),
    ):
        payer.page.get_by_role("link", name=view, exact=True).click()
        payer.page.locator(".seg [aria-current]", has_text=view).wait_for()
        balance = payer.page.locator(".stat dd").first.inner_text()
        assert people.cents_of(balance) == cents
    payer.shot(f"{name}-statement")
    ach = pays_the_statement_by_ach(payer, name)
    payer.page.goto(f"{outstanding}?view=new")
    payer.page.locator("input[name=job]").first.check()
    payer.page.locator("[data-bar-pay]").click()
    payer.page.get_by_role("heading", name="Review payment").wait_for()
    payer.page.get_by_role("button", name="Pay by card instead").click()
    add(payer, CREDIT)
    assert quoted_total(payer) == NEW_CHARGES_CENTS
    payer.shot(f"{name}-card")
    card = pay(payer)
    people.wait_for_status(payer, f"{run['portal_url']}/payments/{card}", "Settled")
    return Paid(payer, ach, card)


def pays_the_statement_by_ach(payer: Walker, name: str) -> str:
    """The preview shows documents, credit, discount, fee and total; the bank is linked at Plaid."""
    page = payer.page
    page.get_by_role("button", name="Pay statement").click()
    page.get_by_role("heading", name="Review payment").wait_for()
    people.link_bank(payer)
    assert quoted_discount(payer) == DISCOUNT_CENTS
    assert quoted_total(payer) == STATEMENT_CENTS - CREDIT_CENTS - DISCOUNT_CENTS + FEE_CENTS
    payer.shot(f"{name}-preview")
    number = people.authorise_and_pay(payer)
    payer.has("Pending")
    return number


def watches_them_settle(operator: Walker, run: dict[str, Any], paid: list[Paid]) -> None:
    """Step 5: ACH is Pending while a card is Settled; then both are, and there is a receipt."""
    page = operator.page
    page.goto(f"{run['console_url']}/payments")
    for one in paid:
        assert badge_shown(page.locator("tr", has_text=one.ach)) == "Pending"
        assert badge_shown(page.locator("tr", has_text=one.card)) == "Settled"
    operator.shot("tutorial-incoming")
    for one in paid:
        one.payer.page.goto(f"{run['portal_url']}/payments/{one.ach}")
        people.wait_until_processing(one.payer)
    people.advance(run, "5d")
    for one in paid:
        people.wait_for_status(one.payer, f"{run['portal_url']}/payments/{one.ach}", "Settled")
        with one.payer.page.expect_download() as found:
            one.payer.page.get_by_role("link", name="Download PDF").click()
        assert found.value.suggested_filename == f"receipt-{one.ach}.pdf"
    people.wait_for_status(operator, f"{run['console_url']}/payments/{paid[0].ach}", "Settled")
    operator.shot("tutorial-payment-settled")


def posts_and_resolves(operator: Walker, run: dict[str, Any], paid: list[Paid]) -> None:
    """Step 6: each settlement's proof, Post with its four categories, Resolve."""
    page = operator.page
    for number in [number for one in paid for number in (one.ach, one.card)]:
        page.goto(f"{run['console_url']}/payments/{number}")
        if page.locator("h1 .badge", has_text="Posted").count():
            continue  # Its settlement carried another payment, too.
        people.open_settlement_of(operator, run, number)
        page.get_by_role("button", name="Post", exact=True).click()
        page.get_by_role("button", name="Resolve", exact=True).wait_for(timeout=60_000)
        page.get_by_role("button", name="Resolve", exact=True).click()
        operator.has("The settlement is resolved.")
        operator.shot("tutorial-settlement")


def sees_them_posted(one: Paid, operator: Walker, run: dict[str, Any]) -> None:
    """Step 6: Posted on both faces, and nothing is owed any more."""
    for number in (one.card, one.ach):
        people.wait_for_status(one.payer, f"{run['portal_url']}/payments/{number}", "Posted")
        people.wait_for_status(operator, f"{run['console_url']}/payments/{number}", "Posted")
    one.payer.shot("tutorial-receipt")
    one.payer.page.goto(f"{run['portal_url']}/outstanding")
    one.payer.has("Nothing is owed")
