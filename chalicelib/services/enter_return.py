"""Record return: an operator knows from the bank what the processor has not told us yet."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.ids import DealerId
from chalicelib.domain.payments import Payment
from chalicelib.domain.return_codes import RULES
from chalicelib.domain.returning import why_not_return
from chalicelib.gateways.processor import (
    ProcessorDispute,
    ProcessorRefused,
    ProcessorUnreachable,
)
from chalicelib.services.record_return import BACK, CameBack, came_back, write_return
from chalicelib.services.view_payment import NO_PAYMENT, find_named
from chalicelib.services.watch_later import finish_later
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer

NOON = time(12)


def enter_return(
    world: World, dealer_id: DealerId, *, name: str, code: str, on: date | None, operator: str
) -> Payment:
    """Write the return of that payment, dated `on` in the dealer's zone; its payer is told.

    What the processor already has on it counts; otherwise it gets an id of ours, and the webhook
    that follows changes nothing. Raises NotFound, InvalidInput, Conflict with why it can't apply.
    """
    payment = find_named(dealer_id, name)
    if payment is None:
        raise NotFound(NO_PAYMENT)
    refusal = why_not_return(payment)
    if refusal:
        raise Conflict(refusal)
    dealer = get_dealer(dealer_id)
    typed = CameBack(
        return_id=f"manual-{payment.payment_id}",
        code=_code(code),
        at=_moment(world, dealer, payment, on),
        money_cents=payment.charged_cents,
    )
    told = _told(world, dealer, payment)
    came = came_back(told, source="operator") if told else typed
    came = replace(came, code=came.code or typed.code, source="operator", operator=operator)
    stored = write_return(world, payment, came=came)
    with suppress(ProcessorUnreachable):  # The sweep goes on within five minutes.
        finish_later(world, dealer_id, account_id=payment.account_id, payment_id=payment.payment_id)
    return stored


def _code(code: str) -> str:
    if code not in RULES:
        raise InvalidInput(
            "Choose the bank’s return code.", {"code": "Choose the bank’s return code."}
        )
    return code


def _moment(world: World, dealer: Dealer, payment: Payment, on: date | None) -> datetime:
    """The day's noon in the dealer's zone, never after now."""
    now = world.clock.now()
    settled = dealer_day(payment.settled_at or payment.submitted_at, dealer.time_zone)
    if on is None or not settled <= on <= dealer_day(now, dealer.time_zone):
        sentence = f"Type the day the bank sent it back: from {settled.isoformat()} until today."
        raise InvalidInput(sentence, {"on": sentence})
    noon = datetime.combine(on, NOON, ZoneInfo(dealer.time_zone)).astimezone(UTC)
    return min(noon, now)


def _told(world: World, dealer: Dealer, payment: Payment) -> ProcessorDispute | None:
    """What the processor has of the return; None while it has nothing or does not answer."""
    acct = dealer.processor_account
    with suppress(ProcessorUnreachable, ProcessorRefused):
        for dispute in world.processor.disputes_of(acct, payment.processor_id):
            if dispute.is_debit and dispute.state in BACK:
                return dispute
        intent = world.processor.get_intent(acct, payment.processor_id)
        if intent.charge_id:
            return world.processor.get_late_failure(acct, intent.charge_id)
    return None
