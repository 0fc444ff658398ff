"""Resolve a settlement: declare it done."""

from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from chalicelib.domain.errors import AlreadyDone, Conflict, InvalidInput
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.settlements import Settlement
from chalicelib.gateways.workflows import WorkflowsUnreachable
from chalicelib.services.await_posting import POSTED
from chalicelib.services.held_posting import refuse_if_held
from chalicelib.services.mark_posted import is_posted
from chalicelib.services.world import World
from chalicelib.storage.notices import notice_removal
from chalicelib.storage.settlement_work import find_work
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
    for kind in (NoticeKind.UNPROVEN, NoticeKind.PAYOUT):
        removal = notice_removal(dealer_id, kind, settlement_id)
        transact([removal], token=uuid4().hex)
    _end_workflow(world, done)
    return done


def _end_workflow(world: World, settlement: Settlement) -> None:
    """A settlement resolved without its proof is never posted, so nothing waits for that."""
    work = find_work(settlement.dealer_id, settlement.settlement_id)
    if not settlement.is_proven and work is not None and work.token:
        with suppress(WorkflowsUnreachable):  # The sweep completes it.
            world.workflows.complete(work.token, {"outcome": POSTED})


def _check(settlement: Settlement, why: str) -> None:
    shortest, longest = REASON_CHARACTERS
    if settlement.resolved_at:
        raise AlreadyDone("This settlement is resolved already.")
    if len(why) > longest:
        raise InvalidInput("The reason is too long.", {"reason": f"At most {longest} characters."})
    if settlement.reversing:
        raise Conflict("It is being reversed. Wait until that has ended.")
    if settlement.is_proven and not is_posted(settlement):
        raise Conflict("Post the settlement first; then it can be resolved.")
    if not settlement.is_proven and len(why) < shortest:
        raise InvalidInput(
            "The proof does not add up, so resolving needs a written reason.",
            {"reason": f"At least {shortest} characters: what explains the difference?"},
        )
