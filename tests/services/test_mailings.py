"""Invitations for many accounts: each is sent once, whatever repeats or fails."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import MailingId
from chalicelib.domain.mailings import Outcome
from chalicelib.services.invite_customer import (
    resend_invitation,
)
from chalicelib.services.send_mail import send_mail
from chalicelib.services.send_mailing import is_running, send_mailing, watch_mailings
from chalicelib.storage.accounts import list_log
from tests.services.mailing import (
    accounts_of,
    changed,
    invite,
    mails_of,
    prepared,
    started,
    whole,
    work_off,
)
from tests.stage import Stage, link_in, stage

__all__ = ["stage"]


def test_preparing_sends_nothing_and_starting_queues_chunks_of_25_with_ids_only(
    stage: Stage,
) -> None:
    dealer = stage.dealer()
    accounts = accounts_of(stage, dealer, 60)

    mailing = prepared(stage, dealer, accounts)
    before = list(stage.queues.mails)
    send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)

    assert before == []
    assert stage.queues.mails == [
        {
            "mail": "invitation_chunk",
            "dealer": dealer.dealer_id,
            "id": mailing.mailing_id,
            "chunk": str(number),
        }
        for number in range(3)
    ]


def test_everybody_to_be_sent_gets_exactly_one_mail_however_often_it_is_repeated(
    stage: Stage,
) -> None:
    dealer = stage.dealer()
    accounts = accounts_of(stage, dealer, 30)

    mailing = started(stage, dealer, accounts)
    send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)  # A double click.
    stage.queues.mails *= 2  # SQS delivers twice.
    work_off(stage)
    again = prepared(stage, dealer, accounts)

    sent = Counter(letter.to for letter in stage.mailer.letters)
    assert sent == {account.contacts[0].email: 1 for account in accounts}
    assert not is_running(whole(mailing))
    assert again.to_send == 0


def test_two_workers_on_the_same_chunk_invite_each_account_once(stage: Stage) -> None:
    dealer = stage.dealer()
    accounts = accounts_of(stage, dealer, 8)
    mailing = started(stage, dealer, accounts)
    message = stage.queues.mails.pop()

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(send_mail, stage, message) for _ in range(4)]
    for run in runs:
        if run.exception() is not None:
            send_mail(stage, message)  # What SQS does.
    work_off(stage)

    sent = Counter(letter.to for letter in stage.mailer.letters)
    assert sent == {account.contacts[0].email: 1 for account in accounts}
    assert {entry.outcome for entry in whole(mailing).entries} == {Outcome.INVITED}


def test_one_refusal_never_stops_the_rest_and_is_told_in_words(stage: Stage) -> None:
    dealer = stage.dealer()
    accounts = accounts_of(stage, dealer, 5)
    mailing = started(stage, dealer, accounts)
    changed(accounts[2], status="inactive")  # After the check, before the worker.
    invite(stage, accounts[3], email="other@build.example")
    work_off(stage)

    outcomes = {e.account_id: (e.outcome, e.said) for e in whole(mailing).entries}
    assert outcomes[accounts[2].account_id] == (
        Outcome.REFUSED,
        "This account is not active, so it cannot be invited.",
    )
    assert outcomes[accounts[3].account_id][0] is Outcome.REFUSED
    assert [outcome for outcome, _ in outcomes.values()].count(Outcome.INVITED) == 3
    assert not is_running(whole(mailing))


def test_an_unexpected_failure_brings_the_message_back_for_that_account_alone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dealer = stage.dealer()
    accounts = accounts_of(stage, dealer, 4)
    mailing = started(stage, dealer, accounts)
    message = stage.queues.mails.pop()
    works = stage.queues.send_mail
    broken = iter([RuntimeError("the first call fails")])

    def once_broken(mail: str, dealer_id: str, **ids: str) -> None:
        for error in broken:
            raise error
        works(mail, dealer_id, **ids)

    monkeypatch.setattr(stage.queues, "send_mail", once_broken)
    with pytest.raises(ExceptionGroup):
        send_mail(stage, message)
    send_mail(stage, message)

    # The first account is invited though its mail was not queued: the sweep asks again.
    assert {entry.outcome for entry in whole(mailing).entries} == {Outcome.INVITED}
    assert len(stage.queues.mails) == 3


def test_chunks_that_got_lost_are_queued_again_by_the_sweep(stage: Stage) -> None:
    dealer = stage.dealer()
    accounts = accounts_of(stage, dealer, 3)
    mailing = started(stage, dealer, accounts)
    stage.queues.mails.clear()

    watch_mailings(stage)
    early = mails_of(stage, dealer)
    stage.clock.at += timedelta(minutes=16)
    watch_mailings(stage)
    work_off(stage)
    stage.clock.at += timedelta(minutes=16)
    watch_mailings(stage)

    sent = {letter.to for letter in stage.mailer.letters}
    assert early == []
    assert {account.contacts[0].email for account in accounts} <= sent
    assert not is_running(whole(mailing))
    assert mails_of(stage, dealer) == []


def test_another_dealers_mailing_cannot_be_sent(stage: Stage) -> None:
    dealer, other = stage.dealer(), stage.dealer()
    mailing = prepared(stage, dealer, [stage.account(dealer)])

    with pytest.raises(NotFound):
        send_mailing(stage, other.dealer_id, mailing_id=mailing.mailing_id)
    with pytest.raises(NotFound):
        send_mailing(stage, other.dealer_id, mailing_id=MailingId("missing"))

    assert stage.queues.mails == []


def test_the_activity_says_who_invited(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)

    started(stage, dealer, [account])
    work_off(stage)

    lines, _ = list_log(dealer.dealer_id, account.account_id)
    assert ("Ann", f"Invited {account.contacts[0].email}.") in {
        (line.source, line.text) for line in lines
    }


def test_sending_again_after_a_mailing_replaces_its_link(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    started(stage, dealer, [account])
    work_off(stage)

    resend_invitation(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    work_off(stage)

    assert len(stage.mailer.letters) == 2
    assert link_in(stage.mailer.letters[0]) != link_in(stage.mailer.letters[1])
