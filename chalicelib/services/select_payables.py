"""What a payer asks for in one click, as a selection: jobs, the statement, or an amount."""

from collections.abc import Collection

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import AccountId, DealerId, PayableId
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.selections import Selection
from chalicelib.domain.statement_parts import statement_members, whole_statement
from chalicelib.services.view_outstanding import EVERYTHING, Narrowing, open_rows
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_state
from chalicelib.storage.dealers import get_dealer


def payables_of_jobs(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    job_ids: Collection[str],
    narrowing: Narrowing = EVERYTHING,
) -> tuple[PayableId, ...]:
    """Everything shown of the jobs ("" = no job), credits too, that nobody pays yet; one Query.

    A job's row shows its balance less its credits, so ticking it asks for both. Raises NotFound
    for a missing account.
    """
    rows = open_rows(world, dealer_id, account_id=account_id, narrowing=narrowing)
    return tuple(
        row.payable.payable_id
        for row in rows
        if row.payable.job_id in job_ids and row.owed.available_cents > 0
    )


def statement_selection(
    world: World,  # noqa: ARG001  Every use case takes the world first.
    dealer_id: DealerId,
    *,
    account_id: AccountId,
) -> Selection:
    """The whole current statement as far as it can be paid now. Raises InvalidInput if nothing."""
    state = get_state(dealer_id, account_id)
    dealer = get_dealer(dealer_id)
    members = statement_members(state.account, dealer, state.payables)
    owed = owed_on(state.payables, state.claims, state.account)
    selection = whole_statement(state.payables, owed, members)
    if not selection.amounts:
        raise InvalidInput("Everything on the current statement is paid or being paid.")
    return selection


def whole_balance(world: World, dealer_id: DealerId, *, account_id: AccountId) -> Selection:
    """Everything of the account that nobody pays yet, credits too. Raises InvalidInput if nothing.

    Documents in query are left out, as in a lump sum.
    """
    rows = open_rows(world, dealer_id, account_id=account_id)
    held = [row for row in rows if row.owed.available_cents > 0 and not row.payable.in_query]
    if all(row.payable.kind is PayableKind.CREDIT for row in held):
        raise InvalidInput("Everything on this account is paid or being paid.")
    return Selection(dict.fromkeys(row.payable.payable_id for row in held))


def lump_sum(
    world: World, dealer_id: DealerId, *, account_id: AccountId, amount_cents: int
) -> Selection:
    """An amount over the account's documents, oldest first; what is left over stays on account.

    No credit is preselected: the payer named what to pay. Raises InvalidInput below one cent.
    """
    if amount_cents <= 0:
        sentence = "Type the amount you want to pay, like 1250 or 1250.50."
        raise InvalidInput(sentence, {"amount": sentence})
    amounts: dict[PayableId, int | None] = {}
    left_cents = amount_cents
    for row in open_rows(world, dealer_id, account_id=account_id):
        available_cents = row.owed.available_cents
        if row.payable.kind is PayableKind.CREDIT or row.payable.in_query or not available_cents:
            continue
        if not left_cents:
            break
        taken_cents = min(left_cents, available_cents)
        amounts[row.payable.payable_id] = None if taken_cents == available_cents else taken_cents
        left_cents -= taken_cents
    return Selection(amounts, preselect_credits=False, surplus_cents=left_cents)
