"""Queue one mail about a payment after its change is stored."""

from chalicelib.domain.payments import Payment
from chalicelib.services.world import World
from chalicelib.storage import payment_marks

SUBMITTED, SETTLED, FAILED = "payment_submitted", "payment_settled", "payment_failed"
TERMINATED, RETURNED = "payment_terminated", "payment_returned"
DISPUTE_LOST = "payment_dispute_lost"
OVERPAID, CREDIT_GONE = "payment_overpaid", "payment_credit_gone"
REFUNDED, REFUND_FAILED = "payment_refunded", "refund_failed"


def tell_payer(world: World, payment: Payment, mail: str, *, about: str = "") -> None:
    """Queue `mail` unless its mark says it is queued; `about` names its refund or dispute.

    Queued first and marked second: a crash between repeats a mail rather than losing it. Callers
    are steps that are repeated until they succeed.
    """
    mark = f"{mail}~{about}" if about else mail
    if payment_marks.is_mailed(payment.dealer_id, payment.payment_id, mark):
        return
    named = {"about": about} if about else {}
    world.queues.send_mail(
        mail, payment.dealer_id, id=payment.payment_id, account=payment.account_id, **named
    )
    payment_marks.mark_mailed(payment.dealer_id, payment.payment_id, mark)
