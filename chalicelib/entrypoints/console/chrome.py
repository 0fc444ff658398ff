"""What surrounds every console page: navigation, who is signed in, how fresh the data is."""

from datetime import datetime

from chalicelib.domain.dealers import Dealer
from chalicelib.entrypoints.guard import Visit
from chalicelib.entrypoints.presenting import zone_name, zoned
from chalicelib.rendering.views.chrome import Chrome, FieldError, Flash, console_nav
from chalicelib.rendering.views.figures import Link
from chalicelib.services.deal_with_notice import list_waiting

ROLE_WORDS = {"admin": "Administrator", "ar": "Accounts receivable", "viewer": "View only"}
FLASHES = {
    "invited": Flash(text="Invitation queued. The badge turns Pending now.", tone="good"),
    "mail-allowed": Flash(text="Mails go to this address again from now on.", tone="good"),
    "resent": Flash(text="A new link is on its way; the old one no longer works.", tone="good"),
    "revoked": Flash(text="The invitation is revoked and its link no longer works."),
    "disabled": Flash(text="Portal access is disabled. Nobody sees or pays this account online."),
    "enabled": Flash(text="Portal access is enabled again.", tone="good"),
    "posting": Flash(text="Posting has started. You may leave this page.", tone="good"),
    "posting-already": Flash(
        text="Posting was under way already. Nothing is posted twice.", tone="good"
    ),
    "discarded": Flash(text="The import is discarded. Nothing was changed."),
    "freeze": Flash(text="Frozen. Nothing was charged; release or terminate it.", tone="good"),
    "release": Flash(text="Released. The payment goes on.", tone="good"),
    "terminate": Flash(text="Terminated. Nothing was charged and the payer is told."),
    "hold-posting": Flash(text="Posting is on hold. The money still arrives.", tone="good"),
    "release-posting": Flash(text="Free to post. Open its settlement to post it.", tone="good"),
    "discount-restored": Flash(text="The discount can be taken again.", tone="good"),
    "returned": Flash(text="The return is recorded. The payer is told.", tone="good"),
    "refunded": Flash(text="Refunded. The payer is told.", tone="good"),
    "refund-asked": Flash(text="An administrator must approve it. Nothing is sent yet."),
    "refund-unanswered": Flash(
        text="The payment processor has not answered. We ask again by ourselves; don’t repeat it."
    ),
    "refund-refused": Flash(text="The refund was not made. Its reason is below.", tone="bad"),
    "refund-declined": Flash(text="Declined. Nothing was sent."),
    "by-hand": Flash(text="Posting by hand is chosen. Download the files below.", tone="good"),
    "automatic": Flash(text="This settlement can be posted automatically again.", tone="good"),
    "recorded": Flash(text="The posted times are recorded.", tone="good"),
    "settings": Flash(text="Saved. Every page follows within half a minute.", tone="good"),
    "surcharge-on": Flash(text="The card surcharge is on within half a minute.", tone="good"),
    "surcharge-off": Flash(text="The card surcharge is off within half a minute.", tone="good"),
    "notice": Flash(text="Done. Your name and the time are kept in the audit log.", tone="good"),
    "notice-gone": Flash(text="That notice is gone: somebody has dealt with it, or it ended."),
    "checking": Flash(text="Checking has started. You may leave this page.", tone="good"),
    "again": Flash(text="The event is being handled again.", tone="good"),
    "resolved": Flash(text="The settlement is resolved.", tone="good"),
    "reversing": Flash(text="What is posted is being reversed in Spruce.", tone="good"),
}


def console_chrome(
    visit: Visit,
    dealer: Dealer,
    title: str,
    current: str,
    *,
    as_of: datetime | None = None,
    flash: Flash | None = None,
    errors: tuple[FieldError, ...] = (),
) -> Chrome:
    """Chrome of a console page; the flash comes from `?done=` unless one is given."""
    visitor = visit.signed_in
    return Chrome(
        title=title,
        dealer_name=dealer.name,
        csrf=visit.csrf,
        nav=console_nav(current),
        signed_in_name=visitor.name,
        signed_in_detail=ROLE_WORDS.get(visitor.role, visitor.role),
        flash=flash or FLASHES.get(visit.query.get("done")),
        errors=errors,
        as_of=zoned(dealer, as_of),
        zone=zone_name(dealer, as_of) if as_of else "",
        currency=dealer.currency,
        dealer_phone=dealer.phone,
        demo=dealer.is_demo,
    )


def payment_tabs(visit: Visit, current: str) -> tuple[Link, ...]:
    """The tabs under Payments; how much waits for a person is read with every page."""
    waiting = len(list_waiting(visit.world, visit.dealer_id).notices)
    return (
        Link(label="Incoming Payments", href="/console/payments", current=current == "incoming"),
        Link(label="Settlements", href="/console/settlements", current=current == "settlements"),
        Link(
            label="Reconciliation",
            href="/console/reconciliation",
            current=current == "reconciliation",
        ),
        Link(
            label="Needs attention",
            href="/console/attention",
            current=current == "attention",
            count=waiting or None,
        ),
    )
