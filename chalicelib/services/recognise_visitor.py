"""From a session's secret to the person behind it, if the session is still live."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ids import AccountId, DealerId, UserId
from chalicelib.domain.people import TOUCH_AFTER, Face, Membership, Session, Stage
from chalicelib.storage import sessions


@dataclass(frozen=True, slots=True)
class Recognised:
    """A live session; `membership` is None only while a code is still asked for.

    `is_shut_out`: the dealer has disabled the account's portal access.
    """

    session: Session
    membership: Membership | None
    is_shut_out: bool


def recognise_visitor(
    *,
    user_id: UserId,
    dealer_id: DealerId,
    account_id: AccountId,
    secret: str,
    face: Face,
    wall: datetime,
) -> Recognised | None:
    """The live session of this face, None if there is none; at most one touch a minute.

    `wall` is wall time: sessions never follow a sandbox clock.
    """
    found = sessions.find_session(user_id, secret, dealer_id=dealer_id, account_id=account_id)
    if found is None:
        return None
    session, member = found.session, found.membership
    if session.face is not face or not session.is_live(seen_at=found.seen_at, now=wall):
        return None
    if session.stage is Stage.SIGNED_IN and (member is None or member.face is not face):
        return None
    if wall - found.seen_at >= TOUCH_AFTER:
        sessions.touch_session(user_id, secret, wall)
    is_shut_out = found.account is not None and found.account.portal_disabled
    return Recognised(session, member, is_shut_out)
