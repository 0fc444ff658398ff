"""Sign out: the session ends in storage, not only in the browser."""

from chalicelib.domain.ids import UserId
from chalicelib.storage import sessions


def sign_out(*, user_id: UserId, secret: str) -> None:
    """End one session; ending it twice is no error."""
    sessions.end_session(user_id, secret)
