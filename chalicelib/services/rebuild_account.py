"""Rebuild one account's projections from what happened, and say what does not come out equal."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.days import dealer_day
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.ledger import Line, UnbalancedEntry, balance
from chalicelib.domain.payments import Payment
from chalicelib.domain.rebuilding import (
    nonzero,
    rebuilt_claims,
    rebuilt_ledger,
    replayed,
    shown,
    taken,
)
from chalicelib.services.refresh_totals import refreshed
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.accounts import AccountState, get_state
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ledger import entries_of
from chalicelib.storage.payments import list_events, list_payments_of_account
from chalicelib.storage.roster import Roster, dealer_curve
from chalicelib.storage.roster_row import row_of


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How much was rebuilt, and in words what is not equal."""

    payments: int
    events: int
    entries: int
    unequal: tuple[str, ...]


@dataclass(frozen=True)
class _Account:
    world: World
    dealer_id: DealerId
    state: AccountState
    payments: tuple[Payment, ...]

    @cached_property
    def claims(self) -> dict[PaymentId, list[Claim]]:
        """The stored claims by payment."""
        by_payment: dict[PaymentId, list[Claim]] = {}
        for claim in self.state.claims:
            by_payment.setdefault(claim.payment_id, []).append(claim)
        return by_payment


def rebuild_account(
    world: World, dealer_id: DealerId, *, account_id: AccountId, roster: Roster
) -> Rebuilt:
    """Fold every payment of the account anew and compare all that is shown of it.

    Nothing is written. Raises NotFound.
    """
    state = get_state(dealer_id, account_id)
    payments = tuple(_payments(dealer_id, account_id))
    account = _Account(world, dealer_id, state, payments)
    events = entries = 0
    unequal: list[str] = []
    for payment in payments:
        history = list_events(dealer_id, payment.payment_id)
        ledger = entries_of(keys.payment_log(dealer_id, payment.payment_id))
        events, entries = events + len(history), entries + len(ledger)
        status = replayed(history)
        if status is not payment.status:
            unequal.append(f"{payment.number} is {payment.status}; its events say {status}")
        lines = [line for page in ledger for line in page.lines]
        if not _same_ledger(payment, lines):
            unequal.append(f"{payment.number}: its ledger is not what its facts make")
        if not _same_claims(account, payment):
            unequal.append(f"{payment.number}: its claims are not what its facts make")
    unequal += _shown_differently(account, roster)
    return Rebuilt(len(payments), events, entries, tuple(unequal))


def _payments(dealer_id: DealerId, account_id: AccountId) -> Iterator[Payment]:
    cursor: str | None = ""
    while cursor is not None:
        found, following = list_payments_of_account(dealer_id, account_id, cursor=cursor)
        yield from found
        cursor = following or None


def _same_ledger(payment: Payment, lines: list[Line]) -> bool:
    """True if the stored lines are those the payment makes; facts that do not add up make none."""
    try:
        return nonzero(balance(lines)) == rebuilt_ledger(payment)
    except UnbalancedEntry:
        return False


def _same_claims(account: _Account, payment: Payment) -> bool:
    """True if the stored claims are those the payment makes, or an import has taken them in."""
    return taken(account.claims.get(payment.payment_id, ())) == taken(_standing(account, payment))


def _standing(account: _Account, payment: Payment) -> tuple[Claim, ...]:
    """The payment's claims less those the ERP's figures contain: an import forgets a claim whole.

    Which that were, only the import knew, so a claim that may be contained and is gone is gone.
    """
    held, as_of = account.claims.get(payment.payment_id, ()), account.state.account.as_of
    stored = [claim for claim in held if claim.effects or claim.brings]
    made = rebuilt_claims(payment)
    settled_at = payment.settled_at
    may_be_contained = as_of is not None and settled_at is not None and as_of >= settled_at
    if not may_be_contained:
        return made
    if not any(not claim.event and claim.state is ClaimState.APPLIED for claim in stored):
        return tuple(stored)
    return made


def _shown_differently(account: _Account, roster: Roster) -> Iterator[str]:
    header = account.state.account
    dealer = get_dealer(account.dealer_id)
    claims = [claim for payment in account.payments for claim in _standing(account, payment)]
    stored = {(claim.payment_id, claim.state): claim for claim in account.state.claims}
    recomputed = refreshed(
        header,
        payables=account.state.paged,
        claims=[_as_posted(claim, stored) for claim in claims],
        dealer=dealer,
        today=dealer_day(account.world.clock.now(), dealer.time_zone),
        curve=dealer_curve(account.dealer_id),
    )
    if shown(recomputed.totals) != shown(header.totals):
        yield f"account {header.account_id}: its totals are not what its payables and payments make"
    position = roster.columns.position(header.account_id)
    if position is None or roster.columns.row(position) != row_of(header):
        yield f"account {header.account_id}: its row in the list is not its header"


def _as_posted(claim: Claim, stored: dict[tuple[PaymentId, ClaimState], Claim]) -> Claim:
    """With what only the stored claim knows: when it was posted and seen, what it brings back."""
    known = stored.get((claim.payment_id, claim.state))
    if known is None:
        return claim
    brings = claim.brings or known.brings
    return replace(
        claim,
        posted_at=known.posted_at,
        was_posted=known.was_posted,
        unseen_at=known.unseen_at,
        brings=brings,
    )
