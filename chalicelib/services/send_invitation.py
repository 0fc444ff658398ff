"""Mails that carry a secret: made here, by the mail worker, and stored as a hash only."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ulid import ULID

from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import DealerId, InvitationId
from chalicelib.domain.invitations import (
    Delivery,
    Invitation,
    InvitationState,
    expires_at,
    remind_at,
    shown_delivery,
    state_now,
)
from chalicelib.domain.mails import SentMail
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.mailer import Letter, MailRefused
from chalicelib.rendering.mails import render_mail
from chalicelib.rendering.views.letters import InvitationLetter, VerifyLetter
from chalicelib.services.change_invitation import (
    Told,
    account_writes,
    store_change,
    until_stored,
)
from chalicelib.services.invite_customer import INVITATION, REMINDER
from chalicelib.services.open_invitation import Link
from chalicelib.services.post_letter import About, AddressSuppressed, hand_over, post_letter
from chalicelib.services.verify_address import CODE_LASTS, code_hash
from chalicelib.services.world import World
from chalicelib.storage import invitations
from chalicelib.storage.accounts import get_account, log_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.mails import sent_put
from chalicelib.storage.sessions import hashed
from chalicelib.storage.transactions import Put, transact

TOKEN_BYTES = 32
MOST_TOKENS = 8  # A mail repeated after a crash adds a token; the mailed one stays good.
CODE_DIGITS = 6
VERIFICATION = "verify_address"


def send_invitation(world: World, body: Mapping[str, str]) -> None:
    """Make a token, add its hash to the current generation, send, mark sent.

    The hash is stored before the mail leaves, so a crash after sending never kills the mailed
    link. Nothing happens for a generation that is sent, replaced, withdrawn or answered.
    """
    dealer, now = get_dealer(DealerId(body["dealer"])), world.clock.now()
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    armed = _armed(dealer, body, secret, now, wanted=_awaits_mail)
    if armed is None:
        return
    until = expires_at(now, dealer)
    letter = _letter(world, INVITATION, dealer, armed, secret=secret, until=until)
    try:
        sent = hand_over(world, letter, _about(INVITATION, armed))
    except MailRefused as refused:
        _mark_refused(dealer, armed, refused, now)
    else:
        _mark_sent(dealer, armed, sent, now)


def send_reminder(world: World, body: Mapping[str, str]) -> None:
    """Send a second link of the same generation before it expires; both links stay good.

    Nothing happens for a generation that was reminded of, replaced, withdrawn or answered.
    """
    dealer, now = get_dealer(DealerId(body["dealer"])), world.clock.now()
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    armed = _armed(dealer, body, secret, now, wanted=_awaits_reminder)
    if armed is None or armed.expires_at is None:
        return
    letter = _letter(world, REMINDER, dealer, armed, secret=secret, until=armed.expires_at)
    said, sent = f"Reminded {armed.email} that the invitation expires.", None
    try:
        sent = hand_over(world, letter, _about(REMINDER, armed))
    except AddressSuppressed:
        said = f"No reminder to {armed.email}: mails to it came back before."
    except MailRefused:
        said = f"The mail service refused a reminder to {armed.email}."

    def reminded(invitation: Invitation) -> Invitation:
        message_id = sent.message_id if sent else invitation.message_id
        return replace(invitation, remind_at=None, message_id=message_id)

    _mark(dealer, armed, reminded, _Marked(now, said, sent, _awaits_reminder))


def _armed(
    dealer: Dealer,
    body: Mapping[str, str],
    secret: str,
    now: datetime,
    *,
    wanted: Callable[[Invitation, int, datetime], bool],
) -> Invitation | None:
    """The invitation with the secret's hash added and stored; None if the mail is not wanted."""

    def attempt() -> Invitation | None:
        stored = invitations.get_invitation(dealer.dealer_id, InvitationId(body["id"]))
        if not wanted(stored.invitation, int(body["generation"]), now):
            return None
        kept = stored.invitation.token_hashes[-(MOST_TOKENS - 1) :]
        armed = replace(stored.invitation, token_hashes=(*kept, hashed(secret)))
        store_change(stored, armed, now=now)
        return armed

    return until_stored(attempt)


def send_verification(world: World, body: Mapping[str, str]) -> None:
    """Make a code for a waiting registration, store its hash, mail it."""
    dealer = get_dealer(DealerId(body["dealer"]))
    stored = invitations.get_invitation(dealer.dealer_id, InvitationId(body["id"]))
    name = body["registration"]
    waiting = invitations.find_registration(stored.invitation, name)
    if waiting is None:
        return
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    ends_at = wall_now() + CODE_LASTS
    invitations.set_code(
        stored.invitation, name, waiting, code_hash=code_hash(name, code), ends_at=ends_at
    )
    words = VerifyLetter(
        dealer_name=dealer.name,
        valid_minutes=int(CODE_LASTS.total_seconds() // 60),
        code=code,
        dealer_phone=dealer.phone,
    )
    mail = render_mail(VERIFICATION, words)
    letter = Letter(waiting.email, mail.subject, mail.text, mail.html)
    account_id = stored.invitation.account_id
    post_letter(world, letter, About(VERIFICATION, dealer.dealer_id, account_id))


def _about(mail: str, invitation: Invitation) -> About:
    return About(mail, invitation.dealer_id, invitation.account_id, invitation)


def _awaits_mail(invitation: Invitation, generation: int, now: datetime) -> bool:
    return _stands(invitation, generation, now) and invitation.delivery is Delivery.QUEUED


def _awaits_reminder(invitation: Invitation, generation: int, now: datetime) -> bool:
    due = invitation.remind_at is not None and invitation.remind_at <= now
    return due and _stands(invitation, generation, now)


def _stands(invitation: Invitation, generation: int, now: datetime) -> bool:
    is_pending = state_now(invitation, now) is InvitationState.PENDING
    return is_pending and invitation.generation == generation


def _letter(
    world: World, mail: str, dealer: Dealer, invitation: Invitation, *, secret: str, until: datetime
) -> Letter:
    link = Link(dealer.dealer_id, invitation.invitation_id, secret).text()
    register_url = f"{world.config.portal_url}/i?i={link}"
    account = get_account(dealer.dealer_id, invitation.account_id)
    words = InvitationLetter(
        dealer_name=dealer.name,
        account_name=account.name,
        register_url=register_url,
        decline_url=f"{register_url}&to=decline",
        expires_on=dealer_day(until, dealer.time_zone).isoformat(),
        dealer_phone=dealer.phone,
    )
    rendered = render_mail(mail, words)
    return Letter(invitation.email, rendered.subject, rendered.text, rendered.html)


@dataclass(frozen=True, slots=True)
class _Marked:
    """How a mail went, said in the account's activity; `sent` is None if it did not leave."""

    at: datetime
    said: str
    sent: SentMail | None
    wanted: Callable[[Invitation, int, datetime], bool]


def _mark_sent(dealer: Dealer, armed: Invitation, sent: SentMail, now: datetime) -> None:
    """Validity counts from the sending."""
    until, reminder = expires_at(now, dealer), remind_at(now, dealer)

    def marked(invitation: Invitation) -> Invitation:
        return replace(
            invitation,
            delivery=Delivery.SENT,
            sent_at=now,
            expires_at=until,
            remind_at=reminder,
            message_id=sent.message_id,
        )

    _mark(dealer, armed, marked, _Marked(now, f"Invitation mail sent to {armed.email}.", sent,
                                         _awaits_mail))  # fmt: skip


def _mark_refused(dealer: Dealer, armed: Invitation, refused: MailRefused, now: datetime) -> None:
    said = f"The mail service refused the address {armed.email}."
    if isinstance(refused, AddressSuppressed):
        said = f"No invitation to {armed.email}: mails to it came back before."

    def marked(invitation: Invitation) -> Invitation:
        return replace(invitation, delivery=Delivery.BOUNCED, sent_at=now)

    _mark(dealer, armed, marked, _Marked(now, said, None, _awaits_mail))


def _mark(
    dealer: Dealer,
    armed: Invitation,
    change: Callable[[Invitation], Invitation],
    how: _Marked,
) -> None:
    """Remember how it went, and the mail itself in the same transaction: its fate may be told soon.

    What was replaced or withdrawn meanwhile stays as it is.
    """
    remembered = [sent_put(how.sent)] if how.sent else []

    def attempt() -> None:
        stored = invitations.get_invitation(dealer.dealer_id, armed.invitation_id)
        if how.wanted(stored.invitation, armed.generation, how.at):
            changed = change(stored.invitation)
            beside = [*remembered, *_shown(changed, how)]
            store_change(stored, changed, now=how.at, beside=beside)
        elif remembered:
            transact(remembered, token=str(ULID()))

    until_stored(attempt)


def _shown(changed: Invitation, how: _Marked) -> list[Put]:
    """The activity's line; a mail that did not leave shows in the list of customers, too."""
    told = Told(how.at, "mail", how.said)
    account = get_account(changed.dealer_id, changed.account_id)
    is_newest = account.invitation_id == changed.invitation_id
    if changed.delivery is Delivery.BOUNCED and is_newest:
        return account_writes(account, replace(account, delivery=shown_delivery(changed)), told)
    return [log_put(changed.dealer_id, changed.account_id, told.at, told.source, told.text)]
