"""Mails that carry a secret: made here, by the mail worker, and stored as a hash only."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import DealerId, InvitationId
from chalicelib.domain.invitations import (
    Delivery,
    Invitation,
    InvitationState,
    expires_at,
    remind_at,
    state_now,
)
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.mailer import Letter, MailRefused
from chalicelib.rendering.mails import render_mail
from chalicelib.rendering.views.letters import InvitationLetter, VerifyLetter
from chalicelib.services.change_invitation import store_change, until_stored
from chalicelib.services.invite_customer import INVITATION, REMINDER
from chalicelib.services.open_invitation import Link
from chalicelib.services.verify_address import CODE_LASTS, code_hash
from chalicelib.services.world import World
from chalicelib.storage import invitations
from chalicelib.storage.accounts import get_account, log_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.sessions import hashed

TOKEN_BYTES = 32
MOST_TOKENS = 8  # A mail repeated after a crash adds a token; the mailed one stays good.
CODE_DIGITS = 6


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
        world.mailer.send(letter)
    except MailRefused:
        _mark(dealer, armed, Delivery.BOUNCED, now)
    else:
        _mark(dealer, armed, Delivery.SENT, now)


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
    said = f"Reminded {armed.email} that the invitation expires."
    try:
        world.mailer.send(letter)
    except MailRefused:
        said = f"The mail service refused a reminder to {armed.email}."

    def mark() -> None:
        stored = invitations.get_invitation(dealer.dealer_id, armed.invitation_id)
        if _awaits_reminder(stored.invitation, armed.generation, now):
            line = log_put(dealer.dealer_id, armed.account_id, now, "mail", said)
            reminded = replace(stored.invitation, remind_at=None)
            store_change(stored, reminded, now=now, beside=[line])

    until_stored(mark)


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
    mail = render_mail("verify_address", words)
    world.mailer.send(Letter(waiting.email, mail.subject, mail.text, mail.html))


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


def _mark(dealer: Dealer, sent: Invitation, delivery: Delivery, now: datetime) -> None:
    """Remember how it went; validity counts from the sending."""
    said = {
        Delivery.SENT: f"Invitation mail sent to {sent.email}.",
        Delivery.BOUNCED: f"The mail service refused the address {sent.email}.",
    }

    def attempt() -> None:
        stored = invitations.get_invitation(dealer.dealer_id, sent.invitation_id)
        if not _awaits_mail(stored.invitation, sent.generation, now):
            return
        marked = replace(stored.invitation, delivery=delivery, sent_at=now)
        if delivery is Delivery.SENT:
            until, reminder = expires_at(now, dealer), remind_at(now, dealer)
            marked = replace(marked, expires_at=until, remind_at=reminder)
        line = log_put(dealer.dealer_id, sent.account_id, now, "mail", said[delivery])
        store_change(stored, marked, now=now, beside=[line])

    until_stored(attempt)
