"""What an account's header shows, computed anew from what it rests on."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from chalicelib.domain.accounts import Account
from chalicelib.domain.aging import totals
from chalicelib.domain.claims import Claim
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payables import Payable
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.priority import DealerCurve, score


def refreshed(
    account: Account,
    *,
    payables: Iterable[Payable],
    claims: Iterable[Claim],
    dealer: Dealer,
    today: date,
    curve: DealerCurve,
) -> Account:
    """The header with totals and priority of `today`, the dealer's day; the version as it was."""
    listed = tuple(payables)
    owed = owed_on(listed, claims, account)
    summed = replace(account, totals=totals(listed, owed, today))
    note = score(
        payables=listed,
        owed=owed,
        own_history=account.paid_late_days,
        curve=curve,
        account=summed,
        today=today,
        time_zone=dealer.time_zone,
    )
    return replace(summed, priority=note)
