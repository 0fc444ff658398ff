"""Domain values as the view pieces several pages share; words for statuses live here."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.accounts import AgedSums, PriorityNote
from chalicelib.domain.accounts import Badge as AccountBadge
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.payments import Payment, PaymentEvent, PaymentStatus, Stage
from chalicelib.domain.priority_words import about, explain, tenths
from chalicelib.domain.quotes import PricedLines
from chalicelib.domain.receipt_words import BALANCE, covered
from chalicelib.domain.return_codes import return_rule
from chalicelib.domain.reversals import DisputePhase
from chalicelib.rendering.views.chrome import Badge
from chalicelib.rendering.views.figures import (
    Aging,
    AllocationRow,
    PaymentRow,
    Priority,
    PriorityStep,
    TimelineEntry,
)
from chalicelib.services.taking_back_words import amount_words

KIND_WORDS = {
    PayableKind.INVOICE: "Invoice",
    PayableKind.DEBIT: "Debit adjustment",
    PayableKind.CREDIT: "Credit adjustment",
}
EVENT_WORDS = {
    "submitted": ("Submitted", "info"),
    "originated": ("Accepted by the payment processor", "info"),
    "unknown": ("No answer yet; asking again", "warn"),
    "restarted": ("Taken up again", "info"),
    "contradicted": ("The processor's record does not fit", "warn"),
    "overdue": ("Taking longer than it should", "warn"),
    "funded": ("Funds confirmed", "good"),
    "refused": ("Refused by the bank", "bad"),
    "settled": ("Settled and credited", "good"),
    "failed": ("Failed; nothing was charged", "bad"),
    "paid_out": ("Part of a bank deposit", "good"),
    "posted": ("Posted to the general ledger", "good"),
    "unposted": ("Its posting was reversed in the general ledger", "warn"),
    "handed_over": ("Handed to the payment processor", "info"),
    "frozen": ("Frozen: stopped before anything was charged", "warn"),
    "released": ("Released: it goes on", "info"),
    "terminated": ("Terminated; nothing was charged", "warn"),
    "posting_held": ("Posting on hold; the money still arrives", "warn"),
    "posting_released": ("Free to post", "info"),
    "stopped": ("Stopped for more than three business days", "warn"),
    "returned": ("Sent back by the bank; owed again", "bad"),
    "return_fee": ("The processor’s fee for the return", "info"),
    "credit_undone": ("A credit it used was taken back", "warn"),
    "dispute_inquiry": ("The card’s bank asks about it", "warn"),
    "dispute_withdrawn": ("Disputed: the card’s bank took the money", "bad"),
    "dispute_won": ("Dispute won; the money came back", "good"),
    "dispute_lost": ("Dispute lost; owed again", "bad"),
    "dispute_closed": ("The card’s bank asks no more", "good"),
    "refund_requested": ("Refund asked for; waits for an administrator", "warn"),
    "refund_approved": ("Refund approved", "info"),
    "refund_declined": ("Refund declined; nothing was sent", "warn"),
    "refund_begun": ("Refund begun", "info"),
    "refund_refused": ("The processor did not make the refund", "bad"),
    "refunded_part": ("Refunded in part", "info"),
    "refunded": ("Refunded in full", "info"),
    "refund_arrived": ("The refund has arrived", "good"),
    "refund_failed": ("A refund came back; paid again", "bad"),
}
_NOT_FOR_PAYERS = frozenset(
    {
        "posting_held", "posting_released", "stopped", "handed_over", "contradicted", "return_fee",
        "unposted",
        "refund_requested", "refund_approved", "refund_declined", "refund_begun", "refund_refused",
    }
)  # fmt: skip
SOURCE_WORDS = {
    "payer": "payer",
    "operator": "operator",
    "processor": "payment processor",
    "workflow": "Drypowder",
    "janitor": "Drypowder, checking again",
}
_INVITATION_BADGES = {
    AccountBadge.PENDING: ("Pending", "info"),
    AccountBadge.ACCEPTED: ("Accepted", "good"),
    AccountBadge.DECLINED: ("Declined", "warn"),
    AccountBadge.EXPIRED: ("Expired", "plain"),
    AccountBadge.REVOKED: ("Revoked", "chip"),
    AccountBadge.DISABLED: ("Disabled", "chip"),
}


def zoned(dealer: Dealer, at: datetime | None) -> str:
    """A moment as ISO in the dealer's zone; "" for None."""
    return at.astimezone(ZoneInfo(dealer.time_zone)).isoformat() if at else ""


def zone_name(dealer: Dealer, at: datetime) -> str:
    """The zone's short name on that day, "PST"."""
    return at.astimezone(ZoneInfo(dealer.time_zone)).tzname() or dealer.time_zone


def aging(sums: AgedSums) -> Aging:
    """The aging bar of an account or a sum of accounts."""
    return Aging(
        current_cents=sums.current_cents,
        days_1_30_cents=sums.days_1_30_cents,
        days_31_60_cents=sums.days_31_60_cents,
        days_61_90_cents=sums.days_61_90_cents,
        days_91_up_cents=sums.days_91_up_cents,
    )


def invitation_badge(badge: AccountBadge | str, delivery: str = "") -> Badge | None:
    """The badge in words (Revoked and Disabled are chips), None for an account never invited.

    `delivery` is how its mail fared, "" if that is not known or does not matter any more.
    """
    words = _INVITATION_BADGES.get(AccountBadge(badge))
    return Badge(label=words[0], tone=words[1], detail=delivery) if words else None


def priority(note: PriorityNote) -> Priority | None:
    """Collection Priority with its arithmetic; None for accounts that are not ranked."""
    if note.excluded in ("cash", "system"):
        return None
    steps = [
        PriorityStep(
            label="Expected late",
            value=tenths(note.base_tenths),
            detail=f"about {about(note.expected_late_cents)} for "
            f"{note.expected_late_days} of the next 30 days",
        ),
    ]
    if note.lift_tenths:
        steps.append(PriorityStep(label="Lift", value=f"+{tenths(note.lift_tenths)}"))
    if note.damped:
        steps.append(PriorityStep(label="Contacted in the last 3 business days", value="× 0.6"))
    return Priority(score_tenths=note.score_tenths, why=explain(note), steps=tuple(steps))


_BADGES = {
    PaymentStatus.PENDING: ("Pending", "info"),
    PaymentStatus.SETTLED: ("Settled", "good"),
    PaymentStatus.POSTED: ("Posted", "good"),
    PaymentStatus.FROZEN: ("Frozen", "warn"),
    PaymentStatus.TERMINATED: ("Terminated", "warn"),
    PaymentStatus.FAILED: ("Failed", "bad"),
    PaymentStatus.RETURNED: ("Returned", "bad"),
    PaymentStatus.DISPUTED: ("Disputed", "bad"),
    PaymentStatus.REFUNDED: ("Refunded", "plain"),
}
# What a dispute adds to the status: as the status of its own, or once it is over.
_PHASES = {
    DisputePhase.INQUIRY: "inquiry",
    DisputePhase.WITHDRAWN: "funds withdrawn",
    DisputePhase.LOST: "lost",
    DisputePhase.WON: "dispute won",
}
_DETAILS = {
    PaymentStatus.FROZEN: "Stopped before anything was charged",
    PaymentStatus.TERMINATED: "Nothing was charged",
}


def payment_badge(payment: Payment) -> Badge:
    """A payment's status as everybody reads it; pending money is never called paid."""
    label, tone = _BADGES[payment.status]
    phase = _PHASES.get(payment.dispute_phase) if payment.dispute_phase else None
    if phase:
        label = f"{label}: {phase}"
    if payment.refunded_cents and payment.status is not PaymentStatus.REFUNDED:
        label = f"{label}, refunded {amount_words(payment.refunded_cents, payment.currency)}"
    return Badge(label=label, tone=tone, detail=_badge_detail(payment))


def _badge_detail(payment: Payment) -> str:
    match payment.status:
        case PaymentStatus.PENDING:
            return "Submitted" if payment.stage is Stage.SUBMITTED else "Processing"
        case PaymentStatus.SETTLED:
            return "In a deposit" if payment.settlement_id else "Awaiting payout"
        case PaymentStatus.RETURNED if payment.returned is not None:
            return return_rule(payment.returned.code).meaning
        case _:
            return _DETAILS.get(payment.status, payment.failure_sentence)


def method_words(payment: Payment) -> str:
    """ "ACH · First Bank ••6789", "Visa credit card ••4242"."""
    return payment.method.words


def fee_words(method_kind: str, fee_cents: int) -> str:
    """What the fee line is called; "" without a fee."""
    if not fee_cents:
        return ""
    return "Credit card surcharge" if method_kind == "card" else "ACH fee"


def payment_row(payment: Payment, dealer: Dealer, *, base: str, payer: bool) -> PaymentRow:
    """A payment in a list below `base`; `payer` adds who paid."""
    return PaymentRow(
        number=payment.number,
        href=f"{base}/{payment.number}",
        amount_cents=payment.charged_cents,
        method=method_words(payment),
        status=payment_badge(payment),
        initiated_at=zoned(dealer, payment.submitted_at),
        payer_name=payment.account_name if payer else "",
        payer_number=payment.account_id if payer else "",
        payer_href=f"/console/customers/{payment.account_id}" if payer else "",
        covers=covered(payment),
        expected_on=zoned(dealer, payment.expected_at)[:10] if _is_pending(payment) else "",
        pay_again_href="" if payer else pay_again_href(payment),
    )


def pay_again_href(payment: Payment) -> str:
    """Where its payer pays again what it did not, or no longer, pays; "" if it does."""
    is_unpaid = payment.status is PaymentStatus.FAILED or payment.is_taken_back
    return "/outstanding" if is_unpaid else ""


def _is_pending(payment: Payment) -> bool:
    return payment.status is PaymentStatus.PENDING


def allocation_rows(paid: PricedLines) -> tuple[AllocationRow, ...]:
    """What a payment pays, document by document; for an account paid by balance job by job."""
    return tuple(
        AllocationRow(
            number=line.payable_id or BALANCE,
            amount_cents=line.allocation_cents,
            kind=KIND_WORDS[line.kind],
            job_name=line.job_name or ("No job" if paid.is_on_balance else ""),
            due_on=line.due_day.isoformat() if line.due_day else "",
            credit_cents=-line.credit_cents,
            discount_cents=-line.discount_cents,
            noun="job" if paid.is_on_balance else "document",
        )
        for line in paid.lines_as_billed
    )


def timeline(events: Iterable[PaymentEvent], dealer: Dealer) -> tuple[TimelineEntry, ...]:
    """A payment's history in the dealer's zone."""
    return tuple(_entry(event, dealer) for event in events)


def payer_timeline(events: Iterable[PaymentEvent], dealer: Dealer) -> tuple[TimelineEntry, ...]:
    """The same for its payer: without what only concerns the dealer's books and people."""
    told = (event for event in events if event.name not in _NOT_FOR_PAYERS)
    own = (replace(event, detail="") if event.source == "operator" else event for event in told)
    return timeline(own, dealer)


def _entry(event: PaymentEvent, dealer: Dealer) -> TimelineEntry:
    label, tone = EVENT_WORDS.get(event.name, (event.name.replace("_", " ").capitalize(), "plain"))
    return TimelineEntry(
        at=zoned(dealer, event.at),
        label=label,
        source=SOURCE_WORDS.get(event.source, event.source),
        detail=event.detail,
        tone=tone,
    )
