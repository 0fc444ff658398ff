"""What people read when a refund is refused or comes back; the processor's codes stay outside."""

from collections.abc import Mapping
from types import MappingProxyType

# https://docs.stripe.com/api/refunds/object#refund_object-failure_reason
_CAME_BACK: Mapping[str, str] = MappingProxyType(
    {
        "charge_for_pending_refund_disputed": "the payment was disputed meanwhile",
        "declined": "the bank declined it",
        "expired_or_canceled_card": "the card has expired or was cancelled",
        "insufficient_funds": "the balance at the payment processor was too low",
        "lost_or_stolen_card": "the card was reported lost or stolen",
        "merchant_request": "it was cancelled at the payment processor",
    }
)
# https://docs.stripe.com/error-codes
_REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "balance_insufficient": (
            "The balance at the payment processor is too low. Try again after the next payments."
        ),
        "charge_already_refunded": "The payment processor says all of it is refunded already.",
        "charge_disputed": (
            "The payment is disputed at the payment processor. Answer the dispute there instead."
        ),
        "insufficient_funds": (
            "The balance at the payment processor is too low. Try again after the next payments."
        ),
        "never_sent": "The payment processor never received it. Ask for the refund again.",
    }
)
_REFUSED_OTHERWISE = (
    "The payment processor refused it; nothing has gone back. Look at the payment in the "
    "processor’s dashboard, or pay the customer another way."
)


def came_back_words(code: str) -> str:
    """Why the payer's bank sent a refund back; a code we do not know says only that it did."""
    return _CAME_BACK.get(code, "the bank sent it back")


def refused_sentence(code: str) -> str:
    """Why the processor would not take a refund, and what to do."""
    return _REFUSED.get(code, _REFUSED_OTHERWISE)
