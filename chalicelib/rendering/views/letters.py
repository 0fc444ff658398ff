"""What each e-mail says, as primitives; the words live in templates/emails/<name>/."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class InvitationLetter:
    """Mails "invitation" and "invitation_reminder": never amounts or invoice data.

    `expires_on` is an ISO date.
    """

    dealer_name: str
    account_name: str
    register_url: str
    decline_url: str
    expires_on: str
    dealer_phone: str = ""


@dataclass(frozen=True, kw_only=True)
class VerifyLetter:
    """Mail "verify_address": a code to type, a link to open, or both (empty ones are left out)."""

    dealer_name: str
    valid_minutes: int
    code: str = ""
    verify_url: str = ""
    dealer_phone: str = ""


@dataclass(frozen=True, kw_only=True)
class ReceiptLetter:
    """Mail "payment_receipt": a copy somebody asked for; `lines` are (label, cents)."""

    is_receipt: bool
    dealer_name: str
    account_name: str
    number: str
    amount_cents: int
    statement: str
    method: str
    payment_url: str
    lines: tuple[tuple[str, int], ...]
    sent_by: str
    more_lines: int = 0
    dealer_phone: str = ""
    currency: str = "USD"
    is_taken_back: bool = False


@dataclass(frozen=True, kw_only=True)
class PaymentLetter:
    """Mails "payment_…": submitted, settled, failed, terminated, returned, dispute_lost, overpaid.

    `expected_on` ISO date (submitted only); `reason` a sentence and `pay_again_url` where money
    did not come or did not stay; `note` what became of money that its documents no longer took
    (settled and overpaid).
    """

    dealer_name: str
    account_name: str
    number: str
    amount_cents: int
    method: str
    payment_url: str
    covers: str = ""
    expected_on: str = ""
    reason: str = ""
    pay_again_url: str = ""
    note: str = ""
    dealer_phone: str = ""
    currency: str = "USD"


@dataclass(frozen=True, kw_only=True)
class RefundLetter:
    """Mails "payment_refunded" and "refund_failed"; `amount_cents` is the refund's money.

    `fee_cents` is the part of it that was the fee; `owed_again` are (document, cents), `arrival`
    how long it takes (refunded only); `reason` a clause without its full stop (failed only).
    """

    dealer_name: str
    account_name: str
    number: str
    amount_cents: int
    charged_cents: int
    method: str
    payment_url: str
    fee_cents: int = 0
    arrival: str = ""
    owed_again: tuple[tuple[str, int], ...] = ()
    reason: str = ""
    note: str = ""
    dealer_phone: str = ""
    currency: str = "USD"
