"""Mails: a subject of one line, an HTML body with inlined styles and a plain twin."""

from __future__ import annotations

import dataclasses
import re

import pytest

from chalicelib.rendering.mails import LETTERS, render_mail
from chalicelib.rendering.views.letters import (
    InvitationLetter,
    PaymentLetter,
    ReceiptLetter,
    RefundLetter,
    VerifyLetter,
)

from .demo import HOSTILE

PAYMENT = PaymentLetter(
    dealer_name="Cascade Lumber",
    account_name=f"Ridgeline {HOSTILE}",
    number="DP-100482",
    amount_cents=1668108,
    method="First Cascade Bank •••• 6789",
    payment_url="https://pay.example/payments/P1",
    covers="3 documents",
    expected_on="2026-11-27",
    reason="The account has insufficient funds.",
    pay_again_url="https://pay.example/outstanding",
    dealer_phone="(541) 555-0142",
)
INVITATION = InvitationLetter(
    dealer_name="Cascade Lumber",
    account_name=f"Ridgeline {HOSTILE}",
    register_url="https://pay.example/i?i=d.v.secret",
    decline_url="https://pay.example/i?i=d.v.secret&to=decline",
    expires_on="2026-12-06",
    dealer_phone="(541) 555-0142",
)
VERIFY = VerifyLetter(
    dealer_name="Cascade Lumber",
    valid_minutes=30,
    code="481902",
    verify_url="https://pay.example/v",
)
RECEIPT = ReceiptLetter(
    is_receipt=True,
    dealer_name="Cascade Lumber",
    account_name=f"Ridgeline {HOSTILE}",
    number="DP-100482",
    amount_cents=140200,
    statement="Paid to Cascade Lumber on Nov 24, 2026.",
    method="First Cascade Bank •••• 6789",
    payment_url="https://pay.example/payments/P1",
    lines=(("INV-1", 100000), (HOSTILE, 50000), ("Credits used", -10000)),
    sent_by="Maya Chen",
    more_lines=3,
    dealer_phone="(541) 555-0142",
)
REFUND = RefundLetter(
    dealer_name="Cascade Lumber",
    account_name=f"Ridgeline {HOSTILE}",
    number="DP-100482",
    amount_cents=71530,
    charged_cents=140200,
    method="Visa credit card ••4242",
    payment_url="https://pay.example/payments/P1",
    fee_cents=1530,
    arrival="5 to 10 business days",
    owed_again=(("INV-1", 70000), (HOSTILE, 100)),
    reason="the card was reported lost or stolen",
    dealer_phone="(541) 555-0142",
)
ALL = {
    "invitation": INVITATION,
    "invitation_reminder": INVITATION,
    "verify_address": VERIFY,
    "payment_submitted": PAYMENT,
    "payment_settled": PAYMENT,
    "payment_failed": PAYMENT,
    "payment_terminated": PAYMENT,
    "payment_returned": PAYMENT,
    "payment_dispute_lost": PAYMENT,
    "payment_overpaid": PAYMENT,
    "payment_credit_gone": PAYMENT,
    "payment_receipt": RECEIPT,
    "payment_refunded": REFUND,
    "refund_failed": REFUND,
}

every_mail = pytest.mark.parametrize("name", sorted(ALL))


def test_every_mail_has_an_example() -> None:
    assert set(ALL) == set(LETTERS)


@every_mail
def test_a_mail_has_a_one_line_subject_and_a_plain_twin(name: str) -> None:
    mail = render_mail(name, ALL[name])

    links = set(re.findall(r'href="([^"]+)"', mail.html.replace("&amp;", "&")))
    assert mail.subject
    assert "\n" not in mail.subject
    assert "<p" not in mail.text
    assert {link.replace("&amp;", "&") for link in links} <= set(
        re.findall(r"\S+://\S+", mail.text)
    )


@every_mail
def test_styles_are_inlined_and_names_are_escaped(name: str) -> None:
    mail = render_mail(name, ALL[name])

    assert "<style" not in mail.html
    assert 'style="' in mail.html
    assert "<script" not in mail.html


def test_an_invitation_names_no_amount_and_says_how_long_it_is_valid() -> None:
    mail = render_mail("invitation", INVITATION)

    for body in (mail.text, mail.html):
        assert "$" not in body
        assert not re.search(r"\d+\.\d\d\b", re.sub(r'style="[^"]*"', "", body))
        assert "Dec 6, 2026" in body
        assert "(541) 555-0142" in body
        assert "ecline" in body


def test_a_refund_says_what_goes_back_its_fee_share_and_what_is_owed_again() -> None:
    mail = render_mail("payment_refunded", REFUND)

    for words in ("$715.30, including $15.30 of the fee", "INV-1 is owed again: $700.00"):
        assert words in mail.text
    assert "Cascade Lumber refunded $715.30 of payment DP-100482" in mail.subject


def test_a_refund_that_came_back_says_why_and_that_the_money_counts_as_paid() -> None:
    mail = render_mail("refund_failed", REFUND)

    assert "came back: the card was reported lost or stolen." in mail.text
    assert "counts as paid again" in mail.text


def test_an_invitation_has_one_button() -> None:
    mail = render_mail("invitation", INVITATION)

    assert mail.html.count('class="button"') == 1


def test_a_submitted_payment_is_not_called_paid() -> None:
    mail = render_mail("payment_submitted", PAYMENT)

    assert "not paid yet" in mail.text
    assert "$16,681.08" in mail.text


def test_a_copy_of_a_pending_payment_is_not_called_a_receipt() -> None:
    mail = render_mail("payment_receipt", dataclasses.replace(RECEIPT, is_receipt=False))

    for words in (mail.subject, mail.text.partition("\n")[0]):
        assert "eceipt" not in words
        assert "submitted" in words


def test_a_failed_payment_says_that_nothing_was_charged() -> None:
    mail = render_mail("payment_failed", PAYMENT)

    assert "Nothing was charged" in mail.text
    assert "Nothing was charged" in mail.html


def test_a_mail_refuses_the_letter_of_another() -> None:
    with pytest.raises(TypeError):
        render_mail("invitation", PAYMENT)


def test_the_settled_mail_says_what_became_of_money_its_documents_no_longer_took() -> None:
    note = "INV-1 had been paid meanwhile: $600.00 is kept on account."

    mail = render_mail("payment_settled", dataclasses.replace(PAYMENT, note=note))

    assert note in mail.text
    assert note in mail.html
