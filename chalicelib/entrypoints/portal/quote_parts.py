"""The preview's pieces beyond its sums: what can be changed, and what paying whole would save."""

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.quotes import Quote
from chalicelib.entrypoints.presenting import zone_name, zoned
from chalicelib.rendering.csv_files import decimal_text
from chalicelib.rendering.views import quote as views
from chalicelib.services.view_quote_choices import QuoteChoices


def change_panel(quote: Quote, choices: QuoteChoices, *, is_open: bool) -> views.QuoteChange:
    """The form that prices the same selection with other amounts or credits."""
    return views.QuoteChange(
        url=f"/quotes/{quote.quote_id}/change",
        amounts=tuple(
            views.AmountField(
                payable=line.payable_id,
                value=decimal_text(line.allocation_cents),
                available_cents=line.available_cents,
            )
            for line in choices.lines
        ),
        credits_open=tuple(
            views.CreditField(
                payable=item.payable_id,
                job_name=item.job_name,
                available_cents=item.available_cents,
                used_cents=item.used_cents,
                is_on_account=item.is_on_account,
            )
            for item in choices.credits_open
        ),
        surplus=decimal_text(quote.surplus_cents) if quote.surplus_cents else "",
        is_open=is_open,
    )


def statement_offer(
    quote: Quote, choices: QuoteChoices, dealer: Dealer
) -> views.StatementOffer | None:
    """What paying the whole statement would save, unless the quote already has it."""
    until = choices.saves_until
    saving_cents = choices.saving_cents or choices.lost_cents
    if until is None or not saving_cents:
        return None
    holds_it = choices.saving_cents > 0
    return views.StatementOffer(
        saving_cents=saving_cents,
        until=zoned(dealer, until),
        zone=zone_name(dealer, until),
        holds_it=holds_it,
        later=choices.later if holds_it else 0,
        url=f"/quotes/{quote.quote_id}/as-statement" if holds_it else "/quotes",
    )
