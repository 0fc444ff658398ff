"""A payment's receipt: the download, and a copy by e-mail to somebody of the company."""

from chalice.app import Blueprint

from chalicelib.domain.accounts import Account
from chalicelib.domain.payments import Payment
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.responses import Away, Redirect
from chalicelib.rendering.views.figures import Option
from chalicelib.rendering.views.payments import ReceiptOffer
from chalicelib.services.issue_receipt import issue_receipt, receipt_kind
from chalicelib.services.resend_receipt import list_recipients, resend_receipt

blueprint = Blueprint(__name__)
BASE = "/payments/{payment}"


@page(blueprint, "GET", BASE + "/receipt.pdf")
def download_receipt(visit: Visit, payment: str) -> Away:
    """GET the receipt: to its short-lived link, since binary answers do not pass the API."""
    link = issue_receipt(visit.world, visit.dealer_id, account_id=visit.account_id, name=payment)
    return Away(link)


@page(blueprint, "POST", BASE + "/resend")
def resend(visit: Visit, payment: str) -> Redirect:
    """POST the chosen recipient: queue a copy."""
    resend_receipt(
        visit.world,
        visit.dealer_id,
        account_id=visit.account_id,
        name=payment,
        recipient=visit.form.get("recipient"),
        asking=visit.signed_in.user_id,
        source=visit.address,
    )
    return Redirect(f"/payments/{payment}?done=receipt-sent")


def receipt_offer(visit: Visit, account: Account, payment: Payment) -> ReceiptOffer | None:
    """What the payment's page offers, None where there is no receipt."""
    kind = receipt_kind(payment)
    if not kind:
        return None
    people = list_recipients(account, payment, asking=visit.signed_in.user_id)
    return ReceiptOffer(
        kind=kind,
        download_href=f"/payments/{payment.number}/receipt.pdf",
        resend_url=f"/payments/{payment.number}/resend",
        recipients=tuple(
            Option(value=person.key, label=f"{person.name}, {person.email}".strip(", "))
            for person in people
        ),
    )
