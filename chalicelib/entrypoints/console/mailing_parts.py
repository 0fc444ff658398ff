"""A mailing as the pieces its pages show: groups by verdict, progress, one line of the list."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import AccountId
from chalicelib.domain.mailings import Entry, Mailing, Outcome, Purpose, Verdict
from chalicelib.entrypoints.presenting import zoned
from chalicelib.rendering.views import mailings as views
from chalicelib.rendering.views.chrome import Action, Badge
from chalicelib.services.send_mailing import GIVEN_UP_AFTER, is_running, nobody_to_mail
from chalicelib.storage.mailings import WholeMailing

ROWS_SHOWN = 100  # Of one group; more would make the page heavy and help nobody.
# What the check found → heading, why, tone.
WORDS = {
    Verdict.SEND: ("To be invited", "Each gets one mail with a link of its own.", "good"),
    Verdict.NO_EMAIL: (
        "No e-mail address",
        "Add a contact in Spruce, or open the account and type an address.",
        "warn",
    ),
    Verdict.INVALID: (
        "Address not valid",
        "Correct the contact in Spruce, or open the account and type another address.",
        "warn",
    ),
    Verdict.SUPPRESSED: (
        "Address came back",
        "Mails to it bounced or were reported as spam. Open the account to see which, and why.",
        "warn",
    ),
    Verdict.DUPLICATE: (
        "Same address as another account",
        "One mail goes to the first of them. Invite the others one at a time if that is meant.",
        "warn",
    ),
    Verdict.DECLINED: (
        "Declined",
        "They said no. Open the account to send it again on purpose.",
        "warn",
    ),
    Verdict.PENDING: (
        "Already pending",
        "An invitation waits. Resend it from the account.",
        "info",
    ),
    Verdict.ACCEPTED: ("Already accepted", "They have a login.", "plain"),
    Verdict.DISABLED: (
        "Portal access disabled",
        "Open the account and enable it first.",
        "plain",
    ),
    Verdict.CLOSED: (
        "Cash or inactive account",
        "There is nothing to pay online.",
        "plain",
    ),
}
RESEND_WORDS = {
    Verdict.SEND: (
        "To be sent again",
        "Each gets one mail with a new link; the old link then says that it was replaced.",
        "good",
    ),
    Verdict.NOT_INVITED: (
        "No open invitation",
        "They were never invited, or it was withdrawn: use Invite.",
        "plain",
    ),
}


def groups(
    whole: WholeMailing, deliveries: Mapping[AccountId, str]
) -> tuple[views.MailingGroup, ...]:
    """The chosen accounts by what the check found, those to be mailed first.

    `deliveries` says how the mails of accounts fared.
    """
    words = {**WORDS, **RESEND_WORDS} if _is_resend(whole.mailing) else WORDS
    found = []
    for verdict, (label, why, tone) in words.items():
        entries = [entry for entry in whole.entries if entry.verdict is verdict]
        if entries or verdict is Verdict.SEND:
            rows = tuple(
                replace(_row(entry), delivery=deliveries.get(entry.account_id, ""))
                for entry in entries[:ROWS_SHOWN]
            )
            found.append(
                views.MailingGroup(label=label, why=why, count=len(entries), rows=rows, tone=tone)
            )
    return tuple(found)


def progress(whole: WholeMailing, now: datetime) -> views.MailingProgress:
    """How far a started mailing is; it is given up after a day."""
    mailing = whole.mailing
    outcomes = [entry for entry in whole.entries if entry.verdict is Verdict.SEND]
    refused = [entry for entry in outcomes if entry.outcome is Outcome.REFUSED]
    overdue = mailing.started_at is not None and now - mailing.started_at >= GIVEN_UP_AFTER
    return views.MailingProgress(
        progress_href=f"/console/invitations/{mailing.mailing_id}/progress",
        total=mailing.to_send,
        invited_count=sum(entry.outcome is Outcome.INVITED for entry in outcomes),
        running=is_running(whole) and not overdue,
        refused=tuple(_row(entry) for entry in refused),
        is_resending=_is_resend(mailing),
    )


def send_action(mailing: Mailing, base: str) -> Action:
    """The button that sends them, or why there is none to press."""
    count = mailing.to_send
    return Action(
        label=f"Send {count:,} invitation"
        + ("" if count == 1 else "s")
        + (" again" if _is_resend(mailing) else ""),
        url=f"{base}/{mailing.mailing_id}/send",
        blocked_because="" if count else nobody_to_mail(mailing.purpose),
    )


def _is_resend(mailing: Mailing) -> bool:
    return mailing.purpose is Purpose.RESEND


def summary(mailing: Mailing, dealer: Dealer) -> views.MailingSummary:
    """One line of the recent ones."""
    started = mailing.started_at is not None
    return views.MailingSummary(
        href=f"/console/invitations/{mailing.mailing_id}",
        prepared_at=zoned(dealer, mailing.prepared_at),
        operator=mailing.operator,
        chosen=mailing.chosen,
        to_send=mailing.to_send,
        purpose="Resend" if _is_resend(mailing) else "Invite",
        status=Badge(label="Sent" if started else "Not sent", tone="good" if started else "plain"),
    )


def _row(entry: Entry) -> views.MailingRow:
    return views.MailingRow(
        name=entry.name,
        number=entry.account_id,
        href=f"/console/customers/{entry.account_id}",
        email=entry.email,
        detail=entry.said,
    )
