"""The payer's payments: the list, and one payment as confirmation or receipt."""

from chalice.app import Blueprint

from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.people import PAYING_ROLES
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.portal.chrome import portal_chrome
from chalicelib.entrypoints.portal.payment_words import explanation, problem
from chalicelib.entrypoints.portal.receipts import receipt_offer
from chalicelib.entrypoints.presenting import (
    allocation_rows,
    fee_words,
    method_words,
    pay_again_href,
    payer_timeline,
    payment_badge,
    payment_row,
    zoned,
)
from chalicelib.entrypoints.responses import Html
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import payments as views
from chalicelib.rendering.views.figures import Pager
from chalicelib.services.confirm_card import is_waiting
from chalicelib.services.issue_receipt import receipt_kind
from chalicelib.services.view_payment import view_payment
from chalicelib.storage.accounts import get_account
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import list_payments_of_account

blueprint = Blueprint(__name__)
BASE = "/payments"


@page(blueprint, "GET", BASE)
def payments(visit: Visit) -> Html:
    """GET the account's payments, newest first."""
    dealer = get_dealer(visit.dealer_id)
    account = get_account(visit.dealer_id, visit.account_id)
    found, cursor = list_payments_of_account(
        visit.dealer_id, visit.account_id, cursor=visit.query.get("after")
    )
    rows = tuple(payment_row(payment, dealer, base=BASE, payer=False) for payment in found)
    view = views.Payments(
        chrome=portal_chrome(visit, dealer, "Payments", "Payments", detail=account.name),
        rows=rows,
        pager=Pager(
            first=1 if rows else 0,
            last=len(rows),
            previous_href=BASE if visit.query.get("after") else "",
            next_href=f"{BASE}?after={cursor}" if cursor else "",
        ),
    )
    return Html(render_page(view))


@page(blueprint, "GET", BASE + "/{payment}")
def receipt(visit: Visit, payment: str) -> Html:
    """GET one payment: a confirmation while it is pending, a receipt once funds are confirmed."""
    dealer = get_dealer(visit.dealer_id)
    account = get_account(visit.dealer_id, visit.account_id)
    found = view_payment(visit.world, visit.dealer_id, account_id=visit.account_id, name=payment)
    shown = found.payment
    pending = shown.status is PaymentStatus.PENDING
    view = views.Receipt(
        chrome=portal_chrome(visit, dealer, shown.number, "Payments", detail=account.name),
        number=shown.number,
        status=payment_badge(shown),
        amount_cents=shown.charged_cents,
        method=method_words(shown),
        account_name=shown.account_name,
        account_number=shown.account_id,
        initiated_at=zoned(dealer, shown.submitted_at),
        allocations=allocation_rows(shown),
        timeline=payer_timeline(found.events, dealer),
        is_receipt=receipt_kind(shown) == "receipt",
        lines_cents=shown.allocations_cents,
        credits_cents=-shown.erp_credits_cents,
        unapplied_cents=-shown.unapplied_used_cents,
        discount_cents=-shown.discount_cents,
        fee_cents=shown.fee_cents,
        fee_label=fee_words(shown.method.kind, shown.fee_cents),
        surplus_cents=shown.surplus_cents,
        refunded_cents=shown.refunded_cents,
        expected_on=zoned(dealer, shown.expected_at)[:10] if pending else "",
        explanation=explanation(shown, dealer),
        confirm_href=_confirm_href(visit, shown),
        pay_again_href=pay_again_href(shown),
        problem=problem(shown),
        authorisation=tuple(shown.authorization.text.split("\n\n")),
        offer=receipt_offer(visit, account, shown),
    )
    return Html(render_page(view))


def _confirm_href(visit: Visit, payment: Payment) -> str:
    may = visit.signed_in.role in PAYING_ROLES and is_waiting(payment)
    return f"{BASE}/{payment.number}/confirm" if may else ""
