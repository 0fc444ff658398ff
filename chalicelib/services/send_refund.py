"""Ask the processor for a refund that is stored, always with the same key for the same refund."""

from dataclasses import replace

from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.refund_words import refused_sentence
from chalicelib.domain.reversals import Refund, RefundState
from chalicelib.gateways.processor import (
    ProcessorRefund,
    ProcessorRefused,
    ProcessorUnreachable,
)
from chalicelib.services.originate_payment import GIVEN_UP_AFTER, KEY_LIFETIME
from chalicelib.services.record_later import LaterEvent, record_later
from chalicelib.services.record_refund import record_refund
from chalicelib.services.refund_terms import (
    find_refund,
    held_names,
    mark_of,
    refund_money,
    refund_notice,
    with_refund,
)
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState
from chalicelib.storage.dealers import get_dealer


def send_refund(world: World, payment: Payment, refund: Refund) -> Payment:
    """Send a refund that is being sent and write the answer, once however often it is called.

    Returns the payment as stored. Raises ProcessorUnreachable when the outcome is unknown: it
    stays being sent.
    """
    try:
        told = _ask(world, payment, refund)
    except ProcessorRefused as no:
        return _record_refusal(world, payment, refund, no.code)
    return record_refund(world, payment, told=told, source="processor")


def _ask(world: World, payment: Payment, refund: Refund) -> ProcessorRefund:
    """The refund at the processor: made with its own key, or found once that may be forgotten."""
    acct = get_dealer(payment.dealer_id).processor_account
    age = world.clock.now() - (refund.sent_at or refund.requested_at)
    if age < KEY_LIFETIME:
        return world.processor.refund(
            acct,
            intent_id=payment.processor_id,
            amount_cents=refund.reversal.money_cents,
            refund_reference=refund.refund_id,
            number=refund.reversal.number,
            key=f"refund-{payment.payment_id}-{refund.refund_id}",
        )
    for found in world.processor.refunds_of(acct, payment.processor_id):
        if found.refund_reference == refund.refund_id:
            return found
    if age < GIVEN_UP_AFTER:
        raise ProcessorUnreachable("the last request may still be on its way")
    raise ProcessorRefused("never_sent", refused_sentence("never_sent"))


def _record_refusal(world: World, payment: Payment, refund: Refund, code: str) -> Payment:
    """A definite no: nothing has left, so there is no entry; what it held is free again."""
    now, sentence = world.clock.now(), refused_sentence(code)
    money = refund_money(payment, refund)

    def make(stored: Payment, state: AccountState) -> LaterEvent | None:  # noqa: ARG001
        known = find_refund(stored, refund.refund_id)
        if known is None or known.state is not RefundState.SENDING:
            return None
        failed = replace(known, state=RefundState.FAILED, failed_at=now, failure_sentence=sentence)
        told = f"The refund of {money} of {payment.number} was not made. {sentence}"
        return LaterEvent(
            payment=with_refund(stored, failed),
            happened=None,
            name="refund_refused",
            mark=mark_of(refund, "refund_refused"),
            at=now,
            source="processor",
            detail=sentence,
            ended=held_names(stored, known),
            notice=refund_notice(stored, failed, NoticeKind.REFUND_FAILED, told, now),
            activity=f"Refund of {money} of payment {payment.number} not made: {sentence}",
        )

    return record_later(
        world,
        payment.dealer_id,
        account_id=payment.account_id,
        payment_id=payment.payment_id,
        make=make,
    )
