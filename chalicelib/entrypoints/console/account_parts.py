"""An account as the pieces its page shows: invitation, payables by tab, activity."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.accounts import Account
from chalicelib.domain.accounts import Badge as AccountBadge
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.invitations import (
    Invitation,
    InvitationState,
    badge,
    can_resend,
    shown_delivery,
    state_now,
)
from chalicelib.domain.mails import Fate, Suppression
from chalicelib.domain.payables import PayableKind
from chalicelib.entrypoints.presenting import invitation_badge, zone_name, zoned
from chalicelib.rendering.views import account as views
from chalicelib.rendering.views.chrome import Action, Badge
from chalicelib.rendering.views.figures import Link, Option, TimelineEntry
from chalicelib.services.list_statements import ListedStatement, StatementState
from chalicelib.services.view_outstanding import OpenPayable, Outstanding
from chalicelib.storage.accounts import LogEntry

KIND_OF_TAB = {
    "invoices": PayableKind.INVOICE,
    "credits": PayableKind.CREDIT,
    "debits": PayableKind.DEBIT,
}


_STATEMENT_BADGES = {
    StatementState.CLEAR: Badge(label="Nothing open", tone="good"),
    StatementState.ON_ITS_WAY: Badge(label="Payment on its way", tone="info"),
    StatementState.PAST_DUE: Badge(label="Past due", tone="bad"),
    StatementState.OPEN: Badge(label="Open"),
}
_BLOCKED = {Fate.BOUNCED: "bounced", Fate.COMPLAINED: "reported as spam"}
_CHIPS = {AccountBadge.REVOKED: "Revoked", AccountBadge.DISABLED: "Disabled"}


def tabs_of(found: Outstanding, current: str) -> tuple[Link, ...]:
    """The account's tabs with counts where the one Query knows them."""
    totals = found.totals
    shown = (
        ("invoices", "Invoices", totals.invoices),
        ("debits", "Debit adjustments", totals.debits),
        ("credits", "Credit adjustments", totals.credits),
        ("statements", "Statements", None),
        ("payments", "Payments", None),
        ("activity", "Activity", None),
    )
    base = f"/console/customers/{found.account.account_id}"
    return tuple(
        Link(label=label, href=f"{base}?tab={tab}", current=tab == current, count=count)
        for tab, label, count in shown
    )


def payable_rows(found: Outstanding, tab: str) -> tuple[views.AccountPayable, ...]:
    """The open payables of one kind, oldest first."""
    rows = [row for job in found.jobs for row in job.payables]
    wanted = [row for row in rows if row.payable.kind is KIND_OF_TAB[tab]]
    wanted.sort(key=lambda row: (row.payable.ages_from, row.payable.payable_id))
    return tuple(_payable(row) for row in wanted)


def _payable(row: OpenPayable) -> views.AccountPayable:
    payable = row.payable
    sign = -1 if payable.kind is PayableKind.CREDIT else 1
    return views.AccountPayable(
        number=payable.payable_id,
        amount_cents=sign * payable.original_cents,
        open_cents=sign * row.owed.owed_cents,
        status=_payable_badge(row),
        transacted_on=payable.transaction_day.isoformat(),
        due_on=payable.due_day.isoformat() if payable.due_day else "",
        days_past_due=max(0, row.days_past_due) if sign > 0 else 0,
        job_name=payable.job_name,
        po_number=payable.po_number,
        in_flight_cents=row.owed.in_flight_cents,
    )


def _payable_badge(row: OpenPayable) -> Badge:
    if row.payable.in_query:
        return Badge(label="In query", tone="warn")
    if row.paid_by:
        return Badge(label="Payment on its way", tone="info")
    if row.owed.owed_cents < row.payable.original_cents:
        return Badge(label="Partially paid")
    return Badge(label="Open")


def statement_row(listed: ListedStatement, dealer: Dealer) -> views.AccountStatement:
    """One statement as its row shows it."""
    statement, until = listed.statement, listed.discount_until
    return views.AccountStatement(
        number=statement.statement_id,
        closed_on=statement.closed_on.isoformat(),
        due_on=statement.due_day.isoformat(),
        balance_cents=statement.balance_cents,
        open_cents=listed.open_cents,
        status=_STATEMENT_BADGES[listed.state],
        is_current=listed.is_current,
        discount_cents=statement.discount_cents if until else 0,
        discount_until=zoned(dealer, until),
        discount_zone=zone_name(dealer, until) if until else "",
        is_discount_over=listed.is_discount_over,
    )


def activity(entries: Iterable[LogEntry], dealer: Dealer) -> tuple[TimelineEntry, ...]:
    """The account's activity in the dealer's zone."""
    return tuple(
        TimelineEntry(at=zoned(dealer, entry.at), label=entry.text, source=entry.source)
        for entry in entries
    )


def invitation_view(
    found: Outstanding, invitation: Invitation | None, now: datetime
) -> views.Invitation:
    """The newest invitation, and why each of Invite, Resend and Revoke may not apply."""
    account, dealer = found.account, found.dealer
    base = f"/console/customers/{account.account_id}"
    shown = badge(invitation, has_active_payer=account.badge is AccountBadge.ACCEPTED, now=now)
    if account.portal_disabled:
        shown = AccountBadge.DISABLED
    return views.Invitation(
        badge=None if shown in _CHIPS else invitation_badge(shown),
        invite=Action(label="Invite", url=f"{base}/invite", blocked_because=_why_not_invite(shown)),
        resend=Action(
            label="Resend",
            url=f"{base}/resend",
            blocked_because=_why_not_resend(invitation, shown, now),
            confirm="They declined. Send it again only if you have spoken with them."
            if shown is AccountBadge.DECLINED
            else "",
        ),
        revoke=Action(
            label="Revoke", url=f"{base}/revoke", blocked_because=_why_not_revoke(invitation, now)
        ),
        access=_access(account, base),
        contacts=tuple(
            Option(
                value=contact.contact_id,
                label=f"{contact.name} <{contact.email}>" if contact.name else contact.email,
                selected=contact == account.primary_contact,
            )
            for contact in account.contacts
        ),
        sent_to=invitation.email if invitation else "",
        sent_at=zoned(dealer, invitation.sent_at) if invitation else "",
        delivery=_delivery(invitation),
        expires_on=zoned(dealer, invitation.expires_at)[:10] if invitation else "",
        chip=_CHIPS.get(shown, ""),
        disabled=account.portal_disabled,
    )


def _access(account: Account, base: str) -> Action:
    if account.portal_disabled:
        return Action(label="Enable portal access", url=f"{base}/enable")
    return Action(
        label="Disable portal access",
        url=f"{base}/disable",
        confirm="Its people keep their logins but see nothing and pay nothing until you enable it "
        "again. Payments on their way go on.",
    )


def _why_not_invite(shown: AccountBadge) -> str:
    if shown is AccountBadge.DISABLED:
        return "Enable portal access first; then the account can be invited."
    if shown is AccountBadge.ACCEPTED:
        return "This customer has accepted."
    if shown is AccountBadge.PENDING:
        return "An invitation is waiting. Resend it or revoke it."
    return ""


def _why_not_resend(invitation: Invitation | None, shown: AccountBadge, now: datetime) -> str:
    if invitation is None:
        return "Nobody was invited yet."
    if shown is AccountBadge.DISABLED:
        return "Portal access is disabled."
    if shown is AccountBadge.ACCEPTED:
        return "There is no open invitation to send again."
    return "" if can_resend(invitation, now) else "There is no open invitation to send again."


def _why_not_revoke(invitation: Invitation | None, now: datetime) -> str:
    if invitation and state_now(invitation, now) is InvitationState.PENDING:
        return ""
    return "There is no open invitation to withdraw."


def _delivery(invitation: Invitation | None) -> str:
    if invitation is None:
        return ""
    return shown_delivery(invitation)


def mail_blocks(
    suppressed: Iterable[Suppression], account: Account, dealer: Dealer
) -> tuple[views.MailBlock, ...]:
    """The account's addresses that are not mailed, and the way to mail them again."""
    return tuple(
        views.MailBlock(
            address=one.email,
            why=_BLOCKED[one.fate],
            since=zoned(dealer, one.at)[:10],
            allow=Action(
                label="Allow mails again",
                url=f"/console/customers/{account.account_id}/allow-mail",
                confirm="Only once the address works again, or its reader asked for it. Mails "
                "that keep coming back harm the delivery of all others.",
            ),
        )
        for one in suppressed
    )
