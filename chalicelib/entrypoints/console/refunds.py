"""Refunds of a payment: the panel on its page, the preview, confirming, an administrator's word."""

from dataclasses import replace

from chalice.app import Blueprint
from ulid import ULID

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.payments import Payment
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.domain.refunds import RefundOrder, Room, Target, TargetKind, target_named
from chalicelib.domain.reversals import Refund, RefundState, Reversal
from chalicelib.entrypoints.console.chrome import console_chrome
from chalicelib.entrypoints.filters import cents_typed
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import zoned
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.rendering.csv_files import decimal_text
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import refunds as views
from chalicelib.rendering.views.chrome import Badge, FieldError
from chalicelib.rendering.views.figures import Option
from chalicelib.services.decide_refund import approve_refund, decline_refund
from chalicelib.services.refund_terms import find_refund, owed_again
from chalicelib.services.request_refund import (
    RefundTerms,
    checked_reason,
    refund_terms,
    request_refund,
)
from chalicelib.services.taking_back_words import amount_words
from chalicelib.services.view_payment import NO_PAYMENT, find_named
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)
BASE = "/console/payments"
ADMIN = "admin"
ADMINS = frozenset({ADMIN})
BADGES = {
    RefundState.REQUESTED: Badge(label="Waits for approval", tone="warn"),
    RefundState.DECLINED: Badge(label="Declined", tone="plain"),
    RefundState.SENDING: Badge(label="Being sent", tone="info"),
    RefundState.PENDING: Badge(label="On its way", tone="info"),
    RefundState.SUCCEEDED: Badge(label="Arrived", tone="good"),
    RefundState.FAILED: Badge(label="Failed", tone="bad"),
}


@page(blueprint, "POST", BASE + "/{payment}/refund", area="console", roles=COLLECTING_ROLES)
def preview(visit: Visit, payment: str) -> Html:
    """POST: what the refund as typed would do. Nothing moves by it."""
    dealer, found = get_dealer(visit.dealer_id), _found(visit, payment)
    try:
        order = _typed(visit)
        terms = _terms(visit, found, order)
    except InvalidInput as problem:
        return _corrected(visit, dealer, found, problem)
    return Html(render_page(_preview(visit, dealer, found, order, terms)))


@page(blueprint, "POST", BASE + "/{payment}/refunds", area="console", roles=COLLECTING_ROLES)
def confirm(visit: Visit, payment: str) -> Redirect:
    """POST: do what the preview said. Pressing twice is one refund."""
    changed = request_refund(
        visit.world,
        visit.dealer_id,
        name=payment,
        refund_id=visit.form.get("refund"),
        order=_typed(visit),
        agreed_cents=cents_typed(visit.form.get("agreed"), "agreed") or 0,
        operator=visit.signed_in.name,
        is_admin=visit.signed_in.role == ADMIN,
    )
    made = find_refund(changed, visit.form.get("refund"))
    return Redirect(f"{BASE}/{changed.number}?done={_done(made)}")


@page(blueprint, "POST", BASE + "/{payment}/refunds/{refund}", area="console", roles=ADMINS)
def decide(visit: Visit, payment: str, refund: str) -> Redirect:
    """POST: an administrator approves or declines a refund above the limit."""
    ids = {"name": payment, "refund_id": refund, "operator": visit.signed_in.name}
    match visit.form.get("decision"):
        case "approve":
            changed = approve_refund(visit.world, visit.dealer_id, **ids)
            done = _done(find_refund(changed, refund))
        case "decline":
            reason = visit.form.get("decline_reason")
            changed = decline_refund(visit.world, visit.dealer_id, **ids, reason=reason)
            done = "refund-declined"
        case _:
            raise InvalidInput("Choose whether to approve the refund or to decline it.")
    return Redirect(f"{BASE}/{changed.number}?done={done}")


def panel(visit: Visit, dealer: Dealer, payment: Payment) -> views.Refunds:
    """What was refunded, and the form or why nothing can be."""
    may = visit.signed_in.role in COLLECTING_ROLES
    return views.Refunds(
        csrf=visit.csrf,
        rows=tuple(_row(visit, dealer, payment, refund) for refund in reversed(payment.refunds)),
        form=_form(visit, payment, _terms(visit, payment)) if may else None,
    )


def _found(visit: Visit, name: str) -> Payment:
    payment = find_named(visit.dealer_id, name)
    if payment is None:
        raise NotFound(NO_PAYMENT)
    return payment


def _typed(visit: Visit) -> RefundOrder:
    return RefundOrder(
        amount_cents=cents_typed(visit.form.get("amount"), "amount") or 0,
        target=target_named(visit.form.get("target")),
        reason=checked_reason(visit.form.get("refund_reason")),
    )


def _terms(visit: Visit, payment: Payment, order: RefundOrder | None = None) -> RefundTerms:
    is_admin = visit.signed_in.role == ADMIN
    return refund_terms(visit.world, payment, order=order, is_admin=is_admin)


def _done(refund: Refund | None) -> str:
    """How far it has come when the page is shown."""
    state = refund.state if refund else None
    words = {
        RefundState.REQUESTED: "refund-asked",
        RefundState.SENDING: "refund-unanswered",
        RefundState.FAILED: "refund-refused",
    }
    return words.get(state, "refunded") if state else "refunded"


def _form(visit: Visit, payment: Payment, terms: RefundTerms) -> views.RefundForm:
    url, csrf = f"{BASE}/{payment.number}/refund", visit.csrf
    if terms.why_not:
        return views.RefundForm(csrf=csrf, url=url, blocked_because=terms.why_not)
    chosen = visit.form.get("target")
    most = terms.rooms[0].most_cents if terms.rooms else 0
    return views.RefundForm(
        csrf=csrf,
        url=url,
        targets=tuple(
            Option(
                value=room.target.word,
                label=_room_words(payment, room),
                selected=room.target.word == chosen,
            )
            for room in terms.rooms
        ),
        amount=visit.form.get("amount") or decimal_text(most),
        reason=visit.form.get("refund_reason"),
    )


def _room_words(payment: Payment, room: Room) -> str:
    return f"{_target_words(room.target)}: up to {amount_words(room.most_cents, payment.currency)}"


def _target_words(target: Target) -> str:
    match target.kind:
        case TargetKind.EVERYTHING:
            return "Everything it paid"
        case TargetKind.ON_ACCOUNT:
            return "Its cash on account"
        case TargetKind.CREDIT:
            return f"Credit {target.payable_id}, paid out"
        case TargetKind.DOCUMENT:
            return f"{target.payable_id}, owed again"


def _corrected(visit: Visit, dealer: Dealer, payment: Payment, problem: InvalidInput) -> Html:
    chrome = console_chrome(visit, dealer, f"Refund of {payment.number}", "Payments")
    fields = {"reason": "refund_reason"}
    errors = tuple(
        FieldError(field=fields.get(name, name), message=text)
        for name, text in problem.fields.items()
    )
    view = views.RefundPreview(
        chrome=replace(chrome, errors=errors),
        number=payment.number,
        back_href=f"{BASE}/{payment.number}",
        form=_form(visit, payment, _terms(visit, payment)),
    )
    return Html(render_page(view), problem.status)


def _preview(
    visit: Visit, dealer: Dealer, payment: Payment, order: RefundOrder, terms: RefundTerms
) -> views.RefundPreview:
    plan, back = terms.plan, f"{BASE}/{payment.number}"
    view = views.RefundPreview(
        chrome=console_chrome(visit, dealer, f"Refund of {payment.number}", "Payments"),
        number=payment.number,
        back_href=back,
        form=_form(visit, payment, terms),
    )
    if plan is None:
        return view
    money = amount_words(plan.money_cents, payment.currency)
    return replace(
        view,
        method=payment.method.words,
        sums=_some(("Refund", order.amount_cents), ("Fee given back", plan.fee_income_cents)),
        money_cents=plan.money_cents,
        changes=_changes(payment, plan),
        approval=_approval(dealer, payment) if terms.needs_approval else "",
        confirm_url=f"{back}/refunds",
        confirm_label=f"Ask for approval of {money}" if terms.needs_approval else f"Refund {money}",
        hidden=(
            ("refund", str(ULID())),
            ("target", order.target.word),
            ("amount", decimal_text(order.amount_cents)),
            ("agreed", decimal_text(plan.money_cents)),
            ("refund_reason", order.reason),
        ),
    )


def _approval(dealer: Dealer, payment: Payment) -> str:
    limit = amount_words(dealer.refund_limit_cents, payment.currency)
    return f"Refunds of one payment above {limit} need an administrator’s approval."


def _changes(payment: Payment, plan: Reversal) -> tuple[tuple[str, int], ...]:
    return _some(
        *((f"{name} is owed again", cents) for name, cents in owed_again(payment, plan)),
        *((f"Credit {use.payable_id} is paid out", use.amount_cents) for use in plan.consumed),
        ("Cash on account paid out", plan.surplus_cents),
        ("Of what is owed again: discount taken back", _discount_cents(plan)),
        ("Credits open again", sum(use.amount_cents for use in plan.credits)),
    )


def _discount_cents(plan: Reversal) -> int:
    return sum(line.discount_cents for line in plan.lines)


def _some(*sums: tuple[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((label, cents) for label, cents in sums if cents)


def _row(visit: Visit, dealer: Dealer, payment: Payment, refund: Refund) -> views.RefundRow:
    waits = refund.state is RefundState.REQUESTED and visit.signed_in.role == ADMIN
    url = f"{BASE}/{payment.number}/refunds/{refund.refund_id}"
    return views.RefundRow(
        amount_cents=refund.reversal.money_cents,
        state=BADGES[refund.state],
        at=zoned(dealer, refund.taken_at or refund.requested_at),
        by=refund.requested_by,
        lines=_lines(payment, refund),
        reason=refund.reason,
        decide_url=url if waits else "",
    )


def _lines(payment: Payment, refund: Refund) -> tuple[str, ...]:
    """What it is for, its reference, and how it ended."""
    counts = refund.state not in (RefundState.DECLINED, RefundState.FAILED)
    for_what = [
        f"{label}: {amount_words(cents, payment.currency)}"
        for label, cents in _changes(payment, refund.reversal)
        if counts
    ]
    said = [f"{'; '.join(for_what)}."] if for_what else []
    said.append(" · ".join(filter(None, (refund.reversal.number, refund.processor_id))))
    if refund.approved_by:
        verb = "Declined" if refund.state is RefundState.DECLINED else "Approved"
        said.append(f"{verb} by {refund.approved_by}.")
    if refund.failure_sentence:
        said.append(refund.failure_sentence[0].upper() + refund.failure_sentence[1:])
    return tuple(said)
