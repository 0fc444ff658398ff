"""The one function that decides aging buckets, and the sums every screen shows."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from chalicelib.domain.accounts import Totals
from chalicelib.domain.claims import Owed
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import Payable, PayableKind


class Bucket(StrEnum):
    """Aging buckets by days past due (product.md §1)."""

    CURRENT = "current"
    DAYS_1_30 = "1-30"
    DAYS_31_60 = "31-60"
    DAYS_61_90 = "61-90"
    DAYS_91_UP = "91+"


_LAST_DAYS = (
    (0, Bucket.CURRENT),
    (30, Bucket.DAYS_1_30),
    (60, Bucket.DAYS_31_60),
    (90, Bucket.DAYS_61_90),
)

_TOTALS_FIELD = {
    Bucket.CURRENT: "current_cents",
    Bucket.DAYS_1_30: "days_1_30_cents",
    Bucket.DAYS_31_60: "days_31_60_cents",
    Bucket.DAYS_61_90: "days_61_90_cents",
    Bucket.DAYS_91_UP: "days_91_up_cents",
}


def days_past_due(payable: Payable, today: date) -> int:
    """Days since the due day (or the transaction day if it has none); ≤ 0 is not past due."""
    return (today - payable.ages_from).days


def bucket(days: int) -> Bucket:
    """The bucket of an item that many days past due."""
    for last_day, name in _LAST_DAYS:
        if days <= last_day:
            return name
    return Bucket.DAYS_91_UP


def available_discount_cents(payable: Payable, owed: Owed, today: date) -> int:
    """What the invoice's own terms would still take off today, never more than is owed."""
    if payable.discount_day is None or payable.discount_day < today:
        return 0
    return min(payable.discount_cents, owed.owed_cents)


def totals(payables: Iterable[Payable], owed: Mapping[PayableId, Owed], today: date) -> Totals:
    """Sums and counts of what is owed on `today`, the dealer's day; cents.

    Items with nothing owed count nowhere; buckets hold invoices and debits before credits and
    in-flight money, so current + buckets − credits = outstanding.
    """
    sums: dict[str, int] = {}
    for payable in payables:
        standing = owed.get(payable.payable_id)
        if standing is None or standing.owed_cents == 0:
            continue
        for name, amount in _contributions(payable, standing, today):
            sums[name] = sums.get(name, 0) + amount
    return Totals(**sums)


def _contributions(payable: Payable, standing: Owed, today: date) -> Iterable[tuple[str, int]]:
    amount_cents = standing.owed_cents
    if payable.kind is PayableKind.CREDIT:
        return (("credits_cents", amount_cents), ("credits", 1))
    late_days = max(0, days_past_due(payable, today))
    parts = [
        (_TOTALS_FIELD[bucket(late_days)], amount_cents),
        ("overdue_cent_days", amount_cents * late_days),
        ("in_flight_cents", standing.in_flight_cents),
        ("discounts_cents", available_discount_cents(payable, standing, today)),
    ]
    if payable.kind is PayableKind.DEBIT:
        return [*parts, ("debits_cents", amount_cents), ("debits", 1)]
    parts += [("invoices_cents", amount_cents), ("invoices", 1)]
    if late_days:
        parts += [("invoices_past_due_cents", amount_cents), ("invoices_past_due", 1)]
    return parts
