"""Changing a preview: other amounts, other credits, or paying it as the statement it holds."""

from collections.abc import Mapping

from chalice.app import Blueprint

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import PayableId, QuoteId
from chalicelib.domain.people import PAYING_ROLES
from chalicelib.entrypoints.filters import cents_typed
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.portal.outstanding import AMOUNT
from chalicelib.entrypoints.portal.paying import preview_page
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.rendering.views.chrome import FieldError
from chalicelib.services.change_quote import change_quote, quote_as_statement

blueprint = Blueprint(__name__)


@page(blueprint, "POST", "/quotes/{quote}/change", roles=PAYING_ROLES)
def change(visit: Visit, quote: str) -> Html | Redirect:
    """POST amounts and credits: price the same selection anew with them."""
    try:
        fresh = change_quote(
            visit.world,
            visit.dealer_id,
            account_id=visit.account_id,
            quote_id=QuoteId(quote),
            amounts=_amounts(visit.form.prefixed(AMOUNT)),
            credit_ids=[PayableId(name) for name in visit.form.all("credit")],
            surplus_cents=cents_typed(visit.form.get("surplus"), "surplus") or 0,
        )
    except InvalidInput as problem:
        error = FieldError(field="change", message=problem.sentence)
        return preview_page(visit, QuoteId(quote), (error,))
    return Redirect(f"/quotes/{fresh.quote_id}")


@page(blueprint, "POST", "/quotes/{quote}/as-statement", roles=PAYING_ROLES)
def as_statement(visit: Visit, quote: str) -> Redirect:
    """POST: price what the preview holds of the statement as the statement."""
    fresh = quote_as_statement(
        visit.world, visit.dealer_id, account_id=visit.account_id, quote_id=QuoteId(quote)
    )
    return Redirect(f"/quotes/{fresh.quote_id}")


def _amounts(typed: Mapping[str, str]) -> dict[PayableId, int]:
    """Cents by document; an empty box leaves its document out, as 0 does."""
    amounts = {}
    for name, text in typed.items():
        try:
            amounts[PayableId(name)] = cents_typed(text, name) or 0
        except InvalidInput as problem:
            raise InvalidInput(f"{name}: {problem.sentence}") from problem
    return amounts
