"""What is shown, folded anew from what happened: status, ledger, claims and totals (R10).

A payment's events, its own stored facts and the ERP's payables are the sources; everything else is
a projection of them and must come out equal.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from chalicelib.domain.accounts import Totals
from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.ids import PayableId
from chalicelib.domain.ledger import (
    LedgerAccount,
    Line,
    balance,
    reversed_entry,
    settled_entry,
)
from chalicelib.domain.ledger_reversals import reversal_entry, withdrawn_entry, won_entry
from chalicelib.domain.lifecycle import STATUS, TRANSITIONS, Event, State
from chalicelib.domain.overpaid import applied_claim
from chalicelib.domain.payments import CHARGED, Payment, PaymentEvent, PaymentStatus
from chalicelib.domain.recovering import recovered
from chalicelib.domain.refunds_failed import opposite
from chalicelib.domain.reversals import Dispute, DisputePhase, Refund
from chalicelib.domain.taking_back import event_claims, reversals_of

# The history's words for what the lifecycle's table knows; all others change no status.
EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        "handed_over": Event.HANDED_OVER,
        "originated": Event.ORIGINATED,
        "settled": Event.SUCCEEDED,
        "failed": Event.FAILED,
        "frozen": Event.FROZEN,
        "released": Event.RELEASED,
        "terminated": Event.TERMINATED,
        "paid_out": Event.PAID_OUT,
        "posted": Event.POSTED,
        "unposted": Event.UNPOSTED,
        "returned": Event.RETURNED,
        "dispute_inquiry": Event.INQUIRED,
        "dispute_withdrawn": Event.WITHDRAWN,
        "dispute_won": Event.WON,
        "dispute_closed": Event.WON,
        "dispute_lost": Event.LOST,
        "refunded_part": Event.REFUNDED_PART,
        "refunded": Event.REFUNDED,
        "refund_failed": Event.REFUND_FAILED,
    }
)
_MAY_BE_POSTED = (State.IN_SETTLEMENT, State.WON)
_SHOWN = (  # What of an account's totals does not depend on the day.
    "gross_cents", "credits_cents", "in_flight_cents", "invoices_cents", "debits_cents",
    "invoices", "debits", "credits",
)  # fmt: skip


def replayed(events: Iterable[PaymentEvent]) -> PaymentStatus:
    """The status a history leads to, by the lifecycle's table alone.

    A part that was lost stays lost when a later dispute is won.
    """
    state, is_posted, is_lost = State.SUBMITTED, False, False
    for happened in events:
        event = EVENTS.get(happened.name)
        coming = TRANSITIONS.get((state, event)) if event is not None else None
        if coming is not None:
            is_lost = is_lost or coming.state is State.LOST
            state = State.LOST if is_lost and coming.state is State.WON else coming.state
            is_posted = (is_posted or event is Event.POSTED) and event is not Event.UNPOSTED
    if is_posted and state in _MAY_BE_POSTED:
        return PaymentStatus.POSTED
    return STATUS[state]


def rebuilt_ledger(payment: Payment) -> dict[LedgerAccount, int]:
    """Each account's balance from the payment's facts, cents; accounts at 0 are absent."""
    if payment.status not in CHARGED:
        return {}
    lines: list[Line] = list(settled_entry(payment))
    for refund in payment.refunds:
        lines += _refunded(payment, refund)
    if payment.returned is not None:
        back = payment.returned
        lines += reversal_entry(
            payment, back.reversal, source_id=back.return_id, fee_cents=back.fee_cents
        )
    for dispute in payment.disputes:
        lines += _disputed(payment, dispute)
    return nonzero(balance(lines))


def _refunded(payment: Payment, refund: Refund) -> list[Line]:
    """One that failed was undone, but what the bank had taken meanwhile stays owed."""
    back = recovered(refund)
    if not refund.is_taken_out and back is None:
        return []
    lines = list(reversal_entry(payment, refund.reversal, source_id=refund.processor_id))
    if back is not None:
        lines += reversed_entry(reversal_entry(payment, back, source_id=refund.processor_id))
    return lines


def _disputed(payment: Payment, dispute: Dispute) -> list[Line]:
    if dispute.withdrawn_at is None:
        return []
    cents, source_id = dispute.amount_cents, dispute.dispute_id
    lines = list(
        withdrawn_entry(
            payment, amount_cents=cents, fee_cents=dispute.fee_cents, source_id=source_id
        )
    )
    if dispute.phase is DisputePhase.WON:
        lines += won_entry(payment, amount_cents=cents, source_id=source_id)
    if dispute.reversal is not None:
        lines += reversal_entry(
            payment,
            dispute.reversal,
            source_id=source_id,
            out_of=LedgerAccount.HELD_IN_DISPUTE,
        )
    return lines


def nonzero(sums: Mapping[LedgerAccount, int]) -> dict[LedgerAccount, int]:
    """The balances that are not 0."""
    return {account: cents for account, cents in sums.items() if cents}


def rebuilt_claims(payment: Payment) -> tuple[Claim, ...]:
    """What the payment holds and has taken of its account's payables, from its own facts."""
    if payment.status in (PaymentStatus.PENDING, PaymentStatus.FROZEN):
        flying = ClaimState.IN_FLIGHT
        return (Claim(payment.payment_id, payment.number, flying, payment.effects),)
    if payment.status not in CHARGED:
        return ()
    claims = [applied_claim(payment, payment.settled_at or payment.submitted_at)]
    for number, reversal in enumerate(reversals_of(payment)):
        claims += event_claims(payment, reversal, f"rebuilt-{number}")
    for number, refund in enumerate(payment.refunds):
        back = recovered(refund)
        if back is not None:
            claims += event_claims(payment, refund.reversal, f"failed-{number}")
            claims += opposite(event_claims(payment, back, f"back-{number}"))
    return tuple(claims)


def taken(claims: Iterable[Claim]) -> dict[tuple[PayableId, bool], int]:
    """What claims take off each payable, cents: (payable, in flight) → sum; 0 is absent.

    Cash on account is brought with what is open of it, or brought empty and given back.
    """
    sums: dict[tuple[PayableId, bool], int] = {}
    for claim in claims:
        sign = -1 if claim.state is ClaimState.REVERSED else 1
        for effect in claim.effects:
            name = (effect.payable_id, claim.state is ClaimState.IN_FLIGHT)
            sums[name] = sums.get(name, 0) + sign * effect.amount_cents
        for credit in claim.brings:
            if credit.is_on_account:
                name = (credit.payable_id, False)
                sums[name] = sums.get(name, 0) - credit.open_cents
    return {name: cents for name, cents in sums.items() if cents}


def shown(totals: Totals) -> dict[str, int]:
    """The totals that do not depend on the day."""
    return {name: getattr(totals, name) for name in _SHOWN}
