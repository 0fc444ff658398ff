"""Sign in with address and password: payers are in, operators are asked for their code next."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.email_addresses import normal_address
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import UserId
from chalicelib.domain.passwords import LONGEST
from chalicelib.domain.people import Face, Membership, Session, Stage, User
from chalicelib.gateways.password_hashes import verify_password
from chalicelib.services.limit_attempts import Attempt, count_attempt, forgive_attempt
from chalicelib.storage import sessions, users

SECRET_BYTES = 32
NOBODY = UserId("nobody")
WRONG = "The e-mail address or the password is not right."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session and its secret, which goes into the cookie and nowhere else."""

    session: Session
    secret: str


def sign_in(*, face: Face, email: str, password: str, address: str, wall: datetime) -> SignedIn:
    """A session at stage SIGNED_IN (payer) or CODE (operator). `address` is the viewer's.

    Raises InvalidInput, the same and after the same work for a wrong password and an unknown
    address, and Throttled.
    """
    account = _comparable(email)
    attempt = Attempt(f"password {face}", account, address, wall)
    count_attempt(attempt)
    user, member = _claimed(account, face)
    # A login of the other face has no business here, but costs the same to refuse.
    known = user.password_hash if user and member else ""
    if not verify_password(known, password[: LONGEST + 1]) or user is None or member is None:
        raise InvalidInput(WRONG)
    forgive_attempt(attempt)
    stage = Stage.CODE if face is Face.OPERATOR else Stage.SIGNED_IN
    return start_session(user, member, stage=stage, wall=wall)


def start_session(user: User, member: Membership, *, stage: Stage, wall: datetime) -> SignedIn:
    """Store a new session pinned to a membership; 256 random bits, kept as a hash."""
    session = Session(
        user_id=user.user_id,
        dealer_id=member.dealer_id,
        account_id=member.account_id,
        face=member.face,
        stage=stage,
        name=user.name,
        email=user.email,
        created_at=wall,
    )
    secret = secrets.token_urlsafe(SECRET_BYTES)
    sessions.save_session(session, secret)
    return SignedIn(session, secret)


def _comparable(email: str) -> str:
    try:
        return normal_address(email)
    except InvalidInput:
        return "not an address"


def _claimed(email: str, face: Face) -> tuple[User | None, Membership | None]:
    """The login and its newest membership of this face; the same reads when there is none."""
    user_id = users.find_user_id(email) or NOBODY
    user = users.find_user(user_id)
    members = [m for m in users.list_memberships(user_id) if m.face is face]
    return user, members[-1] if members else None
