"""The reminder before an invitation expires: once, in time, and only while it is wanted."""

from datetime import timedelta

import pytest

from chalicelib.domain.accounts import Account, Badge
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import LinkRefused
from chalicelib.services.decline_invitation import decline_invitation
from chalicelib.services.expire_invitations import expire_invitations
from chalicelib.services.invite_customer import invite_customer, resend_invitation
from chalicelib.services.open_invitation import Link, open_invitation, parsed_link
from chalicelib.services.send_mail import send_mail
from chalicelib.storage.accounts import get_account
from chalicelib.storage.invitations import get_invitation
from tests.stage import Stage, link_in, stage

__all__ = ["stage"]


def _invited(stage: Stage, dealer: Dealer, account: Account) -> Link:
    invite_customer(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    _send_queued(stage)
    return _links(stage, account)[-1]


def _send_queued(stage: Stage) -> None:
    while stage.queues.mails:
        send_mail(stage, stage.queues.mails.pop(0))


def _links(stage: Stage, account: Account) -> list[Link]:
    letters = (x for x in stage.mailer.letters if x.to == account.contacts[0].email)
    return [parsed_link(link_in(letter)) for letter in letters]


def test_a_reminder_goes_out_once_three_days_before_expiry_and_both_links_stay_good(
    stage: Stage,
) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    first = _invited(stage, dealer, account)

    sent = []
    for _ in range(60):  # A sweep every six hours.
        stage.clock.at += timedelta(hours=6)
        expire_invitations(stage)
        _send_queued(stage)
        mine = [x for x in stage.mailer.letters if x.to == account.contacts[0].email]
        if len(mine) > len(sent) + 1:
            sent.append((stage.clock.at, mine[-1]))
            assert open_invitation(stage, first)
            assert open_invitation(stage, parsed_link(link_in(mine[-1])))

    assert [(at.date().isoformat(), letter.subject) for at, letter in sent] == [
        ("2026-12-03", "Your invitation from Ridgeline Lumber ends on Dec 6, 2026")
    ]
    assert get_account(dealer.dealer_id, account.account_id).badge is Badge.EXPIRED


@pytest.mark.parametrize("settings", [{"invitation_reminder_days": 0}, {"invitation_days": 2}])
def test_no_reminder_is_planned_if_none_is_wanted_or_time_is_short(
    stage: Stage, settings: dict[str, int]
) -> None:
    dealer = stage.dealer(**settings)

    link = _invited(stage, dealer, stage.account(dealer))

    invitation = get_invitation(link.dealer_id, link.invitation_id).invitation
    assert invitation.remind_at is None
    assert invitation.expires_at is not None


def test_a_declined_invitation_is_not_reminded_of(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    link = _invited(stage, dealer, account)
    stage.clock.at += timedelta(days=12)
    expire_invitations(stage)
    decline_invitation(stage, link, reason="")
    _send_queued(stage)

    assert sum(x.to == account.contacts[0].email for x in stage.mailer.letters) == 1


def test_sending_again_replaces_the_reminders_link_like_the_first(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    _invited(stage, dealer, account)
    stage.clock.at += timedelta(days=12)
    expire_invitations(stage)
    _send_queued(stage)

    resend_invitation(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    _send_queued(stage)

    first, reminder, newest = _links(stage, account)
    for old in (first, reminder):
        with pytest.raises(LinkRefused) as refused:
            open_invitation(stage, old)
        assert refused.value.reason == "superseded"
    assert open_invitation(stage, newest)
