"""What an account owes, by job: one Query, the same figures as the dealer sees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.accounts import Account, Totals
from chalicelib.domain.aging import days_past_due, totals
from chalicelib.domain.claims import Claim, ClaimState, Owed
from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import AccountId, DealerId, PayableId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.quotes import View
from chalicelib.domain.statements import member_ids
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState, get_state
from chalicelib.storage.dealers import get_dealer

ROWS_AT_ONCE = 200  # Beyond that a job's rows load on expand (ui.md, rule 7).


@dataclass(frozen=True, slots=True)
class OpenPayable:
    """One open document; `paid_by` is the number of the payment that is paying it."""

    payable: Payable
    owed: Owed
    days_past_due: int  # ≤ 0: not past due.
    paid_by: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A job's sums ("" = no job); past due is 1+ days, then 31–60, 61–90, 91+ out of `totals`."""

    job_id: str
    name: str
    totals: Totals
    available_cents: int  # Invoices and debits nobody is paying yet.
    oldest_days_past_due: int
    payables: tuple[OpenPayable, ...]
    is_loaded: bool  # False: rows come from view_job on expand.


@dataclass(frozen=True, slots=True)
class Outstanding:
    """An account's open documents as of the ERP's extract less our own effects."""

    account: Account
    dealer: Dealer
    today: date
    totals: Totals
    jobs: tuple[Job, ...]
    as_of: datetime | None
    view: View


def view_outstanding(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    view: View = View.ALL,
    rows_at_once: int = ROWS_AT_ONCE,
) -> Outstanding:
    """Everything open on the account by job, most past due first; one Query.

    Beyond `rows_at_once` documents the jobs come without their rows. Raises NotFound.
    """
    dealer = get_dealer(dealer_id)
    state = get_state(dealer_id, account_id)
    today = dealer_day(world.clock.now(), dealer.time_zone)
    rows = _open_rows(state, dealer, today, view)
    owed = {row.payable.payable_id: row.owed for row in rows}
    is_loaded = len(rows) <= rows_at_once
    by_job: dict[str, list[OpenPayable]] = {}
    for row in rows:
        by_job.setdefault(row.payable.job_id, []).append(row)
    jobs = [_job(held, owed, today, is_loaded=is_loaded) for held in by_job.values()]
    jobs.sort(key=lambda job: (-job.totals.past_due_cents, not job.job_id, job.name, job.job_id))
    return Outstanding(
        account=state.account,
        dealer=dealer,
        today=today,
        totals=totals((row.payable for row in rows), owed, today),
        jobs=tuple(jobs),
        as_of=state.account.as_of,
        view=view,
    )


def view_job(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    job_id: str,
    view: View = View.ALL,
) -> tuple[OpenPayable, ...]:
    """The open documents of one job ("" = no job), oldest first; empty for an unknown job."""
    dealer = get_dealer(dealer_id)
    state = get_state(dealer_id, account_id)
    today = dealer_day(world.clock.now(), dealer.time_zone)
    rows = _open_rows(state, dealer, today, view)
    return tuple(row for row in rows if row.payable.job_id == job_id)


def _open_rows(state: AccountState, dealer: Dealer, today: date, view: View) -> list[OpenPayable]:
    owed = owed_on(state.payables, state.claims, state.account)
    paid_by = _paid_by(state.claims)
    rows = [
        OpenPayable(
            payable=payable,
            owed=owed[payable.payable_id],
            days_past_due=days_past_due(payable, today),
            paid_by=paid_by.get(payable.payable_id, ""),
        )
        for payable in _in_view(state, dealer, view)
        if owed[payable.payable_id].owed_cents
    ]
    return sorted(rows, key=lambda row: (row.payable.ages_from, row.payable.payable_id))


def _in_view(state: AccountState, dealer: Dealer, view: View) -> Iterable[Payable]:
    statement = state.account.statement
    if view is View.ALL or statement is None or not dealer.statements_on:
        return state.payables
    members = member_ids(statement, state.payables)
    wanted = view is View.STATEMENT
    return [item for item in state.payables if (item.payable_id in members) is wanted]


def _paid_by(claims: Iterable[Claim]) -> dict[PayableId, str]:
    return {
        effect.payable_id: claim.number
        for claim in claims
        if claim.state is ClaimState.IN_FLIGHT
        for effect in claim.effects
    }


def _job(
    rows: list[OpenPayable], owed: Mapping[PayableId, Owed], today: date, *, is_loaded: bool
) -> Job:
    first = rows[0].payable
    charged = [row for row in rows if row.payable.kind is not PayableKind.CREDIT]
    return Job(
        job_id=first.job_id,
        name=next((row.payable.job_name for row in rows if row.payable.job_name), first.job_id),
        totals=totals((row.payable for row in rows), owed, today),
        available_cents=sum(row.owed.available_cents for row in charged),
        oldest_days_past_due=max(0, max((row.days_past_due for row in charged), default=0)),
        payables=tuple(rows) if is_loaded else (),
        is_loaded=is_loaded,
    )
