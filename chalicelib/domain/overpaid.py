"""Money in flight for what was paid elsewhere meanwhile (money.md, Claims): the excess.

Cash that no longer fits a document becomes unapplied cash; a credit or discount that no longer
fits is not taken. What was charged stays what it was.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.claims import Claim, ClaimState, Effect
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.payments import Excess, Payment
from chalicelib.domain.quotes import QuoteLine
from chalicelib.domain.taking_back import credits_without, standing_credits


def fitted(
    payment: Payment,
    open_cents: Mapping[PayableId, int],
    *,
    posted: Collection[PayableKind] = (),
) -> tuple[Payment, tuple[Excess, ...]]:
    """The payment as far as its documents are still open, and what of it no longer fits.

    `open_cents` is what is open on each document before this payment; one that is not named takes
    its allocation. Cash gives way first, then the discount, then the credit; of documents whose
    kind is `posted`, cash and discount are in the ERP already, so only the credit gives way.
    """
    lines, excesses, credits_used = [], [], payment.credits_used
    for line in payment.lines:
        is_posted = line.kind in posted
        over = line.allocation_cents - open_cents.get(line.payable_id, line.allocation_cents)
        over = max(0, min(over, line.credit_cents) if is_posted else over)
        if not over:
            lines.append(line)
            continue
        excess = _excess(line, over, is_posted=is_posted)
        excesses.append(excess)
        credits_used = fewer_credits(credits_used, line.payable_id, excess.credit_cents)
        if line.allocation_cents > over:
            lines.append(smaller_line(line, excess, over))
    if not excesses:
        return payment, ()
    surplus = payment.surplus_cents + sum(excess.cash_cents for excess in excesses)
    changed = replace(
        payment,
        lines=tuple(lines),
        credits_used=credits_used,
        surplus_cents=surplus,
        excess=payment.excess + tuple(excesses),
    )
    return changed, tuple(excesses)


def without_credit(
    payment: Payment, credit_id: PayableId, gone_cents: int
) -> tuple[Payment, tuple[Excess, ...]]:
    """The payment without `gone_cents` of a credit that was used up elsewhere, the last use first.

    What it had paid stays open by as much: cash and discount of the document stay as they are.
    """
    lines = {line.payable_id: line for line in payment.lines}
    gone, excesses = [], []
    for use in reversed(standing_credits(payment)):
        taken = min(gone_cents, use.amount_cents) if use.payable_id == credit_id else 0
        if not taken:
            continue
        gone_cents -= taken
        line = lines[use.applied_to or payment.lines[0].payable_id]
        excess = Excess(line.payable_id, 0, taken, kind=line.kind, gone_credit=credit_id)
        lines[line.payable_id] = smaller_line(line, excess, taken)
        gone.append(replace(use, amount_cents=taken))
        excesses.append(excess)
    changed = replace(
        payment,
        lines=tuple(line for line in lines.values() if line.allocation_cents),
        credits_used=credits_without(payment.credits_used, gone),
        excess=payment.excess + tuple(excesses),
    )
    return changed, tuple(excesses)


def applied_claim(payment: Payment, at: datetime) -> Claim:
    """What a settled payment takes, and its surplus as the credit it is from then on."""
    surplus = Payable(
        payable_id=PayableId(payment.number),
        kind=PayableKind.CREDIT,
        original_cents=payment.surplus_cents,
        open_cents=payment.surplus_cents,
        transaction_day=at.date(),
        voucher_id=payment.number,
        is_on_account=True,
    )
    brings = (surplus,) if payment.surplus_cents else ()
    return Claim(
        payment.payment_id, payment.number, ClaimState.APPLIED, payment.effects, brings=brings
    )


def _excess(line: QuoteLine, over_cents: int, *, is_posted: bool) -> Excess:
    if is_posted:
        return Excess(line.payable_id, 0, over_cents, kind=line.kind)
    cash = min(over_cents, line.cash_cents)
    discount = min(over_cents - cash, line.discount_cents)
    return Excess(line.payable_id, cash, over_cents - cash - discount, discount, line.kind)


def smaller_line(line: QuoteLine, excess: Excess, over_cents: int) -> QuoteLine:
    """The line without what no longer fits, `over_cents` in all."""
    return replace(
        line,
        allocation_cents=line.allocation_cents - over_cents,
        credit_cents=line.credit_cents - excess.credit_cents,
        discount_cents=line.discount_cents - excess.discount_cents,
    )


def fewer_credits(
    used: tuple[Effect, ...], document: PayableId, over_cents: int
) -> tuple[Effect, ...]:
    """The credits without `over_cents` of those used on one document, the last one first."""
    kept = []
    for effect in reversed(used):
        taken = min(over_cents, effect.amount_cents) if effect.applied_to == document else 0
        over_cents -= taken
        if effect.amount_cents > taken:
            kept.append(replace(effect, amount_cents=effect.amount_cents - taken))
    return tuple(reversed(kept))
