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
    stopped_because: str = ""  # It can't be used any more; a sentence.


@dataclass(frozen=True, kw_only=True)
class CardChoice:
    """A saved card, "Visa credit card"; the one the preview is priced for is selected."""

    method: str
    name: str
    last4: str
    selected: bool = False


@dataclass(frozen=True, kw_only=True)
class AmountField:
    """A document's box, posted as `amount.<payable>`: a decimal of at most `available_cents`."""

    payable: str
    value: str
    available_cents: int


@dataclass(frozen=True, kw_only=True)
class CreditField:
    """An open credit, ticked if the preview uses some of it; both amounts positive."""

    payable: str
    available_cents: int
    used_cents: int = 0
    job_name: str = ""
    is_on_account: bool = False


@dataclass(frozen=True, kw_only=True)
class QuoteChange:
    """The form that prices anew: POSTs csrf, amount.<payable>, credit (repeated), surplus."""

    url: str
    amounts: tuple[AmountField, ...]
    credits_open: tuple[CreditField, ...]
    surplus: str = ""
    is_open: bool = False


@dataclass(frozen=True, kw_only=True)
class StatementOffer:
    """What paying the whole statement saves until an ISO date-time in the dealer's zone.

    `holds_it`: everything on the statement is in this preview, with `later` other documents.
    """

    saving_cents: int
    until: str
    zone: str
    url: str
    holds_it: bool = True
    later: int = 0


@dataclass(frozen=True, kw_only=True)
class Quote:
    """GET /quotes/{quote}. Submit POSTs csrf, signature, method, authorise ("yes") to `submit_url`.

    total = lines + surplus + credits + unapplied + discount + fee, where credits_cents,
    unapplied_cents and discount_cents are negative or 0. Linking POSTs csrf, quote to /banks/link.
    `state`: "ready", "expired" (offers a fresh quote by POST to `renew_url`) or "used"
    (already submitted; see `payment_href`). `authorisation` is what the payer agrees to, paragraph
    by paragraph, `link_authorisation` what linking a bank account agrees to. Another way to pay
    POSTs csrf, pay_by ("ach", "card"), method to `method_url`, adding a card csrf, quote to
    /cards/add. With pay_by "card" submit also takes forget ("yes"); with "credits" it charges
    nothing.
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
    stopped_banks: tuple[BankChoice, ...] = ()
    authorisation: tuple[str, ...] = ()
    link_authorisation: str = ""
    expected_on: str = ""
    state: str = "ready"
    renew_url: str = ""
    payment_href: str = ""
    back_href: str = "/outstanding"
    pay_by: str = "ach"
    method_url: str = ""
    cards: tuple[CardChoice, ...] = ()
    change: QuoteChange | None = None
    offer: StatementOffer | None = None

    @property
    def card(self) -> CardChoice | None:
        """The card the preview is priced for, None until one is added."""
        return next((card for card in self.cards if card.selected), None)
