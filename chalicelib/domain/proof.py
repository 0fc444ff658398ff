"""Proving a payout: its own balance transactions must add up to the deposit, cent by cent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from chalicelib.domain.ids import DealerId, PaymentId, SettlementId
from chalicelib.domain.movements import explained
from chalicelib.domain.payments import Payment
from chalicelib.domain.settlements import (
    BalanceTransaction,
    Movement,
    MovementKind,
    ReportingCategory,
    Settlement,
    SettlementPart,
)

_KNOWN = frozenset(category.value for category in ReportingCategory)
_NO_PAYOUTS: Mapping[str, int] = MappingProxyType({})


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
    failed_payouts: Mapping[str, int] = _NO_PAYOUTS,
) -> Settlement:
    """The settlement of one payout; `is_proven` is False if a cent or a payment is unexplained.

    `transactions` are all of the payout, `payments_by_intent` ours by the processor's intent id,
    `failed_payouts` deposits recorded as failed, cents by id. What can't be explained is listed in
    `unmatched` as "<transaction>: reason"; so is a category we do not know: Stripe adds some.
    """
    tally = _Tally(
        settlement_id, currency.lower(), deposit_cents, payments_by_intent, failed_payouts
    )
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
        movements=tuple(tally.movements),
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
    failed_payouts: Mapping[str, int]
    totals: dict[str, int] = field(default_factory=_no_totals)
    parts: list[SettlementPart] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    paid: set[PaymentId] = field(default_factory=set)
    events: set[tuple[MovementKind, str]] = field(default_factory=set)

    def take(self, transaction: BalanceTransaction) -> None:
        """Add one transaction, or say why it can't be explained."""
        if transaction.transaction_id in self.seen:
            return  # Pages of the processor's list may overlap.
        self.seen.add(transaction.transaction_id)
        problem = self._problem(transaction)
        if transaction.category == ReportingCategory.CHARGE:
            problem = problem or self._charge_problem(transaction)
            self._add_charge(transaction)
        elif transaction.category != ReportingCategory.PAYOUT:
            payment = self.payments_by_intent.get(transaction.intent_id)
            found = explained(transaction, payment, self.failed_payouts)
            problem = problem or found.problem or self._repetition(found.movement)
            self._add_movement(found.movement)
        if problem:
            self.unmatched.append(f"{transaction.transaction_id}: {problem}")

    def _problem(self, transaction: BalanceTransaction) -> str:
        if transaction.currency.lower() != self.currency:
            return f"currency {transaction.currency}"
        if transaction.net_cents != transaction.amount_cents - transaction.fee_cents:
            return "net is not amount less fee"
        if transaction.category not in _KNOWN:
            return f"unknown category {transaction.category}"
        is_deposit = transaction.category == ReportingCategory.PAYOUT
        if is_deposit and transaction.net_cents != -self.deposit_cents:
            return "another deposit's amount"
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

    def _add_charge(self, transaction: BalanceTransaction) -> None:
        self.totals["gross_cents"] += transaction.amount_cents
        self.totals["fees_cents"] += transaction.fee_cents
        self._add_part(transaction)

    def _repetition(self, movement: Movement) -> str:
        """One event explains one row."""
        event = movement.kind, movement.source_id
        if movement.payment_id is None or event not in self.events:
            self.events.add(event)
            return ""
        return f"{movement.kind} {movement.source_id} is in this deposit twice"

    def _add_movement(self, movement: Movement) -> None:
        """A fee of a dispute or a return belongs to it; one of a refund to the processing fees."""
        self.movements.append(movement)
        match movement.kind:
            case MovementKind.FEE:
                self.totals["fees_cents"] -= movement.net_cents
            case MovementKind.REFUND | MovementKind.REFUND_FAILURE:
                self.totals["refunds_cents"] -= movement.amount_cents
                self.totals["fees_cents"] += movement.fee_cents
            case MovementKind.RETURN:
                self.totals["returns_cents"] -= movement.net_cents
            case MovementKind.DISPUTE | MovementKind.DISPUTE_REVERSAL:
                self.totals["disputes_cents"] -= movement.net_cents
            case _:
                self.totals["adjustments_cents"] += movement.net_cents

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
