"""Our sub-ledger's entries (money.md, Entries): balanced, append-only, of constant size."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.dealers import GlAccounts
from chalicelib.domain.payments import Payment
from chalicelib.domain.settlements import Settlement


class LedgerAccount(StrEnum):
    """The ledger's accounts; each dealer gives them its own GL numbers."""

    ACCOUNTS_RECEIVABLE = "accounts_receivable"
    CLEARING = "clearing"
    BANK = "bank"
    PROCESSING_FEES = "processing_fees"
    DISCOUNTS_ALLOWED = "discounts_allowed"
    FEE_INCOME = "fee_income"
    HELD_IN_DISPUTE = "held_in_dispute"
    CHARGEBACK_FEES = "chargeback_fees"
    RETURNS = "returns"
    UNAPPLIED_CASH = "unapplied_cash"


class UnbalancedEntry(Exception):
    """Debits and credits of an entry differ, or a line is neither: a programming error."""


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry, in cents; at most one of debit and credit is above zero, none below.

    `tag` lets Clearing be matched movement by movement: the payment id where a payment is behind
    it. `memo` names the processor's balance transaction or what the line is about.
    """

    account: LedgerAccount
    debit_cents: int = 0
    credit_cents: int = 0
    tag: str = ""
    memo: str = ""

    def __post_init__(self) -> None:
        if min(self.debit_cents, self.credit_cents) or max(self.debit_cents, self.credit_cents) < 0:
            raise UnbalancedEntry(f"{self.debit_cents} to debit, {self.credit_cents} to credit")

    @property
    def balance_cents(self) -> int:
        """Debit less credit."""
        return self.debit_cents - self.credit_cents


def debit(account: LedgerAccount, amount_cents: int, tag: str = "", memo: str = "") -> Line:
    """A line on the debit side; a negative amount lands on the credit side."""
    if amount_cents < 0:
        return Line(account, credit_cents=-amount_cents, tag=tag, memo=memo)
    return Line(account, debit_cents=amount_cents, tag=tag, memo=memo)


def credit(account: LedgerAccount, amount_cents: int, tag: str = "", memo: str = "") -> Line:
    """A line on the credit side; a negative amount lands on the debit side."""
    return debit(account, -amount_cents, tag, memo)


def settled_entry(payment: Payment) -> tuple[Line, ...]:
    """The funds are confirmed: Clearing, discounts and credits against AR, fee and surplus."""
    tag = payment.payment_id
    return entry(
        debit(LedgerAccount.CLEARING, payment.charged_cents, tag, payment.processor_id),
        debit(LedgerAccount.DISCOUNTS_ALLOWED, payment.discount_cents, tag),
        debit(LedgerAccount.ACCOUNTS_RECEIVABLE, payment.erp_credits_cents, tag, "credits used"),
        debit(LedgerAccount.UNAPPLIED_CASH, payment.unapplied_used_cents, tag, "unapplied used"),
        credit(LedgerAccount.ACCOUNTS_RECEIVABLE, payment.allocations_cents, tag, "allocations"),
        credit(LedgerAccount.FEE_INCOME, payment.fee_cents, tag),
        credit(LedgerAccount.UNAPPLIED_CASH, payment.surplus_cents, tag, "surplus"),
    )


def payout_entry(settlement: Settlement) -> tuple[Line, ...]:
    """The deposit: Bank and fees against Clearing, one Clearing line per balance transaction.

    Each line takes out what the settling of its payment, or the event behind its movement, put in.
    A negative payout credits Bank; the processor's own adjustments are fees or give fees back.
    """
    tag = settlement.settlement_id
    adjusted_cents, late_fees_cents = (
        settlement.adjustment_fees_cents,
        settlement.chargeback_fees_cents,
    )
    return entry(
        debit(LedgerAccount.BANK, settlement.deposit_cents, tag),
        debit(LedgerAccount.PROCESSING_FEES, settlement.fees_cents, tag),
        debit(LedgerAccount.PROCESSING_FEES, adjusted_cents, tag, "adjustments"),
        debit(LedgerAccount.CHARGEBACK_FEES, late_fees_cents, tag, "disputes and returns"),
        *(
            credit(LedgerAccount.CLEARING, part.gross_cents, part.payment_id, part.transaction_id)
            for part in settlement.parts
        ),
        *(
            credit(LedgerAccount.CLEARING, it.clearing_cents, it.tag, it.transaction_id)
            for it in settlement.movements
        ),
    )


def manual_payout_entry(settlement: Settlement) -> tuple[Line, ...]:
    """A deposit that does not say what it consists of: Bank against Clearing, tagged as itself."""
    tag = settlement.settlement_id
    return entry(
        debit(LedgerAccount.BANK, settlement.deposit_cents, tag),
        credit(LedgerAccount.CLEARING, settlement.deposit_cents, tag, tag),
    )


def failed_payout_entry(settlement: Settlement) -> tuple[Line, ...]:
    """The deposit never arrived: back into Clearing until a later payout carries it."""
    tag = settlement.settlement_id
    return entry(
        debit(LedgerAccount.CLEARING, settlement.deposit_cents, tag, tag),
        credit(LedgerAccount.BANK, settlement.deposit_cents, tag),
    )


def reversed_entry(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The opposite of an entry (a return is the opposite of settled, dated its own day)."""
    return tuple(
        Line(line.account, line.credit_cents, line.debit_cents, line.tag, line.memo)
        for line in lines
    )


def balance(lines: Iterable[Line]) -> dict[LedgerAccount, int]:
    """Debits less credits per account, in cents; accounts never touched are absent."""
    sums: dict[LedgerAccount, int] = {}
    for line in lines:
        sums[line.account] = sums.get(line.account, 0) + line.balance_cents
    return sums


def is_balanced(lines: Iterable[Line]) -> bool:
    """True if debits equal credits to the cent."""
    return sum(line.balance_cents for line in lines) == 0


def gl_number(account: LedgerAccount, numbers: GlAccounts) -> str:
    """The dealer's own number of a ledger account."""
    number: str = getattr(numbers, account.value)
    return number


def entry(*lines: Line) -> tuple[Line, ...]:
    """An entry of those lines that move anything. Raises UnbalancedEntry."""
    if not is_balanced(lines):
        raise UnbalancedEntry(", ".join(f"{it.account} {it.balance_cents}" for it in lines))
    return tuple(line for line in lines if line.balance_cents)
