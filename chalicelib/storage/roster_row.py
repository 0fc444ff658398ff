"""One account as the dashboard knows it: the columns of the roster, in their stored order."""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from chalicelib.domain.accounts import Account, DashboardSums, PriorityNote, Totals
from chalicelib.domain.statements import Statement

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class RosterRow(DashboardSums):
    """Cents, counts, days; `_at` are UTC seconds and `_day` days since 1970, 0 = never."""

    account_id: str
    name: str
    account_kind: str
    billing_kind: str
    status: str
    badge: str
    excluded: str  # Why the priority is 0 (domain/accounts.py, PriorityNote).
    version: int
    credit_limit_cents: int
    current_cents: int
    days_1_30_cents: int
    days_31_60_cents: int
    days_61_90_cents: int
    days_91_up_cents: int
    debits_cents: int
    debits_past_due_cents: int
    credits_cents: int
    in_flight_cents: int
    discounts_cents: int
    invoices: int
    invoices_past_due: int
    debits: int
    credits: int
    wado_days: int
    score_tenths: int
    base_tenths: int
    lift_tenths: int
    damped: int
    expected_late_cents: int
    expected_late_days: int
    own_invoices: int
    own_average_days_late: int
    late_dollar_days: int
    returned_recently: int
    promises_broken: int
    credit_use_percent: int
    invited_at: int
    last_contact_at: int
    statement_balance_cents: int
    statement_due_day: int
    statement_discount_cents: int
    statement_discount_day: int
    delivery: str = ""  # How the invitation's mail fared; rows are stored by place, so it is last.

    @property
    def invoices_current_cents(self) -> int:
        """Invoices not past due."""
        return self.invoices_cents - self.invoices_past_due_cents

    @property
    def priority(self) -> PriorityNote:
        """The priority with the numbers its sentence needs."""
        return PriorityNote(
            score_tenths=self.score_tenths,
            base_tenths=self.base_tenths,
            lift_tenths=self.lift_tenths,
            damped=bool(self.damped),
            expected_late_cents=self.expected_late_cents,
            expected_late_days=self.expected_late_days,
            own_invoices=self.own_invoices,
            own_average_days_late=self.own_average_days_late,
            late_dollar_days=self.late_dollar_days,
            returned_recently=bool(self.returned_recently),
            promises_broken=self.promises_broken,
            credit_use_percent=self.credit_use_percent,
            excluded=self.excluded,
        )


TEXTS = ("account_id", "name")  # Columns of words nearly all different.
CODES = (
    "account_kind",
    "billing_kind",
    "status",
    "badge",
    "delivery",
    "excluded",
)  # A few words each.
NUMBERS = tuple(f.name for f in fields(RosterRow) if f.name not in TEXTS + CODES)


def seconds(at: datetime | None) -> int:
    """A moment as the roster keeps it; 0 for none."""
    return int(at.timestamp()) if at else 0


def moment_of(value: int) -> datetime | None:
    """The moment a roster's number means."""
    return datetime.fromtimestamp(value, UTC) if value else None


def day_number(day: date | None) -> int:
    """A day as the roster keeps it; 0 for none."""
    return (day - EPOCH).days if day else 0


def row_of(account: Account) -> RosterRow:
    """The dashboard's row of a header."""
    return RosterRow(
        account_id=account.account_id,
        name=account.name,
        account_kind=account.account_kind,
        billing_kind=account.billing_kind,
        status=account.status,
        badge=account.shown_badge,
        delivery=account.delivery,
        excluded=account.priority.excluded,
        version=account.money_version,
        credit_limit_cents=account.credit_limit_cents,
        invited_at=seconds(account.invited_at),
        last_contact_at=seconds(account.last_contact_at),
        **_owed(account.totals),
        **_ranked(account.priority),
        **_stated(account.statement),
    )


def _owed(totals: Totals) -> dict[str, int]:
    return {
        "current_cents": totals.current_cents,
        "days_1_30_cents": totals.days_1_30_cents,
        "days_31_60_cents": totals.days_31_60_cents,
        "days_61_90_cents": totals.days_61_90_cents,
        "days_91_up_cents": totals.days_91_up_cents,
        "debits_cents": totals.debits_cents,
        "debits_past_due_cents": totals.past_due_cents - totals.invoices_past_due_cents,
        "credits_cents": totals.credits_cents,
        "in_flight_cents": totals.in_flight_cents,
        "discounts_cents": totals.discounts_cents,
        "invoices": totals.invoices,
        "invoices_past_due": totals.invoices_past_due,
        "debits": totals.debits,
        "credits": totals.credits,
        "wado_days": totals.wado_days,
    }


def _ranked(note: PriorityNote) -> dict[str, int]:
    return {
        "score_tenths": note.score_tenths,
        "base_tenths": note.base_tenths,
        "lift_tenths": note.lift_tenths,
        "damped": int(note.damped),
        "expected_late_cents": note.expected_late_cents,
        "expected_late_days": note.expected_late_days,
        "own_invoices": note.own_invoices,
        "own_average_days_late": note.own_average_days_late,
        "late_dollar_days": note.late_dollar_days,
        "returned_recently": int(note.returned_recently),
        "promises_broken": note.promises_broken,
        "credit_use_percent": note.credit_use_percent,
    }


def _stated(statement: Statement | None) -> dict[str, int]:
    return {
        "statement_balance_cents": statement.balance_cents if statement else 0,
        "statement_due_day": day_number(statement.due_day) if statement else 0,
        "statement_discount_cents": statement.discount_cents if statement else 0,
        "statement_discount_day": day_number(statement.discount_day) if statement else 0,
    }
