"""What SES says about the mails of a test, in SES's own words."""

from datetime import timedelta
from typing import Any

from chalicelib.domain.accounts import Account
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.invitations import Invitation
from chalicelib.domain.mails import Suppression
from chalicelib.gateways.clock import wall_now
from chalicelib.services.invite_customer import invite_customer
from chalicelib.services.record_mail_event import record_mail_event
from chalicelib.services.send_mail import send_mail
from chalicelib.storage.accounts import get_account, list_log
from chalicelib.storage.invitations import get_invitation
from chalicelib.storage.mails import find_suppressions
from tests.stage import Stage

A_MOMENT = timedelta(seconds=1)  # What happens at the same moment has no order in the activity.


def ses_event(kind: str, message_id: str, email: str, **changes: Any) -> dict[str, Any]:
    """The body of a queue message; `bounce_type` and `mailed_at` may differ from the usual."""
    mailed_at = changes.get("mailed_at") or wall_now()
    people = [{"emailAddress": email}]
    bounce = {
        "bounceType": changes.get("bounce_type", "Permanent"),
        "bounceSubType": "NoEmail",
        "bouncedRecipients": people,
        "timestamp": mailed_at.isoformat(),
        "feedbackId": "0102",
    }
    parts: dict[str, dict[str, Any]] = {
        "Delivery": {"delivery": {"recipients": [email], "smtpResponse": "250 ok"}},
        "Bounce": {"bounce": bounce},
        "Complaint": {"complaint": {"complainedRecipients": people, "feedbackId": "0103"}},
    }
    mail = {
        "timestamp": mailed_at.isoformat(),
        "messageId": message_id,
        "destination": [email],
        "tags": {"ses:configuration-set": ["drypowder-sandbox"]},
    }
    return {"eventType": kind, "mail": mail, **parts.get(kind, {})}


def invited(stage: Stage, dealer: Dealer, account: Account, *, email: str = "") -> Invitation:
    """An invitation whose mail has left."""
    made = invite_customer(
        stage, dealer.dealer_id, account_id=account.account_id, operator="Ann", email=email
    )
    send_queued(stage)
    return stored(made)


def send_queued(stage: Stage) -> None:
    """Work the mail queue off."""
    while stage.queues.mails:
        send_mail(stage, stage.queues.mails.pop(0))


def stored(invitation: Invitation) -> Invitation:
    """The invitation as it is now."""
    return get_invitation(invitation.dealer_id, invitation.invitation_id).invitation


def tell(stage: Stage, kind: str, invitation: Invitation, **changes: Any) -> str:
    """Hear an event about the invitation's newest mail, a moment later."""
    stage.clock.at += A_MOMENT
    event = ses_event(kind, invitation.message_id, invitation.email, **changes)
    return record_mail_event(stage, event)


def shown(account: Account) -> str:
    """What the list of customers says of the mail."""
    return get_account(account.dealer_id, account.account_id).delivery


def said(account: Account) -> list[str]:
    """The account's activity, newest first."""
    return [line.text for line in list_log(account.dealer_id, account.account_id)[0]]


def suppressed(dealer: Dealer, email: str) -> Suppression | None:
    """Whether the dealer does not mail the address."""
    return find_suppressions(dealer.dealer_id, [email]).get(email)
