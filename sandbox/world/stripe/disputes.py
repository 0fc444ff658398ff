"""Disputes: inquiries, chargebacks, and late returns of bank debits, which Stripe books alike."""

from sandbox.world.jsontypes import Json
from sandbox.world.stripe import ledger, payouts
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.desk import Desk
from sandbox.world.stripe.dispute_object import REASONS, new_dispute
from sandbox.world.stripe.errors import ControlRefused

_INQUIRY = {"warning_needs_response", "warning_under_review"}
_CHARGEBACK = {"needs_response", "under_review"}
# What the bank or the dealer does → the states it can be done in, and the state it leads to.
_OUTCOMES = {
    "won": dict.fromkeys(_CHARGEBACK, "won"),
    "lost": dict.fromkeys(_CHARGEBACK, "lost"),
    "closed": dict.fromkeys(_INQUIRY, "warning_closed"),
    "under_review": {
        "needs_response": "under_review",
        "warning_needs_response": "warning_under_review",
    },
}


def find_dispute(book: Book, charge: Json) -> Json | None:
    """The newest dispute of a charge."""
    mine = [one for one in book.of_kind("dispute") if one["charge"] == charge["id"]]
    return mine[-1] if mine else None


def forbids_refund(book: Book, charge: Json) -> bool:
    """Tell whether a dispute has the money: not during an inquiry, nor after winning."""
    dispute = find_dispute(book, charge)
    harmless = _INQUIRY | {"warning_closed", "won"}
    return dispute is not None and dispute["status"] not in harmless


def open_dispute(
    desk: Desk, book: Book, charge: Json, *, kind: str, amount_cents: int | None, reason: str
) -> Json:
    """A card's bank asks (inquiry) or takes the money (chargeback); an inquiry may escalate."""
    left_cents = charge["amount"] - charge["amount_refunded"]
    if charge["payment_method_details"]["type"] != "card" or charge["status"] != "succeeded":
        raise ControlRefused("Only a succeeded card payment can be disputed; return a bank debit.")
    if kind not in {"inquiry", "chargeback"} or reason not in REASONS:
        raise ControlRefused(
            "A dispute is an inquiry or a chargeback, for one of Stripe's reasons."
        )
    disputed_cents = left_cents if amount_cents is None else amount_cents
    if not left_cents or not 0 < disputed_cents <= charge["amount"]:
        raise ControlRefused(f"{left_cents} cents of this payment are left to dispute.")
    before = find_dispute(book, charge)
    if before and before["status"] in _INQUIRY and kind == "chargeback":
        return _escalate(desk, book, before, amount_cents)
    if before and before["status"] in _INQUIRY | _CHARGEBACK:
        raise ControlRefused(f"Dispute {before['id']} is still {before['status']}.")
    dispute = book.add(
        new_dispute(desk, book, charge, kind=kind, amount_cents=disputed_cents, reason=reason)
    )
    charge["disputed"] = True
    desk.feed.emit(book, "charge.dispute.created", dispute)
    if kind == "chargeback":
        _withdraw(desk, book, dispute, fee_cents=desk.settings.dispute_fee_cents)
    return dispute


def open_lost_dispute(desk: Desk, book: Book, charge: Json, *, reason: str, code: str) -> Json:
    """A succeeded debit comes back with Nacha code `code`: lost at once, it can't be contested."""
    dispute = book.add(
        new_dispute(
            desk,
            book,
            charge,
            kind="return",
            amount_cents=charge["amount"],
            reason=reason,
            code=code,
        )
    )
    charge["disputed"] = True
    desk.feed.emit(book, "charge.dispute.created", dispute)
    _withdraw(desk, book, dispute, fee_cents=desk.settings.ach_dispute_fee_cents)
    desk.feed.emit(book, "charge.dispute.closed", dispute)
    return dispute


def decide_dispute(desk: Desk, book: Book, dispute: Json, outcome: str) -> None:
    """won, lost, closed (an inquiry), or under_review once the dealer has answered."""
    status = _OUTCOMES.get(outcome, {}).get(dispute["status"])
    if status is None:
        raise ControlRefused(
            f"Dispute {dispute['id']} is {dispute['status']}, so it can't become {outcome}."
        )
    dispute["status"] = status
    if outcome == "under_review":
        dispute["evidence_details"] |= {"has_evidence": True, "submission_count": 1}
        desk.feed.emit(book, "charge.dispute.updated", dispute)
        return
    if outcome == "won":
        _reinstate(desk, book, dispute)
    desk.feed.emit(book, "charge.dispute.closed", dispute)


def close_refunded_inquiry(desk: Desk, book: Book, charge: Json) -> None:
    """An inquiry about money that was refunded in full has nothing left to ask for."""
    dispute = find_dispute(book, charge)
    if dispute and charge["refunded"] and dispute["status"] in _INQUIRY:
        decide_dispute(desk, book, dispute, "closed")


def _escalate(desk: Desk, book: Book, dispute: Json, amount_cents: int | None) -> Json:
    dispute |= {
        "status": "needs_response",
        "amount": amount_cents or dispute["amount"],
        "is_charge_refundable": False,
    }
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    desk.feed.emit(book, "charge.dispute.updated", dispute)
    _withdraw(desk, book, dispute, fee_cents=desk.settings.dispute_fee_cents)
    return dispute


def _withdraw(desk: Desk, book: Book, dispute: Json, *, fee_cents: int) -> None:
    charge = book.get("charge", dispute["charge"])
    row = ledger.add_row(
        desk,
        book,
        amount_cents=-dispute["amount"],
        fee_cents=fee_cents,
        fee_text="Dispute fee",
        kind="adjustment",
        category="dispute",
        source=dispute["id"],
        available_on=ledger.funds_on(desk, book, charge),
    )
    dispute["balance_transactions"].append(payouts.see_to_payout(desk, book, row))
    desk.feed.emit(book, "charge.dispute.funds_withdrawn", dispute)


def _reinstate(desk: Desk, book: Book, dispute: Json) -> None:
    row = ledger.add_row(
        desk,
        book,
        amount_cents=dispute["amount"],
        kind="adjustment",
        category="dispute_reversal",
        source=dispute["id"],
    )
    dispute["balance_transactions"].append(payouts.see_to_payout(desk, book, row))
    desk.feed.emit(book, "charge.dispute.funds_reinstated", dispute)
