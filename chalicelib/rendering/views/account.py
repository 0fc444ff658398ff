"""One customer account for the operator: header, invitation, tabs."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Action, Badge, Chrome
from .figures import Aging, Link, Option, Pager, PaymentRow, Priority, TimelineEntry


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """The newest invitation and what may be done about it.

    Invite POSTs csrf, contact (a contact id or "other"), email (when other). Resend and revoke
    POST csrf only. `delivery` is the truth about the mail: queued, sent, delivered, bounced,
    complained, opened link; `sent_at` and `expires_on` are ISO in the dealer's zone. `access`
    disables or enables the portal for the account, whatever became of its invitation (POST csrf).
    """

    badge: Badge | None
    invite: Action
    resend: Action
    revoke: Action
    access: Action
    disabled: bool = False
    contacts: tuple[Option, ...] = ()
    other_email: str = ""
    sent_to: str = ""
    sent_at: str = ""
    delivery: str = ""
    expires_on: str = ""
    payers: tuple[str, ...] = ()
    chip: str = ""


@dataclass(frozen=True, kw_only=True)
class MailBlock:
    """An address that is not mailed any more; `allow` POSTs csrf and address, `since` is ISO."""

    address: str
    why: str
    since: str
    allow: Action


@dataclass(frozen=True, kw_only=True)
class AccountPayable:
    """A payable in the tabs Invoices, Credits, Debits; credits' cents are negative."""

    number: str
    amount_cents: int
    open_cents: int
    status: Badge
    transacted_on: str = ""
    due_on: str = ""
    days_past_due: int = 0
    job_name: str = ""
    po_number: str = ""
    in_flight_cents: int = 0


@dataclass(frozen=True, kw_only=True)
class AccountStatement:
    """A closed statement; what was frozen, and `open_cents`, what its documents come to today.

    `discount_until` is ISO in the dealer's zone, whose short name is `discount_zone`; both are
    empty without a discount. `is_discount_over`: that moment has passed.
    """

    number: str
    closed_on: str
    due_on: str
    balance_cents: int
    open_cents: int
    status: Badge
    is_current: bool = False
    discount_cents: int = 0
    discount_until: str = ""
    discount_zone: str = ""
    is_discount_over: bool = False


@dataclass(frozen=True, kw_only=True)
class Account:
    """GET /console/customers/{account}, `tab` one of those in `tabs`.

    Only the chosen tab's tuple is filled (`payables` for the first three). Role `viewer` gets
    `may_act` False: no forms. `credit_limit_cents` None when the dealer set none.
    """

    chrome: Chrome
    name: str
    number: str
    kind: str
    status: str
    outstanding_cents: int
    past_due_cents: int
    credits_cents: int
    in_flight_cents: int
    aging: Aging
    priority: Priority | None
    invitation: Invitation
    tabs: tuple[Link, ...]
    tab: str
    payables: tuple[AccountPayable, ...] = ()
    statements: tuple[AccountStatement, ...] = ()
    payments: tuple[PaymentRow, ...] = ()
    activity: tuple[TimelineEntry, ...] = ()
    pager: Pager | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    credit_limit_cents: int | None = None
    wado_days: int = 0
    may_act: bool = True
    mail_blocks: tuple[MailBlock, ...] = ()
    back_href: str = "/console/customers"
