"""Resolve a settlement: declare it done."""

from dataclasses import replace
from uuid import uuid4

from chalicelib.domain.errors import AlreadyDone, Conflict, InvalidInput
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.settlements import Settlement
from chalicelib.services.held_posting import refuse_if_held
from chalicelib.services.mark_posted import is_posted
from chalicelib.services.world import World
from chalicelib.storage.notices import notice_removal
from chalicelib.storage.settlements import change_settlement, get_settlement
from chalicelib.storage.transactions import transact

REASON_CHARACTERS = 10, 1_000


def resolve_settlement(
    world: World, dealer_id: DealerId, *, settlement_id: SettlementId, operator: str, reason: str
) -> Settlement:
    """Without a reason if the proof adds up and all is posted; else with one of ≥ 10 characters.

    Raises NotFound, AlreadyDone, InvalidInput; Conflict if it adds up but is not posted yet, or a
    payment of it is on hold.
    """
    now = world.clock.now()
    why = reason.strip()
    refuse_if_held(get_settlement(dealer_id, settlement_id))

    def resolved(settlement: Settlement) -> Settlement:
        _check(settlement, why)
        return replace(settlement, resolved_at=now, resolved_by=operator, resolved_reason=why)

    done = change_settlement(dealer_id, settlement_id, resolved)
    removal = notice_removal(dealer_id, NoticeKind.UNPROVEN, settlement_id)
    transact([removal], token=uuid4().hex)
    return done


def _check(settlement: Settlement, why: str) -> None:
    shortest, longest = REASON_CHARACTERS
    if settlement.resolved_at:
        raise AlreadyDone("This settlement is resolved already.")
    if len(why) > longest:
        raise InvalidInput("The reason is too long.", {"reason": f"At most {longest} characters."})
    if settlement.is_proven and not is_posted(settlement):
        raise Conflict("Post the settlement first; then it can be resolved.")
    if not settlement.is_proven and len(why) < shortest:
        raise InvalidInput(
            "The proof does not add up, so resolving needs a written reason.",
            {"reason": f"At least {shortest} characters: what explains the difference?"},
        )
