"""Disabled portal access: nobody of the account gets in, nothing else is lost, and back again."""

from datetime import timedelta

import pytest

from chalicelib.domain.accounts import Account, Badge
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import AlreadyDone, Conflict, LinkRefused, PortalDisabled
from chalicelib.domain.ids import CompanyId, UserId
from chalicelib.domain.pricing import Selection
from chalicelib.domain.quotes import View
from chalicelib.services.change_portal_access import disable_portal_access, enable_portal_access
from chalicelib.services.expire_invitations import expire_invitations
from chalicelib.services.invite_customer import invite_customer, resend_invitation
from chalicelib.services.open_invitation import open_invitation, parsed_link
from chalicelib.services.quote_payment import quote_payment
from chalicelib.services.send_mail import send_mail
from chalicelib.services.submit_payment import submit_payment
from chalicelib.storage.accounts import get_account, list_log
from chalicelib.storage.roster_row import row_of
from tests.entrypoints.cast import METHOD, open_account
from tests.stage import Stage, link_in, stage

__all__ = ["stage"]


def disable(stage: Stage, account: Account) -> None:
    disable_portal_access(stage, account.dealer_id, account_id=account.account_id, operator="Ann")


def enable(stage: Stage, account: Account) -> None:
    enable_portal_access(stage, account.dealer_id, account_id=account.account_id, operator="Ann")


def invite(stage: Stage, account: Account) -> str:
    """Invite and send; the link as it stands in the mail."""
    invite_customer(stage, account.dealer_id, account_id=account.account_id, operator="Ann")
    send_mail(stage, stage.queues.mails.pop())
    return link_in(stage.mailer.letters[-1])


@pytest.fixture
def dealer(stage: Stage) -> Dealer:
    return stage.dealer()


def test_a_disabled_account_shows_its_chip_and_keeps_its_badge_for_later(
    stage: Stage, dealer: Dealer
) -> None:
    account = stage.account(dealer)
    invite(stage, account)

    disable(stage, account)
    shown = get_account(dealer.dealer_id, account.account_id)
    enable(stage, account)

    assert (shown.badge, shown.shown_badge, row_of(shown).badge) == (
        Badge.PENDING, Badge.DISABLED, Badge.DISABLED,
    )  # fmt: skip
    assert get_account(dealer.dealer_id, account.account_id).shown_badge is Badge.PENDING


def test_both_are_told_in_the_activity_and_once_only(stage: Stage, dealer: Dealer) -> None:
    account = stage.account(dealer)
    disable(stage, account)
    with pytest.raises(AlreadyDone):
        disable(stage, account)
    stage.clock.at += timedelta(minutes=1)
    enable(stage, account)
    with pytest.raises(AlreadyDone):
        enable(stage, account)

    entries, _ = list_log(dealer.dealer_id, account.account_id)

    assert [(entry.source, entry.text) for entry in entries] == [
        ("Ann", "Enabled portal access again."),
        ("Ann", "Disabled portal access."),
    ]


def test_a_disabled_account_is_neither_invited_nor_invited_again(
    stage: Stage, dealer: Dealer
) -> None:
    fresh, pending = stage.account(dealer), stage.account(dealer)
    invite(stage, pending)
    disable(stage, fresh)
    disable(stage, pending)

    with pytest.raises(Conflict, match="Enable it first"):
        invite(stage, fresh)
    with pytest.raises(Conflict, match="Enable it first"):
        resend_invitation(stage, dealer.dealer_id, account_id=pending.account_id, operator="Ann")


def test_its_link_opens_nothing_until_it_is_enabled(stage: Stage, dealer: Dealer) -> None:
    account = stage.account(dealer)
    link = parsed_link(invite(stage, account))
    disable(stage, account)

    with pytest.raises(LinkRefused) as refused:
        open_invitation(stage, link)
    enable(stage, account)

    assert refused.value.reason == "disabled"
    assert open_invitation(stage, link).account.account_id == account.account_id


def test_nobody_is_reminded_of_a_link_that_opens_nothing(stage: Stage, dealer: Dealer) -> None:
    account = stage.account(dealer)
    invite(stage, account)
    disable(stage, account)
    stage.clock.at += timedelta(days=12)
    expire_invitations(stage)
    while_disabled = list(stage.queues.mails)
    enable(stage, account)
    stage.clock.at += timedelta(minutes=16)

    expire_invitations(stage)

    own = {"mail": "invitation_reminder", "dealer": dealer.dealer_id}
    assert [mail for mail in while_disabled if own.items() <= mail.items()] == []
    assert len([mail for mail in stage.queues.mails if own.items() <= mail.items()]) == 1


def test_a_preview_from_before_cannot_be_paid_any_more(stage: Stage, dealer: Dealer) -> None:
    account = open_account(stage, dealer)
    quote = quote_payment(
        stage, dealer.dealer_id, account_id=account.account_id,
        selection=Selection({f"INV-{account.account_id[1:]}-1": None}), view=View.ALL,
        method_kind="ach",
    )  # fmt: skip
    disable(stage, account)

    with pytest.raises(PortalDisabled, match="Nothing was charged"):
        submit_payment(
            stage, dealer.dealer_id,
            account_id=account.account_id, company_id=account.company_id or CompanyId(""),
            payer_id=UserId("somebody"), quote_id=quote.quote_id, signature=quote.signature,
            method_id=METHOD, authorization_address="203.0.113.9",
        )  # fmt: skip
