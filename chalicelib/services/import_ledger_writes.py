"""The writes that turn what is stored of one account into what the ERP's rows made of it."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

from chalicelib.domain.accounts import Account
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.priority import DealerCurve
from chalicelib.services.import_ledger_account import Change, ImportTerms, Known
from chalicelib.services.refresh_totals import refreshed
from chalicelib.storage import accounts, claims, roster
from chalicelib.storage.pages import PAYABLES_PER_PAGE
from chalicelib.storage.transactions import Write, transact

WRITES_AT_ONCE = 100  # DynamoDB's limit for one transaction.
MOST_PAYABLES = 90 * PAYABLES_PER_PAGE  # All pages of an account change in one transaction.


@dataclass(frozen=True, slots=True)
class Ranking:
    """What totals and priorities of this import are worked out with."""

    dealer: Dealer
    today: date
    curve: DealerCurve


def write_account(
    known: Known, change: Change, terms: ImportTerms, ranking: Ranking, *, digest: str
) -> bool:
    """Write what differs in one transaction; False if nothing does.

    Raises WritesRefused if the account moved since it was read, and InvalidInput for one with
    more open payables than one transaction can hold.
    """
    _check_size(change)
    after = _header(change, terms, ranking, digest)
    beside = _history_writes(known, change)
    before = known.state.account if known.state else None
    pages = accounts.page_puts(
        after, known.state.paged if known.state else (), change.open_payables
    )
    dropped = _claim_writes(known, change)
    if before and not (beside or pages or dropped) and _same(before, after):
        return False
    writes: list[Write] = [
        accounts.header_put(after, expected_version=before.money_version if before else None),
        *pages,
        *dropped,
        roster.row_put(after),
    ]
    # History that does not fit goes first: it is keyed by document, so a crash repeats harmlessly.
    while beside and len(writes) + len(beside) > WRITES_AT_ONCE:
        part, beside = beside[:WRITES_AT_ONCE], beside[WRITES_AT_ONCE:]
        transact(part, token=uuid4().hex)
    transact([*writes, *beside], token=uuid4().hex)
    return True


def _check_size(change: Change) -> None:
    if len(change.payables) > MOST_PAYABLES:
        raise InvalidInput(
            f"Account {change.account.account_id} has more than {MOST_PAYABLES:,} open documents."
        )


def _header(change: Change, terms: ImportTerms, ranking: Ranking, digest: str) -> Account:
    payables = change.open_payables
    account = replace(
        change.account,
        as_of=terms.as_of,
        pages=-(-len(payables) // PAYABLES_PER_PAGE),
    ).raised()
    # An account with claims is looked at in every import: a later extract may contain them.
    settled = not change.claims and not change.kept_open
    account = replace(
        account,
        import_digest=digest if settled else "",
        import_version=account.money_version if settled else 0,
    )
    return refreshed(
        account,
        payables=payables,
        claims=tuple(change.claims.values()),
        dealer=ranking.dealer,
        today=ranking.today,
        curve=ranking.curve,
    )


def _same(before: Account, after: Account) -> bool:
    """True if only marks of the import itself and the day's ranking differ."""
    return before == replace(
        after,
        money_version=before.money_version,
        as_of=before.as_of,
        import_digest=before.import_digest,
        import_version=before.import_version,
        totals=before.totals,
        priority=before.priority,
    )


def _history_writes(known: Known, change: Change) -> list[Write]:
    writes: list[Write] = [
        accounts.statement_put(change.account, statement)
        for statement_id, statement in change.statements.items()
        if known.statements.get(statement_id) != statement
    ]
    closed = known.closed.values(), change.closed.values()
    return [*writes, *accounts.closed_puts(change.account, *closed)]


def _claim_writes(known: Known, change: Change) -> list[Write]:
    where = (change.account.dealer_id, change.account.account_id)
    writes: list[Write] = []
    for claim in known.state.claims if known.state else ():
        left = change.claims.get(claim.key)
        if left is None and claims.is_due(*where, claim):
            # It counts no more, but the janitor finds by it what is left to do.
            left = replace(claim, effects=(), brings=())
        if left is None:
            writes.append(claims.claim_removal(*where, claim.payment_id, claim.event))
        elif left != claim:
            writes.append(claims.claim_change(*where, claim, left))
    return writes
