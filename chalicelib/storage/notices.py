"""The operators' inbox of one dealer: notices until somebody has dealt with them."""

from collections.abc import Sequence

from chalicelib.domain.ids import DealerId
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.storage import keys
from chalicelib.storage.records import Record, find_value, packed, unpacked
from chalicelib.storage.transactions import Put, Remove

MOST_NOTICES = 200


def notice_put(dealer_id: DealerId, notice: Notice) -> Put:
    """The write "notice"; the same kind and subject again is the same notice."""
    key = keys.notices(dealer_id), keys.notice(notice.kind, notice.subject)
    return Put("notice", Record(*key, body=packed(notice)))


def notice_removal(dealer_id: DealerId, kind: NoticeKind, subject: str) -> Remove:
    """The write "notice" that takes one away; removing it twice is harmless."""
    return Remove("notice", (keys.notices(dealer_id), keys.notice(kind, subject)))


def find_notice(dealer_id: DealerId, kind: NoticeKind, subject: str) -> Notice | None:
    """One notice, read consistently, or None."""
    return find_value((keys.notices(dealer_id), keys.notice(kind, subject)), Notice)


def list_notices(dealer_id: DealerId) -> Sequence[Notice]:
    """What waits for a person, newest first; at most 200, read consistently."""
    found = Record.query(keys.notices(dealer_id), consistent_read=True, limit=MOST_NOTICES)
    notices = [unpacked(record, Notice) for record in found]
    return sorted(notices, key=lambda notice: notice.at, reverse=True)
