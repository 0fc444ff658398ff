"""The payment preview. Filled from the stored quote, the dealer's fees and the saved banks."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Chrome
from .figures import AllocationRow


@dataclass(frozen=True, kw_only=True)
class BankChoice:
    """A saved bank account of the company; `method` is the value the form posts."""

    method: str
    bank_name: str
    last4: str
    holder: str = ""
    selected: bool = False


@dataclass(frozen=True, kw_only=True)
class Quote:
    """GET /quotes/{quote}. Submit POSTs csrf, signature, method, authorise ("yes") to `submit_url`.

    total = lines + surplus + credits + unapplied + discount + fee, where credits_cents,
    unapplied_cents and discount_cents are negative or 0. Linking POSTs csrf, quote to /banks/link.
    `state`: "ready", "expired" (offers a fresh quote by POST to `renew_url`) or "used"
    (already submitted; see `payment_href`). `authorisation` is the ACH mandate's paragraphs,
    `link_authorisation` what linking a bank account agrees to.
    """

    chrome: Chrome
    quote: str
    account_name: str
    account_number: str
    lines: tuple[AllocationRow, ...]
    lines_cents: int
    total_cents: int
    expires_at: str
    submit_url: str
    signature: str = ""
    credits_cents: int = 0
    unapplied_cents: int = 0
    discount_cents: int = 0
    surplus_cents: int = 0
    fee_cents: int = 0
    fee_label: str = ""
    banks: tuple[BankChoice, ...] = ()
    authorisation: tuple[str, ...] = ()
    link_authorisation: str = ""
    expected_on: str = ""
    state: str = "ready"
    renew_url: str = ""
    payment_href: str = ""
    back_href: str = "/outstanding"
