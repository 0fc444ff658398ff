"""Examples of settlements in every state of their posting."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.entrypoints.console.settlement_list import COLUMNS
from chalicelib.rendering.views.chrome import Action, Badge, FieldError
from chalicelib.rendering.views.figures import Column, Option, SelectFilter
from chalicelib.rendering.views.settlements import (
    ByHand,
    DepositLine,
    ManualFile,
    PostingCategory,
    ProofLine,
    Remark,
    Reversal,
    Reverse,
    Settlement,
    SettlementProgress,
    SettlementRow,
    Settlements,
    TimeField,
)

from . import demo
from .demo import console_chrome


def categories(*words: str) -> tuple[PostingCategory, ...]:
    """The four posting categories with a status word each; "Posted" ones carry a time."""
    labels = ("Invoices", "Credit adjustments", "Debit adjustments", "Cash and other")
    tones = {"Posted": "good", "Posting": "info", "Failed": "bad"}
    return tuple(
        PostingCategory(
            label=label,
            status=Badge(label=word, tone=tones.get(word, "plain")),
            at=demo.NOW if word == "Posted" else "",
            amount_cents=137200,
            document_count=2,
            problem="Spruce did not answer; nothing was posted twice." if word == "Failed" else "",
        )
        for label, word in zip(labels, words, strict=True)
    )


def progress(**changes: object) -> SettlementProgress:
    """A settlement that is proved and waits for Post."""
    base = "/console/settlements/S1"
    fields: dict[str, object] = {
        "csrf": "csrf-token",
        "categories": categories(*["Not posted"] * 4),
        "running": False,
        "progress_href": f"{base}/progress",
        "post": Action(label="Post to Spruce", url=f"{base}/post"),
        "resolve": Action(
            label="Resolve", url=f"{base}/resolve", blocked_because="Post all four first."
        ),
    }
    return SettlementProgress(**{**fields, **changes})  # type: ignore[arg-type]


def line(label: str, tone: str, cents: int, **more: object) -> DepositLine:
    """A line of P1's payer unless `more` says otherwise."""
    fields: dict[str, object] = {
        "what": Badge(label=label, tone=tone),
        "amount_cents": cents,
        "fee_cents": 0,
        "net_cents": cents,
        "at": demo.NOW,
        "number": "DP-100482",
        "href": "/console/payments/DP-100482",
        "payer_name": demo.HOSTILE,
        "payer_number": "C-1001",
    }
    return DepositLine(**{**fields, **more})  # type: ignore[arg-type]


def every_line() -> tuple[DepositLine, ...]:
    """A payment and one movement of each sort."""
    bare = {"number": "", "href": "", "payer_name": "", "payer_number": ""}
    return (
        line("Payment", "good", 140200, fee_cents=4100, net_cents=136100),
        line("Refund", "warn", -71530),
        line("Return", "bad", -140200, problem="the return of DP-100482 is not recorded"),
        line("Dispute", "bad", -140200, fee_cents=1500, net_cents=-141700),
        line("Processor fee", "plain", -217, reference="txn_0123456789", **bare),
    )


def settlement(
    shown: SettlementProgress, difference_cents: int = 0, **changes: object
) -> Settlement:
    """One deposit of the worked example P1."""
    plain = Settlement(
        chrome=console_chrome("Settlement ST-2048", "Payments"),
        number="ST-2048",
        created_at=demo.NOW,
        deposit_cents=136100,
        difference_cents=difference_cents,
        proof=(
            ProofLine(label="Gross", amount_cents=140200, detail="1 payment"),
            ProofLine(label="Processing fees", amount_cents=-4100),
            ProofLine(label="Refunds, returns, disputes", amount_cents=0),
        ),
        lines=(line("Payment", "good", 140200, fee_cents=4100, net_cents=136100),),
        progress=shown,
        deposited_on="2026-11-24",
        processor_reference="po_demo",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def by_hand(**changes: object) -> SettlementProgress:
    """A settlement that a person posts: two parts entered, two to go."""
    url = "/console/settlements/S1/manual"
    manual = ByHand(
        since=demo.NOW,
        chosen_by=demo.HOSTILE,
        enter_on="2026-11-24",
        files=tuple(
            ManualFile(
                label=label,
                hint="Upload in Spruce's payment entry.",
                href=f"{url}.csv?file={label}",
                bare_href=f"{url}.csv?file={label}&header=no",
            )
            for label in ("Payments", "Credits", "Discounts", "Cash and other")
        ),
        fields=(TimeField(name="at_cash", label="Cash and other"),),
        times_url=f"{url}/times",
        now=demo.NOW,
        withdraw=Action(label="Post automatically instead", url=f"{url}/withdraw"),
        errors=(FieldError(field="at_cash", message="This time has not come yet."),),
    )
    blocked = Action(label="Post", url="/p", blocked_because="It is posted by hand.")
    return progress(by_hand=manual, post=blocked, **changes)


def _list_examples() -> dict[str, object]:
    posted = categories(*["Posted"] * 4)
    rows = tuple(
        SettlementRow(
            number=f"ST-{2048 - n}",
            href=f"/console/settlements/S{n}",
            created_at=demo.NOW,
            payment_count=12,
            gross_cents=1840200,
            fees_cents=-54100,
            returns_cents=-140200 if n == 1 else 0,
            net_cents=1786100,
            categories=posted if n else categories(*["Not posted"] * 4),
            resolved_at=demo.NOW if n else "",
            note=Badge(label="Never arrived", tone="bad") if n == 2 else None,
        )
        for n in range(6)
    )
    chrome = console_chrome("Settlements", "Payments")
    states = (Option(value="", label="Any state"), Option(value="to-post", label="To post"))
    bare = Settlements(
        chrome=chrome,
        tabs=demo.PAYMENT_TABS,
        rows=(),
        pager=demo.NO_PAGER,
        columns=tuple(
            Column(key=key, label=label, href=f"/console/settlements?sort={key}")
            for key, label in COLUMNS
        ),
        filters=(SelectFilter(name="state", label="State", options=states),),
        csv_href="/console/settlements.csv",
    )
    return {
        "settlements": replace(bare, rows=rows, pager=demo.PAGER, is_exact=False),
        "settlements_empty": bare,
        "settlements_none_match": replace(bare, clear_href="/console/settlements"),
    }


def settlement_examples() -> dict[str, object]:
    """The list and one settlement from proved to resolved."""
    running = progress(
        running=True,
        categories=categories("Posted", "Posting", "Not posted", "Not posted"),
        done_count=1,
        post=Action(label="Post to Spruce", url="/p", blocked_because="Posting is under way."),
    )
    failed = progress(categories=categories("Posted", "Failed", "Posted", "Posted"))
    posted = categories(*["Posted"] * 4)
    blocked = Action(label="Post to Spruce", url="/p", blocked_because="Already posted.")
    resolve = Action(label="Resolve", url="/r")
    return {
        **_list_examples(),
        "settlement": settlement(progress()),
        "settlement_choice": settlement(
            progress(manual=Action(label="Manual post", url="/console/settlements/S1/manual"))
        ),
        "settlement_by_hand": settlement(by_hand()),
        "settlement_running": settlement(running),
        "settlement_failed": settlement(failed),
        "settlement_posted": settlement(progress(categories=posted, post=blocked, resolve=resolve)),
        "settlement_difference": settlement(
            progress(post=blocked, resolve=resolve, needs_reason=True), difference_cents=-4100
        ),
        "settlement_resolved": settlement(
            progress(
                categories=posted, resolved_at=demo.NOW, resolved_by="Dana Ortiz", may_act=False
            )
        ),
        "settlement_progress": running,
        **_unusual_examples(posted, blocked, resolve),
        "settlement_progress_done": progress(categories=posted, post=blocked, resolve=resolve),
    }


def _unusual_examples(
    posted: tuple[PostingCategory, ...], blocked: Action, resolve: Action
) -> dict[str, object]:
    """Deposits that failed, were made by hand, had no cash, or whose posting was reversed."""
    reverse = Reverse(
        action=Action(label="Reverse the posting", url="/r"),
        by_hand=True,
        now=demo.NOW,
        errors=(FieldError(field="reversal_reason", message="Say why, in 10 characters."),),
    )
    history = Reversal(
        at=demo.NOW, by=demo.HOSTILE, reason=demo.HOSTILE, references="po_1:cash:reversed-1"
    )
    done = progress(categories=posted, post=blocked, resolve=resolve, reverse=reverse)
    return {
        "settlement_every_line": settlement(
            progress(post=blocked, resolve=resolve, needs_reason=True),
            lines=every_line(),
            remarks=(
                Remark(heading="This deposit never arrived", text="It came back.", tone="bad"),
                Remark(heading="The processor took money from your bank", text=demo.HOSTILE),
            ),
            unexplained=(f"txn_9: currency {demo.HOSTILE}",),
        ),
        "settlement_to_reverse": settlement(done),
        "settlement_reversing": settlement(
            progress(
                running=True,
                doing="Reversing",
                categories=categories("Posted", "Not posted", "Not posted", "Not posted"),
                reverse=replace(
                    reverse, action=replace(reverse.action, blocked_because="It is being reversed.")
                ),
                reversals=(history,),
            )
        ),
        "settlement_without_lines": settlement(progress(), lines=()),
    }
