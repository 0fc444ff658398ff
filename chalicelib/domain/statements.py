"""Statements: what was frozen at a monthly close, and which payables belong to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain.days import day_end
from chalicelib.domain.ids import AccountId, PayableId
from chalicelib.domain.payables import Payable


@dataclass(frozen=True, slots=True)
class Statement:
    """One closed statement of one account; cents. Later edits never move what was frozen."""

    statement_id: str
    account_id: AccountId
    closed_on: date
    due_day: date
    balance_cents: int
    discount_base_cents: int = 0
    discount_cents: int = 0
    discount_day: date | None = None
    grace_days: int = 0

    def discount_deadline(
        self, time_zone: str, restored_until: date | None = None
    ) -> datetime | None:
        """The last moment that still earns the discount, in the dealer's zone; None without one.

        `restored_until`: an operator gave it back until the end of that day.
        """
        if self.discount_day is None or self.discount_cents <= 0 or self.discount_base_cents <= 0:
            return None
        last_day = self.discount_day + timedelta(days=self.grace_days)
        return day_end(max(last_day, restored_until or last_day), time_zone)


def member_ids(statement: Statement, payables: Iterable[Payable]) -> frozenset[PayableId]:
    """The open items the statement lists; dated up to the close if no item names a statement."""
    listed = tuple(payables)
    if any(item.statement_id for item in listed):
        named = (item for item in listed if item.statement_id == statement.statement_id)
        return frozenset(item.payable_id for item in named)
    dated = (item for item in listed if item.transaction_day <= statement.closed_on)
    return frozenset(item.payable_id for item in dated)
