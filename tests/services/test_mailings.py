"""Invitations for many accounts: checked first, each sent once, whatever repeats or fails."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from ulid import ULID

from chalicelib.domain.accounts import Account, Badge, Contact
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.ids import AccountId, MailingId
from chalicelib.domain.mailings import Mailing, Outcome, Verdict
from chalicelib.gateways.mailer import Letter, MailRefused
from chalicelib.services.decline_invitation import decline_invitation
from chalicelib.services.invite_customer import (
    invite_customer,
    resend_invitation,
    revoke_invitation,
)
from chalicelib.services.open_invitation import parsed_link
from chalicelib.services.prepare_mailing import MOST_ACCOUNTS, prepare_mailing
from chalicelib.services.send_mail import send_mail
from chalicelib.services.send_mailing import is_running, send_mailing, watch_mailings
from chalicelib.storage.accounts import get_account, header_put, list_log
from chalicelib.storage.mailings import WholeMailing, get_mailing
from chalicelib.storage.transactions import transact
from tests.stage import Stage, link_in, stage

__all__ = ["stage"]


def _accounts(stage: Stage, dealer: Dealer, count: int) -> list[Account]:
    return [stage.account(dealer) for _ in range(count)]


def _changed(account: Account, **changes: object) -> Account:
    found = get_account(account.dealer_id, account.account_id)
    changed = replace(found, **changes).raised()  # type: ignore[arg-type]
    put = header_put(changed, expected_version=found.money_version)
    transact([put], token=str(ULID()))
    return changed


def _prepared(stage: Stage, dealer: Dealer, accounts: list[Account]) -> Mailing:
    return prepare_mailing(
        stage,
        dealer.dealer_id,
        account_ids=[account.account_id for account in accounts],
        operator="Ann",
    )


def _started(stage: Stage, dealer: Dealer, accounts: list[Account]) -> Mailing:
    mailing = _prepared(stage, dealer, accounts)
    send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)
    return mailing


def _work_off(stage: Stage) -> None:
    while stage.queues.mails:
        send_mail(stage, stage.queues.mails.pop(0))


def _mails_of(stage: Stage, dealer: Dealer) -> list[dict[str, str]]:
    return [mail for mail in stage.queues.mails if mail["dealer"] == dealer.dealer_id]


def _whole(mailing: Mailing) -> WholeMailing:
    return get_mailing(mailing.dealer_id, mailing.mailing_id)


def _verdicts(mailing: Mailing) -> dict[AccountId, Verdict]:
    return {entry.account_id: entry.verdict for entry in _whole(mailing).entries}


def _invite(stage: Stage, account: Account, **changes: str) -> None:
    invite_customer(
        stage, account.dealer_id, account_id=account.account_id, operator="Ann", **changes
    )


def test_the_check_names_a_reason_for_everybody_who_gets_none(stage: Stage) -> None:
    dealer = stage.dealer()
    names = ("fine", "cash", "inactive", "silent", "wrong", "twin", "pending", "declined")
    people = {name: stage.account(dealer) for name in names}
    _changed(people["cash"], account_kind="cash")
    _changed(people["inactive"], status="inactive")
    _changed(people["silent"], contacts=())
    _changed(people["wrong"], contacts=(Contact("c", "Pat", "pat at build", "", True),))
    _changed(people["twin"], contacts=people["fine"].contacts)
    _invite(stage, people["pending"])
    _invite(stage, people["declined"])
    _work_off(stage)
    decline_invitation(stage, parsed_link(link_in(stage.mailer.letters[-1])), reason="")

    mailing = _prepared(stage, dealer, list(people.values()))

    found = _verdicts(mailing)
    assert {name: found[account.account_id] for name, account in people.items()} == {
        "fine": Verdict.SEND,
        "cash": Verdict.CLOSED,
        "inactive": Verdict.CLOSED,
        "silent": Verdict.NO_EMAIL,
        "wrong": Verdict.INVALID,
        "twin": Verdict.DUPLICATE,
        "pending": Verdict.PENDING,
        "declined": Verdict.DECLINED,
    }
    assert (mailing.chosen, mailing.to_send) == (8, 1)


def test_accepted_accounts_are_left_out_and_expired_and_revoked_ones_invited(stage: Stage) -> None:
    dealer = stage.dealer()
    accepted, expired, revoked = _accounts(stage, dealer, 3)
    _changed(accepted, badge=Badge.ACCEPTED)
    _invite(stage, expired)
    _work_off(stage)
    stage.clock.at += timedelta(days=20)  # No sweep has shown the expiry yet.
    _invite(stage, revoked)
    revoke_invitation(stage, dealer.dealer_id, account_id=revoked.account_id, operator="Ann")

    mailing = _started(stage, dealer, [accepted, expired, revoked])
    _work_off(stage)

    assert list(_verdicts(mailing).values()).count(Verdict.SEND) == 2
    assert _verdicts(mailing)[accepted.account_id] is Verdict.ACCEPTED
    assert {e.outcome for e in _whole(mailing).entries if e.verdict is Verdict.SEND} == {
        Outcome.INVITED
    }


def test_an_address_whose_mail_came_back_is_left_out_until_it_changes(stage: Stage) -> None:
    dealer = stage.dealer()
    (account,) = _accounts(stage, dealer, 1)

    class Refusing:
        def send(self, letter: Letter) -> str:
            raise MailRefused("no such address")

    working, stage.mailer = stage.mailer, Refusing()  # type: ignore[assignment]
    _invite(stage, account)
    _work_off(stage)
    revoke_invitation(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    stage.mailer = working

    before = _prepared(stage, dealer, [account])
    _changed(account, contacts=(Contact("c2", "Pat", "new@build.example", "", True),))
    after = _prepared(stage, dealer, [account])

    assert _verdicts(before) == {account.account_id: Verdict.SUPPRESSED}
    assert _verdicts(after) == {account.account_id: Verdict.SEND}


def test_preparing_sends_nothing_and_starting_queues_chunks_of_25_with_ids_only(
    stage: Stage,
) -> None:
    dealer = stage.dealer()
    accounts = _accounts(stage, dealer, 60)

    mailing = _prepared(stage, dealer, accounts)
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
    accounts = _accounts(stage, dealer, 30)

    mailing = _started(stage, dealer, accounts)
    send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)  # A double click.
    stage.queues.mails *= 2  # SQS delivers twice.
    _work_off(stage)
    again = _prepared(stage, dealer, accounts)

    sent = Counter(letter.to for letter in stage.mailer.letters)
    assert sent == {account.contacts[0].email: 1 for account in accounts}
    assert not is_running(_whole(mailing))
    assert again.to_send == 0


def test_two_workers_on_the_same_chunk_invite_each_account_once(stage: Stage) -> None:
    dealer = stage.dealer()
    accounts = _accounts(stage, dealer, 8)
    mailing = _started(stage, dealer, accounts)
    message = stage.queues.mails.pop()

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(send_mail, stage, message) for _ in range(4)]
    for run in runs:
        if run.exception() is not None:
            send_mail(stage, message)  # What SQS does.
    _work_off(stage)

    sent = Counter(letter.to for letter in stage.mailer.letters)
    assert sent == {account.contacts[0].email: 1 for account in accounts}
    assert {entry.outcome for entry in _whole(mailing).entries} == {Outcome.INVITED}


def test_one_refusal_never_stops_the_rest_and_is_told_in_words(stage: Stage) -> None:
    dealer = stage.dealer()
    accounts = _accounts(stage, dealer, 5)
    mailing = _started(stage, dealer, accounts)
    _changed(accounts[2], status="inactive")  # After the check, before the worker.
    _invite(stage, accounts[3], email="other@build.example")
    _work_off(stage)

    outcomes = {e.account_id: (e.outcome, e.said) for e in _whole(mailing).entries}
    assert outcomes[accounts[2].account_id] == (
        Outcome.REFUSED,
        "This account is not active, so it cannot be invited.",
    )
    assert outcomes[accounts[3].account_id][0] is Outcome.REFUSED
    assert [outcome for outcome, _ in outcomes.values()].count(Outcome.INVITED) == 3
    assert not is_running(_whole(mailing))


def test_an_unexpected_failure_brings_the_message_back_for_that_account_alone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dealer = stage.dealer()
    accounts = _accounts(stage, dealer, 4)
    mailing = _started(stage, dealer, accounts)
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
    assert {entry.outcome for entry in _whole(mailing).entries} == {Outcome.INVITED}
    assert len(stage.queues.mails) == 3


def test_chunks_that_got_lost_are_queued_again_by_the_sweep(stage: Stage) -> None:
    dealer = stage.dealer()
    accounts = _accounts(stage, dealer, 3)
    mailing = _started(stage, dealer, accounts)
    stage.queues.mails.clear()

    watch_mailings(stage)
    early = _mails_of(stage, dealer)
    stage.clock.at += timedelta(minutes=16)
    watch_mailings(stage)
    _work_off(stage)
    stage.clock.at += timedelta(minutes=16)
    watch_mailings(stage)

    sent = {letter.to for letter in stage.mailer.letters}
    assert early == []
    assert {account.contacts[0].email for account in accounts} <= sent
    assert not is_running(_whole(mailing))
    assert _mails_of(stage, dealer) == []


def test_foreign_and_missing_accounts_answer_alike_and_nothing_is_stored(stage: Stage) -> None:
    dealer, other = stage.dealer(), stage.dealer()
    own, foreign = stage.account(dealer), stage.account(other)

    for account_id in (foreign.account_id, AccountId("A-NOBODY")):
        with pytest.raises(NotFound):
            prepare_mailing(
                stage, dealer.dealer_id, account_ids=[own.account_id, account_id], operator="Ann"
            )


def test_another_dealers_mailing_cannot_be_sent(stage: Stage) -> None:
    dealer, other = stage.dealer(), stage.dealer()
    mailing = _prepared(stage, dealer, [stage.account(dealer)])

    with pytest.raises(NotFound):
        send_mailing(stage, other.dealer_id, mailing_id=mailing.mailing_id)
    with pytest.raises(NotFound):
        send_mailing(stage, other.dealer_id, mailing_id=MailingId("missing"))

    assert stage.queues.mails == []


@pytest.mark.parametrize("count", [0, MOST_ACCOUNTS + 1])
def test_nothing_or_too_much_chosen_is_refused_in_words(stage: Stage, count: int) -> None:
    dealer = stage.dealer()

    with pytest.raises(InvalidInput):
        prepare_mailing(
            stage,
            dealer.dealer_id,
            account_ids=[AccountId(str(number)) for number in range(count)],
            operator="Ann",
        )


def test_nobody_to_invite_means_nothing_to_send(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    _changed(account, contacts=())
    mailing = _prepared(stage, dealer, [account])

    with pytest.raises(InvalidInput):
        send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)


def test_the_activity_says_who_invited(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)

    _started(stage, dealer, [account])
    _work_off(stage)

    lines, _ = list_log(dealer.dealer_id, account.account_id)
    assert ("Ann", f"Invited {account.contacts[0].email}.") in {
        (line.source, line.text) for line in lines
    }


def test_sending_again_after_a_mailing_replaces_its_link(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    _started(stage, dealer, [account])
    _work_off(stage)

    resend_invitation(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    _work_off(stage)

    assert len(stage.mailer.letters) == 2
    assert link_in(stage.mailer.letters[0]) != link_in(stage.mailer.letters[1])
