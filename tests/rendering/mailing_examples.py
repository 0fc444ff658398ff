"""Examples of invitations for many accounts: checked, running, done, listed."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.rendering.views.chrome import Action, Badge
from chalicelib.rendering.views.mailings import (
    MailingGroup,
    MailingPage,
    MailingProgress,
    MailingRow,
    Mailings,
    MailingSummary,
)

from . import demo
from .demo import console_chrome


def _row(number: int, detail: str = "") -> MailingRow:
    return MailingRow(
        name=f"Metolius {demo.HOSTILE}",
        number=f"104-{number}",
        href=f"/console/customers/104-{number}",
        email=f"pat{number}@build.example",
        detail=detail,
    )


GROUPS = (
    MailingGroup(
        label="Will be invited",
        why="Each gets one mail.",
        count=120,
        rows=tuple(_row(n) for n in range(4)),
        tone="good",
    ),
    MailingGroup(label="Declined", why="They said no.", count=1, rows=(_row(9),), tone="warn"),
)
AGAIN = (replace(_row(1), delivery="bounced"), replace(_row(2), delivery=demo.HOSTILE))
RUNNING = MailingProgress(
    progress_href="/console/invitations/M1/progress", total=120, invited_count=37, running=True
)
DONE = MailingProgress(
    progress_href="/console/invitations/M1/progress",
    total=120,
    invited_count=119,
    running=False,
    refused=(_row(5, f"This account is not active {demo.HOSTILE}"),),
)


def _page(send: Action | None = None, progress: MailingProgress | None = None) -> MailingPage:
    return MailingPage(
        chrome=console_chrome("Invite customers", "Customers"),
        chosen=121,
        to_send=120,
        prepared_at=demo.NOW,
        operator="Dana Ortiz",
        groups=GROUPS,
        send=send,
        progress=progress,
    )


def mailing_examples() -> dict[str, object]:
    """Every state of the page, its fragment, and the list full and empty."""
    send = Action(label="Send 120 invitations", url="/console/invitations/M1/send")
    rows = tuple(
        MailingSummary(
            href=f"/console/invitations/M{n}",
            prepared_at=demo.NOW,
            operator=demo.HOSTILE,
            chosen=121,
            to_send=120,
            status=Badge(label="Sent", tone="good"),
        )
        for n in range(3)
    )
    chrome = console_chrome("Invitations", "Customers")
    return {
        "mailing_checked": _page(send),
        "mailing_viewer": _page(),
        "mailing_running": _page(progress=RUNNING),
        "mailing_again": replace(
            _page(send), is_resending=True, groups=(replace(GROUPS[0], rows=AGAIN),)
        ),
        "mailing_done": _page(progress=DONE),
        "mailing_progress": RUNNING,
        "mailing_progress_done": DONE,
        "mailings": Mailings(chrome=chrome, rows=rows),
        "mailings_empty": Mailings(chrome=chrome, rows=()),
    }
