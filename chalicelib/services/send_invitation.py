"""Mails that carry a secret: made here, by the mail worker, and stored as a hash only."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import DealerId, InvitationId
from chalicelib.domain.invitations import Delivery, Invitation, InvitationState, expires_at
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.mailer import Letter, MailRefused
from chalicelib.rendering.mails import render_mail
from chalicelib.rendering.views.letters import InvitationLetter, VerifyLetter
from chalicelib.services.change_invitation import store_change, until_stored
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
    dealer = get_dealer(DealerId(body["dealer"]))
    invitation_id, generation = InvitationId(body["id"]), int(body["generation"])
    now = world.clock.now()
    secret = secrets.token_urlsafe(TOKEN_BYTES)

    def add_token() -> Invitation | None:
        stored = invitations.get_invitation(dealer.dealer_id, invitation_id)
        if not _awaits_mail(stored.invitation, generation):
            return None
        kept = stored.invitation.token_hashes[-(MOST_TOKENS - 1) :]
        armed = replace(stored.invitation, token_hashes=(*kept, hashed(secret)))
        store_change(stored, armed, now=now)
        return armed

    armed = until_stored(add_token)
    if armed is None:
        return
    letter = _invitation_letter(world, dealer, armed, secret, now)
    try:
        world.mailer.send(letter)
    except MailRefused:
        _mark(dealer, armed, Delivery.BOUNCED, now)
    else:
        _mark(dealer, armed, Delivery.SENT, now)


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


def _awaits_mail(invitation: Invitation, generation: int) -> bool:
    return (
        invitation.state is InvitationState.PENDING
        and invitation.generation == generation
        and invitation.delivery is Delivery.QUEUED
    )


def _invitation_letter(
    world: World, dealer: Dealer, invitation: Invitation, secret: str, now: datetime
) -> Letter:
    link = Link(dealer.dealer_id, invitation.invitation_id, secret).text()
    register_url = f"{world.config.portal_url}/i?i={link}"
    account = get_account(dealer.dealer_id, invitation.account_id)
    words = InvitationLetter(
        dealer_name=dealer.name,
        account_name=account.name,
        register_url=register_url,
        decline_url=f"{register_url}&to=decline",
        expires_on=dealer_day(expires_at(now, dealer), dealer.time_zone).isoformat(),
        dealer_phone=dealer.phone,
    )
    mail = render_mail("invitation", words)
    return Letter(invitation.email, mail.subject, mail.text, mail.html)


def _mark(dealer: Dealer, sent: Invitation, delivery: Delivery, now: datetime) -> None:
    """Remember how it went; validity counts from the sending."""
    said = {
        Delivery.SENT: f"Invitation mail sent to {sent.email}.",
        Delivery.BOUNCED: f"The mail service refused the address {sent.email}.",
    }

    def attempt() -> None:
        stored = invitations.get_invitation(dealer.dealer_id, sent.invitation_id)
        if not _awaits_mail(stored.invitation, sent.generation):
            return
        until = expires_at(now, dealer) if delivery is Delivery.SENT else None
        marked = replace(stored.invitation, delivery=delivery, sent_at=now, expires_at=until)
        line = log_put(dealer.dealer_id, sent.account_id, now, "mail", said[delivery])
        store_change(stored, marked, now=now, beside=[line])

    until_stored(attempt)
