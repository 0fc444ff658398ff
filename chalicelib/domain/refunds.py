"""What of a payment can be refunded, and what a refund gives back (money.md, Entries).

Whether it may be refunded at all is in `refund_refusals.py`; a refund that comes back in
`refunds_failed.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.domain.claims import Effect
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import Payable
from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import Reversal, ReversedLine
from chalicelib.domain.taking_back import (
    refunds_that_count,
    reversals_of,
    standing_credits,
    standing_fee_cents,
    standing_lines,
    standing_surplus_cents,
)


class TargetKind(StrEnum):
    """What a refund undoes. EVERYTHING: cash on account, then the documents, the last one first."""

    EVERYTHING = "everything"
    DOCUMENT = "document"
    CREDIT = "credit"
    ON_ACCOUNT = "on-account"


@dataclass(frozen=True, slots=True)
class Target:
    """One of the payment's documents owed again, an open credit paid out, or its own surplus."""

    kind: TargetKind
    payable_id: PayableId | None = None

    @property
    def word(self) -> str:
        """As a form sends it: "document:INV-1", "on-account"."""
        return f"{self.kind}:{self.payable_id}" if self.payable_id else self.kind.value


@dataclass(frozen=True, slots=True)
class Room:
    """The most a refund can give back to one target, in cents, its fee share not included."""

    target: Target
    most_cents: int


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What an operator asks for; `amount_cents` without the fee share that goes with it."""

    amount_cents: int
    target: Target
    reason: str = ""


EVERYTHING = Target(TargetKind.EVERYTHING)
ON_ACCOUNT = Target(TargetKind.ON_ACCOUNT)


def target_named(word: str) -> Target:
    """The target a form names. Raises InvalidInput."""
    kind, _, name = word.partition(":")
    try:
        return Target(TargetKind(kind), PayableId(name) if name else None)
    except ValueError as error:
        raise InvalidInput(
            "Choose what the refund is for.", {"target": "Choose what the refund is for."}
        ) from error


def refundable_cents(payment: Payment) -> int:
    """The cash that still stands, without the payer's fee."""
    refunds = tuple(refund.reversal for refund in refunds_that_count(payment))
    others = (taken for taken in reversals_of(payment) if taken not in refunds)
    gone = sum(taken.money_cents - taken.fee_income_cents for taken in refunds)
    gone += sum(it.money_cents - it.fee_income_cents - it.loss_cents for it in others)
    return max(0, payment.charged_cents - payment.fee_cents - gone)


def rooms(payment: Payment, credits_open: Iterable[Payable]) -> tuple[Room, ...]:
    """Every target with something to give back; `open_cents` of a credit is what is available."""
    left_cents = refundable_cents(payment)
    known = tuple(credits_open)
    own = [
        Room(Target(TargetKind.DOCUMENT, line.payable_id), min(left_cents, line.cash_cents))
        for line in standing_lines(payment)
    ]
    own.append(Room(ON_ACCOUNT, min(left_cents, _open_surplus_cents(payment, known))))
    own = [room for room in own if room.most_cents]
    total = min(left_cents, sum(room.most_cents for room in own))
    if payment.is_on_balance:  # Nobody chose documents, so nobody chooses one to open again.
        own = [Room(EVERYTHING, total), *(room for room in own if room.target == ON_ACCOUNT)]
    elif len(own) > 1:
        own.insert(0, Room(EVERYTHING, total))
    others = [
        Room(Target(TargetKind.CREDIT, item.payable_id), min(left_cents, item.open_cents))
        for item in known
        if not is_own_surplus(item, payment)
    ]
    return tuple(room for room in (*own, *others) if room.most_cents)


def fee_share_cents(payment: Payment, amount_cents: int) -> int:
    """floor(fee × refund ÷ (charged − fee)); the last refund takes the rest of the fee."""
    if amount_cents >= refundable_cents(payment):
        return standing_fee_cents(payment)
    share = payment.fee_cents * amount_cents // (payment.charged_cents - payment.fee_cents)
    return min(share, standing_fee_cents(payment))


def plan_refund(
    payment: Payment, order: RefundOrder, credits_open: Iterable[Payable], *, number: str
) -> Reversal:
    """What the refund gives back, its fee share included. Part refunds keep discount and credits.

    The one that completes the cash by undoing the payment's own uses of it undoes the credits and
    discounts left as well: the payment is then as if it had been returned.

    Raises InvalidInput if the amount is not above 0 or more than the target has room for.
    """
    known = tuple(credits_open)
    most = {room.target: room.most_cents for room in rooms(payment, known)}
    _check(order, most.get(order.target, 0))
    plan = _onto(payment, order.target, order.amount_cents, known)
    share = fee_share_cents(payment, order.amount_cents)
    return completed(payment, replace(plan, number=number, fee_income_cents=share))


def plan_money(
    payment: Payment, money_cents: int, credits_open: Iterable[Payable], *, number: str
) -> Reversal:
    """What a refund of so much money gives back if nobody said what for, its fee share included.

    Surplus that later payments used comes last: those uses have to be undone with it. What fits
    nothing that still stands went out twice: a loss.
    """
    known = tuple(credits_open)
    left_cents = refundable_cents(payment)
    fee_left_cents = standing_fee_cents(payment)
    share = money_cents * payment.fee_cents // payment.charged_cents
    # The last of the cash never goes without the last of the fee.
    is_last = money_cents >= left_cents + fee_left_cents
    share = max(share, money_cents - left_cents + (0 if is_last else 1))
    share = min(share, fee_left_cents, money_cents)
    amount_cents = min(money_cents - share, left_cents)
    plan = _onto(payment, EVERYTHING, amount_cents, known)
    used_cents = standing_surplus_cents(payment) - plan.surplus_cents
    rest_cents = min(amount_cents - plan.money_cents, used_cents)
    plan = replace(
        plan,
        number=number,
        fee_income_cents=share,
        surplus_cents=plan.surplus_cents + rest_cents,
    )
    return completed(payment, replace(plan, loss_cents=money_cents - plan.money_cents))


def completed(payment: Payment, plan: Reversal) -> Reversal:
    """With what is left of credits and discounts, if no cash of the payment stands afterwards."""
    lines = {line.payable_id: line for line in plan.lines}
    standing = standing_lines(payment)
    cash_left = sum(line.cash_cents for line in standing) + standing_surplus_cents(payment)
    if cash_left != sum(line.cash_cents for line in plan.lines) + plan.surplus_cents:
        return plan
    whole = tuple(
        replace(line, cash_cents=lines[line.payable_id].cash_cents)
        if line.payable_id in lines
        else line
        for line in standing
    )
    return replace(plan, lines=whole, credits=standing_credits(payment))


def still_fitting(payment: Payment, plan: Reversal, credits_open: Iterable[Payable]) -> Reversal:
    """The plan if what it gives back still stands, or the same money laid on what does.

    Between request and answer the bank may have taken the money, or somebody refunded it at the
    processor. Credits it pays out are held for it, so they stay.
    """
    standing = {line.payable_id: line for line in standing_lines(payment)}
    fits = (
        plan.surplus_cents <= standing_surplus_cents(payment)
        and plan.fee_income_cents <= standing_fee_cents(payment)
        and all(_covers(standing.get(line.payable_id), line) for line in plan.lines)
    )
    if fits:
        return plan
    consumed_cents = sum(use.amount_cents for use in plan.consumed)
    other = plan_money(payment, plan.money_cents - consumed_cents, credits_open, number=plan.number)
    return replace(other, consumed=plan.consumed)


def _covers(standing: ReversedLine | None, taken: ReversedLine) -> bool:
    return (
        standing is not None
        and standing.cash_cents >= taken.cash_cents
        and standing.credit_cents >= taken.credit_cents
        and standing.discount_cents >= taken.discount_cents
    )


def is_own_surplus(credit: Payable, payment: Payment) -> bool:
    """True if a credit is the payment's own surplus, under our name or the ERP's."""
    return payment.number in (credit.payable_id, credit.voucher_id)


def _open_surplus_cents(payment: Payment, credits_open: Iterable[Payable]) -> int:
    """What of its surplus was neither refunded nor used by a later payment."""
    available = sum(item.open_cents for item in credits_open if is_own_surplus(item, payment))
    return min(standing_surplus_cents(payment), available)


def _check(order: RefundOrder, most_cents: int) -> None:
    if order.amount_cents <= 0:
        sentence = "Type an amount above 0."
        raise InvalidInput(sentence, {"amount": sentence})
    if not most_cents:
        sentence = "There is nothing to refund there. Choose another one."
        raise InvalidInput(sentence, {"target": sentence})
    if order.amount_cents > most_cents:
        sentence = f"At most ${most_cents // 100:,}.{most_cents % 100:02d} can be refunded there."
        raise InvalidInput(sentence, {"amount": sentence})


def _onto(
    payment: Payment, target: Target, amount_cents: int, credits_open: tuple[Payable, ...]
) -> Reversal:
    """The amount laid on the target as far as it goes; fee share and number are the caller's."""
    match target.kind:
        case TargetKind.CREDIT:
            (paid_out,) = (it for it in credits_open if it.payable_id == target.payable_id)
            use = Effect(
                paid_out.payable_id,
                amount_cents,
                is_unapplied=paid_out.is_on_account,
                voucher_id=paid_out.voucher_id if paid_out.is_on_account else "",
            )
            return Reversal("", consumed=(use,))
        case TargetKind.ON_ACCOUNT:
            return Reversal("", surplus_cents=amount_cents)
        case TargetKind.DOCUMENT:
            lines = [it for it in standing_lines(payment) if it.payable_id == target.payable_id]
            return Reversal("", lines=_cash_of(lines, amount_cents))
        case TargetKind.EVERYTHING:
            surplus = min(amount_cents, _open_surplus_cents(payment, credits_open))
            lines = list(standing_lines(payment))
            taken = _cash_of(lines, amount_cents - surplus)
            return Reversal("", lines=taken, surplus_cents=surplus)


def _cash_of(lines: list[ReversedLine], amount_cents: int) -> tuple[ReversedLine, ...]:
    """So much of the lines' cash, the last document first; their credits and discounts stay."""
    taken = []
    for line in reversed(lines):
        cash_cents = min(amount_cents, line.cash_cents)
        if cash_cents:
            taken.append(replace(line, cash_cents=cash_cents, credit_cents=0, discount_cents=0))
            amount_cents -= cash_cents
    return tuple(taken)
