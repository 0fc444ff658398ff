"""Price what a payer ticked and keep the signed preview for fifteen minutes."""

from dataclasses import dataclass, replace

from ulid import ULID

from chalicelib.domain.cards import CardFacts
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import (
    AccountId,
    CompanyId,
    DealerId,
    MethodId,
    PaymentId,
    QuoteId,
)
from chalicelib.domain.pricing import Selection, price, sign
from chalicelib.domain.quotes import Quote, View
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_state
from chalicelib.storage.companies import list_methods
from chalicelib.storage.dealers import get_dealer, next_number
from chalicelib.storage.quotes import StoredQuote, get_stored_quote, put_quote

LEAST_CENTS = 50  # Stripe's minimum in US dollars; https://docs.stripe.com/currencies.
TOO_SMALL = "The smallest amount that can be paid online is $0.50."


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A stored quote as its page needs it."""

    quote: Quote
    is_expired: bool
    payment_id: PaymentId | None  # The payment it became.


def quote_payment(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    selection: Selection,
    view: View,
    method_kind: str,
    card: CardFacts | None = None,
) -> Quote:
    """A new signed quote of the account's selection; all amounts come from our own records.

    Raises NotFound (no such account), InvalidInput (foreign or settled payable, bad amount) or
    PayableAlreadyClaimed.
    """
    dealer = get_dealer(dealer_id)
    state = get_state(dealer_id, account_id)
    quote = price(
        payables=state.payables,
        claims=state.claims,
        account=state.account,
        dealer=dealer,
        selection=selection,
        view=view,
        method_kind=method_kind,
        now=world.clock.now(),
        quote_id=QuoteId(str(ULID())),
        number="",
        card=card,
    )
    if 0 < quote.charged_cents < LEAST_CENTS:
        raise InvalidInput(TOO_SMALL)
    return _kept(world, dealer_id, quote, selection)


def get_quote(
    world: World, dealer_id: DealerId, *, account_id: AccountId, quote_id: QuoteId
) -> QuoteView:
    """A quote of this account as its page shows it. Raises NotFound."""
    stored, is_used = get_stored_quote(dealer_id, account_id, quote_id)
    return QuoteView(
        quote=stored.quote,
        is_expired=world.clock.now() >= stored.quote.expires_at,
        payment_id=payment_of(quote_id) if is_used else None,
    )


def renew_quote(
    world: World, dealer_id: DealerId, *, account_id: AccountId, quote_id: QuoteId
) -> Quote:
    """The same selection priced again. Raises as quote_payment does."""
    stored, _ = get_stored_quote(dealer_id, account_id, quote_id)
    return quote_payment(
        world,
        dealer_id,
        account_id=account_id,
        selection=stored.selection,
        view=stored.quote.view,
        method_kind=stored.quote.method_kind,
        card=stored.quote.card,
    )


def switch_method(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    company_id: CompanyId,
    quote_id: QuoteId,
    method_kind: str,
    method_id: MethodId | None = None,
) -> Quote:
    """The same selection priced for another way to pay; a card's fee depends on the card.

    Without `method_id` a saved card of the company, if there is one. Raises as quote_payment does.
    """
    stored, _ = get_stored_quote(dealer_id, account_id, quote_id)
    cards = [method.card for method in list_methods(dealer_id, company_id) if method.card]
    if method_id is not None:
        cards = [card for card in cards if card.method_id == method_id]
    return quote_payment(
        world,
        dealer_id,
        account_id=account_id,
        selection=stored.selection,
        view=stored.quote.view,
        method_kind=method_kind,
        card=cards[-1] if cards and method_kind == "card" else None,
    )


def payment_of(quote_id: QuoteId) -> PaymentId:
    """The payment a quote becomes: the same id, so a quote can never become two payments."""
    return PaymentId(quote_id)


def _kept(world: World, dealer_id: DealerId, quote: Quote, selection: Selection) -> Quote:
    numbered = replace(quote, number=next_number(get_dealer(dealer_id)))
    signed = sign(numbered, world.secrets.values().quote_key.encode())
    put_quote(StoredQuote(signed, selection))
    return signed
