"""The claims of a settlement's payments and movements: when they came into the ERP, or left it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.claims import Claim, ClaimState, Effect
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import PayableId
from chalicelib.domain.movements import claim_names
from chalicelib.domain.overpaid import applied_claim
from chalicelib.domain.payments import Payment
from chalicelib.domain.posting_movements import reversal_of
from chalicelib.domain.settlements import Movement, MovementKind, Settlement
from chalicelib.domain.taking_back import event_claims
from chalicelib.services.record_later import bringing
from chalicelib.storage.accounts import get_state
from chalicelib.storage.claims import claim_change, claim_put
from chalicelib.storage.transactions import WritesRefused, transact

TRIES = 6
BROUGHT_BACK = "+unposted-"
_OPPOSITE = {ClaimState.REVERSED: ClaimState.APPLIED, ClaimState.APPLIED: ClaimState.REVERSED}


def date_claims(settlement: Settlement, payments: Iterable[Payment], posted_at: datetime) -> None:
    """Every claim of the settlement that is not posted gets the moment; resumable.

    A payment's own claim has it already, unless a reversal brought a part of it back.
    """
    for payment in payments:
        names = posted_events(settlement, payment)
        if not settlement.reversals:
            names -= {""}
        _change(payment, names, lambda claim: _dated(claim, posted_at))


def undate_claims(
    settlement: Settlement, payments: Iterable[Payment], *, posted_at: datetime, at: datetime
) -> None:
    """The posting is reversed at `at`: the claims count again for figures extracted later.

    What an import dropped because its figures contained it comes back as a claim of its own.
    """
    known = tuple(payments)
    for payment in known:
        _change(payment, posted_events(settlement, payment), lambda claim: claim.unposted(at))
        for whole in _whole(settlement, payment):
            was_posted = ((posted_at, at),)
            _bring_back(payment, replace(whole, was_posted=was_posted), len(settlement.reversals))


def _dated(claim: Claim, posted_at: datetime) -> Claim:
    return claim if claim.posted_at else replace(claim, posted_at=posted_at)


def posted_events(settlement: Settlement, payment: Payment) -> frozenset[str]:
    """The events of the payment that the settlement posts; "" is its settling."""
    names = {
        name
        for movement in settlement.movements
        if movement.payment_id == payment.payment_id
        for name in claim_names(movement, payment)
    }
    if any(part.payment_id == payment.payment_id for part in settlement.parts):
        names.add("")
    return frozenset(names)


def event_of(claim: Claim) -> str:
    """The event whose claim it is, also if a reversed posting brought a part of it back."""
    return claim.event.partition(BROUGHT_BACK)[0]


def _change(payment: Payment, names: frozenset[str], changed: Callable[[Claim], Claim]) -> None:
    if not names:
        return
    where = payment.dealer_id, payment.account_id
    for _ in range(TRIES):
        held = [it for it in _claims(payment) if it.state is not ClaimState.IN_FLIGHT]
        pairs = [(it, changed(it)) for it in held if event_of(it) in names]
        writes = [claim_change(*where, before, after) for before, after in pairs if before != after]
        try:
            if writes:
                transact(writes, token=uuid4().hex)
        except WritesRefused:
            continue
        return
    raise TryAgain("The account is being changed by something else.")


def _claims(payment: Payment) -> list[Claim]:
    state = get_state(payment.dealer_id, payment.account_id)
    return [claim for claim in state.claims if claim.payment_id == payment.payment_id]


def _whole(settlement: Settlement, payment: Payment) -> Iterator[Claim]:
    """The claims as they were made, before any import."""
    for part in settlement.parts:
        if part.payment_id == payment.payment_id:
            yield applied_claim(payment.settled, payment.settled_at or payment.submitted_at)
    for movement in settlement.movements:
        if movement.payment_id == payment.payment_id:
            yield from _of_movement(movement, payment)


def _of_movement(movement: Movement, payment: Payment) -> Iterator[Claim]:
    reversal = reversal_of(movement, payment)
    if reversal is None:
        return
    name = min(claim_names(movement, payment), key=len)
    for claim in event_claims(payment, reversal, name):
        is_failure = movement.kind is MovementKind.REFUND_FAILURE
        yield replace(claim, state=_OPPOSITE[claim.state]) if is_failure else claim


def _bring_back(payment: Payment, whole: Claim, count: int) -> None:
    """What of `whole` no stored claim holds any more, as one; brought back once."""
    where = payment.dealer_id, payment.account_id
    held = [claim for claim in _claims(payment) if event_of(claim) == whole.event]
    effects = _without(whole.effects, (effect for claim in held for effect in claim.effects))
    known = {item.payable_id for claim in held for item in claim.brings}
    brings = tuple(item for item in whole.brings if item.payable_id not in known)
    if not effects and not brings:
        return
    left = replace(
        whole, event=f"{whole.event}{BROUGHT_BACK}{count}", effects=effects, brings=brings
    )
    left = bringing(left, get_state(*where), (payment,))
    with suppress(WritesRefused):  # A repeat: it is there.
        transact([claim_put(*where, left, expected=None)], token=uuid4().hex)


def _without(effects: Iterable[Effect], held: Iterable[Effect]) -> tuple[Effect, ...]:
    left: Counter[tuple[PayableId, PayableId | None]] = Counter()
    for effect in held:
        left[effect.payable_id, effect.applied_to] += effect.amount_cents
    missing = []
    for effect in effects:
        pair = effect.payable_id, effect.applied_to
        kept = min(effect.amount_cents, left[pair])
        left[pair] -= kept
        if effect.amount_cents > kept:
            missing.append(replace(effect, amount_cents=effect.amount_cents - kept))
    return tuple(missing)
