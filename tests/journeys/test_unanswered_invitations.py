"""Invitations nobody accepts: declined, reminded of, expired, replaced, revoked; without script.

Its clock moves past the other journeys' dates, so its file comes last.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys import people
from tests.journeys.walker import Walker, fetch_json

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
SOME = "customers?badge=none&min=2000&max=4000&kind=credit&active=yes"


def test_without_script_invitations_are_declined_expire_are_replaced_and_revoked(
    run_json: dict[str, Any], walk: Walk
) -> None:
    """Operator on a phone, customers at a desk; every click is a form or a link."""
    run, dealer = run_json, run_json["dealers"][0]["id"]
    operator, customer = walk("phone", script=False), walk("desk", script=False)
    people.sign_in_operator(operator, run, dealer, "ar")
    declined, kept = (opened(operator, run, number) for number in invite_two(operator, run))

    decline(customer, people.invitation_link(run, declined["email"]))
    shows(operator, declined, "Declined")
    operator.shot("plain-account-declined")
    filtered(operator, run, "Declined", declined)

    first = people.invitation_link(run, kept["email"])
    people.advance(run, "12d")
    people.fire(run, "sweep_due")
    people.wait_for_mail(run, kept["email"], lambda text: "has not been used yet" in text)
    people.advance(run, "4d")
    refused(customer, first, "This invitation has expired")
    people.fire(run, "sweep_due")
    shows(operator, kept, "Expired")
    filtered(operator, run, "Expired", kept)

    operator.page.goto(kept["url"])
    operator.page.get_by_role("button", name="Resend").click()
    shows(operator, kept, "Pending")
    second = newer_link(customer, run, kept["email"], first)
    refused(customer, first, "There is a newer invitation")
    customer.has("•••@")
    customer.shot("plain-link-replaced")
    operator.page.get_by_text("Revoke…").click()
    operator.page.get_by_role("button", name="Revoke").click()
    operator.has("Revoked")
    operator.shot("plain-account-revoked")
    refused(customer, second, "This invitation was withdrawn")
    filtered(operator, run, "Revoked", kept)
    invited_anew(operator, customer, run, kept, (second, first))


def invited_anew(
    operator: Walker,
    customer: Walker,
    run: dict[str, Any],
    kept: dict[str, str],
    dead: tuple[str, str],
) -> None:
    """The dead links, newest first, lead to the new invitation, and that one is accepted."""
    operator.page.goto(kept["url"])
    people.invite(operator, kept["email"])
    third = newer_link(customer, run, kept["email"], dead[0])
    for link in dead:
        refused(customer, link, "There is a newer invitation")
    people.register(customer, third)
    shows(operator, kept, "Accepted")
    filtered(operator, run, "Accepted", kept)


def filtered(operator: Walker, run: dict[str, Any], status: str, account: dict[str, str]) -> None:
    """The list by invitation status and number holds the account, and by another status not."""
    page = operator.page
    for wanted, count in ((status, 1), ("Pending", 0)):
        page.goto(f"{run['console_url']}/customers")
        page.get_by_label("Search name or account number").fill(account["number"])
        page.get_by_label("Invitation", exact=True).select_option(label=wanted)
        page.get_by_role("button", name="Search").click()
        page.wait_for_url(f"**badge={wanted.lower()}**")
        assert page.locator("tbody th", has_text=account["number"]).count() == count


def invite_two(operator: Walker, run: dict[str, Any]) -> list[str]:
    """Tick two customers, look at the check, send; their account numbers."""
    page = operator.page
    page.goto(f"{run['console_url']}/{SOME}")
    boxes = page.locator("input[name=account]")
    numbers = [boxes.nth(place).input_value() for place in range(2)]
    for place in range(2):
        boxes.nth(place).check()
    operator.shot("plain-customers-ticked")
    page.get_by_role("button", name="Invite…").click()
    operator.shot("plain-invitations-check")
    page.get_by_role("button", name="Send 2 invitations").click()
    page.get_by_role("heading", name="Done").wait_for(timeout=60_000)  # It reloads by itself.
    operator.shot("plain-invitations-done")
    return numbers


def decline(customer: Walker, link: str) -> None:
    """Follow the mail's other link; it asks first, and the invitation is dead afterwards."""
    page = customer.page
    page.goto(f"{link}&to=decline")
    page.get_by_role("heading", name="Decline this invitation?").wait_for()
    customer.shot("plain-decline")
    page.get_by_label("Reason (optional)").fill("We moved to another yard")
    page.get_by_role("button", name="Decline invitation").click()
    customer.has("Invitation declined")
    refused(customer, link, "This invitation was declined")


def opened(operator: Walker, run: dict[str, Any], number: str) -> dict[str, str]:
    """An account's number, address and whom its invitation went to."""
    url = f"{run['console_url']}/customers/{number}"
    operator.page.goto(url)
    email = operator.page.locator("dt", has_text="Sent to").locator("+ dd").inner_text()
    return {"number": number, "url": url, "email": email}


def shows(operator: Walker, account: dict[str, str], badge: str) -> None:
    """The account's page has the badge."""
    operator.page.goto(account["url"])
    operator.page.locator("#h-invitation .badge", has_text=badge).wait_for()


def refused(customer: Walker, link: str, heading: str) -> None:
    """A link that opens nothing says why; its answer is 410, which the console would report."""
    customer.page.goto(link)
    customer.page.get_by_role("heading", name=heading).wait_for()
    customer.problems[:] = [x for x in customer.problems if "410" not in x]


def newer_link(customer: Walker, run: dict[str, Any], email: str, old: str) -> str:
    """The link of the mail that replaced an older one and its reminder."""
    for _ in range(60):
        letters = fetch_json(f"{run['mail_url']}.json?to={email}")
        link = people.invitation_link(run, email)
        is_reminder = "has not been used yet" in letters[0]["text"]
        if link != old and not is_reminder:
            return link
        customer.page.wait_for_timeout(500)
    raise AssertionError("the new invitation never arrived")
