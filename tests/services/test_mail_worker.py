"""The mail worker for invitations: at least once asked, once sent, no mailed link ever dead."""

from datetime import timedelta

import pytest

from chalicelib.domain.invitations import Delivery
from chalicelib.gateways.mailer import Letter, MailRefused
from chalicelib.services.expire_invitations import expire_invitations
from chalicelib.services.invite_customer import invite_customer
from chalicelib.services.open_invitation import open_invitation, parsed_link
from chalicelib.services.send_mail import PAYMENT_MAILS, send_mail
from chalicelib.storage.invitations import get_invitation
from tests.entrypoints.cast import open_account, paid_by
from tests.stage import Outbox, Stage, link_in, stage

__all__ = ["stage"]


def test_a_mail_lost_from_the_queue_is_queued_again_by_the_sweep(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    invite_customer(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    lost = stage.queues.mails.pop()
    stage.clock.at += timedelta(hours=1)

    expire_invitations(stage)

    assert lost in stage.queues.mails


def test_a_repeated_queue_message_sends_one_mail(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    invite_customer(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    body = stage.queues.mails[0]

    for _ in range(3):
        send_mail(stage, body)

    assert len(stage.mailer.letters) == 1


def test_a_crash_after_sending_leaves_the_mailed_link_alive(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    invite_customer(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    body = stage.queues.mails.pop()
    stage.mailer = _SendsThenDies()

    with pytest.raises(TimeoutError):
        send_mail(stage, body)
    first = parsed_link(link_in(stage.mailer.letters[0]))
    stage.mailer = Outbox()
    send_mail(stage, body)
    second = parsed_link(link_in(stage.mailer.letters[0]))

    assert first != second
    assert open_invitation(stage, first).account.account_id == account.account_id
    assert open_invitation(stage, second).account.account_id == account.account_id


def test_an_address_the_mail_service_refuses_shows_as_bounced(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    made = invite_customer(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    stage.mailer = _Refuses()

    send_mail(stage, stage.queues.mails.pop())

    stored = get_invitation(dealer.dealer_id, made.invitation_id).invitation
    assert stored.delivery is Delivery.BOUNCED


@pytest.mark.parametrize("mail", sorted(PAYMENT_MAILS))
def test_a_mail_about_a_payment_is_written_from_the_stored_payment(stage: Stage, mail: str) -> None:
    account = open_account(stage, stage.dealer())
    payer = stage.payer(account).session
    paid = paid_by(stage, account, f"INV-{account.account_id[1:]}-1", payer.user_id)

    send_mail(
        stage,
        {
            "mail": mail,
            "dealer": account.dealer_id,
            "account": account.account_id,
            "id": paid.payment_id,
        },
    )

    (letter,) = stage.mailer.letters
    assert letter.to == payer.email
    assert paid.number in letter.text
    assert "$100.00" in letter.text
    assert f"http://localhost:8080/payments/{paid.payment_id}" in letter.html


def test_no_secret_travels_through_the_queue_or_the_log(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    invite_customer(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    body = dict(stage.queues.mails[0])

    send_mail(stage, body)

    secret = link_in(stage.mailer.letters[0]).rpartition(".")[2]
    printed = capsys.readouterr()
    assert secret not in printed.out + printed.err + str(body)
    assert account.contacts[0].email not in str(body)


class _SendsThenDies(Outbox):
    def send(self, letter: Letter) -> str:
        super().send(letter)
        raise TimeoutError


class _Refuses(Outbox):
    def send(self, letter: Letter) -> str:
        raise MailRefused("MessageRejected")
