"""An account's statements, newest close first, and what is open of each today: one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.claims import Owed
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.statement_parts import current_statement
from chalicelib.domain.statements import Statement, member_ids
from chalicelib.services.view_outstanding import Outstanding
from chalicelib.services.world import World
from chalicelib.storage import accounts


class StatementState(StrEnum):
    """How a statement stands today."""

    CLEAR = "clear"  # Nothing of it is owed any more.
    ON_ITS_WAY = "on-its-way"  # Everything open of it is being paid.
    PAST_DUE = "past-due"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class ListedStatement:
    """A frozen statement beside what its documents come to today, credits taken off; cents.

    `discount_until` is the last moment that earns its discount, None if it never had one.
    """

    statement: Statement
    open_cents: int
    state: StatementState
    is_current: bool
    discount_until: datetime | None
    is_discount_over: bool


def list_statements(
    world: World, found: Outstanding, *, start: int, limit: int
) -> tuple[tuple[ListedStatement, ...], bool]:
    """`limit` statements of the account from `start` on, and whether more follow.

    `found` is the account as it was just read, so that only the statements are asked for.
    """
    account, dealer = found.account, found.dealer
    every = accounts.list_statements(dealer.dealer_id, account.account_id)
    owed = owed_on(found.payables, found.claims, account)
    current, now = current_statement(account, dealer), world.clock.now()
    listed = []
    for statement in every[start : start + limit]:
        open_cents, in_flight_cents = _open(statement, found.payables, owed)
        until = statement.discount_deadline(
            dealer.time_zone, account.restored_until(statement.statement_id)
        )
        state = StatementState.OPEN
        if open_cents <= 0:
            state = StatementState.CLEAR
        elif in_flight_cents >= open_cents:
            state = StatementState.ON_ITS_WAY
        elif statement.due_day < found.today:
            state = StatementState.PAST_DUE
        listed.append(
            ListedStatement(
                statement=statement,
                open_cents=open_cents,
                state=state,
                is_current=current is not None and current.statement_id == statement.statement_id,
                discount_until=until,
                is_discount_over=until is not None and now > until,
            )
        )
    return tuple(listed), len(every) > start + limit


def _open(
    statement: Statement, payables: tuple[Payable, ...], owed: Mapping[PayableId, Owed]
) -> tuple[int, int]:
    """What its documents come to today, and how much of that is in flight."""
    names = member_ids(statement, payables)
    open_cents = in_flight_cents = 0
    for item in payables:
        if item.payable_id in names:
            sign = -1 if item.kind is PayableKind.CREDIT else 1
            open_cents += sign * owed[item.payable_id].owed_cents
            in_flight_cents += sign * owed[item.payable_id].in_flight_cents
    return open_cents, in_flight_cents
