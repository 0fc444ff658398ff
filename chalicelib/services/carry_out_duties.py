"""What the lifecycle asks for once an event of a payment is written; steps and sweeps end here."""

from collections.abc import Mapping
from types import MappingProxyType

from chalicelib.domain.duties import duties_after
from chalicelib.domain.lifecycle import Duty, Event
from chalicelib.domain.payments import Payment
from chalicelib.services.judge_method import judge_method
from chalicelib.services.tell_payer import (
    DISPUTE_LOST,
    FAILED,
    REFUND_FAILED,
    REFUNDED,
    RETURNED,
    SETTLED,
    TERMINATED,
    tell_payer,
)
from chalicelib.services.world import World

MAILS: Mapping[Event, str] = MappingProxyType(
    {
        Event.SUCCEEDED: SETTLED,
        Event.FAILED: FAILED,
        Event.TERMINATED: TERMINATED,
        Event.RETURNED: RETURNED,
        Event.LOST: DISPUTE_LOST,
        Event.REFUNDED_PART: REFUNDED,
        Event.REFUNDED: REFUNDED,
        Event.REFUND_FAILED: REFUND_FAILED,
    }
)


def carry_out_duties(
    world: World, payment: Payment, event: Event, *, code: str = "", about: str = ""
) -> None:
    """Judge the bank account by `code` and tell the payer, as the table asks; harmless to repeat.

    The bank account comes first, so that the mail's Pay again shows what is left. `about` names
    the refund or dispute, where there can be several. Raises ProcessorUnreachable: the caller is
    repeated until it succeeds.
    """
    duties = duties_after(event)
    if Duty.DISABLE in duties:
        judge_method(world, payment, code)
    if Duty.TELL_PAYER in duties:
        tell_payer(world, payment, MAILS[event], about=about)
