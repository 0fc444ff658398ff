"""Examples of the operators' inbox and of an event that was set aside."""

from __future__ import annotations

from chalicelib.rendering.views.attention import Attention, KeptEvent, NoticeRow
from chalicelib.rendering.views.chrome import Badge

from . import demo
from .demo import console_chrome


def _row(number: int, label: Badge, sentence: str, amount_cents: int = 140200) -> NoticeRow:
    return NoticeRow(
        kind="overdue",
        subject=f"DP-{number}",
        label=label,
        sentence=sentence,
        since=demo.NOW,
        href=f"/console/payments/DP-{number}",
        amount_cents=amount_cents,
    )


def _attention(**changes: object) -> Attention:
    fields: dict[str, object] = {
        "chrome": console_chrome("Needs attention", "Payments"),
        "tabs": demo.PAYMENT_TABS,
        "rows": (
            _row(100482, Badge(label="Overdue", tone="bad"), f"{demo.HOSTILE}: no outcome yet."),
            _row(100483, Badge(label="Stopped", tone="warn"), "Oak Homes: it is frozen."),
            _row(100484, Badge(label="Event set aside", tone="warn"), "No payment of ours.", 0),
        ),
        "may_act": True,
    }
    return Attention(**{**fields, **changes})  # type: ignore[arg-type]


def _event(**changes: object) -> KeptEvent:
    fields: dict[str, object] = {
        "chrome": console_chrome("Event set aside", "Payments"),
        "tabs": demo.PAYMENT_TABS,
        "event_id": "evt_1",
        "event_type": "payment_intent.succeeded",
        "object_id": demo.HOSTILE,
        "reason": "no payment of ours",
        "kept_at": demo.NOW,
        "again_url": "/console/attention/events/evt_1/again",
        "may_act": True,
    }
    return KeptEvent(**{**fields, **changes})  # type: ignore[arg-type]


def attention_examples() -> dict[str, object]:
    """The inbox full, empty and for a viewer; an event with and without its button."""
    return {
        "attention": _attention(has_more=True),
        "attention_viewer": _attention(may_act=False),
        "attention_empty": _attention(rows=()),
        "kept_event": _event(),
        "kept_event_viewer": _event(may_act=False),
    }
