"""Take one verified event to its effect. The event is a hint: the object itself is fetched.

The tenant comes from the connected account. What does not match what we stored has no effect; it
is set aside for a person, and the returned word becomes a metric with an alarm.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import TypedDict

from chalicelib.domain.errors import NotFound, TryAgain
from chalicelib.domain.ids import AccountId, DealerId, PaymentId, SettlementId
from chalicelib.domain.payments import Stage
from chalicelib.gateways.processor import (
    Intent,
    ProcessorDispute,
    ProcessorRefund,
    ProcessorRefused,
)
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.keep_event import UNKNOWN_TYPE, forget_event, keep_event
from chalicelib.services.link_bank import finish_bank_link
from chalicelib.services.open_settlement import open_settlement
from chalicelib.services.receive_webhook import SESSION_FINISHED, sealed
from chalicelib.services.record_dispute import record_dispute
from chalicelib.services.record_outcome import CONTRADICTED, MISMATCHED, record_outcome
from chalicelib.services.record_payout_failure import FAILED, record_payout_failure
from chalicelib.services.record_refund import RefundMismatched, record_refund
from chalicelib.services.watch_later import finish_later
from chalicelib.services.world import World
from chalicelib.storage.companies import company_of_link_token
from chalicelib.storage.dealers import dealer_of_processor_account, get_dealer
from chalicelib.storage.payments import find_payment_by_reference, get_payment
from chalicelib.storage.unmatched_events import UnmatchedEvent

HANDLED, ACKNOWLEDGED, RECORDED, QUARANTINED = "handled", "acknowledged", "recorded", "quarantined"
INTENT_EVENTS = frozenset(
    f"payment_intent.{word}" for word in ("processing", "succeeded", "payment_failed", "canceled")
)
DISPUTE_EVENTS = frozenset(
    f"charge.dispute.{word}"
    for word in ("created", "updated", "funds_withdrawn", "funds_reinstated", "closed")
)
CHARGE_FAILED = "charge.failed"
PAYOUT_EVENTS = frozenset(
    f"payout.{word}"
    for word in ("created", "paid", "failed", "canceled", "reconciliation_completed")
)
CHARGE_REFUNDED = "charge.refunded"  # About the charge: all its refunds are looked at.
REFUND_EVENTS = frozenset(
    {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated", CHARGE_REFUNDED}
)
PAYOUT_READY = "payout.reconciliation_completed"
# What these say reaches us through the events above; keeping them would only cost writes.
EXPECTED_WORDS = {
    "payment_intent": ("created", "requires_action"),
    "charge": ("pending", "succeeded", "updated"),
    "payout": ("updated",),
    "setup_intent": ("created", "succeeded"),
    "checkout": ("session.completed", "session.expired"),
    "customer": ("created", "updated", "source.created"),
    "payment_method": ("attached", "detached"),
    "mandate": ("updated",),
    "balance": ("available",),
}
EXPECTED = frozenset(f"{thing}.{word}" for thing, all_ in EXPECTED_WORDS.items() for word in all_)
RECONCILIATION = "reconciliation"  # The source of events that never came, asked about anew.
INDEX_LAG = timedelta(minutes=10)  # Far beyond what the look-up of a new payment takes to appear.

Event = Mapping[str, object]


class _Where(TypedDict):
    account_id: AccountId
    payment_id: PaymentId


class Unmatched(Exception):
    """The event is genuine but is not about what we stored."""


def handle_event(world: World, event: Event) -> str:
    """Handle one message of EventsQueue (the fields of receive_webhook.py).

    Returns "handled", "acknowledged" (nothing to do), "recorded" (a type we do not know, kept) or
    "quarantined" (a mismatch, kept; alarms). Raises whatever makes the queue deliver it again;
    handling it twice is harmless.
    """
    try:
        word = _taken(world, event)
    except Unmatched as mismatch:
        _keep(world, event, str(mismatch))
        return QUARANTINED
    if word == RECORDED:
        _keep(world, event, "")
    elif event.get("again"):
        forget_event(_tenant(event)[0], event_id=_text(event, "event_id"))
    return word


def _taken(world: World, event: Event) -> str:
    kind = _text(event, "event_type")
    take = HANDLERS.get(kind)
    if take is not None:
        return take(world, event)
    return ACKNOWLEDGED if kind in EXPECTED else RECORDED


def _record_intent(world: World, event: Event) -> str:
    dealer_id, acct = _tenant(event)
    intent = _fetched_intent(world, acct, event)
    if intent.state == "failed" and intent.charge_id:
        told = world.processor.get_late_failure(acct, intent.charge_id)
        if told is not None:
            return _take_back(world, event, dealer_id, told)
    account_id, payment_id = _payment_of(world, dealer_id, intent)
    outcome = record_outcome(
        world,
        dealer_id,
        account_id=account_id,
        payment_id=payment_id,
        intent=intent,
        source="processor",
        event_id=_text(event, "event_id"),
    )
    if outcome in (MISMATCHED, CONTRADICTED):
        raise Unmatched(f"payment {payment_id}: {outcome}")
    return HANDLED


def _record_dispute(world: World, event: Event) -> str:
    dealer_id, acct = _tenant(event)
    try:
        told = world.processor.get_dispute(acct, _text(event, "object_id"))
    except ProcessorRefused as refusal:
        raise Unmatched("no such dispute on this connected account") from refusal
    return _take_back(world, event, dealer_id, told)


def _record_failed_charge(world: World, event: Event) -> str:
    """One that failed at once is told as its payment intent's; one that had succeeded came back."""
    dealer_id, acct = _tenant(event)
    try:
        told = world.processor.get_late_failure(acct, _text(event, "object_id"))
    except ProcessorRefused as refusal:
        raise Unmatched("no such charge on this connected account") from refusal
    return _take_back(world, event, dealer_id, told) if told else ACKNOWLEDGED


def _take_back(world: World, event: Event, dealer_id: DealerId, told: ProcessorDispute) -> str:
    _compare_seal(event, told.amount_cents, told.currency)
    try:
        intent = world.processor.get_intent(_text(event, "account"), told.intent_id)
    except ProcessorRefused as refusal:
        raise Unmatched("no payment of ours") from refusal
    account_id, payment_id = _payment_of(world, dealer_id, intent)
    payment = get_payment(dealer_id, account_id, payment_id)
    outcome = record_dispute(world, payment, told=told, source="processor")
    if outcome in (MISMATCHED, CONTRADICTED):
        raise Unmatched(f"payment {payment_id}: {outcome}")
    finish_later(world, dealer_id, account_id=account_id, payment_id=payment_id)
    return HANDLED


def _record_refunds(world: World, event: Event) -> str:
    """The payment's own outcome first: a refund may be told before it."""
    dealer_id, acct = _tenant(event)
    for refund in _fetched_refunds(world, acct, event):
        intent = world.processor.get_intent(acct, refund.intent_id)
        if _text(event, "event_type") == CHARGE_REFUNDED:
            _compare_seal(event, intent.amount_cents, intent.currency)
        elif refund.processor_id == _text(event, "object_id"):
            _compare_seal(event, refund.amount_cents, refund.currency)
        account_id, payment_id = _payment_of(world, dealer_id, intent)
        where: _Where = {"account_id": account_id, "payment_id": payment_id}
        record_outcome(world, dealer_id, **where, intent=intent, source="processor")
        payment = get_payment(dealer_id, account_id, payment_id)
        if payment.stage is Stage.FUNDED:
            apply_payment(world, dealer_id, **where)
        try:
            record_refund(world, payment, told=refund, source="processor")
        except RefundMismatched as mismatch:
            raise Unmatched(f"payment {payment_id}: {mismatch} is another refund") from mismatch
        finish_later(world, dealer_id, **where)
    return HANDLED


def _fetched_refunds(world: World, acct: str, event: Event) -> tuple[ProcessorRefund, ...]:
    """Oldest first, so that they are taken out of the documents in the order they were made.

    One made in the dashboard may be told before an older one: those come with it.
    """
    object_id, told = _text(event, "object_id"), None
    try:
        if _text(event, "event_type") != CHARGE_REFUNDED:
            told = world.processor.get_refund(acct, object_id)
            if told.refund_reference:
                return (told,)
        found = tuple(world.processor.refunds_of(acct, told.intent_id if told else object_id))
    except ProcessorRefused as refusal:
        raise Unmatched("no such refund on this connected account") from refusal
    return found[::-1]


def _fetched_intent(world: World, acct: str, event: Event) -> Intent:
    object_id = _text(event, "object_id")
    try:
        intent = world.processor.get_intent(acct, object_id)
    except ProcessorRefused as refusal:
        raise Unmatched("no such payment on this connected account") from refusal
    _compare_seal(event, intent.amount_cents, intent.currency)
    return intent


def _payment_of(world: World, dealer_id: DealerId, intent: Intent) -> tuple[AccountId, PaymentId]:
    for reference in (intent.intent_id, intent.payment_reference):
        found = find_payment_by_reference(dealer_id, reference) if reference else None
        if found:
            return found
    made_at = intent.created_at
    if intent.payment_reference and made_at and world.clock.now() - made_at < INDEX_LAG:
        raise TryAgain("The payment is not visible in the index yet.")
    raise Unmatched("no payment of ours")


def _settle_payout(world: World, event: Event) -> str:
    """Settle a payout once its rows can be listed, or at once if they never can; note a failure."""
    dealer_id, acct = _tenant(event)
    try:
        payout = world.processor.get_payout(acct, _text(event, "object_id"))
    except ProcessorRefused as refusal:
        raise Unmatched("no such payout on this connected account") from refusal
    _compare_seal(event, payout.amount_cents, payout.currency)
    if payout.currency.upper() != get_dealer(dealer_id).currency.upper():
        raise Unmatched(f"currency {payout.currency}")
    settlement_id, is_failed = SettlementId(payout.payout_id), payout.state in FAILED
    if payout.automatic and _text(event, "event_type") != PAYOUT_READY and not is_failed:
        return ACKNOWLEDGED
    open_settlement(world, dealer_id, settlement_id=settlement_id)
    record_payout_failure(world, dealer_id, settlement_id=settlement_id)
    return HANDLED


def _finish_link(world: World, event: Event) -> str:
    found = company_of_link_token(_text(event, "object_id"))
    if found is None:
        raise Unmatched("no link session of ours")
    dealer_id, company_id, session_id = found
    finish_bank_link(world, dealer_id, company_id=company_id, session_id=session_id)
    return HANDLED


def _tenant(event: Event) -> tuple[DealerId, str]:
    acct = _text(event, "account")
    try:
        return dealer_of_processor_account(acct), acct
    except NotFound as error:
        raise Unmatched("unknown connected account") from error


def _compare_seal(event: Event, amount_cents: int, currency: str) -> None:
    """The event claimed an amount and currency; they must be those of the object itself."""
    claimed = _text(event, "seal")
    if claimed and claimed != sealed(_text(event, "object_id"), amount_cents, currency):
        raise Unmatched("the event's amount or currency is not the object's")


def _keep(world: World, event: Event, mismatch: str) -> None:
    """Set it aside for a person; without a mismatch it is of a type we do not know."""
    if event.get("source") == RECONCILIATION:
        return  # Nobody sent it: what it was about is listed as a difference.
    dealer_id = None
    with suppress(Unmatched):
        dealer_id = _tenant(event)[0]
    kept = UnmatchedEvent(
        event_id=_text(event, "event_id"),
        event_type=_text(event, "event_type"),
        source=_text(event, "source"),
        account=_text(event, "account"),
        object_id=_text(event, "object_id"),
        reason=mismatch or UNKNOWN_TYPE,
        at=world.clock.now(),
        seal=_text(event, "seal"),
    )
    keep_event(dealer_id, kept)


def _text(event: Event, name: str) -> str:
    return str(event.get(name, ""))


HANDLERS: Mapping[str, Callable[[World, Event], str]] = {
    SESSION_FINISHED: _finish_link,
    **dict.fromkeys(INTENT_EVENTS, _record_intent),
    **dict.fromkeys(DISPUTE_EVENTS, _record_dispute),
    **dict.fromkeys(REFUND_EVENTS, _record_refunds),
    CHARGE_FAILED: _record_failed_charge,
    **dict.fromkeys(PAYOUT_EVENTS, _settle_payout),
}
