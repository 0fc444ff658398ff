"""Later uses of a payment's surplus, undone before the payment itself is (money.md, chains)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from chalicelib.domain.claims import Effect
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.payments import CHARGED, Payment, PaymentStatus
from chalicelib.domain.quotes import QuoteLine
from chalicelib.domain.reversals import Reversal, SpentSurplus
from chalicelib.domain.taking_back import reversals_of, standing_credits, standing_surplus_cents

_UNDECIDED = (PaymentStatus.PENDING, PaymentStatus.FROZEN)


@dataclass(frozen=True, slots=True)
class UndoneUse:
    """A later payment without (some of) its uses of the surplus; `spent` if it was settled."""

    payment: Payment
    cents: int
    spent: tuple[SpentSurplus, ...] = ()


def is_use_of(use: Effect, payment: Payment) -> bool:
    """True if a credit used is the payment's surplus, under our name or the ERP's."""
    return PayableId(payment.number) == use.payable_id or use.voucher_id == payment.number


def undo_uses(
    payment: Payment, reversal: Reversal, others: Iterable[Payment]
) -> tuple[Reversal, tuple[UndoneUse, ...]]:
    """The reversal of `payment` with the uses of its surplus that have to be undone first.

    `others` are the account's payments, newest first; the newest uses go first. Surplus that was
    paid out in money by another payment's refund can't be given back: it is a loss.
    """
    known = tuple(others)
    paid_out_cents = sum(
        use.amount_cents
        for other in known
        for taken in reversals_of(other)
        for use in taken.consumed
        if is_use_of(use, payment)
    )
    used = [(other, _uses(other, payment)) for other in known]
    used_cents = sum(use.amount_cents for _, uses in used for use in uses)
    open_cents = standing_surplus_cents(payment) - used_cents - paid_out_cents
    missing_cents = max(0, reversal.surplus_cents - open_cents)
    undone = []
    for other, uses in used:
        taken = _at_most(uses, missing_cents)
        if taken:
            undone.append(_undone(other, taken))
            missing_cents -= undone[-1].cents
    changed = replace(
        reversal,
        spent=tuple(use for change in undone for use in change.spent),
        surplus_cents=reversal.surplus_cents - missing_cents,
        loss_cents=reversal.loss_cents + missing_cents,
    )
    return changed, tuple(undone)


def _uses(other: Payment, payment: Payment) -> tuple[Effect, ...]:
    if other.payment_id == payment.payment_id:
        return ()
    if other.status in _UNDECIDED or other.status in CHARGED:
        return tuple(use for use in standing_credits(other) if is_use_of(use, payment))
    return ()


def _at_most(uses: Iterable[Effect], most_cents: int) -> tuple[Effect, ...]:
    taken = []
    for use in uses:
        cents = min(use.amount_cents, most_cents)
        if cents:
            taken.append(replace(use, amount_cents=cents))
            most_cents -= cents
    return tuple(taken)


def _undone(other: Payment, uses: tuple[Effect, ...]) -> UndoneUse:
    """A settled payment keeps what it was and notes it; one under way will simply pay less."""
    cents = sum(use.amount_cents for use in uses)
    if other.status in _UNDECIDED:
        return UndoneUse(_without(other, uses), cents)
    lines = {line.payable_id: line for line in other.lines}
    spent = []
    for use in uses:
        line = lines.get(use.applied_to or use.payable_id)
        spent.append(
            SpentSurplus(
                number=other.number,
                payable_id=use.applied_to or use.payable_id,
                kind=line.kind if line else PayableKind.INVOICE,
                job_id=line.job_id if line else "",
                credit_id=use.payable_id,
                amount_cents=use.amount_cents,
            )
        )
    return UndoneUse(replace(other, undone=(*other.undone, *uses)), cents, tuple(spent))


def _without(other: Payment, uses: tuple[Effect, ...]) -> Payment:
    """What a payment under way still brings: the document stays open by what the credit was."""
    gone = {(use.payable_id, use.applied_to): use.amount_cents for use in uses}
    kept = [
        replace(use, amount_cents=use.amount_cents - gone.get((use.payable_id, use.applied_to), 0))
        for use in other.credits_used
    ]
    lines = [_smaller(line, uses) for line in other.lines]
    return replace(
        other,
        credits_used=tuple(use for use in kept if use.amount_cents),
        lines=tuple(line for line in lines if line.allocation_cents),
    )


def _smaller(line: QuoteLine, uses: tuple[Effect, ...]) -> QuoteLine:
    cents = sum(use.amount_cents for use in uses if use.applied_to == line.payable_id)
    return replace(
        line,
        allocation_cents=line.allocation_cents - cents,
        credit_cents=line.credit_cents - cents,
    )
