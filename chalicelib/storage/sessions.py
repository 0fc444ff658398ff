"""Sessions: only the hash of a session's secret is stored, beside its login."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from pynamodb.exceptions import DeleteError, UpdateError

from chalicelib.domain.accounts import Account
from chalicelib.domain.ids import AccountId, DealerId, UserId
from chalicelib.domain.people import Membership, Session
from chalicelib.storage import keys
from chalicelib.storage.records import Record, packed, unpacked


def hashed(secret: str) -> str:
    """SHA-256 of a random secret (256 bit, so no salt or stretching is needed)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def session_record(session: Session, secret: str) -> Record:
    """The item of a new session, last seen when it was made."""
    record = Record(keys.user(session.user_id), keys.session(hashed(secret)))
    record.body = packed(session)
    record.counter = int(session.created_at.timestamp())
    record.expires_at = int(session.ends_at().timestamp())
    return record


def save_session(session: Session, secret: str) -> None:
    """Store a new session."""
    session_record(session, secret).save()


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A session with what decides whether it may be used; `account` is None for operators."""

    session: Session
    membership: Membership | None
    account: Account | None
    seen_at: datetime


def find_session(
    user_id: UserId, secret: str, *, dealer_id: DealerId, account_id: AccountId
) -> FoundSession | None:
    """A session, its membership and account, and when it was last seen: one BatchGet."""
    pk, session_key = keys.user(user_id), keys.session(hashed(secret))
    member_key = keys.membership(dealer_id, account_id or None)
    wanted = [(pk, session_key), (pk, member_key)]
    if account_id:
        wanted.append((keys.account(dealer_id, account_id), keys.HEADER))
    found = {item.sk: item for item in Record.batch_get(wanted, consistent_read=True)}
    if session_key not in found:
        return None
    session = unpacked(found[session_key], Session)
    if (session.dealer_id, session.account_id) != (dealer_id, account_id):
        return None
    member, header = found.get(member_key), found.get(keys.HEADER)
    return FoundSession(
        session=session,
        membership=unpacked(member, Membership) if member else None,
        account=unpacked(header, Account) if header else None,
        seen_at=datetime.fromtimestamp(int(found[session_key].counter), UTC),
    )


def touch_session(user_id: UserId, secret: str, now: datetime) -> None:
    """Remember that a session was used; one that was ended meanwhile stays ended."""
    record = Record(keys.user(user_id), keys.session(hashed(secret)))
    try:
        record.update(
            actions=[Record.counter.set(int(now.timestamp()))], condition=Record.pk.exists()
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def end_session(user_id: UserId, secret: str) -> bool:
    """End one session; False if it had ended already."""
    record = Record(keys.user(user_id), keys.session(hashed(secret)))
    try:
        record.delete(condition=Record.pk.exists())
    except DeleteError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def end_all_sessions(user_id: UserId) -> None:
    """End every session of a login: one Query and the deletions."""
    for item in Record.query(keys.user(user_id), Record.sk.startswith(keys.session(""))):
        item.delete()
