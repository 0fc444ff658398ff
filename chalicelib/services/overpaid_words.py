"""What people are told when a payment met documents that had been paid elsewhere meanwhile."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.payments import Excess, Payment


def excess_words(excess: Iterable[Excess]) -> str:
    """ "INV-1 had been paid meanwhile: $600.00 is kept on account."; "" without excess."""
    return " ".join(_words(item) for item in excess)


def _words(item: Excess) -> str:
    if item.gone_credit:
        used = f"Credit {item.gone_credit} had been used meanwhile"
        return f"{used}: {_dollars(item.credit_cents)} of {item.payable_id} stays open."
    paid = f"{item.payable_id} had been paid meanwhile"
    if item.cash_cents:
        return f"{paid}: {_dollars(item.cash_cents)} is kept on account."
    if item.credit_cents:
        return f"{paid}: {_dollars(item.credit_cents)} of its credit is open again."
    return f"{paid}: its discount was not needed."


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02d}"


def overpaid_notice(payment: Payment, excess: Iterable[Excess], at: datetime) -> Notice:
    """The operators' notice."""
    told = tuple(excess)
    return Notice(
        NoticeKind.OVERPAID,
        payment.number,
        f"{payment.account_name}: {excess_words(told)}",
        at,
        path=f"/console/payments/{payment.number}",
        amount_cents=sum(item.cash_cents for item in told),
    )
