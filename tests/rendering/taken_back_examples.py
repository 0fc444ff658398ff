"""Examples of what a payment's page says once the bank took its money back."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.rendering.views.chrome import Badge
from chalicelib.rendering.views.figures import Option
from chalicelib.rendering.views.incoming import DiscountForm, Interventions, PaymentDetail
from chalicelib.rendering.views.taken_back import ReturnForm, TakenBack

from . import demo


def returned() -> TakenBack:
    """An unauthorised ACH debit, with the mandate's evidence."""
    return TakenBack(
        heading="Returned by the bank",
        sentence="R10: The customer says it was not authorised. The mandate is ended.",
        tone="bad",
        facts=(
            ("Sent back on", "Nov 24, 2026"),
            ("Authorised on", "Nov 22, 2026"),
            ("From the address", demo.HOSTILE),
        ),
        sums=(("Amount", 140_200), ("Owed again", 150_000), ("Discount taken back", 2_800)),
        mandate=demo.AUTHORISATION,
    )


def chargeback() -> TakenBack:
    """A card dispute whose evidence is due."""
    return TakenBack(
        heading="Dispute: funds withdrawn",
        sentence="The money is held in dispute until it is decided.",
        tone="bad",
        facts=(("Reason", "the goods did not arrive"), ("Evidence due by", "Dec 6, 2026")),
        sums=(("Amount", 140_200), ("Processor’s fee for it", 1_500)),
        answer_href="https://dashboard.stripe.com/disputes/du_demo",
    )


def return_form(blocked_because: str = "") -> ReturnForm:
    """The form, or why it can't apply."""
    codes = (Option(value="R01", label="R01: Not enough money"),)
    return ReturnForm(
        csrf="csrf-token",
        url="/console/payments/DP-100482/return",
        codes=() if blocked_because else codes,
        earliest="2026-11-22",
        latest="2026-11-24",
        blocked_because=blocked_because,
    )


def taken_back_examples(
    detail: Callable[..., PaymentDetail], *, discount: DiscountForm, panel: Interventions
) -> dict[str, object]:
    """The payment's page while and after its money is taken back."""
    back = Badge(label="Returned", tone="bad")
    held = Badge(label="Disputed: funds withdrawn", tone="bad")
    return {
        "payment_detail_returned": detail(
            status=back, discount_form=discount, taken_back=(returned(),)
        ),
        "payment_detail_disputed": detail(status=held, taken_back=(chargeback(), chargeback())),
        "payment_detail_to_return": detail(interventions=panel, return_form=return_form()),
        "payment_detail_no_return": detail(return_form=return_form("It has not arrived yet.")),
    }
