"""What an account owes, by job: one Query, the same figures as the dealer sees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain.accounts import Account, Totals
from chalicelib.domain.aging import bucket, days_past_due, totals
from chalicelib.domain.claims import Claim, ClaimState, Owed
from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import AccountId, DealerId, PayableId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.quotes import View
from chalicelib.domain.statement_parts import current_statement, statement_members
from chalicelib.services.list_customers_selection import folded
from chalicelib.services.view_statement import StatementStanding, standing_of
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState, get_state
from chalicelib.storage.dealers import get_dealer

ROWS_AT_ONCE = 200  # Beyond that a job's rows load on expand (ui.md, rule 7).


LATE = "late"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What of the open documents is asked for: a view, words to find, an age.

    Words match the document, PO and job; `age` is a bucket of aging.py, "late", or "" for any.
    """

    view: View = View.ALL
    text: str = ""
    age: str = ""


EVERYTHING = Narrowing()


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
    credits_available_cents: int  # Its shown credits that no payment uses yet.
    preselected_cents: int  # All credits of the job, shown or not, that a quote uses by itself.
    oldest_days_past_due: int
    payables: tuple[OpenPayable, ...]
    is_loaded: bool  # False: rows come from view_job on expand.


@dataclass(frozen=True, slots=True)
class Outstanding:
    """An account's open documents as of the ERP's extract less our own effects.

    `totals` sums what is shown; `open_cents` is the whole account's, whatever is shown of it.
    `payables` and `claims` are everything that was read, whatever is shown.
    """

    account: Account
    dealer: Dealer
    today: date
    totals: Totals
    jobs: tuple[Job, ...]
    as_of: datetime | None
    shown: Narrowing
    open_cents: int
    statement: StatementStanding | None
    payables: tuple[Payable, ...]
    claims: tuple[Claim, ...]


def view_outstanding(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    narrowing: Narrowing = EVERYTHING,
    rows_at_once: int = ROWS_AT_ONCE,
) -> Outstanding:
    """What is open on the account by job, most past due first; one Query.

    A view the account does not have shows everything. Beyond `rows_at_once` documents the jobs
    come without their rows. Raises NotFound.
    """
    dealer = get_dealer(dealer_id)
    state = get_state(dealer_id, account_id)
    now = world.clock.now()
    today = dealer_day(now, dealer.time_zone)
    rows = _rows(state, dealer, today, narrowing)
    owed = owed_on(state.payables, state.claims, state.account)
    standing = standing_of(state, dealer, now)
    return Outstanding(
        account=state.account,
        dealer=dealer,
        today=today,
        totals=totals((row.payable for row in rows), owed, today),
        jobs=_jobs(rows, state, owed, today, is_loaded=len(rows) <= rows_at_once),
        as_of=state.account.as_of,
        shown=narrowing if standing else replace(narrowing, view=View.ALL),
        open_cents=totals(state.payables, owed, today).outstanding_cents,
        statement=standing,
        payables=state.payables,
        claims=state.claims,
    )


def open_rows(
    world: World, dealer_id: DealerId, *, account_id: AccountId, narrowing: Narrowing = EVERYTHING
) -> tuple[OpenPayable, ...]:
    """The open documents asked for, oldest first; one Query. Raises NotFound."""
    dealer = get_dealer(dealer_id)
    state = get_state(dealer_id, account_id)
    today = dealer_day(world.clock.now(), dealer.time_zone)
    return tuple(_rows(state, dealer, today, narrowing))


def view_job(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    job_id: str,
    narrowing: Narrowing = EVERYTHING,
) -> tuple[OpenPayable, ...]:
    """The documents asked for of one job ("" = no job); empty for an unknown job."""
    rows = open_rows(world, dealer_id, account_id=account_id, narrowing=narrowing)
    return tuple(row for row in rows if row.payable.job_id == job_id)


def _rows(
    state: AccountState, dealer: Dealer, today: date, narrowing: Narrowing
) -> list[OpenPayable]:
    owed = owed_on(state.payables, state.claims, state.account)
    paid_by = _paid_by(state.claims)
    rows = [
        OpenPayable(
            payable=payable,
            owed=owed[payable.payable_id],
            days_past_due=days_past_due(payable, today),
            paid_by=paid_by.get(payable.payable_id, ""),
        )
        for payable in _in_view(state, dealer, narrowing.view)
        if owed[payable.payable_id].owed_cents
    ]
    words = folded(narrowing.text).split()
    found = [row for row in rows if _matches(row, words, narrowing.age)]
    return sorted(found, key=lambda row: (row.payable.ages_from, row.payable.payable_id))


def _matches(row: OpenPayable, words: Iterable[str], age: str) -> bool:
    """Every word is found, and the age fits; a credit has no age."""
    item = row.payable
    if age and item.kind is PayableKind.CREDIT:
        return False
    if age == LATE and row.days_past_due <= 0:
        return False
    if age not in ("", LATE) and bucket(row.days_past_due) != age:
        return False
    said = folded(f"{item.payable_id} {item.po_number} {item.job_id} {item.job_name}")
    return all(word in said for word in words)


def _in_view(state: AccountState, dealer: Dealer, view: View) -> Iterable[Payable]:
    if view is View.ALL or current_statement(state.account, dealer) is None:
        return state.payables
    members = statement_members(state.account, dealer, state.payables)
    wanted = view is View.STATEMENT
    return [item for item in state.payables if (item.payable_id in members) is wanted]


def _paid_by(claims: Iterable[Claim]) -> dict[PayableId, str]:
    return {
        effect.payable_id: claim.number
        for claim in claims
        if claim.state is ClaimState.IN_FLIGHT
        for effect in claim.effects
    }


def _jobs(
    rows: Iterable[OpenPayable],
    state: AccountState,
    owed: Mapping[PayableId, Owed],
    today: date,
    *,
    is_loaded: bool,
) -> tuple[Job, ...]:
    by_job: dict[str, list[OpenPayable]] = {}
    for row in rows:
        by_job.setdefault(row.payable.job_id, []).append(row)
    preselected: dict[str, int] = {}
    for item in state.payables:
        if item.kind is PayableKind.CREDIT and not item.in_query:
            held_cents = owed[item.payable_id].available_cents
            preselected[item.job_id] = preselected.get(item.job_id, 0) + held_cents
    jobs = [
        _job(held, owed, today, preselected_cents=preselected.get(name, 0), is_loaded=is_loaded)
        for name, held in by_job.items()
    ]
    jobs.sort(key=lambda job: (-job.totals.past_due_cents, not job.job_id, job.name, job.job_id))
    return tuple(jobs)


def _job(
    rows: list[OpenPayable],
    owed: Mapping[PayableId, Owed],
    today: date,
    *,
    preselected_cents: int,
    is_loaded: bool,
) -> Job:
    first = rows[0].payable
    charged = [row for row in rows if row.payable.kind is not PayableKind.CREDIT]
    credits_held = [row for row in rows if row.payable.kind is PayableKind.CREDIT]
    return Job(
        job_id=first.job_id,
        name=next((row.payable.job_name for row in rows if row.payable.job_name), first.job_id),
        totals=totals((row.payable for row in rows), owed, today),
        available_cents=sum(row.owed.available_cents for row in charged),
        credits_available_cents=sum(row.owed.available_cents for row in credits_held),
        preselected_cents=preselected_cents,
        oldest_days_past_due=max(0, max((row.days_past_due for row in charged), default=0)),
        payables=tuple(rows) if is_loaded else (),
        is_loaded=is_loaded,
    )
