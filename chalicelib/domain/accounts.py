"""A customer account's header: who it is, its totals as shown, its invitation badge."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.ids import AccountId, CompanyId, DealerId, InvitationId
from chalicelib.domain.statements import Statement


class AccountKind(StrEnum):
    """Kinds the rules know; a dealer may use further words, kept as they are."""

    CREDIT = "credit"
    CASH = "cash"
    SYSTEM = "system"


class BillingKind(StrEnum):
    """How the account is billed (money.md, Billing kinds)."""

    OPEN_ITEM = "open_item"
    OPEN_ITEM_TERMS = "open_item_terms"
    BALANCE_FORWARD = "balance_forward"


class Badge(StrEnum):
    """The invitation badge of an account; REVOKED and DISABLED are chips, since nothing stands."""

    NONE = ""
    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"
    DISABLED = "disabled"  # Never stored as an account's badge: portal_disabled says it.


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to write to at an account."""

    contact_id: str
    name: str
    email: str
    phone: str = ""
    is_primary: bool = False


class AgedSums:
    """What follows from an account's (or many accounts') aging buckets and credits; cents."""

    __slots__ = ()
    current_cents: int
    days_1_30_cents: int
    days_31_60_cents: int
    days_61_90_cents: int
    days_91_up_cents: int
    credits_cents: int

    @property
    def past_due_cents(self) -> int:
        """Invoices and debits a day or more past due."""
        return (
            self.days_1_30_cents
            + self.days_31_60_cents
            + self.days_61_90_cents
            + self.days_91_up_cents
        )

    @property
    def gross_cents(self) -> int:
        """Invoices and debits, before credits."""
        return self.current_cents + self.past_due_cents

    @property
    def outstanding_cents(self) -> int:
        """Net AR: gross less credits."""
        return self.gross_cents - self.credits_cents


class DashboardSums(AgedSums):
    """What the dashboard also tells apart: invoices are what is not a debit; cents."""

    __slots__ = ()
    debits_cents: int
    debits_past_due_cents: int

    @property
    def invoices_cents(self) -> int:
        """Open invoices alone."""
        return self.gross_cents - self.debits_cents

    @property
    def invoices_past_due_cents(self) -> int:
        """Invoices a day or more past due."""
        return self.past_due_cents - self.debits_past_due_cents


@dataclass(frozen=True, slots=True)
class Totals(AgedSums):
    """Sums and counts over an account's payables on one day; cents, positive.

    Buckets hold invoices and debits before credits and in-flight money:
    current + buckets − credits = outstanding.
    """

    current_cents: int = 0
    days_1_30_cents: int = 0
    days_31_60_cents: int = 0
    days_61_90_cents: int = 0
    days_91_up_cents: int = 0
    invoices_cents: int = 0
    invoices_past_due_cents: int = 0
    debits_cents: int = 0
    credits_cents: int = 0
    in_flight_cents: int = 0
    discounts_cents: int = 0
    invoices: int = 0
    invoices_past_due: int = 0
    debits: int = 0
    credits: int = 0
    overdue_cent_days: int = 0  # WADO's numerator: Σ amount · days overdue.

    @property
    def wado_days(self) -> int:
        """Dollar-weighted average days overdue, half up; current items count as 0 days."""
        gross = self.gross_cents
        return (2 * self.overdue_cent_days + gross) // (2 * gross) if gross else 0


@dataclass(frozen=True, slots=True)
class PriorityNote:
    """A Collection Priority with the numbers its sentence needs (money.md)."""

    score_tenths: int = 0  # 88 = 8.8
    base_tenths: int = 0
    lift_tenths: int = 0
    damped: bool = False
    expected_late_cents: int = 0  # Money expected to be late during the next 30 days.
    expected_late_days: int = 0  # Of the next 30 days, dollar-weighted.
    own_invoices: int = 0
    own_average_days_late: int = 0
    late_dollar_days: int = 0  # L, in whole dollar-days.
    returned_recently: bool = False  # A payment came back within 90 days.
    promises_broken: int = 0
    credit_use_percent: int = 0
    excluded: str = ""  # Why it is 0: "cash", "system", "nothing open", or "".


@dataclass(frozen=True, slots=True)
class RestoredDiscount:
    """A discount a return had revoked, given back by an operator until the end of a day."""

    subject: str  # A statement's id, or an invoice's.
    until_day: date


@dataclass(frozen=True, slots=True)
class Account:
    """The header of one customer account (the `A` item); `money_version` guards its claims."""

    dealer_id: DealerId
    account_id: AccountId
    name: str
    account_kind: str = AccountKind.CREDIT
    billing_kind: str = BillingKind.OPEN_ITEM
    status: str = "active"
    credit_limit_cents: int = 0
    contacts: tuple[Contact, ...] = ()
    as_of: datetime | None = None  # The ERP extract its payables come from.
    money_version: int = 0
    pages: int = 0  # Pages of open payables (O#nnn).
    totals: Totals = field(default_factory=Totals)
    priority: PriorityNote = field(default_factory=PriorityNote)
    paid_late_days: tuple[tuple[int, int], ...] = ()  # Own history: (days late, invoices).
    badge: Badge = Badge.NONE
    invitation_id: InvitationId | None = None
    invited_at: datetime | None = None
    delivery: str = ""  # How the newest invitation's mail fared; "" until something is heard.
    company_id: CompanyId | None = None
    portal_disabled: bool = False  # Its payers can neither see nor pay; set by an operator.
    last_contact_at: datetime | None = None
    returned_at: datetime | None = None  # When a payment of it last came back.
    restored_discounts: tuple[RestoredDiscount, ...] = ()
    statement: Statement | None = None  # The newest one.
    import_digest: str = ""  # Of the rows last imported …
    import_version: int = 0  # … at this version: the same rows again change nothing then.

    @property
    def primary_contact(self) -> Contact | None:
        """The contact invitations go to by default."""
        for contact in self.contacts:
            if contact.is_primary:
                return contact
        return self.contacts[0] if self.contacts else None

    def restored_until(self, subject: str) -> date | None:
        """Until the end of which day an operator gave a discount back, if at all."""
        days = [it.until_day for it in self.restored_discounts if it.subject == subject]
        return max(days, default=None)

    @property
    def shown_badge(self) -> Badge:
        """What stands beside its name: switched-off access hides how its invitation went."""
        return Badge.DISABLED if self.portal_disabled else self.badge

    @property
    def is_paid_by_balance(self) -> bool:
        """Pays the account, a job or the statement; its documents are not ticked one by one."""
        return self.billing_kind == BillingKind.BALANCE_FORWARD

    def raised(self) -> "Account":
        """The same header one money version on."""
        return replace(self, money_version=self.money_version + 1)
