"""Workflow step: ask the processor to debit, always with the same key for the same payment."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from chalicelib.domain.days import business_days_after
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.payments import ACH_BUSINESS_DAYS, Payment, PaymentStatus, Stage
from chalicelib.gateways.processor import Intent, ProcessorRefused, ProcessorUnreachable
from chalicelib.services.record_outcome import (
    complete_waiting,
    outcome_of,
    record_outcome,
    record_refusal,
)
from chalicelib.services.tell_payer import SUBMITTED, tell_payer
from chalicelib.services.world import World
from chalicelib.storage.companies import find_method
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment, payment_puts
from chalicelib.storage.transactions import OutcomeUnknown, WritesRefused, transact

# Stripe forgets an idempotency key after 24 hours; from then on asking again would charge anew.
KEY_LIFETIME = timedelta(hours=23)
TRIES = 5
# By then the last request made with the key has arrived or never will.
GIVEN_UP_AFTER = timedelta(hours=25)
NEVER_SENT = "The payment could not be sent to the bank. Nothing was charged."


def originate_payment(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    payment_id: PaymentId,
    source: str = "workflow",
) -> dict[str, str]:
    """Create and confirm the debit, once however often it is called; not while it is held.

    Returns {"outcome": "processing" | "settled" | "failed" | "terminated"}. Raises
    ProcessorUnreachable when the outcome is unknown: the machine and the janitor ask again.
    """
    payment = get_payment(dealer_id, account_id, payment_id)
    if payment.method.kind == "ach":  # All else is decided in seconds; one mail says how.
        tell_payer(world, payment, SUBMITTED)
    refusal = _why_not_debited(world, payment)
    if refusal:
        return _refused(world, payment, ProcessorRefused("method_disabled", refusal), source)
    payment = _handed_over(world, payment, source)
    if payment.processor_id or payment.stage is not Stage.SENDING:
        return {"outcome": outcome_of(payment)}
    if payment.charged_cents == 0:
        return {"outcome": _fund_without_money(world, payment, source)}
    try:
        intent = _ask(world, payment)
    except ProcessorRefused as no:
        return _refused(world, payment, no, source)
    except ProcessorUnreachable:
        _note_unknown(world, payment, source)
        raise
    outcome = record_outcome(
        world,
        dealer_id,
        account_id=account_id,
        payment_id=payment_id,
        intent=intent,
        source=source,
    )
    return {"outcome": outcome}


def _why_not_debited(world: World, payment: Payment) -> str:
    """Why a bank account may no longer be debited; only before the processor may have been asked.

    A payment waits for hours where the dealer holds it; an older one may have come back since.
    """
    is_next = payment.stage is Stage.SUBMITTED and not payment.waits_at(world.clock.now())
    if not is_next or payment.method.kind != "ach":
        return ""
    saved = find_method(payment.dealer_id, payment.company_id, payment.method.method_id)
    return f"{saved.disabled} Nothing was charged." if saved and saved.disabled else ""


def _refused(
    world: World, payment: Payment, refusal: ProcessorRefused, source: str
) -> dict[str, str]:
    with suppress(WritesRefused):
        record_refusal(world, payment, code=refusal.code, sentence=refusal.sentence, source=source)
    stored = get_payment(payment.dealer_id, payment.account_id, payment.payment_id)
    return {"outcome": outcome_of(stored)}


def _handed_over(world: World, payment: Payment, source: str) -> Payment:
    """The payment once asking has begun, or as it is: waiting, stopped or further on.

    Stored before anything is sent. Freezing writes the same item at the same version, so a payment
    is either stopped or asked for, never both.
    """
    for _ in range(TRIES):
        now = world.clock.now()
        if payment.stage is not Stage.SUBMITTED or payment.waits_at(now):
            return payment
        sending = replace(payment, stage=Stage.SENDING, sent_at=now)
        if payment.held_until is not None:
            sending = replace(sending, expected_at=business_days_after(now, ACH_BUSINESS_DAYS))
        with suppress(WritesRefused, OutcomeUnknown):
            puts = payment_puts(sending, name="handed_over", at=now, source=source)
            transact(puts, token=uuid4().hex)
        payment = get_payment(payment.dealer_id, payment.account_id, payment.payment_id)
    raise TryAgain("The payment is being changed by something else. Please try again.")


def _ask(world: World, payment: Payment) -> Intent:
    """The intent of this payment: made with the payment's own key, or found once that is old."""
    acct = get_dealer(payment.dealer_id).processor_account
    age = world.clock.now() - (payment.sent_at or payment.submitted_at)
    if age < KEY_LIFETIME:
        return world.processor.charge(
            acct,
            method=payment.method,
            amount_cents=payment.charged_cents,
            currency=payment.currency,
            payment_reference=payment.payment_id,
            number=payment.number,
            key=f"payment-{payment.payment_id}",
            return_url=f"{world.config.portal_url}/payments/{payment.payment_id}/returned",
        )
    found = world.processor.find_intent(
        acct, customer=payment.method.customer, payment_reference=payment.payment_id
    )
    if found is None and age < GIVEN_UP_AFTER:
        raise ProcessorUnreachable("the last request may still be on its way")
    if found is None:
        raise ProcessorRefused("never_sent", NEVER_SENT)
    return found


def _note_unknown(world: World, payment: Payment, source: str) -> None:
    """Say once in the history that the processor did not answer."""
    puts = payment_puts(
        payment,
        name="unknown",
        at=world.clock.now(),
        source=source,
        processor_event_id="unknown",
    )
    with suppress(WritesRefused):
        transact(puts, token=uuid4().hex)


def _fund_without_money(world: World, payment: Payment, source: str) -> str:
    """Credits cover everything: nothing is asked of the processor."""
    now = world.clock.now()
    funded = replace(payment, stage=Stage.FUNDED, settled_at=now)
    if payment.status is PaymentStatus.PENDING:
        with suppress(WritesRefused):
            puts = payment_puts(funded, name="funded", at=now, source=source)
            transact(puts, token=uuid4().hex)
    complete_waiting(world, funded)
    return "settled"
