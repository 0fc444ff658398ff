"""A dealer's staff: who they are stands with their login, here that they belong and last came."""

from datetime import UTC, datetime

from chalicelib.domain.ids import DealerId, UserId
from chalicelib.domain.people import Membership, TeamMember, User
from chalicelib.storage import keys
from chalicelib.storage.records import Record, unpacked
from chalicelib.storage.transactions import Put


def team_put(dealer_id: DealerId, user_id: UserId) -> Put:
    """Write "team": the login is listed among the dealer's staff."""
    return Put("team", Record(keys.team(dealer_id), keys.user(user_id)))


def note_sign_in(dealer_id: DealerId, user_id: UserId, wall: datetime) -> None:
    """Remember when an operator last came in; lists who joined before there was a list, too."""
    record = Record(keys.team(dealer_id), keys.user(user_id))
    record.update(actions=[Record.counter.set(int(wall.timestamp()))])


def list_team(dealer_id: DealerId) -> tuple[TeamMember, ...]:
    """The dealer's operators by name: one Query, and two items each of a BatchGet.

    Who is listed but has no membership any more is left out.
    """
    listed = list(Record.query(keys.team(dealer_id), consistent_read=True))
    member_key = keys.membership(dealer_id, None)
    wanted = [(record.sk, sk) for record in listed for sk in (keys.USER, member_key)]
    found = {(it.pk, it.sk): it for it in Record.batch_get(wanted, consistent_read=True)}
    team = [
        _member(found[record.sk, keys.USER], found[record.sk, member_key], record)
        for record in listed
        if (record.sk, keys.USER) in found and (record.sk, member_key) in found
    ]
    return tuple(sorted(team, key=lambda member: (member.name.casefold(), member.user_id)))


def _member(login: Record, joined: Record, listed: Record) -> TeamMember:
    user, member = unpacked(login, User), unpacked(joined, Membership)
    return TeamMember(
        user_id=user.user_id,
        name=user.name,
        email=user.email,
        role=member.role,
        joined_at=member.joined_at,
        signed_in_at=datetime.fromtimestamp(int(listed.counter), UTC) if listed.counter else None,
    )
