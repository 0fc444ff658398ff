"""Price a preview again with other amounts, other credits, or as the statement it holds."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from chalicelib.domain.ids import AccountId, DealerId, PayableId, QuoteId
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.quotes import Quote, View
from chalicelib.domain.selections import Selection
from chalicelib.domain.statement_parts import part_on_statement, statement_members
from chalicelib.services.quote_payment import quote_payment
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_state
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.quotes import StoredQuote, get_stored_quote


def change_quote(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    quote_id: QuoteId,
    amounts: Mapping[PayableId, int],
    credit_ids: Collection[PayableId],
    surplus_cents: int,
) -> Quote:
    """A new quote of the same selection as changed; documents not named stay as they were.

    `amounts` in cents, 0 leaves a document out. `credit_ids` are the credits to use: one used
    before stays within its rule, another one is ticked and may cross jobs, one missing is left
    out. Raises as quote_payment does, and NotFound.
    """
    stored, _ = get_stored_quote(dealer_id, account_id, quote_id)
    state = get_state(dealer_id, account_id)
    open_credits = {i.payable_id for i in state.payables if i.kind is PayableKind.CREDIT}
    selection = _changed(stored, amounts, set(credit_ids), open_credits)
    return quote_payment(
        world,
        dealer_id,
        account_id=account_id,
        selection=replace(selection, surplus_cents=surplus_cents),
        view=stored.quote.view,
        method_kind=stored.quote.method_kind,
        card=stored.quote.card,
    )


def quote_as_statement(
    world: World, dealer_id: DealerId, *, account_id: AccountId, quote_id: QuoteId
) -> Quote:
    """What the preview holds of the current statement, quoted as the statement. Raises the same."""
    stored, _ = get_stored_quote(dealer_id, account_id, quote_id)
    state = get_state(dealer_id, account_id)
    members = statement_members(state.account, get_dealer(dealer_id), state.payables)
    return quote_payment(
        world,
        dealer_id,
        account_id=account_id,
        selection=part_on_statement(stored.selection, state.payables, members),
        view=View.STATEMENT,
        method_kind=stored.quote.method_kind,
        card=stored.quote.card,
    )


def _changed(
    stored: StoredQuote,
    amounts: Mapping[PayableId, int],
    wanted: set[PayableId],
    open_credits: set[PayableId],
) -> Selection:
    before = stored.selection
    allocated = {line.payable_id: line.allocation_cents for line in stored.quote.lines}
    used = {effect.payable_id for effect in stored.quote.credits_used}
    kept = {name: cents for name, cents in before.amounts.items() if name not in open_credits}
    for name, cents in amounts.items():
        if cents == 0:
            kept.pop(name, None)
        elif name not in allocated or cents != allocated[name]:
            kept[name] = cents
    for name in wanted:
        if name in before.amounts or name not in used:
            kept[name] = before.amounts.get(name)
    left_out = (used | set(before.left_out)) - wanted
    return replace(
        before,
        amounts=kept,
        left_out=tuple(sorted(left_out)),
        names_documents=before.names_documents or bool(amounts),
    )
