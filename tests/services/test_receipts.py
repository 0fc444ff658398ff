"""Receipts: made once, handed out to whom the payment belongs, sent again within the company."""

from dataclasses import replace
from datetime import timedelta

import pytest
from ulid import ULID

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, Throttled
from chalicelib.domain.ids import AccountId
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.rendering.receipt_pdf import printable, render_receipt
from chalicelib.services.issue_receipt import issue_receipt, receipt_document
from chalicelib.services.resend_receipt import list_recipients, resend_receipt
from chalicelib.services.send_mail import send_mail
from chalicelib.storage.accounts import get_account
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment, payment_puts
from chalicelib.storage.transactions import transact
from tests.entrypoints.cast import open_account, paid_by
from tests.stage import TODAY, Stage, stage

__all__ = ["stage"]


def a_payment(stage: Stage) -> Payment:
    """A payment just submitted by the account's owner."""
    account = open_account(stage, stage.dealer())
    payer = stage.payer(account).session
    return paid_by(stage, account, f"INV-{account.account_id[1:]}-1", payer.user_id)


def moved(payment: Payment, status: PaymentStatus, **changes: object) -> Payment:
    """The payment as it is stored in another status."""
    stored = get_payment(payment.dealer_id, payment.account_id, payment.payment_id)
    after = replace(stored, status=status, **changes)  # type: ignore[arg-type]
    transact(
        payment_puts(after, name=status.value, at=TODAY, source="processor"), token=str(ULID())
    )
    return after


def link_to(stage: Stage, payment: Payment, account_id: AccountId | None = None) -> str:
    return issue_receipt(
        stage,
        payment.dealer_id,
        account_id=account_id or payment.account_id,
        name=payment.number,
    )


def resend(stage: Stage, payment: Payment, recipient: str) -> None:
    resend_receipt(
        stage,
        payment.dealer_id,
        account_id=payment.account_id,
        name=payment.number,
        recipient=recipient,
        asking=payment.payer_id,
        source="203.0.113.9",
    )


def test_a_pending_payment_has_a_confirmation_that_never_says_paid(stage: Stage) -> None:
    payment = a_payment(stage)

    link = link_to(stage, payment)
    document = receipt_document(payment, get_dealer(payment.dealer_id))

    assert link.endswith(f"/{payment.payment_id}/confirmation.pdf")
    assert document.title == "Payment confirmation"
    assert "not yet paid" in document.statement


def test_a_settled_and_a_posted_payment_have_one_and_the_same_receipt(stage: Stage) -> None:
    payment = a_payment(stage)
    settled = moved(payment, PaymentStatus.SETTLED, settled_at=TODAY + timedelta(days=4))

    first = link_to(stage, settled)
    made = dict(stage.files.held)
    moved(settled, PaymentStatus.POSTED, posted_at=TODAY + timedelta(days=9))
    second = link_to(stage, settled)

    assert first == second
    assert stage.files.held == made
    (content,) = made.values()
    assert content.startswith(b"%PDF-")


def test_the_same_facts_make_the_same_bytes(stage: Stage) -> None:
    payment = a_payment(stage)
    document = receipt_document(payment, get_dealer(payment.dealer_id))

    assert render_receipt(document) == render_receipt(document)


def test_a_payment_that_failed_has_no_receipt(stage: Stage) -> None:
    payment = moved(a_payment(stage), PaymentStatus.FAILED)

    with pytest.raises(Conflict):
        link_to(stage, payment)
    with pytest.raises(Conflict):
        resend(stage, payment, f"user:{payment.payer_id}")

    assert stage.files.held == {}


def test_another_account_and_another_dealer_find_nothing(stage: Stage) -> None:
    payment = a_payment(stage)
    neighbour = open_account(stage, get_dealer(payment.dealer_id))
    foreign = open_account(stage, stage.dealer())

    for other in (neighbour, foreign):
        with pytest.raises(NotFound):
            issue_receipt(
                stage, other.dealer_id, account_id=other.account_id, name=payment.payment_id
            )

    assert stage.files.held == {}


def test_a_receipt_goes_to_the_payer_or_a_contact_and_carries_ids_only(stage: Stage) -> None:
    payment = a_payment(stage)
    account = get_account(payment.dealer_id, payment.account_id)
    contact = account.contacts[0]

    resend(stage, payment, f"contact:{contact.contact_id}")
    (body,) = [mail for mail in stage.queues.mails if mail["mail"] == "payment_receipt"]
    send_mail(stage, body)

    (letter,) = stage.mailer.letters
    assert letter.to == contact.email
    assert payment.number in letter.text
    assert "not yet paid" in letter.text
    assert contact.email not in str(body)


def test_nobody_elses_address_is_accepted(stage: Stage) -> None:
    payment = a_payment(stage)

    for recipient in ("", "eve@evil.example", "user:01NOBODY", "contact:c9"):
        with pytest.raises(InvalidInput):
            resend(stage, payment, recipient)

    assert [mail for mail in stage.queues.mails if mail["mail"] == "payment_receipt"] == []


def test_an_address_is_offered_once(stage: Stage) -> None:
    payment = a_payment(stage)
    account = get_account(payment.dealer_id, payment.account_id)
    twice = replace(account, contacts=account.contacts * 2)

    offered = list_recipients(twice, payment, asking=payment.payer_id)

    assert len({person.email for person in offered}) == len(offered) == 2


def test_every_login_of_the_company_is_offered_and_nobody_of_another(stage: Stage) -> None:
    payment = a_payment(stage)
    account = get_account(payment.dealer_id, payment.account_id)
    assert account.company_id
    dealer = get_dealer(payment.dealer_id)
    # A colleague who joined by another account of the company, and a stranger of the same dealer.
    sister = stage.account(dealer, company_id=account.company_id)
    colleague = stage.payer(sister).session
    stranger = stage.payer(stage.account(dealer)).session

    people = list_recipients(account, payment, asking=payment.payer_id)
    resend(stage, payment, f"user:{colleague.user_id}")
    with pytest.raises(InvalidInput):
        resend(stage, payment, f"user:{stranger.user_id}")
    send_mail(stage, stage.queues.mails[-1])

    assert colleague.email in {person.email for person in people}
    assert stranger.email not in {person.email for person in people}
    assert stage.mailer.letters[-1].to == colleague.email


def test_one_source_cannot_flood_a_contact(stage: Stage) -> None:
    payment = a_payment(stage)
    to = f"user:{payment.payer_id}"

    for _ in range(5):
        resend(stage, payment, to)

    with pytest.raises(Throttled):
        resend(stage, payment, to)
    assert [mail["mail"] for mail in stage.queues.mails].count("payment_receipt") == 5


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Łukasz Žižka", "Lukasz Žižka"),
        ("−$5.00", "-$5.00"),
        ("工事", "??"),
        ("a\u202eb\x00c\nd", "a b c d"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_a_receipt_prints_what_its_font_can_and_interprets_nothing(text: str, shown: str) -> None:
    assert printable(text) == shown
