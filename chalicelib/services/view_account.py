"""One account for an operator: header of today, payables with what is owed, activity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.accounts import Account
from chalicelib.domain.aging import days_past_due
from chalicelib.domain.claims import Owed, owed_by_payable
from chalicelib.domain.days import dealer_day
from chalicelib.domain.ids import AccountId, DealerId, PayableId
from chalicelib.domain.payables import Payable
from chalicelib.services.refresh_totals import NEVER, refreshed
from chalicelib.services.world import World
from chalicelib.storage import accounts
from chalicelib.storage.accounts import LogEntry
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.roster import dealer_curve


@dataclass(frozen=True, slots=True)
class AccountPayable:
    """An open payable with what is owed on it today; days ≤ 0 are not past due."""

    payable: Payable
    owed: Owed
    days_past_due: int


@dataclass(frozen=True, slots=True)
class AccountView:
    """`account` carries totals and priority of `today`, whatever day the header was written."""

    account: Account
    payables: tuple[AccountPayable, ...]  # Oldest due first; nothing owed is left out.
    today: date


def view_account(world: World, dealer_id: DealerId, *, account_id: AccountId) -> AccountView:
    """The account and what it owes, in one Query (and the dealer's curve, once in five minutes).

    Raises NotFound, for a foreign account just as for a missing one.
    """
    dealer, state = get_dealer(dealer_id), accounts.get_state(dealer_id, account_id)
    today = dealer_day(world.clock.now(), dealer.time_zone)
    account = refreshed(
        state.account,
        payables=state.payables,
        claims=state.claims,
        dealer=dealer,
        today=today,
        curve=dealer_curve(dealer_id),
    )
    owed = owed_by_payable(state.payables, state.claims, account.as_of or NEVER)
    return AccountView(account, _listed(state.payables, owed, today), today)


def _listed(
    payables: tuple[Payable, ...], owed: Mapping[PayableId, Owed], today: date
) -> tuple[AccountPayable, ...]:
    rows = (
        AccountPayable(payable, owed[payable.payable_id], days_past_due(payable, today))
        for payable in payables
        if owed[payable.payable_id].owed_cents
    )
    return tuple(sorted(rows, key=lambda row: (-row.days_past_due, row.payable.payable_id)))


def view_activity(
    world: World,  # noqa: ARG001  Every use case takes its world first.
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    cursor: str = "",
) -> tuple[tuple[LogEntry, ...], str]:
    """The account's activity, newest first, 50 lines a page, and the next cursor ("" = none)."""
    return accounts.list_log(dealer_id, account_id, before=cursor)
