"""A payment's return or dispute on its page, and Record return: the form and its one route."""

from chalice.app import Blueprint

from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.disputing import OPEN_PHASES, reason_words
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.domain.return_codes import RULES, Consequence, return_rule
from chalicelib.domain.returning import why_not_return
from chalicelib.domain.reversals import Dispute, DisputePhase, Return, Reversal
from chalicelib.entrypoints.filters import day_typed
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import zoned
from chalicelib.entrypoints.responses import Redirect
from chalicelib.rendering.views import taken_back as views
from chalicelib.rendering.views.figures import Option
from chalicelib.rendering.words import day
from chalicelib.services.enter_return import enter_return

blueprint = Blueprint(__name__)
BASE = "/console/payments"
DASHBOARD = "https://dashboard.stripe.com/disputes/"
_HEADINGS = {
    DisputePhase.INQUIRY: ("Dispute: inquiry", "warn"),
    DisputePhase.WITHDRAWN: ("Dispute: funds withdrawn", "bad"),
    DisputePhase.WON: ("Dispute won", "good"),
    DisputePhase.LOST: ("Dispute lost", "bad"),
    DisputePhase.CLOSED: ("Inquiry closed", "good"),
}
_LEDGER = {
    DisputePhase.INQUIRY: (
        "The card’s bank asks; no money has moved. Evidence is given in Stripe’s dashboard."
    ),
    DisputePhase.WITHDRAWN: (
        "The money is held in dispute; the documents stay paid until it is decided. Evidence is "
        "given in Stripe’s dashboard."
    ),
    DisputePhase.WON: "The held money came back to clearing. The processor keeps its fee.",
    DisputePhase.LOST: "The money that was held is gone; what it paid is owed again.",
    DisputePhase.CLOSED: "Nothing: no money has moved.",
}


@page(blueprint, "POST", BASE + "/{payment}/return", area="console", roles=COLLECTING_ROLES)
def record(visit: Visit, payment: str) -> Redirect:
    """POST: the bank's code and the day it sent the debit back."""
    changed = enter_return(
        visit.world,
        visit.dealer_id,
        name=payment,
        code=visit.form.get("code"),
        on=day_typed(visit.form.get("on"), "on"),
        operator=visit.signed_in.name,
    )
    return Redirect(f"{BASE}/{changed.number}?done=returned")


def taken_back(dealer: Dealer, payment: Payment) -> tuple[views.TakenBack, ...]:
    """What became of the money, newest first; nothing while nobody asked for it back."""
    if payment.returned is not None:
        return (_returned(dealer, payment, payment.returned),)
    return tuple(_disputed(dealer, dispute) for dispute in reversed(payment.disputes))


def return_form(visit: Visit, dealer: Dealer, payment: Payment) -> views.ReturnForm | None:
    """The form, or why a return can't be recorded; None once it is, or without the role."""
    is_over = payment.returned is not None or payment.status is PaymentStatus.DISPUTED
    if visit.signed_in.role not in COLLECTING_ROLES or is_over:
        return None
    url = f"{BASE}/{payment.number}/return"
    why = why_not_return(payment)
    if why:
        return views.ReturnForm(csrf=visit.csrf, url=url, blocked_because=why)
    settled = dealer_day(payment.settled_at or payment.submitted_at, dealer.time_zone)
    return views.ReturnForm(
        csrf=visit.csrf,
        url=url,
        codes=tuple(
            Option(value=code, label=f"{code}: {rule.meaning}") for code, rule in RULES.items()
        ),
        earliest=settled.isoformat(),
        latest=dealer_day(visit.world.clock.now(), dealer.time_zone).isoformat(),
    )


def _returned(dealer: Dealer, payment: Payment, back: Return) -> views.TakenBack:
    rule, given = return_rule(back.code), payment.authorization
    is_denied = rule.consequence is Consequence.END_MANDATE
    facts = [("Sent back on", day(zoned(dealer, back.at)))]
    if is_denied:
        facts += [
            ("Authorised on", day(zoned(dealer, given.accepted_at))),
            ("From the address", given.address),
        ]
    return views.TakenBack(
        heading="Returned by the bank",
        sentence=rule.operator_sentence,
        tone="bad",
        facts=tuple(facts),
        sums=_sums(back.reversal.money_cents, back.reversal, back.fee_cents),
        mandate=tuple(given.text.split("\n\n")) if is_denied else (),
    )


def _disputed(dealer: Dealer, dispute: Dispute) -> views.TakenBack:
    heading, tone = _HEADINGS[dispute.phase]
    is_open = dispute.phase in OPEN_PHASES
    moments = (
        ("Opened on", dispute.opened_at),
        ("Money taken on", dispute.withdrawn_at),
        ("Evidence due by", dispute.answer_by if is_open else None),
        ("Decided on", dispute.closed_at),
    )
    facts = [("Reason", reason_words(dispute.reason))]
    facts += [(label, day(zoned(dealer, at))) for label, at in moments if at]
    return views.TakenBack(
        heading=heading,
        sentence=_LEDGER[dispute.phase],
        tone=tone,
        facts=tuple(facts),
        sums=_sums(dispute.amount_cents, dispute.reversal, dispute.fee_cents),
        answer_href=DASHBOARD + dispute.dispute_id if is_open else "",
    )


def _sums(
    amount_cents: int, reversal: Reversal | None, fee_cents: int
) -> tuple[tuple[str, int], ...]:
    """What the bank took and what the ledger did with it; what is nothing is left out."""
    sums = [("Amount", amount_cents), ("Processor’s fee for it", fee_cents)]
    if reversal is not None:
        sums += [
            ("Owed again", reversal.owed_again_cents),
            ("Discount taken back", sum(line.discount_cents for line in reversal.lines)),
            ("Credits open again", sum(use.amount_cents for use in reversal.credits)),
            ("Customer’s fee given back", reversal.fee_income_cents),
            ("Money on account taken back", reversal.surplus_cents),
            ("Of it spent meanwhile, undone", sum(use.amount_cents for use in reversal.spent)),
            ("Lost: refunded before", reversal.loss_cents),
        ]
    return tuple((label, cents) for label, cents in sums if cents)
