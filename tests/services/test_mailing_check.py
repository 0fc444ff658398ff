"""The check before many are invited: a reason for everybody who gets no mail."""

from datetime import timedelta

import pytest

from chalicelib.domain.accounts import Badge, Contact
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.ids import AccountId
from chalicelib.domain.mailings import Outcome, Verdict
from chalicelib.gateways.mailer import Letter, MailRefused
from chalicelib.services.decline_invitation import decline_invitation
from chalicelib.services.invite_customer import (
    revoke_invitation,
)
from chalicelib.services.open_invitation import parsed_link
from chalicelib.services.prepare_mailing import MOST_ACCOUNTS, prepare_mailing
from chalicelib.services.send_mailing import send_mailing
from tests.services.mailing import (
    accounts_of,
    changed,
    invite,
    prepared,
    started,
    verdicts,
    whole,
    work_off,
)
from tests.stage import Stage, link_in, stage

__all__ = ["stage"]


def test_the_check_names_a_reason_for_everybody_who_gets_none(stage: Stage) -> None:
    dealer = stage.dealer()
    names = ("fine", "cash", "inactive", "disabled", "silent", "wrong", "twin", "pending",
             "declined")  # fmt: skip
    people = {name: stage.account(dealer) for name in names}
    changed(people["cash"], account_kind="cash")
    changed(people["inactive"], status="inactive")
    changed(people["disabled"], portal_disabled=True)
    changed(people["silent"], contacts=())
    changed(people["wrong"], contacts=(Contact("c", "Pat", "pat at build", "", True),))
    changed(people["twin"], contacts=people["fine"].contacts)
    invite(stage, people["pending"])
    invite(stage, people["declined"])
    work_off(stage)
    decline_invitation(stage, parsed_link(link_in(stage.mailer.letters[-1])), reason="")

    mailing = prepared(stage, dealer, list(people.values()))

    found = verdicts(mailing)
    assert {name: found[account.account_id] for name, account in people.items()} == {
        "fine": Verdict.SEND,
        "cash": Verdict.CLOSED,
        "inactive": Verdict.CLOSED,
        "disabled": Verdict.DISABLED,
        "silent": Verdict.NO_EMAIL,
        "wrong": Verdict.INVALID,
        "twin": Verdict.DUPLICATE,
        "pending": Verdict.PENDING,
        "declined": Verdict.DECLINED,
    }
    assert (mailing.chosen, mailing.to_send) == (9, 1)


def test_accepted_accounts_are_left_out_and_expired_and_revoked_ones_invited(stage: Stage) -> None:
    dealer = stage.dealer()
    accepted, expired, revoked = accounts_of(stage, dealer, 3)
    changed(accepted, badge=Badge.ACCEPTED)
    invite(stage, expired)
    work_off(stage)
    stage.clock.at += timedelta(days=20)  # No sweep has shown the expiry yet.
    invite(stage, revoked)
    revoke_invitation(stage, dealer.dealer_id, account_id=revoked.account_id, operator="Ann")

    mailing = started(stage, dealer, [accepted, expired, revoked])
    work_off(stage)

    assert list(verdicts(mailing).values()).count(Verdict.SEND) == 2
    assert verdicts(mailing)[accepted.account_id] is Verdict.ACCEPTED
    assert {e.outcome for e in whole(mailing).entries if e.verdict is Verdict.SEND} == {
        Outcome.INVITED
    }


def test_an_address_whose_mail_came_back_is_left_out_until_it_changes(stage: Stage) -> None:
    dealer = stage.dealer()
    (account,) = accounts_of(stage, dealer, 1)

    class Refusing:
        def send(self, letter: Letter) -> str:
            raise MailRefused("no such address")

    working, stage.mailer = stage.mailer, Refusing()  # type: ignore[assignment]
    invite(stage, account)
    work_off(stage)
    revoke_invitation(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    stage.mailer = working

    before = prepared(stage, dealer, [account])
    changed(account, contacts=(Contact("c2", "Pat", "new@build.example", "", True),))
    after = prepared(stage, dealer, [account])

    assert verdicts(before) == {account.account_id: Verdict.SUPPRESSED}
    assert verdicts(after) == {account.account_id: Verdict.SEND}


def test_foreign_and_missing_accounts_answer_alike_and_nothing_is_stored(stage: Stage) -> None:
    dealer, other = stage.dealer(), stage.dealer()
    own, foreign = stage.account(dealer), stage.account(other)

    for account_id in (foreign.account_id, AccountId("A-NOBODY")):
        with pytest.raises(NotFound):
            prepare_mailing(
                stage, dealer.dealer_id, account_ids=[own.account_id, account_id], operator="Ann"
            )


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
    changed(account, contacts=())
    mailing = prepared(stage, dealer, [account])

    with pytest.raises(InvalidInput):
        send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)
