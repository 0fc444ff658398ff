"""Examples of refunds on a payment's page, and of the preview."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.rendering.views.chrome import Badge, Chrome, FieldError
from chalicelib.rendering.views.figures import Option
from chalicelib.rendering.views.incoming import PaymentDetail
from chalicelib.rendering.views.refunds import RefundForm, RefundPreview, RefundRow, Refunds

from . import demo

URL = "/console/payments/DP-100482/refund"


def form(**changes: object) -> RefundForm:
    """Everything it paid, one document or a credit."""
    known: dict[str, object] = {
        "csrf": "csrf-token",
        "url": URL,
        "targets": (
            Option(value="everything", label="Everything it paid: up to $1,372.00"),
            Option(value="document:A", label=f"{demo.HOSTILE}, owed again: up to $882.00"),
            Option(value="on-account", label="Its cash on account: up to $20.00", selected=True),
        ),
        "amount": "1372.00",
        "reason": demo.HOSTILE,
    }
    return RefundForm(**{**known, **changes})  # type: ignore[arg-type]


def rows() -> tuple[RefundRow, ...]:
    """One that waits for an administrator, one that arrived, one that came back."""
    return (
        RefundRow(
            amount_cents=71_530,
            state=Badge(label="Waits for approval", tone="warn"),
            at="2026-11-24T10:15:00-08:00",
            by="Dana Ortiz",
            reason=demo.HOSTILE,
            lines=("INV-1 is owed again: $700.00.", "DP-100482-R3"),
            decide_url="/console/payments/DP-100482/refunds/01R",
        ),
        RefundRow(
            amount_cents=1_000,
            state=Badge(label="Arrived", tone="good"),
            at="2026-11-23T10:15:00-08:00",
            by="the processor’s dashboard",
            lines=(f"{demo.HOSTILE} is owed again: $10.00.", "DP-100482-R2 · re_demo"),
        ),
        RefundRow(
            amount_cents=2_000,
            state=Badge(label="Failed", tone="bad"),
            at="2026-11-22T10:15:00-08:00",
            by="Dana Ortiz",
            reason="Twice",
            lines=("DP-100482-R1", "The card was reported lost or stolen"),
        ),
    )


def preview(chrome: Chrome, **changes: object) -> RefundPreview:
    """What $700 of the payment would do."""
    known: dict[str, object] = {
        "chrome": chrome,
        "number": "DP-100482",
        "back_href": "/console/payments/DP-100482",
        "form": form(),
        "method": f"Visa credit card {demo.HOSTILE}",
        "sums": (("Refund", 70_000), ("Fee given back", 1_530)),
        "money_cents": 71_530,
        "changes": ((f"{demo.HOSTILE} is owed again", 70_000), ("Credits open again", 10_000)),
        "approval": "Refunds of one payment above $500.00 need an administrator’s approval.",
        "confirm_url": "/console/payments/DP-100482/refunds",
        "confirm_label": "Ask for approval of $715.30",
        "hidden": (("refund", "01R"), ("refund_reason", demo.HOSTILE)),
    }
    return RefundPreview(**{**known, **changes})  # type: ignore[arg-type]


def refund_examples(
    detail: Callable[..., PaymentDetail], chrome: Callable[..., Chrome]
) -> dict[str, object]:
    """The payment's page with its refunds, and the preview with and without a mistake."""
    part = Badge(label="Settled, refunded $10.00", tone="good")
    errors = (FieldError(field="amount", message="At most $20.00 can be refunded there."),)
    blocked = form(targets=(), blocked_because="All of it has been refunded.")
    return {
        "payment_detail_refunds": detail(
            status=part,
            refunded_cents=1_000,
            refunds=Refunds(csrf="csrf-token", rows=rows(), form=form()),
        ),
        "payment_detail_refunded": detail(
            status=Badge(label="Refunded", tone="plain"),
            refunds=Refunds(csrf="csrf-token", rows=rows()[1:2], form=blocked),
        ),
        "refund_preview": preview(chrome()),
        "refund_preview_corrected": preview(chrome(errors=errors), confirm_url=""),
    }
