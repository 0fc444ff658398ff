"""Hand a letter to the mail service and remember it, unless its address is suppressed."""

from dataclasses import dataclass
from uuid import uuid4

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.domain.invitations import Invitation
from chalicelib.domain.mails import SentMail
from chalicelib.gateways.mailer import Letter, MailRefused
from chalicelib.services.world import World
from chalicelib.storage.accounts import log_put
from chalicelib.storage.mails import find_suppressions, sent_put
from chalicelib.storage.transactions import transact


class AddressSuppressed(MailRefused):
    """Mails to the address came back before, so this one was not handed over."""


@dataclass(frozen=True, slots=True)
class About:
    """What a letter is about: its kind, whose account, and the invitation whose link it carries."""

    mail: str
    dealer_id: DealerId
    account_id: AccountId
    invitation: Invitation | None = None


def hand_over(world: World, letter: Letter, about: About) -> SentMail:
    """Send it; the caller stores what is returned together with its own mark.

    Raises AddressSuppressed, or MailRefused for the mail service's own definite no.
    """
    if letter.to in find_suppressions(about.dealer_id, [letter.to]):
        raise AddressSuppressed(letter.to)
    message_id = world.mailer.send(letter)
    invitation = about.invitation
    return SentMail(
        message_id=message_id,
        dealer_id=about.dealer_id,
        account_id=about.account_id,
        mail=about.mail,
        email=letter.to,
        sent_at=world.clock.now(),
        invitation_id=invitation.invitation_id if invitation else None,
        generation=invitation.generation if invitation else 0,
    )


def post_letter(world: World, letter: Letter, about: About) -> None:
    """Send it and remember it; to a suppressed address nothing goes, and the account's log says so.

    Raises MailRefused for the mail service's own definite no.
    """
    try:
        sent = hand_over(world, letter, about)
    except AddressSuppressed:
        said = f"Not sent to {letter.to}, where mails came back before: “{letter.subject}”."
        line = log_put(about.dealer_id, about.account_id, world.clock.now(), "mail", said)
        transact([line], token=uuid4().hex)
    else:
        transact([sent_put(sent)], token=uuid4().hex)


def require_mailable(dealer_id: DealerId, email: str) -> None:
    """For operators. Raises InvalidInput (field email) if mails to the address came back before."""
    known = find_suppressions(dealer_id, [email]).get(email)
    if known is not None:
        raise InvalidInput(known.sentence, {"email": known.sentence})


def require_reachable(dealer_id: DealerId, email: str, *, field: str) -> None:
    """The same for payers, naming the form's field."""
    known = find_suppressions(dealer_id, [email]).get(email)
    if known is not None:
        raise InvalidInput(known.sentence_for_payers, {field: known.sentence_for_payers})
