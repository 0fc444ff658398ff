"""Send prepared invitations: started once, worked off in chunks, looked after until it is done."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import DealerId, MailingId
from chalicelib.domain.mailings import Purpose
from chalicelib.services.world import World
from chalicelib.storage.mailings import (
    WholeMailing,
    due_mailings,
    get_mailing,
    look_again,
    start_mailing,
)

CHUNK_OF_INVITATIONS = "invitation_chunk"  # The queue message about one chunk.
LOST_AFTER = timedelta(minutes=15)  # A chunk still open after that is queued again.
GIVEN_UP_AFTER = timedelta(days=1)


def send_mailing(world: World, dealer_id: DealerId, *, mailing_id: MailingId) -> None:
    """Queue every chunk with work, the first time only. Raises NotFound or InvalidInput."""
    whole, now = get_mailing(dealer_id, mailing_id), world.clock.now()
    if not whole.mailing.to_send:
        raise InvalidInput(nobody_to_mail(whole.mailing.purpose))
    if start_mailing(replace(whole.mailing, started_at=now), due_at=now + LOST_AFTER):
        _queue_open_chunks(world, whole)


def watch_mailings(world: World) -> int:
    """Queue again what a crash left behind; returns how many mailings were looked at."""
    now, found = world.clock.now(), due_mailings(world.clock.now())
    for mailing in found:
        whole = get_mailing(mailing.dealer_id, mailing.mailing_id)
        if is_running(whole) and now - (mailing.started_at or now) < GIVEN_UP_AFTER:
            look_again(mailing, now=now, after=LOST_AFTER)
            _queue_open_chunks(world, whole)
        else:
            look_again(mailing, now=now, after=None)
    return len(found)


def nobody_to_mail(purpose: Purpose) -> str:
    """Why there is nothing to send."""
    if purpose is Purpose.RESEND:
        return "None of these invitations can be sent again."
    return "None of these customers can be invited."


def is_running(whole: WholeMailing) -> bool:
    """Started, and somebody is still to be invited."""
    return whole.mailing.started_at is not None and any(e.is_open for e in whole.entries)


def _queue_open_chunks(world: World, whole: WholeMailing) -> None:
    for chunk in whole.chunks:
        if any(entry.is_open for entry in chunk.entries):
            world.queues.send_mail(
                CHUNK_OF_INVITATIONS,
                chunk.dealer_id,
                id=chunk.mailing_id,
                chunk=str(chunk.number),
            )
