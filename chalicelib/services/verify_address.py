"""Verify an address that differs from the invited one with a mailed code of six digits."""

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.open_invitation import Link, Opened, open_invitation
from chalicelib.services.register_payer import count_code, create_login, queue_code
from chalicelib.services.sign_in import SignedIn
from chalicelib.services.world import World
from chalicelib.storage import invitations, sessions
from chalicelib.storage.invitations import Registration

CODE_LASTS = timedelta(minutes=15)
MOST_TRIES = 5
_WRONG = "This code is not right. Check the newest mail."
_OVER = "This code cannot be used any more. Send a new one."
_START_AGAIN = "This registration is over. Open the link in the invitation and start again."


def code_hash(registration: str, code: str) -> str:
    """What is stored of a code; it is bound to its registration and lives for minutes."""
    return hashlib.sha256(f"{registration}\n{code}".encode()).hexdigest()


def waiting_registration(world: World, link: Link, *, secret: str) -> tuple[Opened, Registration]:
    """The registration behind the cookie. Raises LinkRefused or InvalidInput."""
    opened = open_invitation(world, link)
    found = invitations.find_registration(opened.invitation, sessions.hashed(secret))
    if found is None:
        raise InvalidInput(_START_AGAIN)
    return opened, found


def verify_address(world: World, link: Link, *, secret: str, code: str, wall: datetime) -> SignedIn:
    """Create the login once the code is right; at most five tries a code.

    Raises InvalidInput (field code), LinkRefused or AlreadyDone (the address has a login).
    """
    opened, waiting = waiting_registration(world, link, secret=secret)
    name = sessions.hashed(secret)
    tries = invitations.count_try(opened.invitation, name)
    ends_at = waiting.code_ends_at
    if tries > MOST_TRIES or ends_at is None or wall >= ends_at:
        raise InvalidInput(_OVER, {"code": _OVER})
    expected = code_hash(name, code.replace(" ", ""))
    if not hmac.compare_digest(waiting.code_hash, expected):
        raise InvalidInput(_WRONG, {"code": _WRONG})
    return create_login(world, link, waiting, wall=wall)


def send_new_code(world: World, link: Link, *, secret: str, wall: datetime) -> None:
    """Forget the old code and its tries, and mail another."""
    opened, waiting = waiting_registration(world, link, secret=secret)
    name = sessions.hashed(secret)
    fresh = replace(waiting, code_hash="", code_ends_at=None)
    count_code(opened, wall=wall)
    invitations.save_registration(opened.invitation, name, fresh)
    queue_code(world, opened, name)
