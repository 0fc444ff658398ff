"""How the current statement stands today: what is left of it and what paying it whole costs."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.claims import Owed
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.ids import PayableId, QuoteId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.pricing import owed_on, price
from chalicelib.domain.quotes import Quote, View
from chalicelib.domain.statement_parts import (
    current_statement,
    statement_members,
    whole_statement,
)
from chalicelib.domain.statements import Statement
from chalicelib.storage.accounts import AccountState


@dataclass(frozen=True, slots=True)
class StatementStanding:
    """The frozen statement beside what its members come to today; cents.

    `open_cents` is the members' own sum, credits taken off: what is charged when it differs from
    the frozen balance; `in_flight_cents` of it is being paid already. `charged_cents` is what the
    preview of the whole statement charges by ACH, None if nothing of it can be paid now.
    `other_credits_cents` are credits it uses that the statement does not list.
    `saves_until` is None without a discount to earn.
    """

    statement: Statement
    open_cents: int
    in_flight_cents: int
    in_query_cents: int
    other_credits_cents: int = 0
    charged_cents: int | None = None
    saving_cents: int = 0
    saves_until: datetime | None = None

    @property
    def difference_cents(self) -> int:
        """Members less frozen balance; negative once something was paid since the close."""
        return self.open_cents - self.statement.balance_cents


def standing_of(state: AccountState, dealer: Dealer, now: datetime) -> StatementStanding | None:
    """How the account's statement stands; None without one. No request of its own."""
    statement = current_statement(state.account, dealer)
    if statement is None:
        return None
    owed = owed_on(state.payables, state.claims, state.account)
    names = statement_members(state.account, dealer, state.payables)
    members = [item for item in state.payables if item.payable_id in names]
    whole = _whole(state, dealer, now, owed, names)
    restored = state.account.restored_until(statement.statement_id)
    deadline = statement.discount_deadline(dealer.time_zone, restored)
    saves = whole is not None and whole.discount_cents > 0 and deadline and now <= deadline
    standings = [(item, owed[item.payable_id]) for item in members]
    return StatementStanding(
        statement=statement,
        open_cents=sum(_signed(item, held.owed_cents) for item, held in standings),
        in_flight_cents=sum(_signed(item, held.in_flight_cents) for item, held in standings),
        in_query_cents=sum(_signed(i, held.available_cents) for i, held in standings if i.in_query),
        other_credits_cents=_credits_beside(whole, names),
        charged_cents=whole.charged_cents if whole else None,
        saving_cents=whole.discount_cents if whole and saves else 0,
        saves_until=deadline if saves else None,
    )


def _whole(
    state: AccountState,
    dealer: Dealer,
    now: datetime,
    owed: dict[PayableId, Owed],
    members: frozenset[PayableId],
) -> Quote | None:
    try:
        return price(
            payables=state.payables,
            claims=state.claims,
            account=state.account,
            dealer=dealer,
            selection=whole_statement(state.payables, owed, members),
            view=View.STATEMENT,
            method_kind="ach",
            now=now,
            quote_id=QuoteId(""),
            number="",
        )
    except DrypowderError:
        return None  # Paid, being paid, or credits only: there is nothing to charge.


def _credits_beside(whole: Quote | None, members: frozenset[PayableId]) -> int:
    used = whole.credits_used if whole else ()
    return sum(effect.amount_cents for effect in used if effect.payable_id not in members)


def _signed(item: Payable, cents: int) -> int:
    return -cents if item.kind is PayableKind.CREDIT else cents
