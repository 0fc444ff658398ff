"""The words a payer agrees to when paying from a bank account; kept with the payment.

Nacha wants: what is debited, when, that it is for business purposes (CCD), and how to revoke.
"""

from chalicelib.domain.dealers import Dealer

MANDATE_VERSION = "ach-2026-11"
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


def mandate_text(dealer: Dealer, number: str) -> str:
    """The same words as kept for evidence."""
    return "\n\n".join(mandate_paragraphs(dealer, number))


def link_mandate_text(dealer: Dealer) -> str:
    """What the payer agrees to when linking the account: a standing permission, no debit yet."""
    contact = f" at {dealer.phone}" if dealer.phone else ""
    return (
        f"By linking a bank account I allow {dealer.name} to debit it electronically (ACH) for "
        "each payment that I confirm here, and to credit it to correct an error. Nothing is "
        "debited by linking. I confirm that I may use this account and that it is held for "
        f"business purposes. I can end this at any time by calling {dealer.name}{contact}."
    )
