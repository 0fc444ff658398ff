"""How much of a payment still stands, and what taking it back gives back (money.md, Entries)."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.domain.claims import Claim, ClaimState, Effect
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payments import Payment
from chalicelib.domain.recovering import recovered
from chalicelib.domain.reversals import Refund, Reversal, ReversedLine, SpentSurplus


def refunds_that_count(payment: Payment) -> tuple[Refund, ...]:
    """The payment's refunds whose money is gone."""
    return tuple(refund for refund in payment.refunds if refund.is_taken_out)


def reversals_of(payment: Payment) -> tuple[Reversal, ...]:
    """Everything that has taken some of the payment back: refunds, a return, a lost dispute."""
    taken = [refund.reversal for refund in refunds_that_count(payment)]
    if payment.returned is not None:
        taken.append(payment.returned.reversal)
    taken += [dispute.reversal for dispute in payment.disputes if dispute.reversal is not None]
    return tuple(taken)


def _undone_by(payment: Payment) -> tuple[Reversal, ...]:
    """All that took some of the payment back, and what a refund that failed left undone.

    Where the bank had taken the money too, its failure made good the loss, not the documents.
    """
    failed = ((one.reversal, recovered(one)) for one in payment.refunds if not one.is_taken_out)
    left = (_reversal_less(given, back) for given, back in failed if back is not None)
    return (*reversals_of(payment), *left)


def _reversal_less(given: Reversal, back: Reversal) -> Reversal:
    again = {line.payable_id: line for line in back.lines}
    lines = (
        _less(line, again[line.payable_id]) if line.payable_id in again else line
        for line in given.lines
    )
    return Reversal(
        number=given.number,
        lines=tuple(line for line in lines if line.owed_again_cents),
        credits=credits_without(given.credits, back.credits),
        fee_income_cents=given.fee_income_cents - back.fee_income_cents,
        surplus_cents=given.surplus_cents - back.surplus_cents,
    )


def standing_lines(payment: Payment) -> tuple[ReversedLine, ...]:
    """What each document is still paid with by this payment, cents; nothing left, no line.

    Less what was taken back and what was undone because it came from another payment's surplus.
    """
    lines = []
    for line in payment.lines:
        left = ReversedLine(
            line.payable_id,
            line.kind,
            line.job_id,
            line.cash_cents,
            line.credit_cents - _undone_on(payment, line.payable_id),
            line.discount_cents,
        )
        for reversal in _undone_by(payment):
            for taken in reversal.lines:
                if taken.payable_id == line.payable_id:
                    left = _less(left, taken)
        if left.owed_again_cents:
            lines.append(left)
    return tuple(lines)


def standing_credits(payment: Payment) -> tuple[Effect, ...]:
    """The credits this payment still uses."""
    gone = list(payment.undone)
    for reversal in _undone_by(payment):
        gone += reversal.credits
    return credits_without(payment.credits_used, gone)


def standing_surplus_cents(payment: Payment) -> int:
    """The surplus that was not taken back."""
    taken = sum(reversal.surplus_cents for reversal in _undone_by(payment))
    return payment.surplus_cents - taken


def standing_fee_cents(payment: Payment) -> int:
    """The payer's fee that was not taken back."""
    taken = sum(reversal.fee_income_cents for reversal in _undone_by(payment))
    return payment.fee_cents - taken


def take_back_all(
    payment: Payment, *, number: str, money_cents: int, spent: Iterable[SpentSurplus] = ()
) -> Reversal:
    """What remains of the payment, undone: a return, or a dispute lost in full.

    `money_cents` is what the bank took. What had been refunded before is taken twice: a loss.
    """
    whole = Reversal(
        number=number,
        lines=standing_lines(payment),
        credits=standing_credits(payment),
        fee_income_cents=standing_fee_cents(payment),
        surplus_cents=standing_surplus_cents(payment),
        spent=tuple(spent),
    )
    return replace(whole, loss_cents=money_cents - whole.money_cents)


def take_back_part(payment: Payment, *, number: str, money_cents: int) -> Reversal:
    """`money_cents` of the payment, its fee share included, reopening the last documents first.

    For a dispute of a part: discount and credits stay (money.md: part refunds keep the discount).
    """
    fee_cents = min(
        standing_fee_cents(payment), money_cents * payment.fee_cents // payment.charged_cents
    )
    left_cents = money_cents - fee_cents
    lines = []
    for line in reversed(standing_lines(payment)):
        taken = min(left_cents, line.cash_cents)
        if taken:
            lines.append(replace(line, cash_cents=taken, credit_cents=0, discount_cents=0))
            left_cents -= taken
    surplus_cents = min(left_cents, standing_surplus_cents(payment))
    return Reversal(
        number=number,
        lines=tuple(lines),
        fee_income_cents=fee_cents,
        surplus_cents=surplus_cents,
        loss_cents=left_cents - surplus_cents,
    )


def reversal_number(payment: Payment, count: int) -> str:
    """The reversal's own check number, "DP-100482-R1"."""
    return f"{payment.number}-R{count}"


def next_reversal_number(payment: Payment) -> str:
    """The first number that no refund, return or dispute of the payment has, sent or not."""
    used = {refund.reversal.number for refund in payment.refunds}
    used |= {taken.number for taken in reversals_of(payment)}
    count = len(used) + 1
    while reversal_number(payment, count) in used:
        count += 1
    return reversal_number(payment, count)


def event_claims(payment: Payment, reversal: Reversal, event: str) -> tuple[Claim, ...]:
    """The claims of a later event: what it gives back, and the credits it uses up.

    Documents are owed again and credits open again; a surplus paid out is a credit no more.
    """
    again = [Effect(line.payable_id, line.owed_again_cents) for line in reversal.lines]
    for use in reversal.spent:
        again.append(Effect(use.payable_id, use.amount_cents))
        again.append(Effect(use.credit_id, use.amount_cents, use.payable_id))
    used = list(reversal.consumed)
    if reversal.surplus_cents:
        used.append(Effect(PayableId(payment.number), reversal.surplus_cents))
    return tuple(
        Claim(payment.payment_id, reversal.number, state, effects, event=f"{event}{mark}")
        for state, effects, mark in (
            (ClaimState.REVERSED, (*again, *reversal.credits), ""),
            (ClaimState.APPLIED, tuple(used), "-used"),
        )
        if effects
    )


def _undone_on(payment: Payment, payable_id: PayableId) -> int:
    return sum(use.amount_cents for use in payment.undone if use.applied_to == payable_id)


def _less(line: ReversedLine, taken: ReversedLine) -> ReversedLine:
    return replace(
        line,
        cash_cents=line.cash_cents - taken.cash_cents,
        credit_cents=line.credit_cents - taken.credit_cents,
        discount_cents=line.discount_cents - taken.discount_cents,
    )


def credits_without(used: Iterable[Effect], gone: Iterable[Effect]) -> tuple[Effect, ...]:
    """Credits used less those given back or not taken, by credit and document."""
    left: dict[tuple[PayableId, PayableId | None], int] = {}
    for effect in gone:
        pair = (effect.payable_id, effect.applied_to)
        left[pair] = left.get(pair, 0) + effect.amount_cents
    kept = []
    for effect in used:
        pair = (effect.payable_id, effect.applied_to)
        taken = min(effect.amount_cents, left.get(pair, 0))
        left[pair] = left.get(pair, 0) - taken
        if effect.amount_cents > taken:
            kept.append(replace(effect, amount_cents=effect.amount_cents - taken))
    return tuple(kept)
