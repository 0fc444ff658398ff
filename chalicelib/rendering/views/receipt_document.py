"""The printed receipt or confirmation as primitives; receipt_pdf.py draws it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ReceiptLine:
    """One document that the payment pays; deductions are negative or 0."""

    number: str
    job: str
    due: str
    deductions_cents: int
    amount_cents: int


@dataclass(frozen=True, kw_only=True)
class ReceiptDocument:
    """`is_receipt` false: a confirmation of submission, which never says paid.

    `is_taken_back`: the bank has the money again, which the document says instead; `is_refunded`:
    all of it was refunded. `refunded_cents` is not negative.

    `facts` and `sums` are (label, value) pairs in the order shown; amounts in cents.
    """

    is_receipt: bool
    number: str
    dealer_name: str
    dealer_contact: str
    statement: str
    amount_cents: int
    facts: tuple[tuple[str, str], ...]
    lines: tuple[ReceiptLine, ...]
    sums: tuple[tuple[str, int], ...]
    currency: str = "USD"
    is_demo: bool = False
    is_taken_back: bool = False
    is_refunded: bool = False
    refunded_cents: int = 0

    @property
    def title(self) -> str:
        """What the document calls itself."""
        if self.is_taken_back:
            return "Payment taken back"
        if self.is_refunded:
            return "Payment refunded"
        return "Receipt" if self.is_receipt else "Payment confirmation"

    @property
    def total_label(self) -> str:
        """What the last sum is called."""
        if self.is_taken_back or self.is_refunded:
            return "Amount charged"
        return "Paid" if self.is_receipt else "Amount submitted"
