"""From ticked rows to a submitted payment: quote, preview, submit."""

from chalice.app import Blueprint

from chalicelib.domain.errors import InvalidInput, QuoteOutdated
from chalicelib.domain.ids import MethodId, PayableId, QuoteId
from chalicelib.domain.mandates import link_mandate_text, mandate_paragraphs
from chalicelib.domain.people import PAYING_ROLES
from chalicelib.domain.pricing import Selection
from chalicelib.domain.quotes import View
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.portal.chrome import portal_chrome
from chalicelib.entrypoints.portal.outstanding import NO_JOB
from chalicelib.entrypoints.presenting import allocation_rows, zoned
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import quote as views
from chalicelib.rendering.views.chrome import FieldError
from chalicelib.services.quote_payment import QuoteView, get_quote, quote_payment, renew_quote
from chalicelib.services.select_jobs import payables_of_jobs
from chalicelib.services.submit_payment import submit_payment
from chalicelib.storage.accounts import get_account
from chalicelib.storage.companies import list_methods
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment

blueprint = Blueprint(__name__)


@page(blueprint, "POST", "/quotes", roles=PAYING_ROLES)
def ask_quote(visit: Visit) -> Redirect:
    """POST the ticked payables and jobs: price them and show the preview."""
    ticked = [PayableId(name) for name in visit.form.all("payable")]
    jobs = {"" if job == NO_JOB else job for job in visit.form.all("job")}
    if jobs:
        ticked += payables_of_jobs(
            visit.world, visit.dealer_id, account_id=visit.account_id, job_ids=jobs
        )
    quote = quote_payment(
        visit.world,
        visit.dealer_id,
        account_id=visit.account_id,
        selection=Selection(amounts=dict.fromkeys(ticked)),
        view=_view_asked(visit.form.get("view")),
        method_kind="ach",
    )
    return Redirect(f"/quotes/{quote.quote_id}")


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
    return _preview(visit, QuoteId(quote))


@page(blueprint, "POST", "/quotes/{quote}/submit", roles=PAYING_ROLES)
def submit(visit: Visit, quote: str) -> Html | Redirect:
    """POST: pay, once; the same quote again leads to the same payment."""
    problem = _missing(visit)
    if problem:
        return _preview(visit, QuoteId(quote), problem)
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
        )
    except QuoteOutdated as outdated:
        return Redirect(f"/quotes/{outdated.quote_id}?done=fresh")
    return Redirect(f"/payments/{payment.number}?done=submitted")


def _missing(visit: Visit) -> tuple[FieldError, ...]:
    problems = []
    if not visit.form.get("method"):
        problems.append(FieldError(field="method", message="Choose a bank account."))
    if visit.form.get("authorise") != "yes":
        sentence = "Tick the box to authorise the payment. Nothing was charged."
        problems.append(FieldError(field="authorise", message=sentence))
    return tuple(problems)


def _preview(visit: Visit, quote_id: QuoteId, errors: tuple[FieldError, ...] = ()) -> Html:
    dealer = get_dealer(visit.dealer_id)
    account = get_account(visit.dealer_id, visit.account_id)
    found = get_quote(visit.world, visit.dealer_id, account_id=visit.account_id, quote_id=quote_id)
    quote = found.quote
    view = views.Quote(
        chrome=portal_chrome(
            visit,
            dealer,
            "Review payment",
            "Outstanding",
            detail=account.name,
            as_of=account.as_of,
            errors=errors,
        ),
        quote=quote.quote_id,
        signature=quote.signature,
        account_name=account.name,
        account_number=account.account_id,
        lines=allocation_rows(quote.lines),
        lines_cents=quote.allocations_cents,
        total_cents=quote.charged_cents,
        expires_at=zoned(dealer, quote.expires_at),
        submit_url=f"/quotes/{quote.quote_id}/submit",
        credits_cents=-quote.credits_cents,
        discount_cents=-quote.discount_cents,
        surplus_cents=quote.surplus_cents,
        fee_cents=quote.fee_cents,
        fee_label="ACH fee" if quote.fee_cents else "Fee",
        banks=_banks(visit),
        authorisation=mandate_paragraphs(dealer, quote.number),
        link_authorisation=link_mandate_text(dealer),
        state=_state(found),
        renew_url=f"/quotes/{quote.quote_id}/renew",
        payment_href=_payment_href(visit, found),
    )
    return Html(render_page(view), status=422 if errors else 200)


def _state(found: QuoteView) -> str:
    if found.payment_id:
        return "used"
    return "expired" if found.is_expired else "ready"


def _payment_href(visit: Visit, found: QuoteView) -> str:
    if found.payment_id is None:
        return ""
    payment = get_payment(visit.dealer_id, visit.account_id, found.payment_id)
    return f"/payments/{payment.number}"


def _banks(visit: Visit) -> tuple[views.BankChoice, ...]:
    saved = list_methods(visit.dealer_id, visit.signed_in.company_id)
    return tuple(
        views.BankChoice(
            method=method.method_id,
            bank_name=method.label,
            last4=method.last4,
            selected=method is saved[-1],
        )
        for method in saved
    )
