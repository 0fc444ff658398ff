"""The payer's payments and one payment's receipt."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Badge, Chrome
from .figures import AllocationRow, Option, Pager, PaymentRow, TimelineEntry


@dataclass(frozen=True, kw_only=True)
class Payments:
    """GET /payments: the account's payments, newest first; `rows` without payer fields."""

    chrome: Chrome
    rows: tuple[PaymentRow, ...]
    pager: Pager
    csv_href: str = ""


@dataclass(frozen=True, kw_only=True)
class ReceiptOffer:
    """The document (`kind` "receipt" or "confirmation") to download, or to send by e-mail.

    The form POSTs csrf and recipient.
    """

    kind: str
    download_href: str
    resend_url: str
    recipients: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """GET /payments/{payment}. A pending ACH says submitted, never paid.

    credits_cents, unapplied_cents and discount_cents are negative or 0. `is_receipt` is true once
    the funds are confirmed; until then the page calls itself a confirmation of submission.
    """

    chrome: Chrome
    number: str
    status: Badge
    amount_cents: int
    method: str
    account_name: str
    account_number: str
    initiated_at: str
    allocations: tuple[AllocationRow, ...]
    timeline: tuple[TimelineEntry, ...]
    is_receipt: bool = False
    lines_cents: int = 0
    credits_cents: int = 0
    unapplied_cents: int = 0
    discount_cents: int = 0
    fee_cents: int = 0
    fee_label: str = ""
    surplus_cents: int = 0
    refunded_cents: int = 0
    expected_on: str = ""
    explanation: str = ""
    pay_again_href: str = ""
    problem: str = "This payment did not go through"  # The heading above Pay again.
    confirm_href: str = ""  # Where a card's payer is sent on to the bank (3-D Secure).
    authorisation: tuple[str, ...] = ()
    offer: ReceiptOffer | None = None
