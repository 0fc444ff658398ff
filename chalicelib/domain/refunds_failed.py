"""A refund that came back: its money is ours again, and what it gave back is taken again.

What no longer fits – a document paid meanwhile, a credit used meanwhile – is never taken twice:
its cash becomes the payer's cash on account, as with any money that finds its document paid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from chalicelib.domain.claims import Claim, ClaimState, Effect
from chalicelib.domain.ids import PayableId
from chalicelib.domain.ledger import Line, reversed_entry
from chalicelib.domain.ledger_reversals import reversal_entry
from chalicelib.domain.overpaid import fewer_credits, smaller_line
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.payments import AsSettled, Excess, Payment
from chalicelib.domain.recovering import own_cents, with_loss
from chalicelib.domain.reversals import Refund, Reversal, ReversedLine
from chalicelib.domain.taking_back import credits_without, event_claims


@dataclass(frozen=True, slots=True)
class TakenAgain:
    """What a failed refund makes of its payment: `again` is what is undone of the refund.

    The payment's `excess` names the documents that had been paid meanwhile.
    """

    payment: Payment
    again: Reversal
    excess: tuple[Excess, ...] = ()

    def entry(self, refund: Refund) -> tuple[Line, ...]:
        """The opposite of the refund's entry, as far as it is taken again."""
        source_id = refund.processor_id or refund.refund_id
        return reversed_entry(reversal_entry(self.payment, self.again, source_id=source_id))

    def claims(self, event: str) -> tuple[Claim, ...]:
        """The opposite of the refund's claims; what is on account again is brought as a credit."""
        return tuple(
            replace(claim, brings=self._surplus(claim))
            if claim.state is ClaimState.REVERSED
            else claim
            for claim in opposite(event_claims(self.payment, self.again, event))
        )

    def _surplus(self, claim: Claim) -> tuple[Payable, ...]:
        """The payment's own credit, should nothing bring or list it yet."""
        name = PayableId(self.payment.number)
        if all(effect.payable_id != name for effect in claim.effects):
            return ()
        credit = Payable(
            payable_id=name,
            kind=PayableKind.CREDIT,
            original_cents=self.payment.surplus_cents,
            open_cents=0,
            transaction_day=(self.payment.settled_at or self.payment.submitted_at).date(),
            voucher_id=self.payment.number,
            is_on_account=True,
        )
        return (credit,)


def opposite(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """What takes again what the claims gave back, and gives back what they took."""
    other = {ClaimState.REVERSED: ClaimState.APPLIED, ClaimState.APPLIED: ClaimState.REVERSED}
    return tuple(replace(claim, state=other[claim.state]) for claim in claims)


def take_again(payment: Payment, failed: Refund, open_cents: Mapping[PayableId, int]) -> TakenAgain:
    """The payment with the refund as it `failed`, and what of it is taken again.

    `open_cents` is what is owed on each document and open on each credit now. Uses of a surplus
    that the refund undid stay undone: the surplus itself is open again.
    """
    given = _recovering(payment, replace(failed.reversal, spent=()))
    uses, room = _credits_again(given.credits, open_cents)
    lines, excess = [], []
    for line in given.lines:
        used = sum(use.amount_cents for use in uses if use.applied_to == line.payable_id)
        over = _over(replace(line, credit_cents=used), room.get(line.payable_id, 0))
        uses = fewer_credits(uses, line.payable_id, over.credit_cents)
        over = replace(over, credit_cents=over.credit_cents + line.credit_cents - used)
        kept = _less(line, over)
        lines += [kept] if kept.owed_again_cents else []
        excess += [over] if kept != line else []
    surplus_cents = given.surplus_cents + sum(item.cash_cents for item in excess)
    again = replace(given, lines=tuple(lines), credits=uses, surplus_cents=surplus_cents)
    not_taken = credits_without(given.credits, uses)
    failed = replace(failed, again=again)
    return TakenAgain(_fitted(payment, failed, tuple(excess), not_taken), again, tuple(excess))


def _fitted(
    payment: Payment, failed: Refund, excess: tuple[Excess, ...], not_taken: tuple[Effect, ...]
) -> Payment:
    """The payment as far as it is taken again; the cash that is not is its surplus."""
    over = {item.payable_id: item for item in excess}
    lines = [
        smaller_line(line, over[line.payable_id], _total(over[line.payable_id]))
        if line.payable_id in over
        else line
        for line in payment.lines
    ]
    was = AsSettled(payment.lines, payment.credits_used, payment.surplus_cents, payment.excess)
    is_changed = bool(excess or not_taken)
    return replace(
        payment,
        as_settled=payment.as_settled or (was if is_changed else None),
        refunds=tuple(
            failed if one.refund_id == failed.refund_id else one for one in payment.refunds
        ),
        lines=tuple(line for line in lines if line.allocation_cents),
        credits_used=credits_without(payment.credits_used, not_taken),
        surplus_cents=payment.surplus_cents + sum(item.cash_cents for item in excess),
        excess=payment.excess + tuple(item for item in excess if item.cash_cents),
    )


def _recovering(payment: Payment, given: Reversal) -> Reversal:
    """Of a payment whose money the bank took as well, the loss that went with it comes back first.

    Its documents stay owed: nobody has paid them.
    """
    return with_loss(given, min(own_cents(given), _loss_left_cents(payment)))


def _loss_left_cents(payment: Payment) -> int:
    """What the bank took although it had been refunded, less what came back of it since."""
    returned = payment.returned
    taken = returned.reversal.loss_cents if returned else 0
    taken += sum(it.reversal.loss_cents for it in payment.disputes if it.reversal)
    back = sum(
        refund.again.loss_cents - refund.reversal.loss_cents
        for refund in payment.refunds
        if refund.again is not None
    )
    return max(0, taken - back)


def _credits_again(
    given: Iterable[Effect], open_cents: Mapping[PayableId, int]
) -> tuple[tuple[Effect, ...], dict[PayableId, int]]:
    """The credits that are still open to be used again, and what is then open of everything."""
    room, uses = dict(open_cents), []
    for use in given:
        taken = min(use.amount_cents, room.get(use.payable_id, 0))
        if taken:
            room[use.payable_id] -= taken
            uses.append(replace(use, amount_cents=taken))
    return tuple(uses), room


def _over(line: ReversedLine, owed_cents: int) -> Excess:
    """What of the line no longer fits: cash gives way first, then discount, then credit."""
    over = max(0, line.owed_again_cents - owed_cents)
    cash = min(over, line.cash_cents)
    discount = min(over - cash, line.discount_cents)
    return Excess(line.payable_id, cash, over - cash - discount, discount)


def _less(line: ReversedLine, over: Excess) -> ReversedLine:
    return replace(
        line,
        cash_cents=line.cash_cents - over.cash_cents,
        credit_cents=line.credit_cents - over.credit_cents,
        discount_cents=line.discount_cents - over.discount_cents,
    )


def _total(over: Excess) -> int:
    return over.cash_cents + over.credit_cents + over.discount_cents
