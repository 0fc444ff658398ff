"""A refund that failed after the bank took the money as well: the loss comes back first."""

from dataclasses import replace

from chalicelib.domain.reversals import Refund, Reversal, ReversedLine


def recovered(refund: Refund) -> Reversal | None:
    """What a refund that failed undid of its reversal, should everything still have fitted.

    What did not fit is in the payment's own lines and surplus. None for one that never left.
    """
    if refund.again is None:
        return None
    given = replace(refund.reversal, spent=())
    return with_loss(given, refund.again.loss_cents - given.loss_cents)


def with_loss(given: Reversal, cents: int) -> Reversal:
    """So many cents of the payment's own money as a loss that came back instead."""
    if cents == own_cents(given):
        consumed = sum(use.amount_cents for use in given.consumed)
        return replace(
            given,
            lines=(),
            credits=(),
            fee_income_cents=0,
            surplus_cents=0,
            loss_cents=given.money_cents - consumed,
        )
    left = cents
    lines: tuple[ReversedLine, ...] = ()
    for line in given.lines:
        taken = min(left, line.cash_cents)
        left -= taken
        lines += (replace(line, cash_cents=line.cash_cents - taken),)
    surplus = max(0, given.surplus_cents - left)
    left -= given.surplus_cents - surplus
    return replace(
        given,
        lines=lines,
        surplus_cents=surplus,
        fee_income_cents=given.fee_income_cents - left,
        loss_cents=given.loss_cents + cents,
    )


def own_cents(given: Reversal) -> int:
    """The money that undid the payment itself."""
    cash = sum(line.cash_cents for line in given.lines)
    return cash + given.surplus_cents + given.fee_income_cents
