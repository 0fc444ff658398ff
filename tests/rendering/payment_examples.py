"""Examples of a payer's payments: the list, a receipt, a confirmation, a failure."""

from __future__ import annotations

from chalicelib.rendering.views.chrome import Badge
from chalicelib.rendering.views.figures import Option
from chalicelib.rendering.views.payments import AllocationRow, Payments, Receipt, ReceiptOffer
from chalicelib.rendering.views.quote import BankChoice

from . import demo
from .demo import portal_chrome

STOPPED_BANK = BankChoice(
    method="m3",
    bank_name=demo.HOSTILE,
    last4="0022",
    stopped_because="The bank account is closed. Link it again, or another one, to pay by ACH.",
)


def receipt(**changes: object) -> Receipt:
    """A settled payment of three documents."""
    fields: dict[str, object] = {
        "chrome": portal_chrome("Receipt DP-100482", "Payments"),
        "number": "DP-100482",
        "status": demo.SETTLED,
        "amount_cents": 1668108,
        "method": "ACH, First Cascade Bank •••• 6789",
        "account_name": "Ridgeline Custom Homes",
        "account_number": "104-2280",
        "initiated_at": "2026-11-22T06:10:00-08:00",
        "allocations": demo.ALLOCATIONS,
        "timeline": demo.TIMELINE,
        "is_receipt": True,
        "lines_cents": 1706758,
        "credits_cents": -38650,
        "authorisation": demo.AUTHORISATION,
        "offer": ReceiptOffer(
            kind="receipt",
            download_href="/payments/DP-100482/receipt.pdf",
            resend_url="/payments/DP-100482/resend",
            recipients=(
                Option(value="user:1", label="Maya Chen, maya@ridgeline.example"),
                Option(value="contact:2", label=f"{demo.HOSTILE}, books@ridgeline.example"),
            ),
        ),
    }
    return Receipt(**{**fields, **changes})  # type: ignore[arg-type]


def _large(n: int) -> AllocationRow:
    return AllocationRow(
        number=f"I{448_100_000 + n}",
        kind="Debit adjustment",
        amount_cents=1_234_567_89,
        job_name="Lot 14, Wintergreenheights",
        po_number=f"PO-A-119{n}",
        due_on="2026-10-02",
        credit_cents=-123_456_78,
    )


def payment_examples() -> dict[str, object]:
    """The list, and one payment in every state of its receipt."""
    payments_chrome = portal_chrome("Payments", "Payments")
    rows = tuple(demo.payment_row(100482 - n, covers="3 documents") for n in range(4))
    pending = demo.payment_row(100483, demo.PENDING, expected_on="2026-11-27")
    returned = demo.payment_row(
        100481, Badge(label="Returned", tone="bad"), pay_again_href="/outstanding"
    )
    return {
        "payments": Payments(
            chrome=payments_chrome,
            rows=(pending, returned, *rows),
            pager=demo.PAGER,
            csv_href="/x.csv",
        ),
        "payments_empty": Payments(chrome=payments_chrome, rows=(), pager=demo.NO_PAGER),
        "receipt": receipt(),
        "receipt_large": receipt(allocations=tuple(_large(n) for n in range(25))),
        "receipt_pending": receipt(
            status=demo.PENDING,
            is_receipt=False,
            expected_on="2026-11-27",
            explanation="Submitted to your bank. It is not paid until the bank confirms it.",
        ),
        "receipt_returned": receipt(
            status=Badge(label="Returned", tone="bad"),
            is_receipt=False,
            pay_again_href="/outstanding",
            problem="The bank sent this payment back",
            explanation="The bank account is closed. What it paid is owed to Cascade again.",
        ),
        "receipt_failed": receipt(
            status=demo.FAILED,
            is_receipt=False,
            offer=None,
            pay_again_href="/outstanding",
            explanation="The account has insufficient funds (R01). Nothing was collected.",
        ),
    }
