"""Mails that were sent, by the mail service's own id, and the addresses a dealer mails no more."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.domain.ids import DealerId
from chalicelib.domain.mails import SentMail, Suppression
from chalicelib.storage import keys, mail_keys
from chalicelib.storage.records import Record, find_record, packed, unpacked
from chalicelib.storage.transactions import ABSENT, Put


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A sent mail and the version it was read at."""

    mail: SentMail
    version: int


@dataclass(frozen=True, slots=True)
class StoredSuppression:
    """What is known of an address, if anything, and the version it was read at; 0 for nothing."""

    suppression: Suppression | None
    version: int


def sent_put(mail: SentMail) -> Put:
    """The write "mail" of one just sent; the mail service never uses an id twice."""
    return Put("mail", _mail_record(mail, version=1))


def mail_put(stored: StoredMail, changed: SentMail) -> Put:
    """Write "mail", refused if it moved since it was read."""
    record = _mail_record(changed, version=stored.version + 1)
    return Put("mail", record, Record.version == stored.version)


def find_mail(message_id: str) -> StoredMail | None:
    """The mail with the mail service's id, read consistently."""
    record = find_record((mail_keys.global_mail(message_id), keys.ONLY))
    return StoredMail(unpacked(record, SentMail), int(record.version)) if record else None


def get_suppression(dealer_id: DealerId, email: str) -> StoredSuppression:
    """What is known of a normalised address at a dealer, read consistently."""
    record = find_record((mail_keys.suppressions(dealer_id), mail_keys.suppression(email)))
    if record is None:
        return StoredSuppression(None, 0)
    return StoredSuppression(unpacked(record, Suppression), int(record.version))


def find_suppressions(dealer_id: DealerId, emails: Iterable[str]) -> dict[str, Suppression]:
    """Those of the normalised addresses that are not mailed, 100 to a request."""
    partition = mail_keys.suppressions(dealer_id)
    wanted = [(partition, mail_keys.suppression(email)) for email in dict.fromkeys(emails) if email]
    found = Record.batch_get(wanted, consistent_read=True) if wanted else ()
    known = (unpacked(record, Suppression) for record in found)
    return {one.email: one for one in known if one.stands}


def suppression_put(dealer_id: DealerId, stored: StoredSuppression, changed: Suppression) -> Put:
    """Write "suppression", refused if it moved since it was read."""
    key = mail_keys.suppressions(dealer_id), mail_keys.suppression(changed.email)
    record = Record(*key, body=packed(changed), version=stored.version + 1)
    unread = Record.version == stored.version if stored.version else ABSENT
    return Put("suppression", record, unread)


def _mail_record(mail: SentMail, *, version: int) -> Record:
    key = mail_keys.global_mail(mail.message_id), keys.ONLY
    return Record(*key, body=packed(mail), version=version)
