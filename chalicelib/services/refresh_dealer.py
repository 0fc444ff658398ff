"""A dealer's night: its statistics, every account's aging and priority, a fresh roster file."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from uuid import uuid4

from chalicelib.domain.accounts import Account
from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.domain.priority import DealerCurve, scale
from chalicelib.services.refresh_totals import refreshed
from chalicelib.services.world import World
from chalicelib.storage import accounts, roster
from chalicelib.storage.dealers import get_dealer, list_dealers
from chalicelib.storage.roster_columns import Columns, empty_columns
from chalicelib.storage.roster_row import row_of
from chalicelib.storage.transactions import Put, WritesRefused, transact

CHUNK = 100  # Headers to a BatchGet; also the most items of one transaction.


@dataclass(frozen=True, slots=True)
class _Night:
    """What the work on one dealer shares."""

    dealer: Dealer
    today: date
    curve: DealerCurve


def refresh_dealers(world: World) -> int:
    """Refresh every dealer whose midnight has passed since its last time; returns how many.

    A dealer that fails stops no other; the failures are raised together at the end.
    """
    done, failures = 0, []
    for dealer_id in list_dealers():
        try:
            done += is_due(world, dealer_id) and refresh_dealer(world, dealer_id)
        except Exception as error:  # noqa: BLE001  Whatever it is, the other dealers come first.
            failures.append(error)
    if failures:
        raise ExceptionGroup("dealers could not be refreshed", failures)
    return done


def is_due(world: World, dealer_id: DealerId) -> bool:
    """True if the dealer's day is later than the one its roster was made on."""
    refreshed_on = roster.get_head(dealer_id).refreshed_on
    today = dealer_day(world.clock.now(), get_dealer(dealer_id).time_zone)
    return refreshed_on is None or refreshed_on < today


def refresh_dealer(world: World, dealer_id: DealerId, *, as_of: datetime | None = None) -> bool:
    """Read each open account once, rank all of them anew and publish the roster.

    Headers whose totals or priority moved are written one version on; an account somebody
    changes meanwhile keeps its own newer row. `as_of` is set at the end of an import. False if
    another process published first.
    """
    dealer = get_dealer(dealer_id)
    today = dealer_day(world.clock.now(), dealer.time_zone)
    head, changed = roster.read_head(dealer_id)
    headers = list(_headers(dealer_id, changed))
    curve = _learned(head.curve, headers)
    states = {
        header.account_id: accounts.stored_state(dealer_id, header.account_id)
        for header in headers
        if header.pages
    }
    curve = _scaled(_Night(dealer, today, curve), states)
    columns = _ranked(_Night(dealer, today, curve), headers, states)
    fresh = replace(
        head,
        curve=curve,
        refreshed_on=today,
        as_of=max(filter(None, (head.as_of, as_of)), default=None),
    )
    return roster.publish_roster(
        world.files, dealer_id, fresh, columns, _contained(columns, changed)
    )


def _headers(dealer_id: DealerId, changed: Iterable[str]) -> Iterator[Account]:
    # The directory index may lag behind; rows changed just now are known from the roster itself.
    known = {*accounts.list_account_ids(dealer_id), *map(roster.account_of_row, changed)}
    for chunk in _chunks(sorted(known)):
        yield from accounts.find_accounts(dealer_id, chunk).values()


def _chunks(ids: Iterable[AccountId]) -> Iterator[list[AccountId]]:
    remaining = iter(ids)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _learned(curve: DealerCurve, headers: Iterable[Account]) -> DealerCurve:
    """The curve with the dealer's settled invoices by days late; without any it stays."""
    counts: Counter[int] = Counter()
    for header in headers:
        counts.update(dict(header.paid_late_days))
    return replace(curve, histogram=tuple(sorted(counts.items()))) if counts else curve


def _scaled(night: _Night, states: dict[AccountId, accounts.StoredState]) -> DealerCurve:
    levels = (_refreshed(night, stored).priority.late_dollar_days for stored in states.values())
    measured = scale(levels, night.curve.floor_dollars)
    return replace(night.curve, s=measured.s, l95=measured.l95)


def _refreshed(night: _Night, stored: accounts.StoredState) -> Account:
    state = accounts.state_of(stored)
    return refreshed(
        state.account,
        payables=state.payables,
        claims=state.claims,
        dealer=night.dealer,
        today=night.today,
        curve=night.curve,
    )


def _ranked(
    night: _Night, headers: Iterable[Account], states: dict[AccountId, accounts.StoredState]
) -> Columns:
    columns, writes = empty_columns(), []
    for header in headers:
        if header.account_id in states:
            stored = states[header.account_id]
            before, after = accounts.state_of(stored).account, _refreshed(night, stored)
        else:
            before, after = (
                header,
                refreshed(
                    header,
                    payables=(),
                    claims=(),
                    dealer=night.dealer,
                    today=night.today,
                    curve=night.curve,
                ),
            )
        if after != before:
            after = _raised(after)
            writes.append(accounts.header_put(after, expected_version=before.money_version))
        columns.append(row_of(after))
        if len(writes) == CHUNK:
            _write(writes)
            writes = []
    _write(writes)
    return columns


def _raised(account: Account) -> Account:
    """One version on; the importer still recognises its own last rows."""
    untouched = account.import_version == account.money_version
    after = account.raised()
    return replace(after, import_version=after.money_version) if untouched else after


def _write(writes: list[Put]) -> None:
    named = [replace(put, name=put.record.pk) for put in writes]
    while named:
        try:
            transact(named, token=uuid4().hex)
        except WritesRefused as refused:
            # Somebody changed those accounts meanwhile: their own row is newer than ours.
            if not refused.names:
                raise
            named = [put for put in named if put.name not in refused.names]
        else:
            return


def _contained(columns: Columns, changed: dict[str, int]) -> dict[str, int]:
    held = dict(zip(columns.texts["account_id"], columns.numbers["version"], strict=True))
    return {
        sort_key: version
        for sort_key, version in changed.items()
        if held.get(roster.account_of_row(sort_key), -1) >= version
    }
