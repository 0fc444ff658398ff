"""The second step of an operator's sign-in: the six digits of the authenticator."""

from datetime import datetime

from chalicelib.domain.errors import InvalidInput, NotSignedIn
from chalicelib.domain.people import Session, Stage
from chalicelib.gateways.code_generator import matching_step
from chalicelib.services.limit_attempts import Attempt, count_attempt, forgive_attempt
from chalicelib.services.sign_in import SignedIn, start_session
from chalicelib.services.world import World
from chalicelib.storage import sessions, users
from chalicelib.storage.team import note_sign_in

WRONG = "This code is not right, or it was used already. Wait for the next one."


def check_code(
    world: World, *, session: Session, secret: str, code: str, address: str, wall: datetime
) -> SignedIn:
    """The signed-in session that replaces one at stage CODE.

    A code opens one session only: its time step is taken conditionally and never again. Raises
    InvalidInput (field code), Throttled, or NotSignedIn if the password step is over.
    """
    attempt = Attempt("code", session.user_id, address, wall)
    count_attempt(attempt)
    user = users.get_user(session.user_id)
    totp_secret = world.vault.decrypt(user.totp, {"user": user.user_id})
    step = matching_step(totp_secret, code.replace(" ", ""), wall)
    if step is None or not users.use_code_step(user.user_id, step):
        raise InvalidInput(WRONG, {"code": WRONG})
    over = NotSignedIn("Sign in with your password again.")
    member = next(
        (m for m in users.list_memberships(user.user_id) if _is_of(m.dealer_id, session, m.face)),
        None,
    )
    if member is None or not sessions.end_session(session.user_id, secret):
        raise over
    forgive_attempt(attempt)
    note_sign_in(session.dealer_id, user.user_id, wall)
    return start_session(user, member, stage=Stage.SIGNED_IN, wall=wall)


def _is_of(dealer_id: str, session: Session, face: str) -> bool:
    return dealer_id == session.dealer_id and face == session.face
