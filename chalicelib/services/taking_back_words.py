"""What operators are told when money is taken back: notices and lines of the activity."""

from datetime import datetime

from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.reversals import Reversal


def amount_words(cents: int, currency: str = "USD") -> str:
    """140200 → "$1,402.00"; another currency by its code."""
    sign = "$" if currency == "USD" else f"{currency} "
    return f"{sign}{cents // 100:,}.{cents % 100:02d}"


def notice_of(
    kind: NoticeKind, payment: Payment, sentence: str, *, at: datetime, amount_cents: int
) -> Notice:
    """A notice about the payment, with the account's name before the sentence."""
    return Notice(
        kind,
        payment.number,
        f"{payment.account_name}: {sentence}",
        at,
        path=f"/console/payments/{payment.number}",
        amount_cents=amount_cents,
    )


def loss_notice(payment: Payment, reversal: Reversal, at: datetime) -> Notice | None:
    """The alarm for money that went out twice; None if none did."""
    if not reversal.loss_cents:
        return None
    lost = amount_words(reversal.loss_cents, payment.currency)
    return notice_of(
        NoticeKind.LOSS,
        payment,
        f"{lost} of {payment.number} was refunded before the bank took it as well. Ask the "
        "customer to pay it back; the ledger shows it as a loss in Returns.",
        at=at,
        amount_cents=reversal.loss_cents,
    )
