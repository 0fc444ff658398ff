"""Invitations sent again to many: pending and expired ones, each once, to their own address."""

from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.domain.accounts import Badge, Contact
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.invitations import InvitationState
from chalicelib.domain.mailings import Outcome, Purpose, Verdict
from chalicelib.services.decline_invitation import decline_invitation
from chalicelib.services.invite_customer import revoke_invitation
from chalicelib.services.open_invitation import parsed_link
from chalicelib.services.prepare_mailing import prepare_mailing
from chalicelib.services.send_mail import send_mail
from chalicelib.services.send_mailing import send_mailing
from chalicelib.storage.accounts import get_account
from chalicelib.storage.mailings import get_mailing
from tests.services.mail_events import invited, said, stored, tell
from tests.services.mailing import changed, verdicts, whole, work_off
from tests.stage import Stage, link_in, stage

__all__ = ["stage"]
NAMES = ("pending", "expired", "never", "revoked", "declined", "accepted", "closed", "disabled",
         "bounced")  # fmt: skip


def test_the_check_takes_pending_and_expired_ones_and_says_why_not_the_others(
    stage: Stage,
) -> None:
    dealer = stage.dealer()
    people = {name: stage.account(dealer) for name in NAMES}
    invited(stage, dealer, people["expired"])
    stage.clock.at += timedelta(days=20)
    for name in ("pending", "revoked", "closed", "disabled", "bounced"):
        sent = invited(stage, dealer, people[name])
    tell(stage, "Bounce", sent)
    invited(stage, dealer, people["declined"])
    decline_invitation(stage, parsed_link(link_in(stage.mailer.letters[-1])))
    where = {"account_id": people["revoked"].account_id, "operator": "Ann"}
    revoke_invitation(stage, dealer.dealer_id, **where)  # type: ignore[arg-type]
    changed(people["accepted"], badge=Badge.ACCEPTED)
    changed(people["closed"], status="inactive")
    changed(people["disabled"], portal_disabled=True)

    mailing = prepare_mailing(
        stage, dealer.dealer_id, operator="Ann", purpose=Purpose.RESEND,
        account_ids=[account.account_id for account in people.values()],
    )  # fmt: skip

    found = verdicts(mailing)
    assert {name: found[account.account_id] for name, account in people.items()} == {
        "pending": Verdict.SEND,
        "expired": Verdict.SEND,
        "never": Verdict.NOT_INVITED,
        "revoked": Verdict.NOT_INVITED,
        "declined": Verdict.DECLINED,
        "accepted": Verdict.ACCEPTED,
        "closed": Verdict.CLOSED,
        "disabled": Verdict.DISABLED,
        "bounced": Verdict.SUPPRESSED,
    }
    assert (mailing.purpose, mailing.to_send) == (Purpose.RESEND, 2)


def test_each_gets_one_new_link_at_its_own_address_however_often_it_is_repeated(
    stage: Stage,
) -> None:
    dealer = stage.dealer()
    accounts = [stage.account(dealer) for _ in range(3)]
    first = [invited(stage, dealer, account, email="boss@build.example") for account in accounts]
    changed(accounts[0], contacts=(Contact("c2", "Kim", "kim@build.example", "", True),))
    stage.mailer.letters.clear()
    mailing = prepare_mailing(
        stage, dealer.dealer_id, operator="Ann", purpose=Purpose.RESEND,
        account_ids=[account.account_id for account in accounts],
    )  # fmt: skip

    for _ in range(3):
        send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)
        message = {"mail": "invitation_chunk", "dealer": dealer.dealer_id,
                   "id": mailing.mailing_id, "chunk": "0"}  # fmt: skip
        send_mail(stage, message)
        send_mail(stage, message)
        work_off(stage)

    assert Counter(x.to for x in stage.mailer.letters) == {"boss@build.example": 3}
    assert [stored(old).generation for old in first] == [2, 2, 2]
    assert {entry.outcome for entry in whole(mailing).entries} == {Outcome.INVITED}
    assert "Sent the invitation again, to boss@build.example." in said(accounts[0])


def test_one_who_declines_meanwhile_gets_no_mail(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    sent = invited(stage, dealer, account)
    link = parsed_link(link_in(stage.mailer.letters[-1]))
    mailing = prepare_mailing(
        stage, dealer.dealer_id, operator="Ann", purpose=Purpose.RESEND,
        account_ids=[account.account_id],
    )  # fmt: skip
    decline_invitation(stage, link)
    send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)
    work_off(stage)

    (entry,) = get_mailing(dealer.dealer_id, mailing.mailing_id).entries
    assert entry.outcome is Outcome.REFUSED
    assert entry.said.startswith("They declined")
    assert stored(sent).state is InvitationState.DECLINED
    assert get_account(dealer.dealer_id, account.account_id).badge is Badge.DECLINED


def test_nobody_with_an_open_invitation_means_nothing_to_send(stage: Stage) -> None:
    dealer = stage.dealer()
    mailing = prepare_mailing(
        stage, dealer.dealer_id, operator="Ann", purpose=Purpose.RESEND,
        account_ids=[stage.account(dealer).account_id],
    )  # fmt: skip

    with pytest.raises(InvalidInput, match="can be sent again"):
        send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)
