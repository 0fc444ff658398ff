"""When a payment or its settlement needs a person, and what that person is told."""

from datetime import datetime, timedelta

from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.payments import Payment, Stop
from chalicelib.domain.settlements import Settlement

CARD_LIMIT = timedelta(days=1)
ACH_LIMIT = timedelta(days=10)  # Four business days, a long weekend, and the bank's delays.


def is_past_limit(payment: Payment, now: datetime) -> bool:
    """True if it has been on its way for longer than its method allows."""
    limit = CARD_LIMIT if payment.method.kind == "card" else ACH_LIMIT
    return now - (payment.sent_at or payment.submitted_at) >= limit


def overdue_notice(payment: Payment, now: datetime) -> Notice:
    """Pending past its limit; ends when it settles or fails."""
    sentence = (
        f"{payment.account_name}: no outcome yet, which is longer than {payment.method.words} "
        "takes. Nothing is charged anew; the processor is asked every day."
    )
    return _about(payment, NoticeKind.OVERDUE, sentence, now)


def stopped_notice(payment: Payment, stop: Stop, now: datetime) -> Notice:
    """Stopped for more than three business days; ends when it is released or terminated."""
    what = "its posting is on hold" if payment.is_posting_held else "it is frozen"
    sentence = (
        f"{payment.account_name}: {what} for more than three business days. "
        f"{stop.operator}: {stop.reason}"
    )
    return _about(payment, NoticeKind.STOPPED, sentence, now)


def contradicted_notice(payment: Payment, now: datetime) -> Notice:
    """The processor's record is not this payment's, or says paid after it failed."""
    sentence = (
        f"{payment.account_name}: the processor's record {payment.processor_id} does not fit "
        "this payment, so nothing was changed. Compare the two in the processor's dashboard."
    )
    return _about(payment, NoticeKind.CONTRADICTED, sentence, now)


def unproven_notice(settlement: Settlement) -> Notice:
    """The proof does not add up; ends when it does or somebody resolves it with a reason."""
    count = len(settlement.unmatched)
    lines = f" {count} of its lines cannot be explained." if count else ""
    return Notice(
        NoticeKind.UNPROVEN,
        settlement.settlement_id,
        f"The deposit does not add up.{lines} Posting waits until every cent is explained.",
        settlement.created_at,
        path=f"/console/settlements/{settlement.settlement_id}",
        amount_cents=settlement.deposit_cents,
    )


def _about(payment: Payment, kind: NoticeKind, sentence: str, at: datetime) -> Notice:
    return Notice(
        kind,
        payment.number,
        sentence,
        at,
        path=f"/console/payments/{payment.number}",
        amount_cents=payment.charged_cents,
    )
