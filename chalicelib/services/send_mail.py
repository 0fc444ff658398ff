"""The mail worker: from the ids in the queue to a rendered letter at the mail service."""

from collections.abc import Callable, Mapping

from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.payments import Payment
from chalicelib.domain.receipt_words import covered
from chalicelib.gateways.mailer import Letter
from chalicelib.rendering.mails import render_mail
from chalicelib.rendering.views.letters import PaymentLetter
from chalicelib.services.invite_chunk import invite_chunk
from chalicelib.services.invite_customer import INVITATION, REMINDER
from chalicelib.services.mail_refund import mail_refund
from chalicelib.services.overpaid_words import excess_words
from chalicelib.services.post_letter import About, post_letter
from chalicelib.services.resend_receipt import RECEIPT_MAIL, send_receipt
from chalicelib.services.send_invitation import (
    VERIFICATION,
    send_invitation,
    send_reminder,
    send_verification,
)
from chalicelib.services.send_mailing import CHUNK_OF_INVITATIONS
from chalicelib.services.tell_payer import (
    CREDIT_GONE,
    DISPUTE_LOST,
    FAILED,
    OVERPAID,
    REFUND_FAILED,
    REFUNDED,
    RETURNED,
    SETTLED,
    SUBMITTED,
    TERMINATED,
)
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment
from chalicelib.storage.users import get_user

PAYMENT_MAILS = frozenset(
    {SUBMITTED, SETTLED, FAILED, TERMINATED, RETURNED, DISPUTE_LOST, OVERPAID, CREDIT_GONE}
)
_PAY_AGAIN = frozenset({FAILED, RETURNED, DISPUTE_LOST})


def send_mail(world: World, body: Mapping[str, str]) -> None:
    """Send the mail a queue message asks for. A repeat is harmless.

    Raises NotFound or KeyError for a message that names nothing (it ends in the dead letters).
    """
    mail = body["mail"]
    if mail in PAYMENT_MAILS:
        _send_about_payment(world, mail, body)
        return
    senders: dict[str, Callable[[World, Mapping[str, str]], None]] = {
        INVITATION: send_invitation,
        REMINDER: send_reminder,
        CHUNK_OF_INVITATIONS: invite_chunk,
        VERIFICATION: send_verification,
        RECEIPT_MAIL: send_receipt,
        REFUNDED: mail_refund,
        REFUND_FAILED: mail_refund,
    }
    senders[mail](world, body)


def _send_about_payment(world: World, mail: str, body: Mapping[str, str]) -> None:
    dealer_id = DealerId(body["dealer"])
    payment = get_payment(dealer_id, AccountId(body["account"]), PaymentId(body["id"]))
    payer = get_user(payment.payer_id)
    rendered = render_mail(mail, _payment_letter(world, mail, payment, body.get("about", "")))
    letter = Letter(payer.email, rendered.subject, rendered.text, rendered.html)
    post_letter(world, letter, About(mail, dealer_id, payment.account_id))


def _payment_letter(world: World, mail: str, payment: Payment, about: str) -> PaymentLetter:
    dealer = get_dealer(payment.dealer_id)
    portal = world.config.portal_url
    expected = payment.expected_at if mail == SUBMITTED else None
    return PaymentLetter(
        dealer_name=dealer.name,
        account_name=payment.account_name,
        number=payment.number,
        amount_cents=_amount_cents(payment, about),
        method=" •••• ".join(filter(None, (payment.method.label, payment.method.last4))),
        payment_url=f"{portal}/payments/{payment.payment_id}",
        covers=covered(payment),
        expected_on=dealer_day(expected, dealer.time_zone).isoformat() if expected else "",
        reason=_reason(mail, payment, dealer),
        pay_again_url=f"{portal}/outstanding" if mail in _PAY_AGAIN else "",
        note=_note(mail, payment),
        dealer_phone=dealer.phone,
        currency=payment.currency,
    )


def _amount_cents(payment: Payment, about: str) -> int:
    """A dispute may be of a part."""
    disputed = (it.amount_cents for it in payment.disputes if it.dispute_id == about)
    return next(disputed, payment.charged_cents)


def _note(mail: str, payment: Payment) -> str:
    """What no longer fitted its document, as far as this mail is about it."""
    if mail not in (SETTLED, OVERPAID, CREDIT_GONE):
        return ""
    is_late, is_credit = mail != SETTLED, mail == CREDIT_GONE
    about = (it for it in payment.excess if it.is_late is is_late)
    return excess_words(it for it in about if bool(it.gone_credit) is is_credit)


def _reason(mail: str, payment: Payment, dealer: Dealer) -> str:
    if mail == FAILED:
        return payment.failure_sentence
    if mail == RETURNED and payment.returned is not None:
        return payment.returned.sentence
    if mail == DISPUTE_LOST:
        return (
            "The card’s owner had disputed this payment at the card’s bank, and the bank decided "
            f"against {dealer.name}."
        )
    return ""
