"""What a payer may still change on a preview: amounts, credits, and paying as the statement."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.ids import AccountId, DealerId, PayableId, QuoteId
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.pricing import owed_on, statement_saving_cents
from chalicelib.domain.quotes import Quote, View
from chalicelib.domain.statement_parts import statement_members
from chalicelib.services.view_statement import standing_of
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState, get_state
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.quotes import StoredQuote, get_stored_quote

MOST_AMOUNTS = 200  # More lines than that are changed by ticking anew.
MOST_CREDITS = 50


@dataclass(frozen=True, slots=True)
class LineChoice:
    """A document on the preview and the most that can be paid on it, cents."""

    payable_id: PayableId
    allocation_cents: int
    available_cents: int


@dataclass(frozen=True, slots=True)
class CreditChoice:
    """An open credit and what of it the preview uses, cents."""

    payable_id: PayableId
    job_name: str
    available_cents: int
    used_cents: int
    is_on_account: bool = False


@dataclass(frozen=True, slots=True)
class QuoteChoices:
    """Amounts in cents. `saving_cents`: more than now if paid as statement, `later` documents less.

    `lost_cents`: the discount of the whole statement that this part of it does not earn.
    """

    lines: tuple[LineChoice, ...]
    credits_open: tuple[CreditChoice, ...]
    saving_cents: int = 0
    later: int = 0
    lost_cents: int = 0
    saves_until: datetime | None = None


def view_quote_choices(
    world: World, dealer_id: DealerId, *, account_id: AccountId, quote_id: QuoteId
) -> QuoteChoices:
    """What the payer may still change, as of now; one Get and one Query. Raises NotFound."""
    stored, _ = get_stored_quote(dealer_id, account_id, quote_id)
    dealer, state = get_dealer(dealer_id), get_state(dealer_id, account_id)
    now = world.clock.now()
    saving_cents = _as_statement_cents(stored, state, dealer, now)
    standing = standing_of(state, dealer, now)
    members = statement_members(state.account, dealer, state.payables)
    in_all = stored.quote.view is View.ALL
    on_statement = [line for line in stored.quote.lines if line.payable_id in members]
    own_cents = sum(line.discount_cents for line in on_statement)
    is_part = stored.quote.view is View.STATEMENT and not saving_cents
    return QuoteChoices(
        lines=_lines(stored.quote, state),
        credits_open=_credits(stored.quote, state),
        saving_cents=max(0, saving_cents - own_cents) if in_all else 0,
        later=len(stored.quote.lines) - len(on_statement),
        lost_cents=standing.saving_cents if is_part and standing else 0,
        saves_until=standing.saves_until if standing else None,
    )


def _as_statement_cents(
    stored: StoredQuote, state: AccountState, dealer: Dealer, now: datetime
) -> int:
    try:
        return statement_saving_cents(
            payables=state.payables,
            claims=state.claims,
            account=state.account,
            dealer=dealer,
            selection=stored.selection,
            now=now,
        )
    except DrypowderError:
        return 0  # What was ticked has changed since; pressing Pay will say so.


def _lines(quote: Quote, state: AccountState) -> tuple[LineChoice, ...]:
    if quote.is_on_balance or len(quote.lines) > MOST_AMOUNTS:
        return ()
    owed = owed_on(state.payables, state.claims, state.account)
    return tuple(
        LineChoice(
            line.payable_id,
            line.allocation_cents,
            owed[line.payable_id].available_cents if line.payable_id in owed else 0,
        )
        for line in quote.lines
    )


def _credits(quote: Quote, state: AccountState) -> tuple[CreditChoice, ...]:
    """Used ones first, then others, oldest first."""
    owed = owed_on(state.payables, state.claims, state.account)
    used: dict[PayableId, int] = {}
    for effect in quote.credits_used:
        used[effect.payable_id] = used.get(effect.payable_id, 0) + effect.amount_cents
    open_now = [
        item
        for item in state.payables
        if item.kind is PayableKind.CREDIT and owed[item.payable_id].available_cents
    ]
    open_now.sort(
        key=lambda item: (item.payable_id not in used, item.transaction_day, item.payable_id)
    )
    return tuple(
        CreditChoice(
            payable_id=item.payable_id,
            job_name=item.job_name,
            available_cents=owed[item.payable_id].available_cents,
            used_cents=used.get(item.payable_id, 0),
            is_on_account=item.is_on_account,
        )
        for item in open_now[: max(MOST_CREDITS, len(used))]
    )
