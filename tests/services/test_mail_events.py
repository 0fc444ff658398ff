"""What SES says about mails: in any order, twice, forged or unknown, the truth is what stays."""

from datetime import timedelta
from itertools import permutations

import pytest

from chalicelib.domain.errors import InvalidInput, NotFound, TryAgain
from chalicelib.domain.ids import AccountId
from chalicelib.domain.invitations import Delivery
from chalicelib.domain.mails import Fate
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.ses_events import UnreadableEvent
from chalicelib.services.allow_mail import allow_mail, list_suppressed
from chalicelib.services.expire_invitations import expire_invitations
from chalicelib.services.invite_customer import invite_customer, resend_invitation
from chalicelib.services.open_invitation import note_opened, open_invitation, parsed_link
from chalicelib.services.record_mail_event import record_mail_event
from chalicelib.services.register_payer import register_payer
from chalicelib.services.resend_receipt import resend_receipt
from chalicelib.services.send_mail import send_mail
from chalicelib.storage.accounts import get_account
from chalicelib.storage.mails import find_mail
from tests.entrypoints.cast import open_account, paid_by
from tests.services.mail_events import (
    A_MOMENT,
    invited,
    said,
    send_queued,
    ses_event,
    shown,
    stored,
    suppressed,
    tell,
)
from tests.stage import PASSWORD, Stage, link_in, stage

__all__ = ["stage"]


@pytest.mark.parametrize(
    ("kind", "bounce_type", "delivery", "is_suppressed"),
    [
        ("Delivery", "", Delivery.DELIVERED, False),
        ("Bounce", "Permanent", Delivery.BOUNCED, True),
        ("Bounce", "Transient", Delivery.BOUNCED, False),
        ("Bounce", "Undetermined", Delivery.BOUNCED, False),
        ("Complaint", "", Delivery.COMPLAINED, True),
    ],
)
def test_an_event_shows_on_invitation_list_and_activity(
    stage: Stage, kind: str, bounce_type: str, delivery: Delivery, is_suppressed: bool
) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    sent = invited(stage, dealer, account)

    tell(stage, kind, sent, bounce_type=bounce_type)

    assert stored(sent).delivery is delivery
    assert shown(account) == delivery.value
    assert sent.email in said(account)[0]
    assert "NoEmail" not in said(account)[0]
    assert (suppressed(dealer, sent.email) is not None) is is_suppressed


@pytest.mark.parametrize("order", list(permutations(["Delivery", "Bounce", "Complaint"])))
def test_whatever_order_and_however_often_the_strongest_word_stays(
    stage: Stage, order: tuple[str, ...]
) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    sent = invited(stage, dealer, account)

    for kind in (*order, *order):
        tell(stage, kind, sent)

    mail = find_mail(sent.message_id)
    assert mail is not None
    assert mail.mail.fate is Fate.COMPLAINED
    assert stored(sent).delivery is Delivery.COMPLAINED
    assert sum("reported as spam" in line for line in said(account)) == 1


def test_delivered_never_takes_a_bounce_back(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    sent = invited(stage, dealer, account)
    tell(stage, "Bounce", sent)
    before = said(account)

    assert tell(stage, "Delivery", sent) == "repeated"

    assert (stored(sent).delivery, said(account)) == (Delivery.BOUNCED, before)


def test_an_event_about_another_address_or_an_unknown_mail_changes_nothing(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    sent = invited(stage, dealer, account)
    other = ses_event("Bounce", sent.message_id, "eve@evil.example")
    old = ses_event("Bounce", "nobody-knows", sent.email, mailed_at=wall_now() - timedelta(hours=1))

    words = [record_mail_event(stage, event) for event in (other, old)]

    assert words == ["mismatched", "unknown"]
    assert (stored(sent), shown(account)) == (sent, "")
    assert suppressed(dealer, sent.email) is None


def test_an_event_before_its_mail_is_stored_comes_back(stage: Stage) -> None:
    with pytest.raises(TryAgain):
        record_mail_event(stage, ses_event("Delivery", "not-stored-yet", "pat@build.example"))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"eventType": "Bounce", "mail": {"messageId": "m", "timestamp": "2026-11-22T18:00:00Z"}},
        {"eventType": "Delivery", "mail": {"messageId": "m", "timestamp": "yesterday"}},
        {"eventType": "Delivery", "mail": {"messageId": "", "timestamp": "2026-11-22T18:00:00Z"}},
        {"eventType": 7, "mail": []},
    ],
)
def test_what_ses_would_not_say_ends_in_the_dead_letters(
    stage: Stage, body: dict[str, object]
) -> None:
    with pytest.raises(UnreadableEvent):
        record_mail_event(stage, body)


def test_a_kind_that_says_nothing_about_arriving_is_ignored(stage: Stage) -> None:
    event = ses_event("DeliveryDelay", "m", "pat@build.example")

    assert record_mail_event(stage, event) == "ignored"


def test_a_late_bounce_of_a_replaced_mail_leaves_the_new_one_alone(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    old = invited(stage, dealer, account)
    resend_invitation(
        stage, dealer.dealer_id, account_id=account.account_id, operator="Ann",
        email="right@build.example",
    )  # fmt: skip
    send_queued(stage)

    tell(stage, "Bounce", old)

    assert stored(old).delivery is Delivery.SENT
    assert shown(account) == ""
    assert suppressed(dealer, old.email)
    assert not suppressed(dealer, "right@build.example")


def test_no_account_of_the_dealer_mails_a_dead_address_and_another_dealer_does(
    stage: Stage,
) -> None:
    dealer, other = stage.dealer(), stage.dealer()
    first, second, foreign = stage.account(dealer), stage.account(dealer), stage.account(other)
    sent = invited(stage, dealer, first)
    tell(stage, "Bounce", sent)

    with pytest.raises(InvalidInput, match="bounced") as refused:
        invited(stage, dealer, second, email=sent.email.upper())
    with pytest.raises(InvalidInput):
        resend_invitation(stage, dealer.dealer_id, account_id=first.account_id, operator="Ann")

    assert "email" in refused.value.fields
    assert invited(stage, other, foreign, email=sent.email).delivery is Delivery.SENT


def test_what_was_queued_before_the_bounce_is_not_sent_after_it(stage: Stage) -> None:
    """An invitation and a payment's mail: the account says so, nothing comes back."""
    dealer = stage.dealer()
    first, second = stage.account(dealer), stage.account(dealer)
    sent = invited(stage, dealer, first, email="shared@build.example")
    paying = open_account(stage, dealer)
    payer = stage.payer(paying).session
    paid = paid_by(stage, paying, f"INV-{paying.account_id[1:]}-1", payer.user_id)
    body = {"mail": "payment_submitted", "dealer": dealer.dealer_id,
            "account": paying.account_id, "id": paid.payment_id}  # fmt: skip
    send_mail(stage, body)
    waiting = stage.mailer.letters.copy()
    invite_customer(
        stage, dealer.dealer_id, account_id=second.account_id, operator="Ann", email=sent.email
    )
    invite = stage.queues.mails.pop()
    tell(stage, "Complaint", sent)
    record_mail_event(stage, ses_event("Bounce", stage.mailer.ids[-1], payer.email))
    stage.clock.at += A_MOMENT

    send_mail(stage, invite)
    send_mail(stage, body)

    assert stage.mailer.letters == waiting
    assert shown(second) == "bounced"
    assert "mails to it came back before" in said(second)[0]
    assert said(paying)[0].startswith(f"Not sent to {payer.email}")


def test_a_dead_address_gets_no_code_and_no_receipt(stage: Stage) -> None:
    dealer = stage.dealer()
    account = open_account(stage, dealer)
    payer = stage.payer(account).session
    paid = paid_by(stage, account, f"INV-{account.account_id[1:]}-1", payer.user_id)
    bounced = invited(stage, dealer, stage.account(dealer), email=account.contacts[0].email)
    tell(stage, "Bounce", bounced)
    guest = stage.account(dealer)
    invited(stage, dealer, guest)
    link = parsed_link(link_in(stage.mailer.letters[-1]))

    with pytest.raises(InvalidInput) as receipt:
        resend_receipt(
            stage, dealer.dealer_id, account_id=account.account_id, name=paid.number,
            recipient="contact:c1", asking=payer.user_id, source="203.0.113.9",
        )  # fmt: skip
    with pytest.raises(InvalidInput) as registering:
        register_payer(
            stage, link, email=bounced.email, full_name="Pat", password=PASSWORD,
            terms_version="2026-11", address="203.0.113.9", wall=wall_now(),
        )  # fmt: skip

    assert set(receipt.value.fields) == {"recipient"}
    assert set(registering.value.fields) == {"email"}
    assert "account’s page" not in str(receipt.value)


def test_an_operator_allows_mails_again_and_an_older_bounce_does_not_undo_it(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    sent = invited(stage, dealer, account)
    twin = invited(stage, dealer, stage.account(dealer), email=sent.email)
    tell(stage, "Bounce", sent)
    (held,) = list_suppressed(get_account(dealer.dealer_id, account.account_id))
    stage.clock.at += timedelta(minutes=5)

    allow_mail(
        stage, dealer.dealer_id, account_id=account.account_id, email=held.email, operator="Ann"
    )
    tell(stage, "Bounce", sent)
    tell(stage, "Bounce", twin)

    assert suppressed(dealer, sent.email) is None
    assert f"Allowed mails to {sent.email} again." in said(account)
    stage.clock.at += timedelta(minutes=5)
    resend_invitation(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    send_queued(stage)
    tell(stage, "Bounce", stored(sent))
    assert suppressed(dealer, sent.email)


def test_only_an_address_of_the_account_that_is_held_back_can_be_allowed(stage: Stage) -> None:
    dealer = stage.dealer()
    account, other = stage.account(dealer), stage.account(dealer)
    sent = invited(stage, dealer, account)
    tell(stage, "Bounce", sent)

    for account_id, email in (
        (other.account_id, sent.email),
        (account.account_id, "somebody@build.example"),
        (account.account_id, ""),
        (AccountId("A-NOBODY"), sent.email),
    ):
        with pytest.raises(NotFound):
            allow_mail(stage, dealer.dealer_id, account_id=account_id, email=email, operator="Ann")

    assert suppressed(dealer, sent.email)


def test_an_opened_link_shows_and_hides_no_complaint(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    sent = invited(stage, dealer, account)
    tell(stage, "Delivery", sent)

    note_opened(stage, open_invitation(stage, parsed_link(link_in(stage.mailer.letters[-1]))))
    opened = shown(account)
    tell(stage, "Complaint", sent)

    assert (opened, shown(account)) == ("opened link", "complained")
    assert f"Somebody opened the link sent to {sent.email}." in said(account)


def test_a_reminder_that_arrives_says_more_than_a_first_mail_that_did_not(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    first = invited(stage, dealer, account)
    tell(stage, "Bounce", first, bounce_type="Transient")
    stage.clock.at += timedelta(days=12)
    expire_invitations(stage)
    send_queued(stage)
    second = stored(first)

    tell(stage, "Delivery", second)
    tell(stage, "Bounce", first, bounce_type="Transient")

    assert second.message_id != first.message_id
    assert stored(first).delivery is Delivery.DELIVERED
