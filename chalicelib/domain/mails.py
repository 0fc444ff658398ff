"""Sent mails and what became of them; addresses a dealer mails no more until somebody says so."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.ids import AccountId, DealerId, InvitationId


class Fate(StrEnum):
    """What became of one mail, in rising order: a weaker word never takes a stronger one back."""

    SENT = "sent"
    DELIVERED = "delivered"
    SOFT_BOUNCED = "soft_bounced"  # Given up after many tries; a later mail may arrive.
    BOUNCED = "bounced"  # For good: there is no such mailbox.
    COMPLAINED = "complained"  # Its reader called it spam.


FOR_GOOD = frozenset({Fate.BOUNCED, Fate.COMPLAINED})
_RANK = {fate: rank for rank, fate in enumerate(Fate)}
_BACK = {Fate.BOUNCED: "bounced", Fate.COMPLAINED: "were reported as spam"}


@dataclass(frozen=True, slots=True)
class SentMail:
    """One mail the mail service took. `mail` is its kind, `sent_at` business time.

    Mails that carry an invitation's link name it and its generation.
    """

    message_id: str  # The mail service's own.
    dealer_id: DealerId
    account_id: AccountId
    mail: str
    email: str
    sent_at: datetime
    fate: Fate = Fate.SENT
    invitation_id: InvitationId | None = None
    generation: int = 0


@dataclass(frozen=True, slots=True)
class MailEvent:
    """What the mail service says about one mail. `mailed_at` is wall time."""

    message_id: str
    fate: Fate
    emails: tuple[str, ...]  # Whom it concerns, in lower case.
    mailed_at: datetime
    reason: str = ""  # Why it came back, in our words.


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that no account of the dealer mails, until an operator allows it again."""

    email: str
    fate: Fate  # BOUNCED or COMPLAINED.
    at: datetime
    lifted_at: datetime | None = None
    lifted_by: str = ""

    @property
    def stands(self) -> bool:
        """Nobody has allowed mails to it again."""
        return self.lifted_at is None

    @property
    def sentence(self) -> str:
        """Why nothing is sent, and what to do."""
        return (
            f"Mails to {self.email} {_BACK[self.fate]}, so nothing is sent there. Use another "
            "address, or allow mails to it again on the account’s page."
        )

    @property
    def sentence_for_payers(self) -> str:
        """The same for whoever is not the dealer's own staff."""
        return f"Mails to {self.email} came back before, so nothing is sent there. Use another one."


def is_news(known: Fate, heard: Fate) -> bool:
    """True if what was heard goes beyond what is known of the mail."""
    return _RANK[heard] > _RANK[known]


def suppressed_by(mail: SentMail, known: Suppression | None, at: datetime) -> Suppression | None:
    """The suppression a fate for good brings; None if there is one, or it is older news.

    A mail that left before an operator allowed the address again says nothing about it any more.
    """
    if mail.fate not in FOR_GOOD:
        return None
    if known is not None:
        if known.lifted_at is not None and mail.sent_at <= known.lifted_at:
            return None
        if known.stands and not is_news(known.fate, mail.fate):
            return None
    return Suppression(mail.email, mail.fate, at)
