"""Send a receipt again, to an address the company has here; the queue carries ids only."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.accounts import Account
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.ids import AccountId, DealerId, PaymentId, UserId
from chalicelib.domain.payments import Payment
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.mailer import Letter
from chalicelib.rendering.mails import render_mail
from chalicelib.rendering.views.letters import ReceiptLetter
from chalicelib.services.issue_receipt import NO_RECEIPT, receipt_document, receipt_kind
from chalicelib.services.limit_attempts import Attempt, count_attempt
from chalicelib.services.post_letter import About, post_letter, require_reachable
from chalicelib.services.view_payment import view_payment
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_account
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment
from chalicelib.storage.users import find_user, get_user, list_logins

RECEIPT_MAIL = "payment_receipt"
LINES_IN_MAIL = 40


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a receipt may go to; `key` stands for the address in forms and in the queue."""

    key: str
    name: str
    email: str


def list_recipients(account: Account, payment: Payment, *, asking: UserId) -> tuple[Recipient, ...]:
    """Who asks, who paid, the company's other logins, the account's contacts; one each address."""
    found: dict[str, Recipient] = {}
    own = [find_user(user_id) for user_id in dict.fromkeys((asking, payment.payer_id))]
    others = list_logins(account.dealer_id, account.company_id) if account.company_id else ()
    for user in (*own, *others):
        if user is not None:
            found.setdefault(user.email, Recipient(f"user:{user.user_id}", user.name, user.email))
    for contact in account.contacts:
        email = contact.email.strip().lower()
        if email:
            key = f"contact:{contact.contact_id}"
            found.setdefault(email, Recipient(key, contact.name, email))
    return tuple(found.values())


def resend_receipt(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    name: str,
    recipient: str,
    asking: UserId,
    source: str,
) -> Recipient:
    """Queue the mail; returns whom it goes to.

    Raises NotFound, Conflict if there is no receipt, InvalidInput for anybody else's address,
    Throttled after a few copies of one payment from one source.
    """
    payment = view_payment(world, dealer_id, account_id=account_id, name=name).payment
    if not receipt_kind(payment):
        raise Conflict(NO_RECEIPT)
    known = list_recipients(get_account(dealer_id, account_id), payment, asking=asking)
    chosen = next((person for person in known if person.key == recipient), None)
    if chosen is None:
        sentence = "Choose one of the addresses shown."
        raise InvalidInput(sentence, {"recipient": sentence})
    require_reachable(dealer_id, chosen.email, field="recipient")
    count_attempt(Attempt("receipt", payment.payment_id, f"{asking} {source}", wall_now()))
    world.queues.send_mail(
        RECEIPT_MAIL,
        dealer_id,
        id=payment.payment_id,
        account=account_id,
        to=chosen.key,
        asked_by=asking,
    )
    return chosen


def send_receipt(world: World, body: Mapping[str, str]) -> None:
    """The mail worker's part: written from the payment as it is now. Raises NotFound."""
    dealer_id, account_id = DealerId(body["dealer"]), AccountId(body["account"])
    payment = get_payment(dealer_id, account_id, PaymentId(body["id"]))
    asking = UserId(body["asked_by"])
    known = list_recipients(get_account(dealer_id, account_id), payment, asking=asking)
    to = next((person.email for person in known if person.key == body["to"]), None)
    if to is None:
        raise NotFound("The contact is gone.")
    letter = _letter(world, payment, sent_by=get_user(asking).name)
    mail = render_mail(RECEIPT_MAIL, letter)
    about = About(RECEIPT_MAIL, dealer_id, account_id)
    post_letter(world, Letter(to, mail.subject, mail.text, mail.html), about)


def _letter(world: World, payment: Payment, *, sent_by: str) -> ReceiptLetter:
    dealer = get_dealer(payment.dealer_id)
    document = receipt_document(payment, dealer)
    lines = tuple((line.number, line.amount_cents) for line in document.lines)
    return ReceiptLetter(
        is_receipt=document.is_receipt,
        is_taken_back=document.is_taken_back,
        dealer_name=dealer.name,
        account_name=payment.account_name,
        number=payment.number,
        amount_cents=payment.charged_cents,
        statement=document.statement,
        method=payment.method.words,
        payment_url=f"{world.config.portal_url}/payments/{payment.payment_id}",
        lines=lines[:LINES_IN_MAIL] + document.sums[1:],
        more_lines=max(0, len(lines) - LINES_IN_MAIL),
        sent_by=sent_by,
        dealer_phone=dealer.phone,
        currency=payment.currency,
    )
