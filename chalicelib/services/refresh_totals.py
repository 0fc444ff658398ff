"""What a header shows, worked out from its payables: totals and Collection Priority of one day."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from chalicelib.domain.accounts import Account
from chalicelib.domain.aging import totals
from chalicelib.domain.claims import Claim, owed_by_payable, with_brought
from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payables import Payable
from chalicelib.domain.priority import DealerCurve, Signals, score

RETURNED_DAYS = 90  # How long a payment that came back raises its account's priority.
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
    held = tuple(claims)
    listed = with_brought(payables, held)
    owed = owed_by_payable(listed, held, account.as_of or NEVER)
    note = score(
        payables=listed,
        owed=owed,
        own_history=account.paid_late_days,
        curve=curve,
        account=account,
        today=today,
        time_zone=dealer.time_zone,
        signals=Signals(returned_recently=_returned_recently(account, dealer, today)),
    )
    return replace(account, totals=totals(listed, owed, today), priority=note)


def _returned_recently(account: Account, dealer: Dealer, today: date) -> bool:
    if account.returned_at is None:
        return False
    return (today - dealer_day(account.returned_at, dealer.time_zone)).days <= RETURNED_DAYS
