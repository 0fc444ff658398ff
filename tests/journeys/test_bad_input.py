"""What must change nothing: altered forms, double clicks, forged and repeated webhooks."""

import hashlib
import hmac
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import StorageState

from sandbox.world import keys
from tests.journeys import people
from tests.journeys.books import books_agree, our_ledger, processor_list, set_aside
from tests.journeys.own_accounts import Own
from tests.journeys.walker import Walker, fetch_json

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
REPLAYED_AFTER_SECONDS = 600
POST = """async ([path, fields]) => {
  const answer = await fetch(path, {method: 'POST', body: new URLSearchParams(fields)});
  return {status: answer.status, url: answer.url, text: await answer.text()};
}"""


def test_an_altered_form_is_refused_and_charges_nothing(
    run_json: dict[str, Any], walk: Walk, own: Own, payer: StorageState
) -> None:
    """Signature, amount, another company's invoice or preview, posted from the payer's own page."""
    before = charged(run_json)
    person = preview_of_one(walk("desk", state=payer), run_json)
    total, fields = people.quoted_total(person), form_fields(person)
    submit = person.page.locator("form[action$=submit]").get_attribute("action")
    owned = person.page.locator("section.card tbody th .strong").first.inner_text()
    csrf = {"csrf": fields["csrf"]}

    forged = send(person, submit, {**fields, "signature": "0" * 64})
    assert (forged["status"], "Nothing was charged." in forged["text"]) == (422, True)
    for invoice in (f"{own.stamp}-used-000", f"{own.stamp}-payer-999"):
        foreign = send(person, "/quotes", {**csrf, "view": "all", "payable": invoice})
        assert foreign["status"] in (404, 409, 422)
        assert "Nothing was charged." in foreign["text"]
    missing = send(person, "/quotes/01JZZZZZZZZZZZZZZZZZZZZZZZ/submit", fields)
    assert missing["status"] == 404
    wanted = {**csrf, "view": "all", "payable": owned, "total": "0.01", "amount_cents": "1"}
    person.page.goto(send(person, "/quotes", wanted)["url"])
    assert people.quoted_total(person) == total
    assert charged(run_json) == before


def test_two_tabs_and_the_back_button_make_one_payment(
    run_json: dict[str, Any], walk: Walk, payer: StorageState
) -> None:
    """Both tabs lead to the same payment; going back says that it was submitted."""
    before = charged(run_json)
    first = preview_of_one(walk("desk", state=payer), run_json)
    total = people.quoted_total(first)
    second = walk("desk", state=payer)
    second.page.goto(first.page.url)
    for tab in (first, second):
        tab.page.locator("input[name=authorise]").check()
    fields = form_fields(second)
    submit = second.page.locator("form[action$=submit]").get_attribute("action")

    for tab in (first, second):
        tab.page.get_by_role("button", name=re.compile("^Pay .* by ACH")).click(no_wait_after=True)
    for tab in (first, second):
        tab.page.wait_for_url(re.compile("/payments/"))
    assert number_of(first) == number_of(second)
    first.page.go_back()
    first.has("This payment was already submitted")
    first.shot("quote-submitted")
    again = send(first, submit, {**fields, "authorise": "yes"})

    assert number_of(second) in again["url"]
    people.wait_until_processing(second)
    assert charged(run_json) - before == {(number_of(second), total)}


def test_forged_repeated_and_wrong_webhooks_change_nothing(
    run_json: dict[str, Any], walk: Walk, payer: StorageState
) -> None:
    """Refused or set aside; and in the end the processor's money is our ledger's, cent by cent."""
    person = preview_of_one(walk("phone", state=payer), run_json)
    payment = people.authorise_and_pay(person)
    people.wait_until_processing(person)
    event = newest_event(run_json, "payment_intent.processing")
    event["type"], event["data"]["object"]["status"] = "payment_intent.succeeded", "succeeded"
    claimed = {**event, "id": f"evt_wrong_{time.time_ns()}"}
    claimed["data"] = {"object": {**event["data"]["object"], "amount": 1}}

    assert deliver(run_json, event, secret="whsec_of_somebody_else") == 400
    assert deliver(run_json, event, age=REPLAYED_AFTER_SECONDS) == 400
    assert deliver(run_json, event, age=-REPLAYED_AFTER_SECONDS) == 400
    assert deliver(run_json, event, altered=True) == 400
    assert deliver(run_json, claimed) == 200
    people.until(lambda: set_aside(run_json, claimed["id"]))
    person.page.reload()
    assert person.page.locator("h1 .badge").inner_text() == "Pending"

    people.advance(run_json, "8d")
    people.wait_for_status(person, f"{run_json['portal_url']}/payments/{payment}", "Settled")
    done = newest_event(run_json, "payment_intent.succeeded")
    people.until(lambda: books_agree(run_json))  # Other payments may still be settling.
    before = our_ledger(run_json, run_json["dealers"][0]["id"])
    for _ in range(3):
        fetch_json(f"{run_json['sandbox_url']}/stripe/_redeliver/{done['id']}", {})
    assert deliver(run_json, done) == 200
    people.until(lambda: books_agree(run_json))
    after = our_ledger(run_json, run_json["dealers"][0]["id"])
    assert after["1200"] == before["1200"]


def preview_of_one(person: Walker, run: dict[str, Any]) -> Walker:
    """Tick the first invoice nobody is paying yet and review it."""
    person.page.goto(f"{run['portal_url']}/outstanding")
    person.page.locator("input[name=payable]:not([disabled])").first.check()
    person.page.locator("[data-bar-pay]").click()
    person.page.get_by_role("heading", name="Review payment").wait_for()
    return person


def form_fields(person: Walker) -> dict[str, str]:
    """What the page's own form would send, authorised."""
    form = person.page.locator("form[action$=submit]")
    names = ("csrf", "signature", "method")
    found = {name: form.locator(f"input[name={name}]").first.input_value() for name in names}
    return {**found, "authorise": "yes"}


def send(person: Walker, path: str | None, fields: dict[str, str]) -> dict[str, Any]:
    """Post a form from within the person's page, with the session it has."""
    answer: dict[str, Any] = person.page.evaluate(POST, [path, fields])
    return answer


def number_of(tab: Walker) -> str:
    """The payment's number in the address."""
    return tab.page.url.split("/payments/")[1].split("?")[0]


def charged(run: dict[str, Any]) -> set[tuple[str, int]]:
    """Every payment at the processor: its number in the description, and cents."""
    intents = processor_list(run, run["dealers"][0]["processor_account"], "payment_intents")
    return {(re.search(r"DP-\d+", intent["description"]).group(0), intent["amount"])
            for intent in intents}  # fmt: skip


def newest_event(run: dict[str, Any], kind: str) -> dict[str, Any]:
    """The processor's latest event of a type, as it is delivered."""
    account = run["dealers"][0]["processor_account"]
    events = processor_list(run, account, "events")
    found = next(event for event in events if event["type"] == kind)
    return {**found, "account": account}


def deliver(
    run: dict[str, Any],
    event: dict[str, Any],
    *,
    secret: str = keys.STRIPE_CONNECT_WEBHOOK_SECRET,
    age: int = 0,
    altered: bool = False,
) -> int:
    """Post an event to the product as the processor would; the answer's status."""
    body, at = json.dumps(event).encode(), int(time.time()) - age
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={at},v1={digest}", "Content-Type": "application/json"}
    sent = body.replace(b"livemode", b"livemod3") if altered else body
    request = urllib.request.Request(run["webhook_urls"]["stripe_connect"], sent, headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            status: int = answer.status
            return status
    except urllib.error.HTTPError as refused:
        return refused.code
