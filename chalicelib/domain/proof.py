"""Proving a payout: its own balance transactions must add up to the deposit, cent by cent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.ids import DealerId, PaymentId, SettlementId
from chalicelib.domain.payments import Payment
from chalicelib.domain.settlements import (
    BalanceTransaction,
    ReportingCategory,
    Settlement,
    SettlementPart,
)

# Money taken back is counted by amount, its fee with the other processing fees; a dispute's own
# fee belongs to the dispute (money.md: chargeback fees), not to the processing fees.
_TAKEN_BACK = {
    ReportingCategory.REFUND: "refunds_cents",
    ReportingCategory.PAYMENT_FAILURE: "returns_cents",
}
_KNOWN = frozenset(category.value for category in ReportingCategory)
_DISPUTES = frozenset({ReportingCategory.DISPUTE, ReportingCategory.DISPUTE_REVERSAL})


def prove(
    *,
    dealer_id: DealerId,
    settlement_id: SettlementId,
    currency: str,
    created_at: datetime,
    arrives_at: datetime,
    deposit_cents: int,
    transactions: Iterable[BalanceTransaction],
    payments_by_intent: Mapping[str, Payment],
) -> Settlement:
    """The settlement of one payout; `is_proven` is False if a cent or a payment is unexplained.

    `transactions` is every balance transaction of the payout, `payments_by_intent` our payments
    by the processor's intent id. What can't be explained is listed in `unmatched` as
    "<transaction>: reason" (an unknown category blocks too; Stripe may add some at any time).
    """
    tally = _Tally(settlement_id, currency.lower(), deposit_cents, payments_by_intent)
    for transaction in transactions:
        tally.take(transaction)
    return Settlement(
        settlement_id=settlement_id,
        dealer_id=dealer_id,
        currency=currency,
        created_at=created_at,
        arrives_at=arrives_at,
        deposit_cents=deposit_cents,
        gross_cents=tally.totals["gross_cents"],
        fees_cents=tally.totals["fees_cents"],
        refunds_cents=tally.totals["refunds_cents"],
        returns_cents=tally.totals["returns_cents"],
        disputes_cents=tally.totals["disputes_cents"],
        adjustments_cents=tally.totals["adjustments_cents"],
        parts=tuple(tally.parts),
        unmatched=tuple(tally.unmatched),
    )


_TOTAL_NAMES = ("gross", "fees", "refunds", "returns", "disputes", "adjustments")


def _no_totals() -> dict[str, int]:
    return {f"{name}_cents": 0 for name in _TOTAL_NAMES}


@dataclass
class _Tally:
    """The running sums of one payout."""

    settlement_id: SettlementId
    currency: str
    deposit_cents: int
    payments_by_intent: Mapping[str, Payment]
    totals: dict[str, int] = field(default_factory=_no_totals)
    parts: list[SettlementPart] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    paid: set[PaymentId] = field(default_factory=set)

    def take(self, transaction: BalanceTransaction) -> None:
        """Add one transaction, or say why it can't be explained."""
        if transaction.transaction_id in self.seen:
            return  # Pages of the processor's list may overlap.
        self.seen.add(transaction.transaction_id)
        problem = self._problem(transaction)
        if problem:
            self.unmatched.append(f"{transaction.transaction_id}: {problem}")
        self._add(transaction)

    def _problem(self, transaction: BalanceTransaction) -> str:
        if transaction.currency.lower() != self.currency:
            return f"currency {transaction.currency}"
        if transaction.net_cents != transaction.amount_cents - transaction.fee_cents:
            return "net is not amount less fee"
        if transaction.category not in _KNOWN:
            return f"unknown category {transaction.category}"
        if transaction.category == ReportingCategory.PAYOUT:
            is_this_deposit = transaction.net_cents == -self.deposit_cents
            return "" if is_this_deposit else "another deposit's amount"
        if transaction.category == ReportingCategory.CHARGE:
            return self._charge_problem(transaction)
        return ""

    def _charge_problem(self, transaction: BalanceTransaction) -> str:
        payment = self.payments_by_intent.get(transaction.intent_id)
        if payment is None:
            return "no payment of ours"
        if payment.charged_cents != transaction.amount_cents:
            return f"amount differs from {payment.number}"
        if payment.payment_id in self.paid:
            return f"{payment.number} is in this deposit twice"
        if payment.settlement_id not in {None, self.settlement_id}:
            return f"{payment.number} is already in {payment.settlement_id}"
        return ""

    def _add(self, transaction: BalanceTransaction) -> None:
        category = transaction.category
        if category == ReportingCategory.PAYOUT:
            return
        if category == ReportingCategory.CHARGE:
            self.totals["gross_cents"] += transaction.amount_cents
            self.totals["fees_cents"] += transaction.fee_cents
            self._add_part(transaction)
        elif category == ReportingCategory.FEE:
            self.totals["fees_cents"] -= transaction.net_cents
        elif category in _DISPUTES:
            self.totals["disputes_cents"] -= transaction.net_cents
        elif category in _TAKEN_BACK:
            self.totals[_TAKEN_BACK[ReportingCategory(category)]] -= transaction.amount_cents
            self.totals["fees_cents"] += transaction.fee_cents
        else:
            self.totals["adjustments_cents"] += transaction.net_cents

    def _add_part(self, transaction: BalanceTransaction) -> None:
        payment = self.payments_by_intent.get(transaction.intent_id)
        if payment is None or payment.payment_id in self.paid:
            return
        self.paid.add(payment.payment_id)
        self.parts.append(
            SettlementPart(
                payment_id=payment.payment_id,
                number=payment.number,
                account_id=payment.account_id,
                account_name=payment.account_name,
                transaction_id=transaction.transaction_id,
                gross_cents=transaction.amount_cents,
                fee_cents=transaction.fee_cents,
                net_cents=transaction.net_cents,
            )
        )
