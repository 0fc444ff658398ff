"""Resend on the account's page: to the same address, to another, and after a No."""

import pytest

from chalicelib.domain.accounts import Account, Badge
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import LinkRefused
from chalicelib.entrypoints import guard
from chalicelib.services.decline_invitation import decline_invitation
from chalicelib.services.invite_customer import invite_customer
from chalicelib.services.open_invitation import Link, open_invitation, parsed_link
from chalicelib.services.send_mail import send_mail
from chalicelib.storage.accounts import get_account
from tests.entrypoints.browser import Browser
from tests.stage import Stage, link_in

Invited = tuple[Dealer, Account, Link]
SPOKEN = "They declined. Send it again only if you have spoken with them."


def newest_link(stage: Stage) -> Link:
    """The link in the mail that is sent now."""
    while stage.queues.mails:
        send_mail(stage, stage.queues.mails.pop(0))
    return parsed_link(link_in(stage.mailer.letters[-1]))


@pytest.fixture
def invited(stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Invited:
    """An account that has its invitation, and an operator who looks at it."""
    monkeypatch.setattr(guard, "product_world", lambda: stage)
    dealer = stage.dealer()
    account = stage.account(dealer)
    invite_customer(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    link = newest_link(stage)
    browser.signed_in(stage.operator(dealer))
    browser.get(f"/console/customers/{account.account_id}")
    return dealer, account, link


@pytest.mark.parametrize(
    ("typed", "expected"), [("", "same"), (" Yard@Build.Example ", "yard@build.example")]
)
def test_the_new_link_goes_where_the_operator_says(
    stage: Stage, browser: Browser, invited: Invited, typed: str, expected: str
) -> None:
    _, account, old = invited
    form = {"resend_to": typed} if typed else {}

    answer = browser.post(f"/console/customers/{account.account_id}/resend", form)
    newest = newest_link(stage)

    address = account.contacts[0].email if expected == "same" else expected
    assert answer.location.endswith("?done=resent")
    assert stage.mailer.letters[-1].to == address
    with pytest.raises(LinkRefused) as refused:
        open_invitation(stage, old)
    assert refused.value.reason == "superseded"
    assert open_invitation(stage, newest).invitation.email == address


def test_an_address_that_is_none_changes_nothing(
    stage: Stage, browser: Browser, invited: Invited
) -> None:
    _, account, old = invited

    answer = browser.post(
        f"/console/customers/{account.account_id}/resend", {"resend_to": "yard at build"}
    )

    assert answer.status == 422
    assert stage.queues.mails == []
    assert open_invitation(stage, old)


def test_after_a_no_the_page_asks_first_and_a_yes_makes_a_new_link(
    stage: Stage, browser: Browser, invited: Invited
) -> None:
    dealer, account, old = invited
    before = browser.get(f"/console/customers/{account.account_id}").text
    decline_invitation(stage, old, reason="We pay by check")
    page = browser.get(f"/console/customers/{account.account_id}").text

    browser.post(f"/console/customers/{account.account_id}/resend")

    assert SPOKEN not in before
    assert SPOKEN in page
    assert get_account(dealer.dealer_id, account.account_id).badge is Badge.PENDING
    assert open_invitation(stage, newest_link(stage))
