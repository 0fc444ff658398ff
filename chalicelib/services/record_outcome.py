"""The one place where a processor's state becomes a payment's."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.days import moment_told
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.lifecycle import Event, event_of
from chalicelib.domain.payments import CHARGED, OFF_THE_ROAD, Payment, PaymentStatus, Stage
from chalicelib.domain.refusals import refusal_sentence
from chalicelib.gateways.processor import Intent
from chalicelib.services.world import World
from chalicelib.storage import payment_marks
from chalicelib.storage.payments import get_payment, payment_puts
from chalicelib.storage.transactions import OutcomeUnknown, WritesRefused, transact

TRIES = 5
ORIGINATE = "originate"
MISMATCHED, CONTRADICTED = "mismatched", "contradicted"


def record_outcome(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    payment_id: PaymentId,
    intent: Intent,
    source: str,
    event_id: str = "",
) -> str:
    """Write what the freshly fetched `intent` says, then complete a waiting workflow step.

    Events are hints: a repeated, late or reordered one changes nothing. `event_id` becomes the
    *handled* mark in the same transaction. Returns "processing", "settled", "failed", or
    "mismatched" / "contradicted": the intent is not this payment's, or says paid after it failed;
    nothing was written and somebody must look.

    Raises NotFound for an unknown payment.
    """
    for _ in range(TRIES):
        payment = get_payment(dealer_id, account_id, payment_id)
        if not _belongs(payment, intent):
            return MISMATCHED
        change = _news(payment, intent, world.clock.now())
        if change is None:
            complete_waiting(world, payment)
            return _verdict(payment, intent)
        _write(world, change, source=source, event_id=event_id)
    raise TryAgain("The payment is being changed by something else. Please try again.")


def _verdict(payment: Payment, intent: Intent) -> str:
    is_unpaid = payment.status in OFF_THE_ROAD or outcome_of(payment) == "failed"
    is_paid_after_all = intent.state == "succeeded" and is_unpaid
    return CONTRADICTED if is_paid_after_all else outcome_of(payment)


def _write(world: World, change: tuple[Payment, str], *, source: str, event_id: str) -> None:
    """Write one change; whether it was written, the caller sees by reading again."""
    changed, name = change
    puts = payment_puts(
        changed,
        name=name,
        at=world.clock.now(),
        source=source,
        detail=changed.failure_sentence,
        # "originated" may be only the first half of this event's effect, so it carries no mark.
        processor_event_id="" if name == "originated" else event_id,
    )
    with suppress(WritesRefused, OutcomeUnknown):
        transact(puts, token=uuid4().hex)


def record_refusal(
    world: World, payment: Payment, *, code: str, sentence: str, source: str
) -> None:
    """Write a definite no that never became an intent. Raises WritesRefused if it moved on."""
    refused = _refused(payment, code=code, sentence=sentence)
    puts = payment_puts(
        refused, name="refused", at=world.clock.now(), source=source, detail=sentence
    )
    transact(puts, token=uuid4().hex)
    complete_waiting(world, refused)


def complete_waiting(world: World, payment: Payment) -> None:
    """Complete the step that waits for this payment, if the outcome and a token are there."""
    outcome = outcome_of(payment)
    if outcome == "processing":
        return
    token = payment_marks.find_token(payment.dealer_id, payment.payment_id)
    if token is not None:
        world.workflows.complete(token, {"outcome": outcome})


def wake(world: World, payment: Payment) -> None:
    """Send the waiting step back to Originate: the hold is over or an operator let it go on."""
    token = payment_marks.find_token(payment.dealer_id, payment.payment_id)
    if token is not None:
        world.workflows.complete(token, {"outcome": ORIGINATE})


def outcome_of(payment: Payment) -> str:
    """ "settled", "failed", "terminated" or "processing": what the workflow decides by."""
    if payment.status in CHARGED:
        return "settled"
    if payment.status is PaymentStatus.FAILED:
        return "failed"
    if payment.status is PaymentStatus.TERMINATED:
        return "terminated"
    return {Stage.FUNDED: "settled", Stage.REFUSED: "failed"}.get(payment.stage, "processing")


def _belongs(payment: Payment, intent: Intent) -> bool:
    """Amount, currency, intent and reference agree with what we stored before asking."""
    return (
        intent.amount_cents == payment.charged_cents
        and intent.currency.upper() == payment.currency.upper()
        and intent.payment_reference == payment.payment_id
        and payment.processor_id in ("", intent.intent_id)
    )


def _news(payment: Payment, intent: Intent, now: datetime) -> tuple[Payment, str] | None:
    """The payment as the intent makes it and the event's name, or None if that is no news."""
    if payment.status is not PaymentStatus.PENDING:
        return None
    known = replace(payment, processor_id=intent.intent_id)
    match event_of(intent.state):
        case _ if not payment.processor_id:
            # The first we hear; an outcome that is already there follows as its own event.
            return replace(known, stage=Stage.PROCESSING), "originated"
        case Event.SUCCEEDED if payment.stage is not Stage.FUNDED:
            at = moment_told(intent.funded_at, heard=now, after=payment.submitted_at)
            return replace(known, stage=Stage.FUNDED, settled_at=at), "funded"
        case Event.FAILED if payment.stage not in (Stage.FUNDED, Stage.REFUSED):
            code = intent.failure_code or intent.state
            sentence = refusal_sentence(payment.method.kind, code)
            return _refused(known, code=code, sentence=sentence), "refused"
        case _:
            return None


def _refused(payment: Payment, *, code: str, sentence: str) -> Payment:
    return replace(payment, stage=Stage.REFUSED, failure_code=code, failure_sentence=sentence)
