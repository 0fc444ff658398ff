"""Entries of returns, refunds and disputes (money.md, Entries), dated the day they happened."""

from chalicelib.domain.ledger import LedgerAccount, Line, credit, debit, entry
from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import Reversal

AR, CLEARING = LedgerAccount.ACCOUNTS_RECEIVABLE, LedgerAccount.CLEARING
UNAPPLIED, HELD = LedgerAccount.UNAPPLIED_CASH, LedgerAccount.HELD_IN_DISPUTE


def reversal_entry(
    payment: Payment,
    reversal: Reversal,
    *,
    source_id: str,
    fee_cents: int = 0,
    out_of: LedgerAccount = CLEARING,
) -> tuple[Line, ...]:
    """What a return, a refund or a lost dispute writes; later uses of the surplus undone first.

    The money leaves `out_of`: Clearing, or Held in dispute where it was withdrawn before.
    `fee_cents` is the processor's own fee for it; `source_id` its id of what happened.
    """
    tag = payment.payment_id
    on_account = sum(use.amount_cents for use in reversal.credits if use.is_unapplied)
    erp_credits = sum(use.amount_cents for use in reversal.credits) - on_account
    spent = sum(use.amount_cents for use in reversal.spent)
    consumed_on_account = sum(use.amount_cents for use in reversal.consumed if use.is_unapplied)
    consumed = sum(use.amount_cents for use in reversal.consumed) - consumed_on_account
    return entry(
        debit(AR, spent, tag, "uses of its surplus"),
        credit(UNAPPLIED, spent, tag, "uses of its surplus"),
        debit(AR, sum(line.owed_again_cents for line in reversal.lines), tag, "owed again"),
        debit(AR, consumed, tag, "credits paid out"),
        debit(UNAPPLIED, reversal.surplus_cents + consumed_on_account, tag, "paid out"),
        debit(LedgerAccount.FEE_INCOME, reversal.fee_income_cents, tag),
        debit(LedgerAccount.RETURNS, reversal.loss_cents, tag, "refunded before"),
        debit(LedgerAccount.CHARGEBACK_FEES, fee_cents, tag, source_id),
        credit(
            LedgerAccount.DISCOUNTS_ALLOWED,
            sum(line.discount_cents for line in reversal.lines),
            tag,
        ),
        credit(AR, erp_credits, tag, "credits open again"),
        credit(UNAPPLIED, on_account, tag, "open again"),
        credit(out_of, reversal.money_cents, tag, source_id),
        credit(CLEARING, fee_cents, tag, source_id),
    )


def withdrawn_entry(
    payment: Payment, *, amount_cents: int, fee_cents: int, source_id: str
) -> tuple[Line, ...]:
    """A card dispute's money and fee leave the balance: held until it is won or lost."""
    tag = payment.payment_id
    return entry(
        debit(HELD, amount_cents, tag, source_id),
        debit(LedgerAccount.CHARGEBACK_FEES, fee_cents, tag, source_id),
        credit(CLEARING, amount_cents + fee_cents, tag, source_id),
    )


def won_entry(payment: Payment, *, amount_cents: int, source_id: str) -> tuple[Line, ...]:
    """The held money comes back; the processor's fee does not."""
    tag = payment.payment_id
    return entry(
        debit(CLEARING, amount_cents, tag, source_id),
        credit(HELD, amount_cents, tag, source_id),
    )
