"""The one place where what the processor says of a refund changes its payment and the ledger."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from chalicelib.domain.days import moment_told
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ledger_reversals import reversal_entry
from chalicelib.domain.lifecycle import Event
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.payments import CHARGED, Payment, PaymentStatus
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.refund_words import came_back_words
from chalicelib.domain.refunds import plan_money, still_fitting
from chalicelib.domain.refunds_failed import TakenAgain, take_again
from chalicelib.domain.reversals import Refund, RefundState
from chalicelib.domain.taking_back import event_claims, next_reversal_number
from chalicelib.gateways.processor import ProcessorRefund
from chalicelib.services.record_later import LaterEvent, record_later
from chalicelib.services.refund_terms import (
    claim_name,
    find_refund,
    held_name,
    mark_of,
    open_credits,
    owed_again,
    refund_money,
    refund_notice,
    with_refund,
)
from chalicelib.services.take_back import without_uses
from chalicelib.services.taking_back_words import amount_words
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment

STEPS = 3  # Taken out, arrived, come back.
ELSEWHERE = "the processor’s dashboard"


class RefundMismatched(Exception):
    """A refund at the processor that is not the one we stored: a person must look."""


def record_refund(world: World, payment: Payment, *, told: ProcessorRefund, source: str) -> Payment:
    """Write what the freshly fetched refund says that we do not know yet; the payment as stored.

    A repeated, late or reordered word changes nothing. One that is not ours was made in the
    processor's dashboard and is recorded as well.

    Raises RefundMismatched, TryAgain while the payment itself is not settled here, and what the
    processor's adapter does.
    """
    stored = get_payment(payment.dealer_id, payment.account_id, payment.payment_id)
    if _is_too_much(stored, told):
        stored = _hear_failures(world, stored, source)
    for _ in range(STEPS):
        if not _is_news(stored, told):
            break
        stored = record_later(
            world,
            payment.dealer_id,
            account_id=payment.account_id,
            payment_id=payment.payment_id,
            make=partial(_news, world, told, source),
        )
    return stored


def _is_too_much(payment: Payment, told: ProcessorRefund) -> bool:
    """A new one the payment has no money left for: one before it must have come back, unheard."""
    is_new = _known(payment, told) is None
    return is_new and payment.refunded_cents + told.amount_cents > payment.charged_cents


def _hear_failures(world: World, payment: Payment, source: str) -> Payment:
    """The payment after asking which of its refunds came back: that happened first."""
    acct = get_dealer(payment.dealer_id).processor_account
    stored = payment
    for refund in payment.refunds:
        if refund.is_taken_out:
            now_is = world.processor.get_refund(acct, refund.processor_id)
            if now_is.state == "failed":
                stored = record_refund(world, stored, told=now_is, source=source)
    return stored


def _known(payment: Payment, told: ProcessorRefund) -> Refund | None:
    """Our own by the reference we sent along, one made elsewhere by the processor's id."""
    refund = find_refund(payment, told.refund_reference or told.processor_id)
    if refund is not None and refund.processor_id in ("", told.processor_id):
        return refund
    return find_refund(payment, told.processor_id)


def _check(payment: Payment, known: Refund | None, told: ProcessorRefund) -> None:
    if payment.status is PaymentStatus.PENDING:
        raise TryAgain("The payment is not settled yet.")
    belongs = (
        payment.status in CHARGED
        and told.intent_id == payment.processor_id
        and told.currency.upper() == payment.currency.upper()
        and (known is None or told.amount_cents == known.reversal.money_cents)
    )
    if not belongs:
        raise RefundMismatched(told.processor_id)


def _is_news(payment: Payment, told: ProcessorRefund) -> bool:
    known = _known(payment, told)
    _check(payment, known, told)
    if known is None or known.taken_at is None:
        return True
    if told.state == "failed":
        return known.state is not RefundState.FAILED
    return told.state == "succeeded" and known.state is RefundState.PENDING


def _news(
    world: World, told: ProcessorRefund, source: str, payment: Payment, state: AccountState
) -> LaterEvent | None:
    if not _is_news(payment, told):
        return None
    known = _known(payment, told)
    if known is None or known.taken_at is None:
        return _taken_out(world, told, source, payment, state)
    if told.state == "failed":
        return _come_back(world, told, source, payment, state)
    arrived = replace(known, state=RefundState.SUCCEEDED)
    return LaterEvent(
        payment=with_refund(payment, arrived),
        happened=None,
        name="refund_arrived",
        mark=mark_of(known, "refund_arrived"),
        at=world.clock.now(),
        source=source,
        detail=refund_money(payment, known),
    )


def _taken_out(
    world: World, told: ProcessorRefund, source: str, payment: Payment, state: AccountState
) -> LaterEvent:
    """The money has left the balance, at the processor's own moment."""
    known = _known(payment, told)
    refund = _first_heard(payment, state, told) if known is None else known
    held = [claim.event for claim in state.claims if claim.event == held_name(refund)]
    plan = still_fitting(payment, refund.reversal, open_credits(state, besides=held))
    plan, others = without_uses(payment, state, plan)
    taken = replace(
        refund,
        reversal=plan,
        state=RefundState.SUCCEEDED if told.state == "succeeded" else RefundState.PENDING,
        taken_at=told.created_at,
        processor_id=told.processor_id,
    )
    after = with_refund(payment, taken)
    is_all = after.refunded_cents >= after.charged_cents
    money = refund_money(payment, taken)
    return LaterEvent(
        payment=after,
        happened=Event.REFUNDED if is_all else Event.REFUNDED_PART,
        name="refunded" if is_all else "refunded_part",
        mark=mark_of(refund),
        at=told.created_at,
        source=source,
        detail=f"{money} to {payment.method.words}",
        lines=reversal_entry(after, plan, source_id=told.processor_id),
        claims=event_claims(after, plan, claim_name(refund)),
        ended=tuple(held),
        others=others,
        notice=None if known else _elsewhere_notice(payment, taken, world.clock.now()),
        loss_notice=_loss_notice(payment, taken, world.clock.now()),
        activity=f"{money} of payment {payment.number} refunded",
    )


def _first_heard(payment: Payment, state: AccountState, told: ProcessorRefund) -> Refund:
    """One made in the processor's dashboard: nobody said what for."""
    number = next_reversal_number(payment)
    return Refund(
        refund_id=told.processor_id,
        state=RefundState.PENDING,
        reversal=plan_money(payment, told.amount_cents, open_credits(state), number=number),
        requested_at=told.created_at,
        requested_by=ELSEWHERE,
        reason="",
        sent_at=told.created_at,
    )


def _elsewhere_notice(payment: Payment, refund: Refund, at: datetime) -> Notice:
    again = ", ".join(name for name, _ in owed_again(payment, refund.reversal))
    sentence = (
        f"{refund_money(payment, refund)} of {payment.number} was refunded in the processor’s "
        "dashboard. Nobody said what for: "
        f"{f'{again} is owed again' if again else 'it came out of the cash on account'}."
    )
    return refund_notice(payment, refund, NoticeKind.REFUND_ELSEWHERE, sentence, at)


def _loss_notice(payment: Payment, refund: Refund, at: datetime) -> Notice | None:
    if not refund.reversal.loss_cents:
        return None
    loss = amount_words(refund.reversal.loss_cents, payment.currency)
    sentence = (
        f"{loss} of a refund of {payment.number} went out twice: that money had gone back before. "
        "Ask the customer to pay it back; the ledger shows it as a loss in Returns."
    )
    return refund_notice(payment, refund, NoticeKind.LOSS, sentence, at)


def _come_back(
    world: World, told: ProcessorRefund, source: str, payment: Payment, state: AccountState
) -> LaterEvent | None:
    """The payer's bank sent it back: the money is ours again, and so is what it had paid."""
    known = _known(payment, told)
    if known is None:
        return None
    why = came_back_words(told.failure_code)
    at = moment_told(
        told.failed_at, heard=world.clock.now(), after=known.taken_at or known.requested_at
    )
    failed = replace(known, state=RefundState.FAILED, failed_at=at, failure_sentence=why)
    owed = owed_on(state.payables, state.claims, state.account)
    room = {name: standing.owed_cents for name, standing in owed.items()}
    room |= {item.payable_id: item.open_cents for item in open_credits(state)}
    taken = take_again(payment, failed, room)
    money = refund_money(payment, known)
    return LaterEvent(
        payment=taken.payment,
        happened=Event.REFUND_FAILED,
        name="refund_failed",
        mark=mark_of(known, "refund_failed"),
        at=at,
        source=source,
        detail=f"{money} came back: {why}",
        lines=taken.entry(failed),
        claims=taken.claims(claim_name(known, "failed")),
        notice=refund_notice(
            payment, failed, NoticeKind.REFUND_FAILED, _come_back_words(payment, taken, why), at
        ),
        activity=f"Refund of {money} of payment {payment.number} came back: {why}",
    )


def _come_back_words(payment: Payment, taken: TakenAgain, why: str) -> str:
    money = amount_words(taken.again.money_cents, payment.currency)
    kept_cents = sum(item.cash_cents for item in taken.excess)
    kept = f" {amount_words(kept_cents, payment.currency)} of it is cash on account: the documents "
    kept += "had been paid meanwhile."
    return (
        f"The refund of {money} of {payment.number} came back: {why}. What it had paid is paid "
        f"again.{kept if kept_cents else ''} Agree with the customer how to give it back."
    )
