"""An ACH debit came back after it had succeeded: everything it did is undone, once.

Whoever reports it first – a dispute, a failed charge, an operator – writes it; what the others say
changes nothing more than the processor's own fee.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.domain.ledger import LedgerAccount, credit, debit, entry
from chalicelib.domain.ledger_reversals import reversal_entry
from chalicelib.domain.lifecycle import Event, what_follows
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.return_codes import return_code, return_rule
from chalicelib.domain.reversals import Return
from chalicelib.domain.taking_back import event_claims
from chalicelib.gateways.processor import ProcessorDispute
from chalicelib.services.record_later import LaterEvent, record_later
from chalicelib.services.record_outcome import CONTRADICTED
from chalicelib.services.settle_first import HANDLED, settle_first
from chalicelib.services.take_back import after_settling, take_back
from chalicelib.services.taking_back_words import amount_words, loss_notice, notice_of
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState

BACK = ("withdrawn", "lost")  # A debit's dispute can't be contested: both mean it came back.


@dataclass(frozen=True, slots=True)
class CameBack:
    """What is known of a return; `at` is business time, amounts in cents."""

    return_id: str
    code: str
    at: datetime
    money_cents: int
    fee_cents: int = 0
    source: str = "processor"
    operator: str = ""


def record_return(world: World, payment: Payment, *, told: ProcessorDispute, source: str) -> str:
    """Write a return as the processor tells it; a success not yet known here is taken first.

    Returns "handled", or "mismatched" / "contradicted" for a person to look at: nothing was
    written. Raises what settle_first does.
    """
    if told.state not in BACK:
        return CONTRADICTED
    first = settle_first(world, payment, told=told, source=source)
    if first != HANDLED:
        return first
    stored = write_return(world, payment, came=came_back(told, source=source))
    return HANDLED if stored.returned is not None else CONTRADICTED


def came_back(told: ProcessorDispute, *, source: str) -> CameBack:
    """A debit's dispute or late failure as a return."""
    return CameBack(
        return_id=told.dispute_id,
        code=return_code(told.network_code, told.reason),
        at=told.withdrawn_at or told.created_at,
        money_cents=told.withdrawn_cents or told.amount_cents,
        fee_cents=told.fee_cents,
        source=source,
    )


def write_return(world: World, payment: Payment, *, came: CameBack) -> Payment:
    """Write it in one transaction, unless it is written or impossible; the payment as stored."""
    return record_later(
        world,
        payment.dealer_id,
        account_id=payment.account_id,
        payment_id=payment.payment_id,
        make=partial(_event, came),
    )


def _event(came: CameBack, payment: Payment, state: AccountState) -> LaterEvent | None:
    if payment.returned is not None:
        return _fee_event(came, payment, payment.returned)
    if what_follows(payment, Event.RETURNED) is None:
        return None
    reversal, others = take_back(payment, state, money_cents=came.money_cents)
    rule = return_rule(came.code)
    returned = Return(
        came.return_id, came.code, rule.payer_sentence, came.at, reversal, came.fee_cents
    )
    meant = f"{rule.code}, {rule.meaning}" if rule.code else rule.meaning
    back = f"{amount_words(came.money_cents, payment.currency)} of {payment.number} came back"
    return LaterEvent(
        payment=replace(payment, returned=returned),
        happened=Event.RETURNED,
        name="returned",
        mark=f"returned#{came.return_id}",
        at=after_settling(payment, came.at),
        source=came.source,
        detail=f"{came.operator}: {meant}" if came.operator else rule.payer,
        lines=reversal_entry(payment, reversal, source_id=came.return_id, fee_cents=came.fee_cents),
        claims=event_claims(payment, reversal, "returned"),
        others=others,
        notice=notice_of(
            NoticeKind.RETURNED,
            payment,
            f"{back}. {rule.operator_sentence}",
            at=came.at,
            amount_cents=came.money_cents,
        ),
        loss_notice=loss_notice(payment, reversal, came.at),
        activity=f"{back} ({meant})",
    )


def _fee_event(came: CameBack, payment: Payment, known: Return) -> LaterEvent | None:
    """The processor's fee for a return that was recorded before the processor told of it."""
    fee_cents = came.fee_cents - known.fee_cents
    if fee_cents <= 0:
        return None
    tag = payment.payment_id
    return LaterEvent(
        payment=replace(payment, returned=replace(known, fee_cents=came.fee_cents)),
        happened=None,
        name="return_fee",
        mark=f"return_fee#{came.return_id}",
        at=came.at,
        source=came.source,
        lines=entry(
            debit(LedgerAccount.CHARGEBACK_FEES, fee_cents, tag, came.return_id),
            credit(LedgerAccount.CLEARING, fee_cents, tag, came.return_id),
        ),
    )
