"""From ticked rows to a submitted payment: quote, preview, submit."""

from chalice.app import Blueprint

from chalicelib.domain.accounts import Account
from chalicelib.domain.errors import InvalidInput, QuoteOutdated
from chalicelib.domain.ids import MethodId, PayableId, QuoteId
from chalicelib.domain.mandates import authorisation_paragraphs, link_mandate_text
from chalicelib.domain.payments import CREDITS, Method
from chalicelib.domain.people import PAYING_ROLES
from chalicelib.domain.pricing import Selection
from chalicelib.domain.quotes import Quote, View
from chalicelib.entrypoints.filters import cents_typed
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.portal.chrome import portal_chrome
from chalicelib.entrypoints.portal.outstanding import AMOUNT, NO_JOB, outstanding_again
from chalicelib.entrypoints.portal.outstanding_parts import asked_for
from chalicelib.entrypoints.portal.quote_parts import change_panel, statement_offer
from chalicelib.entrypoints.presenting import allocation_rows, fee_words, zoned
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import quote as views
from chalicelib.rendering.views.chrome import Chrome, FieldError
from chalicelib.services.quote_payment import QuoteView, get_quote, quote_payment, renew_quote
from chalicelib.services.select_payables import (
    lump_sum,
    payables_of_jobs,
    statement_selection,
    whole_balance,
)
from chalicelib.services.submit_payment import submit_payment
from chalicelib.services.view_quote_choices import view_quote_choices
from chalicelib.storage.accounts import get_account
from chalicelib.storage.companies import list_methods
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment

blueprint = Blueprint(__name__)
WHOLE_ACCOUNT = "account"


@page(blueprint, "POST", "/quotes", roles=PAYING_ROLES)
def ask_quote(visit: Visit) -> Html | Redirect:
    """POST what to pay (ticks and parts, the whole statement, an amount): price it, preview it."""
    try:
        selection, view = _selected(visit)
        quote = quote_payment(
            visit.world,
            visit.dealer_id,
            account_id=visit.account_id,
            selection=selection,
            view=view,
            method_kind="ach",
        )
    except InvalidInput as problem:
        if not _typed(visit):
            raise
        return outstanding_again(visit, problem)
    return Redirect(f"/quotes/{quote.quote_id}")


def _typed(visit: Visit) -> dict[str, str]:
    """The amounts typed on lines; an empty box pays its ticked document in full."""
    return {name: text for name, text in visit.form.prefixed(AMOUNT).items() if text}


def _selected(visit: Visit) -> tuple[Selection, View]:
    """The selection and the view it was made in, by the form's own words."""
    world, where = visit.world, {"account_id": visit.account_id}
    if visit.form.get("whole") == View.STATEMENT:
        return statement_selection(world, visit.dealer_id, **where), View.STATEMENT
    if visit.form.get("whole") == WHOLE_ACCOUNT:
        return whole_balance(world, visit.dealer_id, **where), View.ALL
    if "amount" in dict(visit.form.pairs):
        cents = cents_typed(visit.form.get("amount"), "amount") or 0
        return lump_sum(world, visit.dealer_id, **where, amount_cents=cents), View.ALL
    ticked = [PayableId(name) for name in visit.form.all("payable")]
    jobs = {"" if job == NO_JOB else job for job in visit.form.all("job")}
    view = _view_asked(visit.form.get("view"))
    if jobs:
        shown = asked_for(visit.form)
        ticked += payables_of_jobs(world, visit.dealer_id, **where, job_ids=jobs, narrowing=shown)
    amounts: dict[PayableId, int | None] = dict.fromkeys(ticked)
    typed = _typed(visit)
    amounts |= {PayableId(name): cents_typed(text, name) for name, text in typed.items()}
    named = bool(visit.form.all("payable") or typed)
    return Selection(amounts, names_documents=named), view


def _view_asked(word: str) -> View:
    try:
        return View(word or View.ALL)
    except ValueError as error:
        raise InvalidInput("Choose All, Current Statement or New Charges.") from error


@page(blueprint, "POST", "/quotes/{quote}/renew", roles=PAYING_ROLES)
def ask_again(visit: Visit, quote: str) -> Redirect:
    """POST: price the same selection anew."""
    fresh = renew_quote(
        visit.world, visit.dealer_id, account_id=visit.account_id, quote_id=QuoteId(quote)
    )
    return Redirect(f"/quotes/{fresh.quote_id}")


@page(blueprint, "GET", "/quotes/{quote}", roles=PAYING_ROLES)
def preview(visit: Visit, quote: str) -> Html:
    """GET the preview: lines, credits, discount, fee, total, and how to pay."""
    return preview_page(visit, QuoteId(quote))


@page(blueprint, "POST", "/quotes/{quote}/submit", roles=PAYING_ROLES)
def submit(visit: Visit, quote: str) -> Html | Redirect:
    """POST: pay, once; the same quote again leads to the same payment."""
    problem = _missing(visit)
    if problem:
        return preview_page(visit, QuoteId(quote), problem)
    try:
        payment = submit_payment(
            visit.world,
            visit.dealer_id,
            account_id=visit.account_id,
            company_id=visit.signed_in.company_id,
            payer_id=visit.signed_in.user_id,
            quote_id=QuoteId(quote),
            signature=visit.form.get("signature"),
            method_id=MethodId(visit.form.get("method")),
            authorization_address=visit.address,
            forgets_method=visit.form.get("forget") == "yes",
        )
    except QuoteOutdated as outdated:
        return Redirect(f"/quotes/{outdated.quote_id}?done=fresh")
    if payment.method.kind == "card":
        return Redirect(f"/payments/{payment.number}/confirm")
    done = "submitted" if payment.charged_cents else "credited"
    return Redirect(f"/payments/{payment.number}?done={done}")


def _missing(visit: Visit) -> tuple[FieldError, ...]:
    problems = []
    if not visit.form.get("method"):
        problems.append(FieldError(field="method", message="Choose how to pay."))
    if visit.form.get("authorise") != "yes":
        sentence = "Tick the box to authorise the payment. Nothing was charged."
        problems.append(FieldError(field="authorise", message=sentence))
    return tuple(problems)


def preview_page(visit: Visit, quote_id: QuoteId, errors: tuple[FieldError, ...] = ()) -> Html:
    """The preview, again with what was wrong in a form on it."""
    dealer = get_dealer(visit.dealer_id)
    account = get_account(visit.dealer_id, visit.account_id)
    found = get_quote(visit.world, visit.dealer_id, account_id=visit.account_id, quote_id=quote_id)
    quote, saved = found.quote, _saved(visit)
    change, offer = _changes(visit, found, is_open=any(e.field == "change" for e in errors))
    pay_by = quote.method_kind if quote.charged_cents else CREDITS
    view = views.Quote(
        chrome=_chrome(visit, account, errors),
        quote=quote.quote_id,
        signature=quote.signature,
        account_name=account.name,
        account_number=account.account_id,
        lines=allocation_rows(quote),
        lines_cents=quote.allocations_cents,
        total_cents=quote.charged_cents,
        expires_at=zoned(dealer, quote.expires_at),
        submit_url=f"/quotes/{quote.quote_id}/submit",
        credits_cents=-quote.erp_credits_cents,
        unapplied_cents=-quote.unapplied_used_cents,
        discount_cents=-quote.discount_cents,
        surplus_cents=quote.surplus_cents,
        fee_cents=quote.fee_cents,
        fee_label=fee_words(quote.method_kind, quote.fee_cents) or "Fee",
        banks=_banks(saved),
        stopped_banks=_stopped(saved),
        cards=_cards(saved, quote),
        pay_by=pay_by,
        method_url=f"/quotes/{quote.quote_id}/method",
        authorisation=authorisation_paragraphs(dealer, quote.number, pay_by),
        link_authorisation=link_mandate_text(dealer),
        state=_state(found),
        renew_url=f"/quotes/{quote.quote_id}/renew",
        payment_href=_payment_href(visit, found),
        change=change,
        offer=offer,
    )
    return Html(render_page(view), status=422 if errors else 200)


def _chrome(visit: Visit, account: Account, errors: tuple[FieldError, ...]) -> Chrome:
    return portal_chrome(
        visit,
        get_dealer(visit.dealer_id),
        "Review payment",
        "Outstanding",
        detail=account.name,
        as_of=account.as_of,
        errors=errors,
    )


def _changes(
    visit: Visit, found: QuoteView, *, is_open: bool
) -> tuple[views.QuoteChange | None, views.StatementOffer | None]:
    """What can still be changed on a preview that can still be paid."""
    if _state(found) != "ready":
        return None, None
    choices = view_quote_choices(
        visit.world, visit.dealer_id, account_id=visit.account_id, quote_id=found.quote.quote_id
    )
    offer = statement_offer(found.quote, choices, get_dealer(visit.dealer_id))
    return change_panel(found.quote, choices, is_open=is_open), offer


def _state(found: QuoteView) -> str:
    if found.payment_id:
        return "used"
    return "expired" if found.is_expired else "ready"


def _payment_href(visit: Visit, found: QuoteView) -> str:
    if found.payment_id is None:
        return ""
    payment = get_payment(visit.dealer_id, visit.account_id, found.payment_id)
    return f"/payments/{payment.number}"


def _stopped(saved: tuple[Method, ...]) -> tuple[views.BankChoice, ...]:
    """Bank accounts that a return has ruled out, with why."""
    return tuple(
        views.BankChoice(
            method=method.method_id,
            bank_name=method.label,
            last4=method.last4,
            stopped_because=method.disabled,
        )
        for method in saved
        if method.disabled
    )


def _banks(methods: tuple[Method, ...]) -> tuple[views.BankChoice, ...]:
    saved = [method for method in methods if method.card is None and not method.disabled]
    return tuple(
        views.BankChoice(
            method=method.method_id,
            bank_name=method.label,
            last4=method.last4,
            selected=method is saved[-1],
        )
        for method in saved
    )


def _cards(saved: tuple[Method, ...], quote: Quote) -> tuple[views.CardChoice, ...]:
    return tuple(
        views.CardChoice(
            method=method.method_id,
            name=method.words.partition(" ••")[0],
            last4=method.last4,
            selected=method.card == quote.card,
        )
        for method in saved
        if method.card is not None
    )


def _saved(visit: Visit) -> tuple[Method, ...]:
    return list_methods(visit.dealer_id, visit.signed_in.company_id)
