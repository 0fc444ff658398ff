"""What a header shows, worked out from its payables: totals and Collection Priority of one day."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from chalicelib.domain.accounts import Account
from chalicelib.domain.aging import totals
from chalicelib.domain.claims import Claim, owed_by_payable
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payables import Payable
from chalicelib.domain.priority import DealerCurve, score

NEVER = datetime.min.replace(tzinfo=UTC)


def refreshed(
    account: Account,
    *,
    payables: Sequence[Payable],
    claims: Iterable[Claim],
    dealer: Dealer,
    today: date,
    curve: DealerCurve,
) -> Account:
    """The header with totals and priority of `today`, the dealer's day; its version stays.

    `curve` comes from `storage.roster.dealer_curve`. Raise the version before writing.
    """
    owed = owed_by_payable(payables, claims, account.as_of or NEVER)
    note = score(
        payables=payables,
        owed=owed,
        own_history=account.paid_late_days,
        curve=curve,
        account=account,
        today=today,
        time_zone=dealer.time_zone,
    )
    return replace(account, totals=totals(payables, owed, today), priority=note)
