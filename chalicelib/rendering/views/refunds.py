"""Refunds on the operator's payment page, and the preview of one."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Badge, Chrome
from .figures import Option


@dataclass(frozen=True, kw_only=True)
class RefundForm:
    """POSTs csrf, target, amount and refund_reason to `url` for a preview; nothing moves by it.

    `blocked_because`: why nothing can be refunded, and what to do instead.
    """

    csrf: str
    url: str
    targets: tuple[Option, ...] = ()
    amount: str = ""  # Decimal, without the fee share.
    reason: str = ""
    blocked_because: str = ""


@dataclass(frozen=True, kw_only=True)
class RefundRow:
    """One refund. With `decide_url` an administrator decides: POSTs csrf, decision (approve or
    decline) and decline_reason to it.
    """

    amount_cents: int
    state: Badge
    at: str  # ISO, dealer's zone.
    by: str
    lines: tuple[str, ...] = ()  # What it was for, and what became of it.
    reason: str = ""
    decide_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Refunds:
    """The panel of the payment's page; `form` is None for who may not refund."""

    csrf: str
    rows: tuple[RefundRow, ...]
    form: RefundForm | None = None


@dataclass(frozen=True, kw_only=True)
class RefundPreview:
    """What a refund would do: POSTs csrf and the hidden (name, value) to `confirm_url`.

    `sums` add up to `money_cents`; `changes` are (label, cents) of what else moves. Without
    `confirm_url` only the form is shown, with what to correct. `approval` says whose yes it needs.
    """

    chrome: Chrome
    number: str
    back_href: str
    form: RefundForm
    method: str = ""
    sums: tuple[tuple[str, int], ...] = ()
    money_cents: int = 0
    changes: tuple[tuple[str, int], ...] = ()
    approval: str = ""
    confirm_url: str = ""
    confirm_label: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
