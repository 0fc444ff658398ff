"""Reconciliation, the ledger: trial balance and Held in dispute, from sums carried over."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.ids import DealerId
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.reconciliation import Reconciliation
from chalicelib.domain.reconciling_books import compare_held, compare_trial
from chalicelib.services.reconcile_dealer_parts import Found
from chalicelib.services.world import World
from chalicelib.storage.ledger import EntryPage, list_entries
from chalicelib.storage.payment_lists import Span, each_payment
from chalicelib.storage.reconciliations import Carried, find_carried, save_carried

# Entries carry the day their event happened, which may be long before they are written.
LATE = timedelta(days=14)
ENTRIES_AT_ONCE = 20_000


def compare_ledger(
    world: World,  # noqa: ARG001  Every step takes the world first.
    run: Reconciliation,
) -> Found:
    """Add up what became old enough, then everything since; the first part is carried over."""
    carried = find_carried(run.dealer_id)
    if run.is_full and not run.cursor:
        carried = replace(carried, ledger_until=None, sums={}, tags={})
    grown, is_through = _grown(run.dealer_id, carried, run.started_at - LATE)
    save_carried(run.dealer_id, grown)
    if not is_through:
        return Found((), cursor="ledger")
    sums, _ = ledger_now(run.dealer_id, grown)
    span = Span(status=PaymentStatus.DISPUTED)
    trial, unequal = compare_trial(sums)
    held, unheld = compare_held(sums, each_payment(run.dealer_id, span))
    return Found((trial, held), (*unequal, *unheld))


def ledger_now(
    dealer_id: DealerId, carried: Carried
) -> tuple[dict[LedgerAccount, int], dict[str, int]]:
    """Each account's balance, and Clearing by tag where it is not 0, as of now; cents."""
    sums, tags = dict(carried.sums), dict(carried.tags)
    _add(list_entries(dealer_id, since=carried.ledger_until), sums, tags)
    return sums, {tag: cents for tag, cents in tags.items() if cents}


def _grown(dealer_id: DealerId, carried: Carried, until: datetime) -> tuple[Carried, bool]:
    """Sums up to `until`, or as far as one slice comes; True if they are through."""
    if carried.ledger_until is not None and carried.ledger_until >= until:
        return carried, True
    sums, tags = dict(carried.sums), dict(carried.tags)
    entries = list_entries(dealer_id, since=carried.ledger_until, until=until)
    stopped_at = _add(entries, sums, tags, most=ENTRIES_AT_ONCE)
    grown = replace(
        carried,
        ledger_until=stopped_at or until,
        sums=sums,
        tags={tag: cents for tag, cents in tags.items() if cents},
    )
    return grown, stopped_at is None


def _add(
    entries: Iterable[EntryPage],
    sums: dict[LedgerAccount, int],
    tags: dict[str, int],
    *,
    most: int | None = None,
) -> datetime | None:
    """Add entries to the sums; after `most` of them, stops where the moment changes and says it."""
    taken, last = 0, None
    for page in entries:
        if most is not None and taken >= most and page.at != last:
            return page.at
        taken, last = taken + 1, page.at
        for account, tag, cents in _lines(page):
            sums[account] = sums.get(account, 0) + cents
            if account is LedgerAccount.CLEARING:
                tags[tag] = tags.get(tag, 0) + cents
    return None


def _lines(page: EntryPage) -> Iterator[tuple[LedgerAccount, str, int]]:
    return ((line.account, line.tag, line.balance_cents) for line in page.lines)
