"""Incoming payments of a dealer with filters, and one account's own history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from chalicelib.domain.days import day_end, day_start, dealer_day
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payment_lists import (
    BY_AMOUNT,
    BY_TIME,
    Span,
    Stretch,
    each_payment,
    read_stretch,
)
from chalicelib.storage.payments import list_payments_of_account

PAGE_SIZE = 50
MOST_EXPORTED = 10_000  # About 20 MB to read and 1.5 MB to answer: seconds, and within a Lambda's.


@dataclass(frozen=True, slots=True)
class PaymentFilters:
    """What an operator asks for; days are the dealer's, bounds inclusive, amounts in cents.

    `text` finds in payer name and account number, and in the payment's own number and those of its
    invoices and purchase orders. `sort` is "time" or "amount".
    """

    status: PaymentStatus | None = None
    since: date | None = None
    until: date | None = None
    min_cents: int | None = None
    max_cents: int | None = None
    text: str = ""
    sort: str = BY_TIME
    descending: bool = True


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """One page. `cursor` reads on ("" at the end); sums are of the filtered set.

    `is_exact` is False where the set is more than one request reads (1 MB): sums are of its
    beginning. A page may be short and still have a cursor: the filters left out what was read.
    """

    payments: Sequence[Payment]
    cursor: str
    count: int
    total_cents: int
    is_exact: bool
    days: Mapping[date, tuple[int, int]]  # Initiated per day: payments and cents.


def list_payments(
    world: World,  # noqa: ARG001  Every use case takes its world.
    dealer_id: DealerId,
    *,
    filters: PaymentFilters,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> PaymentPage:
    """One page of the dealer's payments: one request for the first page, two for later ones."""
    zone = get_dealer(dealer_id).time_zone
    span = _span(filters, zone)
    whole = read_stretch(dealer_id, span)
    matching = [payment for _, payment in whole.found if _matches(payment, filters, span)]
    shown = read_stretch(dealer_id, replace(span, after=cursor)) if cursor else whole
    payments, following = _page(shown, filters, span, limit)
    return PaymentPage(
        payments=payments,
        cursor=following,
        count=len(matching),
        total_cents=sum(payment.charged_cents for payment in matching),
        is_exact=not whole.has_more,
        days=_days(matching, zone),
    )


def export_payments(
    world: World,  # noqa: ARG001  Every use case takes its world.
    dealer_id: DealerId,
    *,
    filters: PaymentFilters,
) -> Sequence[Payment]:
    """The whole filtered set in order, a request per 1 MB.

    Raises InvalidInput beyond MOST_EXPORTED: a file that lacks some would be taken for whole.
    """
    span = _span(filters, get_dealer(dealer_id).time_zone)
    every = (it for it in each_payment(dealer_id, span) if _matches(it, filters, span))
    found = tuple(islice(every, MOST_EXPORTED + 1))
    if len(found) > MOST_EXPORTED:
        raise InvalidInput(
            f"More than {MOST_EXPORTED:,} payments match. Choose fewer days and export again."
        )
    return found


def _days(payments: Iterable[Payment], time_zone: str) -> dict[date, tuple[int, int]]:
    days: dict[date, tuple[int, int]] = {}
    for payment in payments:
        day = dealer_day(payment.submitted_at, time_zone)
        count, cents = days.get(day, (0, 0))
        days[day] = count + 1, cents + payment.charged_cents
    return days


def list_own_payments(
    world: World,  # noqa: ARG001  Every use case takes its world.
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    cursor: str = "",
) -> tuple[Sequence[Payment], str]:
    """One account's payments, newest first, and the cursor of the next page; one request."""
    return list_payments_of_account(dealer_id, account_id, cursor=cursor)


def _span(filters: PaymentFilters, time_zone: str) -> Span:
    return Span(
        order=BY_AMOUNT if filters.sort == BY_AMOUNT else BY_TIME,
        status=filters.status,
        since=day_start(filters.since, time_zone) if filters.since else None,
        until=day_end(filters.until, time_zone) if filters.until else None,
        min_cents=filters.min_cents,
        max_cents=filters.max_cents,
        descending=filters.descending,
    )


def _page(
    stretch: Stretch, filters: PaymentFilters, span: Span, limit: int
) -> tuple[Sequence[Payment], str]:
    found = [row for row in stretch.found if _matches(row[1], filters, span)]
    shown = [payment for _, payment in found[:limit]]
    if len(found) > limit:
        return shown, found[limit - 1][0]
    return shown, stretch.found[-1][0] if stretch.has_more and stretch.found else ""


def _matches(payment: Payment, filters: PaymentFilters, span: Span) -> bool:
    """The filters the index does not decide."""
    if span.since is not None and payment.submitted_at < span.since:
        return False
    if span.until is not None and payment.submitted_at > span.until:
        return False
    if filters.status is not None and payment.status is not filters.status:
        return False
    if filters.min_cents is not None and payment.charged_cents < filters.min_cents:
        return False
    if filters.max_cents is not None and payment.charged_cents > filters.max_cents:
        return False
    words = filters.text.casefold().split()
    numbers = " ".join(f"{line.payable_id} {line.po_number}" for line in payment.lines)
    known = f"{payment.account_name} {payment.account_id} {payment.number} {numbers}".casefold()
    return all(word in known for word in words)
