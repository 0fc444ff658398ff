"""Add a payer's card on the processor's hosted page, there and back by redirect.

Nothing is stored before the payer is back: what the visit is for travels with it and is compared
with the session. A visit whose payer never returns leaves a card at the processor, unused.
"""

from uuid import uuid4

from chalicelib.domain.errors import NotFound, TryAgain
from chalicelib.domain.ids import CompanyId, DealerId, QuoteId, UserId
from chalicelib.domain.payments import Method
from chalicelib.gateways.processor import ProcessorRefused, ProcessorUnreachable
from chalicelib.services.world import World
from chalicelib.storage.companies import list_methods, method_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.transactions import transact

NO_ANSWER = "The card page did not answer. Nothing was charged. Please try again in a minute."


def start_card(
    world: World,
    dealer_id: DealerId,
    *,
    company_id: CompanyId,
    user_id: UserId,
    payer_name: str,
    payer_email: str,
    quote_id: QuoteId,
) -> str:
    """Where to send the payer: the hosted page's address. Raises TryAgain."""
    acct = get_dealer(dealer_id).processor_account
    portal = world.config.portal_url
    key = f"{quote_id}-{user_id}"
    try:
        saved = list_methods(dealer_id, company_id)
        customer = saved[0].customer if saved else ""
        return world.processor.card_page(
            acct,
            customer=customer
            or world.processor.ensure_customer(
                acct, key=f"card-customer-{key}", name=payer_name, email=payer_email
            ),
            company=company_id,
            back_url=f"{portal}/cards/return?quote={quote_id}&visit=",
            cancel_url=f"{portal}/quotes/{quote_id}?done=no-card",
            # A page is good for one visit, so every press asks for a new one.
            key=f"card-page-{uuid4().hex}",
        )
    except (ProcessorUnreachable, ProcessorRefused) as error:
        raise TryAgain(NO_ANSWER) from error


def finish_card(
    world: World, dealer_id: DealerId, *, company_id: CompanyId, visit_id: str
) -> Method | None:
    """The card a visit of this company saved, kept from now on; None: the payer added none.

    Repeating it is harmless. Raises NotFound for another company's or an unknown visit; TryAgain.
    """
    acct = get_dealer(dealer_id).processor_account
    try:
        added = world.processor.added_card(acct, visit_id)
    except ProcessorRefused as error:
        raise NotFound("There is no such visit to the card page.") from error
    except ProcessorUnreachable as error:
        raise TryAgain(NO_ANSWER) from error
    if added.company != company_id:
        raise NotFound("There is no such visit to the card page.")
    if added.method is not None:
        transact([method_put(dealer_id, company_id, added.method)], token=uuid4().hex)
    return added.method
