"""From a letter to a mail: subject, plain text and HTML with its styles inlined."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from .templating import environment
from .views.letters import (
    InvitationLetter,
    PaymentLetter,
    ReceiptLetter,
    RefundLetter,
    VerifyLetter,
)
from .words import currency_in_use

if TYPE_CHECKING:
    import css_inline

LETTERS: dict[str, type] = {
    "invitation": InvitationLetter,
    "invitation_reminder": InvitationLetter,
    "verify_address": VerifyLetter,
    "payment_submitted": PaymentLetter,
    "payment_settled": PaymentLetter,
    "payment_failed": PaymentLetter,
    "payment_terminated": PaymentLetter,
    "payment_returned": PaymentLetter,
    "payment_dispute_lost": PaymentLetter,
    "payment_overpaid": PaymentLetter,
    "payment_credit_gone": PaymentLetter,
    "payment_receipt": ReceiptLetter,
    "payment_refunded": RefundLetter,
    "refund_failed": RefundLetter,
}


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A rendered mail; `subject` is one line, `text` the plain twin of `html`."""

    subject: str
    text: str
    html: str


Letter = InvitationLetter | VerifyLetter | PaymentLetter | ReceiptLetter | RefundLetter


def render_mail(name: str, letter: Letter) -> Mail:
    """Render templates/emails/<name>/; TypeError when the letter is not that mail's."""
    if type(letter) is not LETTERS[name]:
        raise TypeError(f"{name} is written from {LETTERS[name].__name__}")
    token = currency_in_use.set(getattr(letter, "currency", "USD"))
    try:
        return Mail(
            subject=" ".join(_render(name, "subject.txt", letter).split()),
            text=_render(name, "body.txt", letter).strip() + "\n",
            html=_inliner().inline(_render(name, "body.html", letter)),
        )
    finally:
        currency_in_use.reset(token)


def _render(name: str, part: str, letter: object) -> str:
    return environment().get_template(f"emails/{name}/{part}").render(letter=letter)


@cache
def _inliner() -> css_inline.CSSInliner:
    import css_inline  # noqa: PLC0415  Only the mail worker pays for it; pages share its module.

    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
