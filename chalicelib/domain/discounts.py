"""Discounts (money.md): the statement's, an invoice's own terms, and spreading cents over lines."""

from collections.abc import Sequence
from datetime import date, timedelta

from chalicelib.domain.claims import Owed
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.statements import Statement


def half_up(numerator: int, denominator: int) -> int:
    """numerator ÷ denominator to the nearest whole cent, halves up; denominator > 0."""
    return (2 * numerator + denominator) // (2 * denominator)


def spread(total_cents: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total_cents` over the weights by largest remainder; ties go to the earlier weight.

    The shares sum to the total exactly, and none exceeds its weight while the total does not
    exceed their sum. Raises ValueError if there is something to spread and no weight.
    """
    whole = sum(weights)
    if total_cents == 0:
        return (0,) * len(weights)
    if whole <= 0:
        raise ValueError("nothing to spread the amount over")
    shares = [total_cents * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda place: (-(total_cents * weights[place] % whole), place)
    )
    for place in by_remainder[: total_cents - sum(shares)]:
        shares[place] += 1
    return tuple(shares)


def statement_discount_cents(statement: Statement, cash_payable_cents: int) -> int:
    """Frozen discount × cash-payable remainder ÷ frozen base, half up, never above the frozen one.

    `cash_payable_cents`: what is still paid on the statement after the credits used.
    """
    base_cents = statement.discount_base_cents
    if base_cents <= 0 or cash_payable_cents <= 0:
        return 0
    remainder_cents = min(cash_payable_cents, base_cents)
    discount_cents = half_up(statement.discount_cents * remainder_cents, base_cents)
    return min(discount_cents, remainder_cents)


def terms_last_day(
    payable: Payable, grace_days: int, restored_until: date | None = None
) -> date | None:
    """The last day that earns an invoice's own discount; None if it has none.

    `restored_until`: an operator gave it back until the end of that day.
    """
    if payable.discount_day is None or payable.discount_cents <= 0:
        return None
    last_day = payable.discount_day + timedelta(days=grace_days)
    return max(last_day, restored_until or last_day)


def terms_discount_cents(
    payable: Payable,
    owed: Owed,
    *,
    allocation_cents: int,
    credit_cents: int,
    today: date,
    last_day: date | None,
) -> int:
    """An invoice's own discount if this payment clears it by its last day, else 0."""
    if payable.kind is not PayableKind.INVOICE or last_day is None or today > last_day:
        return 0
    if allocation_cents != owed.owed_cents:
        return 0
    return max(0, min(payable.discount_cents, allocation_cents - credit_cents))
