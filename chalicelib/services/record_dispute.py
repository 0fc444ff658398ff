"""A card dispute, phase by phase: asked, taken, won or lost; each phase is written once."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.domain.days import moment_told
from chalicelib.domain.disputing import EVENTS, phases_between, reason_words
from chalicelib.domain.ledger import LedgerAccount, Line
from chalicelib.domain.ledger_reversals import reversal_entry, withdrawn_entry, won_entry
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import Dispute, DisputePhase
from chalicelib.domain.taking_back import event_claims
from chalicelib.gateways.processor import ProcessorDispute
from chalicelib.services.record_later import LaterEvent, record_later
from chalicelib.services.record_outcome import CONTRADICTED
from chalicelib.services.record_return import record_return
from chalicelib.services.settle_first import HANDLED, settle_first
from chalicelib.services.take_back import after_settling, take_back
from chalicelib.services.taking_back_words import amount_words, loss_notice, notice_of
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment

_PHASES = {
    "inquiry": DisputePhase.INQUIRY,
    "inquiry_closed": DisputePhase.CLOSED,
    "won": DisputePhase.WON,
    "lost": DisputePhase.LOST,
}
NAMES = {
    DisputePhase.INQUIRY: "dispute_inquiry",
    DisputePhase.WITHDRAWN: "dispute_withdrawn",
    DisputePhase.WON: "dispute_won",
    DisputePhase.LOST: "dispute_lost",
    DisputePhase.CLOSED: "dispute_closed",
}
_SENTENCES = {
    DisputePhase.INQUIRY: (
        "the card’s bank asks about {number}: {reason}. No money has moved; answer in Stripe’s "
        "dashboard."
    ),
    DisputePhase.WITHDRAWN: (
        "the card’s bank took {amount} of {number} until the dispute is decided: {reason}. Send "
        "the evidence in Stripe’s dashboard."
    ),
    DisputePhase.WON: "the dispute of {number} is won; {amount} came back.",
    DisputePhase.LOST: "the dispute of {number} is lost; {amount} is gone: {reason}.",
    DisputePhase.CLOSED: "the card’s bank closed its inquiry about {number}; nothing changed.",
}


@dataclass(frozen=True, slots=True)
class _Step:
    """One phase as the processor tells it; `now` is business time."""

    phase: DisputePhase
    told: ProcessorDispute
    source: str
    now: datetime


def record_dispute(world: World, payment: Payment, *, told: ProcessorDispute, source: str) -> str:
    """Bring the payment to where the freshly fetched `told` says its dispute is.

    A debit's dispute is a return. Repeated, late and reordered reports change nothing. Returns
    "handled", or "mismatched" / "contradicted" for a person to look at.
    """
    if told.is_debit:
        return record_return(world, payment, told=told, source=source)
    first = settle_first(world, payment, told=told, source=source)
    if first != HANDLED:
        return first
    dealer_id, account_id, payment_id = payment.dealer_id, payment.account_id, payment.payment_id
    _hear_earlier(world, get_payment(dealer_id, account_id, payment_id), told, source)
    stored, goal = get_payment(dealer_id, account_id, payment_id), _phase(told)
    for phase in phases_between(_stored(stored, told.dispute_id), goal):
        step = _Step(phase, told, source, world.clock.now())
        stored = record_later(
            world,
            dealer_id,
            account_id=account_id,
            payment_id=payment_id,
            make=partial(_event, step),
        )
    is_there = not phases_between(_stored(stored, told.dispute_id), goal)
    return HANDLED if is_there else CONTRADICTED


def _hear_earlier(world: World, payment: Payment, told: ProcessorDispute, source: str) -> None:
    """Disputes decided before this one was opened, of which nobody told us, come first."""
    if _stored(payment, told.dispute_id) is not None:
        return
    acct = get_dealer(payment.dealer_id).processor_account
    for earlier in reversed(tuple(world.processor.disputes_of(acct, told.intent_id))):
        if earlier.dispute_id == told.dispute_id:
            return
        if phases_between(_stored(payment, earlier.dispute_id), _phase(earlier)):
            record_dispute(world, payment, told=earlier, source=source)


def _phase(told: ProcessorDispute) -> DisputePhase:
    """As long as no money has moved, the bank only asks."""
    taken = DisputePhase.WITHDRAWN if told.withdrawn_cents else DisputePhase.INQUIRY
    return _PHASES.get(told.state, taken)


def _stored(payment: Payment, dispute_id: str) -> DisputePhase | None:
    return next((it.phase for it in payment.disputes if it.dispute_id == dispute_id), None)


def _event(step: _Step, payment: Payment, state: AccountState) -> LaterEvent | None:
    told, phase = step.told, step.phase
    if phases_between(_stored(payment, told.dispute_id), phase) != (phase,):
        return None
    dispute = _dispute(step, payment)
    event = LaterEvent(
        payment=_with(payment, dispute),
        happened=EVENTS[phase],
        name=NAMES[phase],
        mark=f"{phase}#{told.dispute_id}",
        at=after_settling(payment, _moment(step)),
        source=step.source,
        detail=reason_words(dispute.reason),
        lines=_lines(payment, dispute),
        notice=_notice(step, payment, dispute),
        activity=_sentence(payment, dispute),
    )
    return _lost(event, payment, dispute, state) if phase is DisputePhase.LOST else event


def _dispute(step: _Step, payment: Payment) -> Dispute:
    told, known = step.told, payment.dispute
    if known is None or known.dispute_id != told.dispute_id:
        known = Dispute(
            told.dispute_id, step.phase, told.reason, told.amount_cents, told.created_at
        )
    known = replace(known, phase=step.phase, answer_by=told.answer_by)
    if step.phase is DisputePhase.WITHDRAWN:
        return replace(
            known,
            amount_cents=told.withdrawn_cents or told.amount_cents,
            fee_cents=told.fee_cents,
            withdrawn_at=_moment(step),
        )
    return known if step.phase is DisputePhase.INQUIRY else replace(known, closed_at=_moment(step))


def _with(payment: Payment, dispute: Dispute) -> Payment:
    """The payment with its dispute; one decided before stays with the earlier ones."""
    before = payment.dispute
    earlier = payment.earlier_disputes
    if before is not None and before.dispute_id != dispute.dispute_id:
        earlier = (*earlier, before)
    return replace(payment, dispute=dispute, earlier_disputes=earlier)


def _moment(step: _Step) -> datetime:
    """When it happened."""
    match step.phase:
        case DisputePhase.INQUIRY:
            return step.told.created_at
        case DisputePhase.WITHDRAWN:
            return step.told.withdrawn_at or step.told.created_at
        case DisputePhase.WON:
            return step.told.reinstated_at or step.now
        case _:
            taken = step.told.withdrawn_at or step.told.created_at
            return moment_told(step.told.closed_at, heard=step.now, after=taken)


def _lines(payment: Payment, dispute: Dispute) -> tuple[Line, ...]:
    match dispute.phase:
        case DisputePhase.WITHDRAWN:
            return withdrawn_entry(
                payment,
                amount_cents=dispute.amount_cents,
                fee_cents=dispute.fee_cents,
                source_id=dispute.dispute_id,
            )
        case DisputePhase.WON:
            return won_entry(
                payment, amount_cents=dispute.amount_cents, source_id=dispute.dispute_id
            )
        case _:
            return ()


def _lost(event: LaterEvent, payment: Payment, dispute: Dispute, state: AccountState) -> LaterEvent:
    """The money is gone: out of what was held, and what it paid is owed again."""
    reversal, others = take_back(payment, state, money_cents=dispute.amount_cents)
    return replace(
        event,
        payment=_with(event.payment, replace(dispute, reversal=reversal)),
        lines=reversal_entry(
            payment,
            reversal,
            source_id=dispute.dispute_id,
            out_of=LedgerAccount.HELD_IN_DISPUTE,
        ),
        claims=event_claims(payment, reversal, f"dispute-{dispute.dispute_id}"),
        others=others,
        loss_notice=loss_notice(payment, reversal, event.at),
    )


def _notice(step: _Step, payment: Payment, dispute: Dispute) -> Notice:
    is_lost = step.phase is DisputePhase.LOST
    return notice_of(
        NoticeKind.DISPUTE_LOST if is_lost else NoticeKind.DISPUTED,
        payment,
        _sentence(payment, dispute),
        at=_moment(step),
        amount_cents=dispute.amount_cents,
    )


def _sentence(payment: Payment, dispute: Dispute) -> str:
    return _SENTENCES[dispute.phase].format(
        number=payment.number,
        amount=amount_words(dispute.amount_cents, payment.currency),
        reason=reason_words(dispute.reason),
    )
