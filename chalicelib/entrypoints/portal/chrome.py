"""What surrounds every portal page: the dealer, navigation, who is signed in, freshness."""

from datetime import datetime

from chalicelib.domain.dealers import Dealer
from chalicelib.entrypoints.guard import Visit
from chalicelib.entrypoints.presenting import zone_name, zoned
from chalicelib.rendering.views.chrome import Chrome, FieldError, Flash, portal_nav

FLASHES = {
    "submitted": Flash(text="Your payment is submitted. You will get an e-mail.", tone="good"),
    "credited": Flash(text="Your credits are used. You will get an e-mail.", tone="good"),
    "receipt-sent": Flash(text="A copy is on its way by e-mail.", tone="good"),
    "linked": Flash(text="Your bank account is linked.", tone="good"),
    "not-linked": Flash(text="No bank account was linked. Nothing was charged.", tone="warn"),
    "card": Flash(text="Your card is added. Check the total for it and confirm.", tone="good"),
    "no-card": Flash(text="No card was added. Nothing was charged.", tone="warn"),
    "fresh": Flash(
        text="The price changed since your preview, so nothing was charged. Check the new total.",
        tone="warn",
    ),
}


def portal_chrome(
    visit: Visit,
    dealer: Dealer,
    title: str,
    current: str,
    *,
    detail: str = "",
    as_of: datetime | None = None,
    flash: Flash | None = None,
    errors: tuple[FieldError, ...] = (),
) -> Chrome:
    """Chrome of a payer's page; `detail` is the account's name, the flash comes from `?done=`."""
    return Chrome(
        title=title,
        dealer_name=dealer.name,
        csrf=visit.csrf,
        nav=portal_nav(current),
        signed_in_name=detail or visit.signed_in.name,
        signed_in_detail=f"Acct {visit.account_id}",
        flash=flash or FLASHES.get(visit.query.get("done")),
        errors=errors,
        as_of=zoned(dealer, as_of),
        zone=zone_name(dealer, as_of) if as_of else "",
        currency=dealer.currency,
        dealer_phone=dealer.phone,
        demo=dealer.is_demo,
    )
