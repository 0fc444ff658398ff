"""Events that were set aside: kept with the operators' notice, looked at, handled again."""

from datetime import datetime
from uuid import uuid4

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import DealerId
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.services.world import World
from chalicelib.storage.dealer_log import dealer_log_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.notices import notice_put, notice_removal
from chalicelib.storage.transactions import Write, transact
from chalicelib.storage.unmatched_events import (
    UnmatchedEvent,
    find_unmatched,
    unmatched_put,
    unmatched_removal,
)

UNKNOWN_TYPE = "unknown type"


def keep_event(dealer_id: DealerId | None, event: UnmatchedEvent) -> None:
    """Keep the event and tell its dealer's operators; without a dealer only the alarm tells."""
    writes: list[Write] = [unmatched_put(event)]
    if dealer_id is not None:
        writes.append(notice_put(dealer_id, _notice(event)))
    transact(writes, token=uuid4().hex)


def forget_event(dealer_id: DealerId, *, event_id: str) -> None:
    """It has had its effect after all, so nobody need look; repeating is harmless."""
    event = find_unmatched(event_id)
    if event is None:
        return
    removal = notice_removal(dealer_id, NoticeKind.UNMATCHED, _subject(event))
    transact([removal, unmatched_removal(event_id)], token=uuid4().hex)


def view_event(dealer_id: DealerId, *, event_id: str) -> UnmatchedEvent:
    """An event of the dealer's connected account that was set aside. Raises NotFound."""
    event = find_unmatched(event_id)
    ours = get_dealer(dealer_id).processor_account
    if event is None or not ours or event.account != ours:
        raise NotFound("There is no such event, or it has been handled meanwhile.")
    return event


def handle_again(world: World, dealer_id: DealerId, *, event_id: str, operator: str) -> None:
    """Queue the event once more, as it came; the object itself is fetched again then.

    Who and when is kept. Raises NotFound.
    """
    event = view_event(dealer_id, event_id=event_id)
    said = f"Event {event.event_type} about {event.object_id} is handled again"
    _log(dealer_id, world.clock.now(), operator, said)
    world.queues.send_event(
        {
            "source": event.source,
            "account": event.account,
            "event_id": event.event_id,
            "event_type": event.event_type,
            "object_id": event.object_id,
            "seal": event.seal,
            "again": True,
        }
    )


def _log(dealer_id: DealerId, at: datetime, operator: str, text: str) -> None:
    transact([dealer_log_put(dealer_id, at, operator, text)], token=uuid4().hex)


def _subject(event: UnmatchedEvent) -> str:
    """A type nobody knows is told once, however many events of it come."""
    return event.event_type if event.reason == UNKNOWN_TYPE else event.event_id


def _notice(event: UnmatchedEvent) -> Notice:
    about = f"{event.event_type} about {event.object_id or 'nothing named'}"
    if event.reason == UNKNOWN_TYPE:
        sentence = f"The processor sends {about}, a kind of event this version does not know."
    else:
        sentence = f"The event {about} was set aside: {event.reason}."
    return Notice(
        NoticeKind.UNMATCHED,
        _subject(event),
        f"{sentence} It has had no effect.",
        event.at,
        path=f"/console/attention/events/{event.event_id}",
    )
