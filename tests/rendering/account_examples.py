"""Examples of one customer account, tab by tab and invitation by invitation."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.rendering.views.account import (
    Account,
    AccountPayable,
    AccountStatement,
    Invitation,
    MailBlock,
)
from chalicelib.rendering.views.chrome import Action, Badge
from chalicelib.rendering.views.figures import Aging, Link, Option, Pager

from . import demo
from .customers_examples import BADGES, NAMES
from .demo import console_chrome


def _action(verb: str, blocked_because: str = "") -> Action:
    return Action(
        label=verb.capitalize(),
        url=f"/console/customers/104-2416/{verb}",
        blocked_because=blocked_because,
    )


DISABLE = Action(
    label="Disable portal access",
    url="/console/customers/104-2416/disable",
    confirm="Its people keep their logins but see nothing and pay nothing until you enable it.",
)
PENDING_INVITATION = Invitation(
    badge=BADGES[1],
    invite=_action("invite", "An invitation is open. Resend it, or revoke it first."),
    resend=_action("resend"),
    revoke=_action("revoke"),
    access=DISABLE,
    sent_to="office@metolius.example",
    sent_at=demo.NOW,
    delivery="Delivered, link opened Nov 22",
    expires_on="2026-12-06",
)
BOUNCED_INVITATION = replace(PENDING_INVITATION, delivery="bounced")
MAIL_BLOCKS = tuple(
    MailBlock(
        address=f"{name}@metolius.example",
        why=why,
        since="2026-11-22",
        allow=Action(
            label="Allow mails again",
            url="/console/customers/104-2416/allow-mail",
            confirm="Only once the address works again.",
        ),
    )
    for name, why in (("office", "bounced"), (demo.HOSTILE, "reported as spam"))
)
DECLINED_INVITATION = replace(
    PENDING_INVITATION,
    badge=BADGES[2],
    invite=_action("invite"),
    resend=replace(_action("resend"), confirm="They declined. Send it again only if you agreed."),
    revoke=_action("revoke", "There is no open invitation to withdraw."),
)
NO_INVITATION = Invitation(
    badge=None,
    invite=_action("invite"),
    resend=_action("resend", "Nothing has been sent yet."),
    revoke=_action("revoke", "Nothing has been sent yet."),
    access=DISABLE,
    contacts=(
        Option(value="c1", label="Pat Metolius, office@metolius.example", selected=True),
        Option(value="c2", label=f"{demo.HOSTILE}, yard@metolius.example"),
    ),
)

DISABLED_INVITATION = Invitation(
    badge=None,
    invite=_action("invite", "Enable portal access first; then the account can be invited."),
    resend=_action("resend", "Portal access is disabled."),
    revoke=_action("revoke", "There is no open invitation to withdraw."),
    access=Action(label="Enable portal access", url="/console/customers/104-2416/enable"),
    disabled=True,
    chip="Disabled",
    sent_to="office@metolius.example",
    sent_at=demo.NOW,
)


def account(tab: str = "invoices", **changes: object) -> Account:
    """A late customer with an open invitation, on the chosen tab."""
    tabs = ("Invoices", "Credits", "Debits", "Statements", "Payments", "Activity")
    fields: dict[str, object] = {
        "chrome": console_chrome("Metolius Cabin Restoration LLC", "Customers"),
        "name": NAMES[0],
        "number": "104-2416",
        "kind": "Credit account",
        "status": "active",
        "outstanding_cents": 5048033,
        "past_due_cents": 3153121,
        "credits_cents": -38650,
        "in_flight_cents": 742190,
        "aging": demo.AGING,
        "priority": demo.PRIORITY,
        "invitation": PENDING_INVITATION,
        "tabs": tuple(
            Link(label=name, href=f"?tab={name.lower()}", current=name.lower() == tab, count=n)
            for n, name in enumerate(tabs)
        ),
        "tab": tab,
        "contact_name": "Pat Metolius",
        "contact_email": "office@metolius.example",
        "contact_phone": "(541) 555-0170",
        "credit_limit_cents": 7500000,
        "wado_days": 41,
    }
    return Account(**{**fields, **changes})  # type: ignore[arg-type]


def _payables() -> tuple[AccountPayable, ...]:
    return tuple(
        AccountPayable(
            number=f"I-44{8120 + n}",
            amount_cents=418255,
            open_cents=418255 - n * 1000,
            status=Badge(label="Open" if n else "Partially paid"),
            transacted_on="2026-09-02",
            due_on="2026-10-02",
            days_past_due=51 - n * 9 if n < 5 else 0,
            job_name=demo.HOSTILE if n == 1 else "Lot 14, Alder Creek",
            po_number="A-1193",
            in_flight_cents=742190 if n == 2 else 0,
        )
        for n in range(8)
    )


STATEMENT_STATES = (
    Badge(label="Open"),
    Badge(label="Payment on its way", tone="info"),
    Badge(label="Past due", tone="bad"),
    Badge(label="Nothing open", tone="good"),
)


def _statements() -> tuple[AccountStatement, ...]:
    return tuple(
        AccountStatement(
            number=demo.HOSTILE if n == 2 else f"S-2026-{11 - n:02d}",
            closed_on=f"2026-{11 - n:02d}-25",
            due_on=f"2026-{12 - n:02d}-10",
            balance_cents=1_840_055 - n * 210_031,
            open_cents=0 if n == 3 else 1_640_055 - n * 210_031,
            status=status,
            is_current=n == 0,
            discount_cents=0 if n == 1 else 36_801,
            discount_until="" if n == 1 else f"2026-{12 - n:02d}-10T23:59:59-08:00",
            discount_zone="" if n == 1 else "PST",
            is_discount_over=n > 1,
        )
        for n, status in enumerate(STATEMENT_STATES)
    )


def account_examples() -> dict[str, object]:
    """Every tab, full and empty."""
    return {
        "account": account(payables=_payables(), pager=Pager(first=1, last=8, total=8)),
        "account_uninvited": account(
            "payments", payments=(demo.payment_row(100482),), invitation=NO_INVITATION
        ),
        "account_activity": account("activity", activity=demo.TIMELINE, may_act=False),
        "account_empty": account(
            "credits",
            priority=None,
            aging=Aging(),
            status="inactive",
            credit_limit_cents=None,
            invitation=NO_INVITATION,
        ),
        "account_disabled": account(invitation=DISABLED_INVITATION, payables=_payables()),
        "account_bounced": account(
            "activity",
            activity=demo.TIMELINE,
            invitation=BOUNCED_INVITATION,
            mail_blocks=MAIL_BLOCKS,
        ),
        "account_declined": account(invitation=DECLINED_INVITATION, payables=_payables()),
        "account_statements": account("statements", statements=_statements()),
        "account_no_statements": account("statements"),
        "account_no_payments": account("payments"),
        "account_no_activity": account("activity"),
    }
