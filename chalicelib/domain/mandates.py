"""The words a payer agrees to when paying; kept with the payment.

Nacha wants: what is debited, when, that it is for business purposes (CCD), and how to revoke.
"""

from datetime import datetime

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payments import CREDITS, Authorization

MANDATE_VERSION = "ach-2026-11"
CARD_VERSION = "card-2026-11"
CREDITS_VERSION = "credits-2026-11"
LINK_MANDATE_VERSION = "ach-link-2026-11"


def mandate_paragraphs(dealer: Dealer, number: str) -> tuple[str, ...]:
    """What the page shows above the button, paragraph by paragraph."""
    contact = f" at {dealer.phone}" if dealer.phone else ""
    return (
        (
            f"I authorize {dealer.name} to debit the total shown above once, electronically (ACH), "
            f"from the bank account I chose, for payment {number}. "
            "If the debit is returned, the amount is owed again."
        ),
        (
            "I confirm that I may use this account, that it is held for business purposes, and "
            f"that I can stop a debit not yet sent, or object to one, by calling {dealer.name}"
            f"{contact}."
        ),
    )


def card_paragraphs(dealer: Dealer, number: str) -> tuple[str, ...]:
    """What the page shows above the button when a card is charged."""
    contact = f" at {dealer.phone}" if dealer.phone else ""
    return (
        (
            f"I authorize {dealer.name} to charge the total shown above once to the card shown, "
            f"for payment {number}. I may use this card. Questions about this charge are answered "
            f"by {dealer.name}{contact}."
        ),
    )


def credit_paragraphs(dealer: Dealer, number: str) -> tuple[str, ...]:
    """What the page shows above the button when credits cover everything."""
    return (
        (
            f"I ask {dealer.name} to settle what is shown with the credits shown, as payment "
            f"{number}. Nothing is charged."
        ),
    )


_BY_KIND = {
    "ach": (MANDATE_VERSION, mandate_paragraphs),
    "card": (CARD_VERSION, card_paragraphs),
    CREDITS: (CREDITS_VERSION, credit_paragraphs),
}


def authorisation_paragraphs(dealer: Dealer, number: str, kind: str) -> tuple[str, ...]:
    """The words for a method kind."""
    return _BY_KIND[kind][1](dealer, number)


def authorisation(
    dealer: Dealer, number: str, *, kind: str, accepted_at: datetime, address: str
) -> Authorization:
    """The same words as kept for evidence; `address` is the payer's IP address."""
    return Authorization(
        text="\n\n".join(authorisation_paragraphs(dealer, number, kind)),
        version=_BY_KIND[kind][0],
        accepted_at=accepted_at,
        address=address,
    )


def link_mandate_text(dealer: Dealer) -> str:
    """What the payer agrees to when linking the account: a standing permission, no debit yet."""
    contact = f" at {dealer.phone}" if dealer.phone else ""
    return (
        f"By linking a bank account I allow {dealer.name} to debit it electronically (ACH) for "
        "each payment that I confirm here, and to credit it to correct an error. Nothing is "
        "debited by linking. I confirm that I may use this account and that it is held for "
        f"business purposes. I can end this at any time by calling {dealer.name}{contact}."
    )
