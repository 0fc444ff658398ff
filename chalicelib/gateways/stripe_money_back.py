"""Refunds and disputes at Stripe, in our words (docs.stripe.com/api/refunds, …/disputes)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import stripe

from chalicelib.domain.payments import Method
from chalicelib.gateways.processor import ProcessorDispute, ProcessorRefund
from chalicelib.gateways.stripe_asking import PAGE, asked, each
from chalicelib.gateways.stripe_shapes import booked_at, id_of, moment_of

_CAME_BACK = "failure_balance_transaction"  # Expanded, a refund says when it came back.
_REFUND_STATES = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
_DISPUTE_STATES = {
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "inquiry_closed",
    "needs_response": "withdrawn",
    "under_review": "withdrawn",
    "won": "won",
    "lost": "lost",
    "prevented": "inquiry_closed",
}
_CLOSED = ("lost", "inquiry_closed")  # Nothing is booked then, so only the event has its time.


class StripeMoneyBack:
    """The part of the Processor that gives money back or hears of it; mixed into the adapter."""

    _client: stripe.V1Services

    def refund(
        self,
        acct: str,
        *,
        intent_id: str,
        amount_cents: int,
        refund_reference: str,
        number: str,
        key: str,
    ) -> ProcessorRefund:
        """Give money back; the same `key` is the same refund."""
        params: stripe.params.RefundCreateParams = {
            "payment_intent": intent_id,
            "amount": amount_cents,
            "metadata": {"refund": refund_reference, "number": number},
            "expand": [_CAME_BACK],
        }
        options: stripe.RequestOptions = {"stripe_account": acct, "idempotency_key": key}
        return _refund_of(asked(self._client.refunds.create, params, options))

    def get_refund(self, acct: str, processor_id: str) -> ProcessorRefund:
        """The refund as it is now."""
        params: stripe.params.RefundRetrieveParams = {"expand": [_CAME_BACK]}
        options: stripe.RequestOptions = {"stripe_account": acct}
        return _refund_of(asked(self._client.refunds.retrieve, processor_id, params, options))

    def refunds_of(self, acct: str, paid_id: str) -> Iterator[ProcessorRefund]:
        """Every refund of a payment (pi_…) or of its charge, newest first, all pages."""
        options: stripe.RequestOptions = {"stripe_account": acct}
        wanted: stripe.params.RefundListParams = {"limit": PAGE, "expand": [f"data.{_CAME_BACK}"]}
        wanted["payment_intent" if paid_id.startswith("pi_") else "charge"] = paid_id
        found = asked(self._client.refunds.list, wanted, options)
        return (_refund_of(refund) for refund in each(found.auto_paging_iter()))

    def get_dispute(self, acct: str, dispute_id: str) -> ProcessorDispute:
        """The dispute as it is now; the charge says whether it is a debit that came back."""
        found = asked(
            self._client.disputes.retrieve,
            dispute_id,
            {"expand": ["charge"]},
            {"stripe_account": acct},
        )
        return self._with_end(acct, _dispute_of(found))

    def disputes_of(self, acct: str, intent_id: str) -> Iterator[ProcessorDispute]:
        """Every dispute of a payment, newest first, all pages."""
        found = asked(
            self._client.disputes.list,
            {"payment_intent": intent_id, "limit": PAGE, "expand": ["data.charge"]},
            {"stripe_account": acct},
        )
        return (
            self._with_end(acct, _dispute_of(dispute)) for dispute in each(found.auto_paging_iter())
        )

    def _with_end(self, acct: str, told: ProcessorDispute) -> ProcessorDispute:
        """With the time a card's dispute was closed, which only Stripe's event tells."""
        if told.is_debit or told.state not in _CLOSED:
            return told
        return replace(told, closed_at=self._closed_at(acct, told))

    def _closed_at(self, acct: str, told: ProcessorDispute) -> datetime | None:
        """None once Stripe has forgotten the event, after 30 days (docs.stripe.com/api/events)."""
        since = int(told.created_at.timestamp())
        found = asked(
            self._client.events.list,
            {"type": "charge.dispute.closed", "created": {"gte": since}, "limit": PAGE},
            {"stripe_account": acct},
        )
        for event in each(found.auto_paging_iter()):
            if getattr(event.data.object, "id", "") == told.dispute_id:
                return moment_of(event.created)
        return None

    def get_late_failure(self, acct: str, charge_id: str) -> ProcessorDispute | None:
        """A charge whose money the balance gave back by a payment_failure_refund.

        https://docs.stripe.com/payments/ach-direct-debit, "Failed payments"
        """
        charge = asked(
            self._client.charges.retrieve,
            charge_id,
            {"expand": ["failure_balance_transaction"]},
            {"stripe_account": acct},
        )
        row = charge.failure_balance_transaction
        if charge.status != "failed" or not isinstance(row, stripe.BalanceTransaction):
            return None
        return ProcessorDispute(
            dispute_id=charge.id,
            intent_id=id_of(charge.payment_intent),
            amount_cents=charge.amount,
            currency=charge.currency.upper(),
            state="lost",
            reason=charge.failure_code or "",
            created_at=moment_of(row.created),
            is_debit=True,
            network_code=getattr(charge.outcome, "network_decline_code", None) or "",
            withdrawn_cents=-row.amount,
            fee_cents=row.fee,
            withdrawn_at=moment_of(row.created),
        )

    def has_mandate(self, acct: str, method: Method) -> bool:
        """A dispute ends the mandate it was debited under, whatever its reason."""
        if not method.mandate:
            return True
        mandate = asked(
            self._client.mandates.retrieve, method.mandate, None, {"stripe_account": acct}
        )
        return mandate.status != "inactive"

    def balance_cents(self, acct: str, currency: str) -> int:
        """What Stripe holds, available and pending."""
        held = asked(self._client.balance.retrieve, None, {"stripe_account": acct})
        wanted = currency.lower()
        rows = [row.to_dict() for row in (*held.available, *held.pending)]
        return sum(int(row["amount"]) for row in rows if row["currency"] == wanted)


def _refund_of(refund: stripe.Refund) -> ProcessorRefund:
    """A state we do not know counts as pending: unknown is never failed."""
    said = refund.metadata.to_dict() if refund.metadata else {}
    return ProcessorRefund(
        processor_id=refund.id,
        intent_id=id_of(refund.payment_intent),
        amount_cents=refund.amount,
        currency=refund.currency.upper(),
        state=_REFUND_STATES.get(refund.status or "", "pending"),
        created_at=moment_of(refund.created),
        refund_reference=str(said.get("refund", "")),
        failure_code=getattr(refund, "failure_reason", None) or "",
        failed_at=booked_at(getattr(refund, _CAME_BACK, None)),
    )


def _dispute_of(dispute: stripe.Dispute) -> ProcessorDispute:
    details = getattr(dispute.charge, "payment_method_details", None)
    taken = [row for row in dispute.balance_transactions if row.amount < 0]
    given = [row for row in dispute.balance_transactions if row.amount > 0]
    due_by = getattr(dispute.evidence_details, "due_by", None)
    return ProcessorDispute(
        dispute_id=dispute.id,
        intent_id=id_of(dispute.payment_intent),
        amount_cents=dispute.amount,
        currency=dispute.currency.upper(),
        state=_DISPUTE_STATES.get(dispute.status, "withdrawn"),
        reason=dispute.reason,
        created_at=moment_of(dispute.created),
        is_debit=getattr(details, "type", "") == "us_bank_account",
        network_code=getattr(dispute, "network_reason_code", None) or "",
        withdrawn_cents=-sum(row.amount for row in taken),
        fee_cents=sum(row.fee for row in taken),
        answer_by=moment_of(due_by) if due_by else None,
        withdrawn_at=moment_of(taken[0].created) if taken else None,
        reinstated_at=moment_of(given[-1].created) if given else None,
    )
