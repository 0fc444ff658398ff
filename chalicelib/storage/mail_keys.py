"""Partition and sort keys of sent mails and of addresses that are not mailed."""

import hashlib

from chalicelib.domain.ids import DealerId


def global_mail(message_id: str) -> str:
    """Global look-up: the mail service's message id → the mail."""
    return f"G#mail#{message_id}"


def suppressions(dealer_id: DealerId) -> str:
    """Partition of the addresses a dealer mails no more."""
    return f"D#{dealer_id}#NOMAIL"


def suppression(email: str) -> str:
    """Sort key of a normalised address; hashed, so that no key carries one."""
    return hashlib.sha256(email.encode()).hexdigest()
