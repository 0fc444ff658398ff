"""The operators' inbox: what waits for a person, and saying that it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from chalicelib.domain.ids import DealerId
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.services.world import World
from chalicelib.storage import notices as store
from chalicelib.storage.dealer_log import dealer_log_put
from chalicelib.storage.transactions import transact


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person, newest first; at most 200, and whether there are more."""

    notices: Sequence[Notice]
    has_more: bool = False

    @property
    def amount_cents(self) -> int:
        """The money the notices are about."""
        return sum(notice.amount_cents for notice in self.notices)


def list_waiting(
    world: World,  # noqa: ARG001  Every use case takes the world first.
    dealer_id: DealerId,
) -> Waiting:
    """The dealer's inbox, one Query."""
    found = store.list_notices(dealer_id)
    return Waiting(found, has_more=len(found) >= store.MOST_NOTICES)


def deal_with_notice(
    world: World, dealer_id: DealerId, *, kind: NoticeKind, subject: str, operator: str
) -> bool:
    """Take a notice away; who and when goes into the audit log. False if it is gone already."""
    notice = store.find_notice(dealer_id, kind, subject)
    if notice is None:
        return False
    text = f"Dealt with: {notice.sentence}"
    removal = store.notice_removal(dealer_id, kind, subject)
    line = dealer_log_put(dealer_id, world.clock.now(), operator, text)
    transact([removal, line], token=uuid4().hex)
    return True
