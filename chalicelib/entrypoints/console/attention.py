"""Needs attention: the operators' inbox, Done, and events that were set aside."""

from chalice.app import Blueprint

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.people import COLLECTING_ROLES
from chalicelib.entrypoints.console.chrome import console_chrome, payment_tabs
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import zoned
from chalicelib.entrypoints.responses import Html, Redirect
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import attention as views
from chalicelib.rendering.views.chrome import Badge
from chalicelib.services.deal_with_notice import deal_with_notice, list_waiting
from chalicelib.services.keep_event import handle_again, view_event
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)
BASE = "/console/attention"
KINDS = {
    NoticeKind.OVERDUE: Badge(label="Overdue", tone="bad"),
    NoticeKind.STOPPED: Badge(label="Stopped", tone="warn"),
    NoticeKind.CONTRADICTED: Badge(label="Contradicted", tone="bad"),
    NoticeKind.RETURNED: Badge(label="Returned", tone="bad"),
    NoticeKind.DISPUTED: Badge(label="Disputed", tone="warn"),
    NoticeKind.DISPUTE_LOST: Badge(label="Dispute lost", tone="bad"),
    NoticeKind.REFUND_APPROVAL: Badge(label="Refund to approve", tone="warn"),
    NoticeKind.REFUND_FAILED: Badge(label="Refund failed", tone="bad"),
    NoticeKind.REFUND_ELSEWHERE: Badge(label="Refunded elsewhere", tone="warn"),
    NoticeKind.LOSS: Badge(label="Paid out twice", tone="bad"),
    NoticeKind.OVERPAID: Badge(label="Paid elsewhere", tone="info"),
    NoticeKind.PAYOUT: Badge(label="Deposit", tone="bad"),
    NoticeKind.UNPROVEN: Badge(label="Does not add up", tone="bad"),
    NoticeKind.UNMATCHED: Badge(label="Event set aside", tone="warn"),
    NoticeKind.DIFFERENCE: Badge(label="Difference", tone="bad"),
}


@page(blueprint, "GET", BASE, area="console")
def attention(visit: Visit) -> Html:
    """GET what waits for a person, newest first."""
    dealer = get_dealer(visit.dealer_id)
    waiting = list_waiting(visit.world, visit.dealer_id)
    view = views.Attention(
        chrome=console_chrome(visit, dealer, "Needs attention", "Payments"),
        tabs=payment_tabs(visit, "attention"),
        rows=tuple(_row(notice, dealer) for notice in waiting.notices),
        may_act=_may_act(visit),
        has_more=waiting.has_more,
    )
    return Html(render_page(view))


@page(blueprint, "POST", BASE + "/done", area="console", roles=COLLECTING_ROLES)
def done(visit: Visit) -> Redirect:
    """POST: somebody has dealt with a notice; pressing twice changes nothing."""
    try:
        kind = NoticeKind(visit.form.get("kind"))
    except ValueError as error:
        raise InvalidInput("Choose what is done.") from error
    is_new = deal_with_notice(
        visit.world,
        visit.dealer_id,
        kind=kind,
        subject=visit.form.get("subject"),
        operator=visit.signed_in.name,
    )
    return Redirect(f"{BASE}?done={'notice' if is_new else 'notice-gone'}")


@page(blueprint, "GET", BASE + "/events/{event}", area="console")
def kept_event(visit: Visit, event: str) -> Html:
    """GET one event that was set aside."""
    dealer = get_dealer(visit.dealer_id)
    kept = view_event(visit.dealer_id, event_id=event)
    view = views.KeptEvent(
        chrome=console_chrome(visit, dealer, "Event set aside", "Payments"),
        tabs=payment_tabs(visit, "attention"),
        event_id=kept.event_id,
        event_type=kept.event_type,
        object_id=kept.object_id,
        reason=kept.reason,
        kept_at=zoned(dealer, kept.at),
        again_url=f"{BASE}/events/{kept.event_id}/again",
        may_act=_may_act(visit),
    )
    return Html(render_page(view))


@page(blueprint, "POST", BASE + "/events/{event}/again", area="console", roles=COLLECTING_ROLES)
def again(visit: Visit, event: str) -> Redirect:
    """POST: queue the event once more."""
    handle_again(visit.world, visit.dealer_id, event_id=event, operator=visit.signed_in.name)
    return Redirect(f"{BASE}?done=again")


def _row(notice: Notice, dealer: Dealer) -> views.NoticeRow:
    return views.NoticeRow(
        kind=notice.kind.value,
        subject=notice.subject,
        label=KINDS[notice.kind],
        sentence=notice.sentence,
        since=zoned(dealer, notice.at),
        href=notice.path,
        amount_cents=notice.amount_cents,
    )


def _may_act(visit: Visit) -> bool:
    return visit.signed_in.role in COLLECTING_ROLES
