"""Payables as the ERP last told them, and what is owed on them after our own effects."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.domain.ids import PayableId


class PayableKind(StrEnum):
    """What a payable is; credits count against the others."""

    INVOICE = "invoice"
    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Payable:
    """One open document of an account; amounts are positive cents, also for credits.

    `open_cents` is the ERP's own open figure; what is owed comes from `claims.owed_by_payable`.
    `discount_cents`/`discount_day` are the invoice's own terms.
    """

    payable_id: PayableId
    kind: PayableKind
    original_cents: int
    open_cents: int
    transaction_day: date
    due_day: date | None = None
    job_id: str = ""
    job_name: str = ""
    po_number: str = ""
    discount_cents: int = 0
    discount_day: date | None = None
    statement_id: str = ""
    applies_to: str = ""  # A credit's own document, if the ERP names one.
    voucher_id: str = ""
    in_query: bool = False
    pdf_url: str = ""
    is_on_account: bool = False  # A credit that is a payment's surplus: unapplied cash.

    @property
    def ages_from(self) -> date:
        """The day aging counts from: due day, else the transaction day (product.md §1)."""
        return self.due_day or self.transaction_day
