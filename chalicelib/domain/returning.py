"""When a bank debit can have come back, and why an operator can't record it otherwise."""

from chalicelib.domain.lifecycle import Event, what_follows
from chalicelib.domain.payments import Payment, PaymentStatus

_INSTEAD = {
    PaymentStatus.PENDING: (
        "The bank has not confirmed it yet. If it is sent back now, it fails by itself and nothing "
        "was charged."
    ),
    PaymentStatus.FAILED: "It failed: nothing was charged, so nothing can come back.",
    PaymentStatus.FROZEN: "It is frozen: nothing was charged, so nothing can come back.",
    PaymentStatus.TERMINATED: "It is terminated: nothing was charged, so nothing can come back.",
}


def why_not_return(payment: Payment) -> str:
    """Why a return can't be recorded, and what happens instead; "" if it can."""
    if payment.returned is not None:
        return "Its return is recorded already."
    if payment.method.kind == "card":
        return (
            "A card payment is not returned: the card’s bank opens a dispute, which shows here by "
            "itself."
        )
    if not payment.charged_cents:
        return "No money was debited: credits covered all of it."
    if what_follows(payment, Event.RETURNED) is not None:
        return ""
    return _INSTEAD.get(payment.status, "Its money has been taken back already.")
