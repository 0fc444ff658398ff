"""Reconciliation, accounts: headers, claims and the ledger of what is not posted yet."""

from collections.abc import Iterable, Iterator

from chalicelib.domain.accounts import Account
from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.days import dealer_day
from chalicelib.domain.ids import AccountId, PaymentId
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.reconciliation import Check, Difference, Figure, Reconciliation
from chalicelib.domain.reconciling_books import compare_claims, compare_header, compare_receivable
from chalicelib.services.reconcile_dealer_parts import Found
from chalicelib.services.refresh_totals import refreshed
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.accounts import AccountState, get_state, list_account_ids
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ledger import entries_of
from chalicelib.storage.payment_lists import Span, each_payment
from chalicelib.storage.payments import find_payment, list_payments_of_account
from chalicelib.storage.roster import dealer_curve

AT_ONCE = 50
MOVING = (
    PaymentStatus.PENDING,
    PaymentStatus.FROZEN,
    PaymentStatus.SETTLED,
    PaymentStatus.DISPUTED,
)


def compare_accounts(world: World, run: Reconciliation) -> Found:
    """Fifty accounts: all of the dealer's, or at night those with payments that may move."""
    wanted = sorted(set(_accounts(run)))
    waiting = [account_id for account_id in wanted if account_id > run.cursor]
    figures = [Figure(check, 0, 0) for check in (Check.HEADERS, Check.RECEIVABLE)]
    found: list[Difference] = []
    for account_id in waiting[:AT_ONCE]:
        shown, wrong = _compared(world, run, account_id)
        if wrong:
            # Somebody may have been at it while it was read, so it is read once more.
            shown, wrong = _compared(world, run, account_id)
        figures += shown
        found += wrong
    following = waiting[AT_ONCE - 1] if len(waiting) > AT_ONCE else ""
    return Found(tuple(figures), tuple(found), following)


def _accounts(run: Reconciliation) -> Iterator[AccountId]:
    if run.is_full:
        yield from list_account_ids(run.dealer_id)
        return
    spans = [Span(status=status) for status in MOVING]
    for span in (*spans, Span(since=run.since)):
        for payment in each_payment(run.dealer_id, span):
            yield payment.account_id


def _compared(
    world: World, run: Reconciliation, account_id: AccountId
) -> tuple[list[Figure], list[Difference]]:
    state = get_state(run.dealer_id, account_id)
    payments = _payments(run, state)
    header, found = compare_header(state.account, _recomputed(world, run, state))
    figures = [header]
    found += compare_claims(state.account, state.claims, payments)
    for payment, claims in _unposted(state.claims, payments):
        log = keys.payment_log(payment.dealer_id, payment.payment_id)
        lines = [line for page in entries_of(log) for line in page.lines]
        figure, differences = compare_receivable(payment, claims, lines)
        figures.append(figure)
        found += differences
    return figures, found


def _recomputed(world: World, run: Reconciliation, state: AccountState) -> Account:
    dealer = get_dealer(run.dealer_id)
    return refreshed(
        state.account,
        payables=state.paged,
        claims=state.claims,
        dealer=dealer,
        today=dealer_day(world.clock.now(), dealer.time_zone),
        curve=dealer_curve(run.dealer_id),
    )


def _payments(run: Reconciliation, state: AccountState) -> dict[PaymentId, Payment]:
    """The account's newest payments, and those that claim something."""
    account_id = state.account.account_id
    newest, _ = list_payments_of_account(run.dealer_id, account_id)
    payments = {it.payment_id: it for it in newest}
    for payment_id in {claim.payment_id for claim in state.claims} - payments.keys():
        payment = find_payment(run.dealer_id, account_id, payment_id)
        if payment is not None:
            payments[payment_id] = payment
    return payments


def _unposted(
    claims: Iterable[Claim], payments: dict[PaymentId, Payment]
) -> Iterator[tuple[Payment, list[Claim]]]:
    """Payments whose own claim the ERP has not seen any of, with all they claim."""
    by_payment: dict[PaymentId, list[Claim]] = {}
    for claim in claims:
        by_payment.setdefault(claim.payment_id, []).append(claim)
    for payment_id, held in by_payment.items():
        payment = payments.get(payment_id)
        own = any(it.state is ClaimState.APPLIED and not it.event for it in held)
        if payment is not None and own and payment.posted_at is None:
            yield payment, held
