"""The files an ERP sends and what a row of each means (product.md, Integration)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.accounts import BillingKind, Contact
from chalicelib.domain.ids import AccountId, PayableId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.statements import Statement
from chalicelib.services.read_import_files_cells import CellRefused, Cells


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What the ERP says about an account."""

    name: str
    account_kind: str
    billing_kind: str
    status: str
    credit_limit_cents: int


@dataclass(frozen=True, slots=True)
class PayableRow:
    """A payable as the ERP tells it; `paid_day` only when nothing is outstanding."""

    payable: Payable
    paid_day: date | None


@dataclass(frozen=True, slots=True)
class AppliedRow:
    """Money of ours the ERP has already applied: cents of one payment on one document."""

    document_id: str
    reference: str
    amount_cents: int
    applied_on: date


Row = AccountRow | Contact | PayableRow | Statement | AppliedRow


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One kind of file. `rank` groups its rows: invoices and adjustments share theirs."""

    name: str
    rank: int
    id_column: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    row: Callable[[Cells, str], Row]
    kind: type[Row]


def _account(cells: Cells, currency: str) -> AccountRow:
    if cells.text("currency"):
        _check_currency(cells, currency)
    return AccountRow(
        name=cells.needed("name"),
        account_kind=cells.text("account_kind").lower() or "credit",
        billing_kind=cells.word("billing_kind", frozenset(BillingKind), BillingKind.OPEN_ITEM),
        status=cells.word("status", frozenset({"active", "inactive"}), "active"),
        credit_limit_cents=cells.optional_amount("credit_limit"),
    )


def _contact(cells: Cells, _currency: str) -> Contact:
    return Contact(
        contact_id=cells.identifier("contact_id"),
        name=cells.text("name"),
        email=cells.email("email"),
        phone=cells.text("phone"),
        is_primary=cells.flag("is_primary"),
    )


def _check_currency(cells: Cells, currency: str) -> None:
    value = cells.needed("currency").upper()
    if value != currency:
        raise CellRefused("currency", f"“{value}” is not the dealer's currency {currency}")


def _invoice(cells: Cells, currency: str) -> PayableRow:
    _check_currency(cells, currency)
    payable = Payable(
        payable_id=PayableId(cells.identifier("invoice_id")),
        kind=PayableKind.INVOICE,
        original_cents=cells.amount("amount"),
        open_cents=cells.amount("outstanding_amount"),
        transaction_day=cells.day("transaction_date"),
        due_day=cells.day("payment_due_date"),
        job_id=cells.identifier("job_id", optional=True),
        job_name=cells.text("job_name"),
        po_number=cells.text("po_number"),
        discount_cents=cells.optional_amount("discount_amount"),
        discount_day=cells.optional_day("discount_date"),
        statement_id=cells.identifier("statement_id", optional=True),
        pdf_url=_link(cells),
    )
    _check_open(payable)
    paid_day = cells.optional_day("paid_date")
    if paid_day and payable.open_cents:
        raise CellRefused("paid_date", "is given although an amount is outstanding")
    return PayableRow(payable, paid_day)


def _adjustment(cells: Cells, currency: str) -> PayableRow:
    _check_currency(cells, currency)
    due_day = cells.optional_day("payment_due_date")
    transaction_day = cells.optional_day("transaction_date") or due_day
    if transaction_day is None:
        raise CellRefused("transaction_date", "and payment_due_date are both empty; give one")
    payable = Payable(
        payable_id=PayableId(cells.identifier("adjustment_id")),
        kind=PayableKind(cells.word("kind", frozenset({"credit", "debit"}), "credit")),
        original_cents=cells.amount("amount"),
        open_cents=cells.amount("outstanding_amount"),
        transaction_day=transaction_day,
        due_day=due_day,
        job_id=cells.identifier("job_id", optional=True),
        job_name=cells.text("job_name"),
        statement_id=cells.identifier("statement_id", optional=True),
        applies_to=cells.identifier("adjustment_invoice_id", optional=True),
        voucher_id=cells.identifier("voucher_id", optional=True),
    )
    _check_open(payable)
    return PayableRow(payable, None)


def _check_open(payable: Payable) -> None:
    if payable.open_cents > payable.original_cents:
        raise CellRefused("outstanding_amount", "is more than the amount")


def _link(cells: Cells) -> str:
    value = cells.text("pdf_url", limit=2000)
    if value and not value.startswith("https://"):
        raise CellRefused("pdf_url", "does not begin with https://")
    return value


def _statement(cells: Cells, _currency: str) -> Statement:
    return Statement(
        statement_id=cells.identifier("statement_id"),
        account_id=AccountId(cells.identifier("account_id")),
        closed_on=cells.day("closed_on"),
        due_day=cells.day("due_date"),
        balance_cents=cells.amount("balance"),
        discount_base_cents=cells.optional_amount("discount_base"),
        discount_cents=cells.optional_amount("discount_amount"),
        discount_day=cells.optional_day("discount_date"),
        grace_days=cells.whole("grace_days"),
    )


def _applied(cells: Cells, _currency: str) -> AppliedRow:
    return AppliedRow(
        document_id=cells.identifier("document_id"),
        reference=cells.identifier("reference"),
        amount_cents=cells.amount("amount"),
        applied_on=cells.day("applied_on"),
    )


def _columns(words: str) -> tuple[str, ...]:
    return tuple(words.split())


FILES: dict[str, ImportFile] = {
    file.name: file
    for file in (
        ImportFile(
            "accounts", 0, "account_id",
            _columns("account_id name"),
            _columns("account_kind billing_kind status credit_limit currency time_zone"),
            _account, AccountRow,
        ),
        ImportFile(
            "contacts", 1, "contact_id",
            _columns("account_id contact_id email"),
            _columns("name phone is_primary"),
            _contact, Contact,
        ),
        ImportFile(
            "invoices", 2, "invoice_id",
            _columns("account_id invoice_id amount outstanding_amount currency transaction_date"
                     " payment_due_date"),
            _columns("job_id job_name po_number discount_amount discount_date statement_id"
                     " paid_date pdf_url"),
            _invoice, PayableRow,
        ),
        ImportFile(
            "adjustments", 2, "adjustment_id",
            _columns("account_id adjustment_id amount outstanding_amount currency"),
            _columns("kind payment_due_date transaction_date voucher_id adjustment_invoice_id"
                     " job_id job_name statement_id"),
            _adjustment, PayableRow,
        ),
        ImportFile(
            "statements", 3, "statement_id",
            _columns("account_id statement_id closed_on due_date balance"),
            _columns("discount_base discount_amount discount_date grace_days"),
            _statement, Statement,
        ),
        ImportFile(
            "payments", 4, "document_id",
            _columns("account_id document_id reference amount applied_on"),
            (),
            _applied, AppliedRow,
        ),
    )
}  # fmt: skip
