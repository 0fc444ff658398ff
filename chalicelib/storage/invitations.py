"""Invitations and the registrations that wait for an address to be verified."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pynamodb.exceptions import UpdateError

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import DealerId, InvitationId
from chalicelib.domain.invitations import Invitation
from chalicelib.storage import index_keys, keys
from chalicelib.storage.records import Record, find_record, find_value, packed, unpacked
from chalicelib.storage.transactions import ABSENT, Put

DUE = "invitation"
NO_INVITATION = "There is no such invitation."


@dataclass(frozen=True, slots=True)
class Stored:
    """An invitation and the version it was read at; 0 for a new one."""

    invitation: Invitation
    version: int


@dataclass(frozen=True, slots=True)
class Registration:
    """What was typed before the address was verified; only hashes of secrets. Wall time."""

    email: str
    name: str
    password_hash: str
    terms_version: str
    address: str
    started_at: datetime
    code_hash: str = ""
    code_ends_at: datetime | None = None


def get_invitation(dealer_id: DealerId, invitation_id: InvitationId) -> Stored:
    """One invitation, read consistently. Raises NotFound."""
    key = (keys.invitation(dealer_id, invitation_id), keys.INVITATION)
    record = find_record(key)
    if record is None:
        raise NotFound(NO_INVITATION)
    return Stored(unpacked(record, Invitation), int(record.version))


def find_invitations(
    dealer_id: DealerId, invitation_ids: Iterable[InvitationId]
) -> dict[InvitationId, Invitation]:
    """Those invitations that exist, 100 to a request."""
    wanted = [(keys.invitation(dealer_id, name), keys.INVITATION) for name in invitation_ids]
    found = (unpacked(record, Invitation) for record in Record.batch_get(wanted))
    return {invitation.invitation_id: invitation for invitation in found}


def invitation_put(stored: Stored, changed: Invitation, *, due_at: datetime | None) -> Put:
    """Write "invitation", refused if it moved since it was read; `due_at` is its next deadline."""
    key = keys.invitation(changed.dealer_id, changed.invitation_id)
    record = Record(key, keys.INVITATION, body=packed(changed), version=stored.version + 1)
    record.state = changed.state.value
    if due_at is not None:
        record.k_pk = index_keys.due(DUE, changed.invitation_id)
        record.k_sk = index_keys.time_then(due_at, changed.invitation_id)
    unread = Record.version == stored.version if stored.version else ABSENT
    return Put("invitation", record, unread)


def save_registration(invitation: Invitation, name: str, waiting: Registration) -> None:
    """Remember a registration under the hash of its cookie's secret; its tries begin at 0."""
    record = Record(_partition(invitation), keys.registration(name), body=packed(waiting))
    record.counter = 0
    record.save()


def find_registration(invitation: Invitation, name: str) -> Registration | None:
    """A waiting registration, read consistently."""
    return find_value((_partition(invitation), keys.registration(name)), Registration)


def set_code(
    invitation: Invitation, name: str, waiting: Registration, *, code_hash: str, ends_at: datetime
) -> None:
    """Store a fresh code's hash."""
    changed = replace(waiting, code_hash=code_hash, code_ends_at=ends_at)
    Record(_partition(invitation), keys.registration(name)).update(
        actions=[Record.body.set(packed(changed))], condition=Record.pk.exists()
    )


def count_try(invitation: Invitation, name: str) -> int:
    """Count one typed code; the number of tries so far, or 0 if nothing waits there."""
    record = Record(_partition(invitation), keys.registration(name))
    try:
        record.update(actions=[Record.counter.add(1)], condition=Record.pk.exists())
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return 0
    return int(record.counter)


def _partition(invitation: Invitation) -> str:
    return keys.invitation(invitation.dealer_id, invitation.invitation_id)
