"""What people are told when a payment met documents that had been paid elsewhere meanwhile."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.payments import Excess, Payment


def excess_words(excess: Iterable[Excess]) -> str:
    """ "INV-1 had been paid meanwhile: $600.00 is kept on account."; "" without excess."""
    return " ".join(
        f"{item.payable_id} had been paid meanwhile: ${item.cash_cents // 100:,}."
        f"{item.cash_cents % 100:02d} is kept on account."
        for item in excess
    )


def overpaid_notice(payment: Payment, excess: Iterable[Excess], at: datetime) -> Notice:
    """The operators' notice."""
    told = tuple(excess)
    return Notice(
        NoticeKind.OVERPAID,
        payment.number,
        f"{payment.account_name}: {excess_words(told)}",
        at,
        path=f"/payments/{payment.number}",
        amount_cents=sum(item.cash_cents for item in told),
    )
