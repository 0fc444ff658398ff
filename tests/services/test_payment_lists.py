"""Incoming Payments as an operator filters them, page by page and as a file."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.payments import PaymentStatus
from chalicelib.entrypoints.console.volume import HEIGHT, daily_volume
from chalicelib.services import list_payments as service
from chalicelib.services.list_payments import PaymentFilters, export_payments, list_payments
from chalicelib.storage import payment_lists
from tests.crash.road import START, Road, an_invoice, build_road
from tests.stage import Stage, stage

__all__ = ["stage"]
OWED = (
    an_invoice("INV-1", 900_000, po_number="PO 7781"),
    an_invoice("INV-2", 900_000),
)
FIRST = START.date()


@pytest.fixture
def paid(stage: Stage) -> Road:
    """DP-…1 of $100 for INV-1, DP-…2 of $200 for INV-2 and DP-…3 of $300 for both, a day apart."""
    road = build_road(stage, OWED)
    for first, second in ((10_000, 0), (0, 20_000), (15_000, 15_000)):
        asked = {"INV_1": first, "INV_2": second}
        chosen: dict[str, Any] = {name: cents for name, cents in asked.items() if cents}
        road.submit(road.quote(**chosen))
        road.clock.advance(timedelta(days=1))
    return road


def found(road: Road, **wanted: Any) -> list[str]:
    """The last digit of each payment's number, as listed; the file must say the same."""
    where, filters = (road.world, road.dealer.dealer_id), PaymentFilters(**wanted)
    page = list_payments(*where, filters=filters)
    assert list(export_payments(*where, filters=filters)) == list(page.payments)
    return [payment.number[-1] for payment in page.payments]


def test_days_and_amounts_are_bounds_that_count(paid: Road) -> None:
    second = FIRST + timedelta(days=1)

    assert found(paid) == ["3", "2", "1"]
    assert found(paid, since=second) == ["3", "2"]
    assert found(paid, until=second) == ["2", "1"]
    assert found(paid, since=second, until=second) == ["2"]
    assert found(paid, min_cents=20_000) == ["3", "2"]
    assert found(paid, max_cents=20_000) == ["2", "1"]
    assert found(paid, sort="amount", max_cents=20_000) == ["2", "1"]
    assert found(paid, until=date(2020, 1, 1)) == []


def test_both_orders_can_be_turned_round(paid: Road) -> None:
    second = FIRST + timedelta(days=1)

    assert found(paid, descending=False) == ["1", "2", "3"]
    assert found(paid, descending=False, since=second) == ["2", "3"]
    assert found(paid, descending=False, status=PaymentStatus.PENDING) == ["1", "2", "3"]
    assert found(paid, descending=False, sort="amount", max_cents=20_000) == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["3", "2", "1"]),
        ("ruiz", ["3", "2", "1"]),
        ("ruiz nobody", []),
        ("dp-100002", ["2"]),
        ("inv-2", ["3", "2"]),
        ("PO 7781", ["3", "1"]),
        ("7781 inv-2", ["3"]),
    ],
)
def test_a_search_finds_payer_payment_invoice_and_purchase_order(
    paid: Road, text: str, expected: list[str]
) -> None:
    assert found(paid, text=text) == expected


def test_a_status_is_read_from_its_own_index(paid: Road) -> None:
    paid.machine.run_ready()

    assert found(paid, status=PaymentStatus.PENDING) == ["3", "2", "1"]
    assert found(paid, status=PaymentStatus.SETTLED) == []


@pytest.mark.parametrize("sort", ["time", "amount"])
@pytest.mark.parametrize(("descending", "expected"), [(True, ["3", "1"]), (False, ["1", "3"])])
def test_a_cursor_reads_on_within_the_filter(
    paid: Road, sort: str, descending: bool, expected: list[str]
) -> None:
    where = paid.world, paid.dealer.dealer_id
    filters = PaymentFilters(text="inv-1", sort=sort, descending=descending)

    first = list_payments(*where, filters=filters, limit=1)
    second = list_payments(*where, filters=filters, limit=1, cursor=first.cursor)

    numbers = [payment.number[-1] for payment in (*first.payments, *second.payments)]
    assert (numbers, first.count, first.total_cents, second.cursor) == (expected, 2, 40_000, "")


def test_the_file_holds_what_one_request_cannot_read(
    paid: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = partial(payment_lists.read_stretch, limit=2)
    monkeypatch.setattr(payment_lists, "read_stretch", small)

    whole = export_payments(paid.world, paid.dealer.dealer_id, filters=PaymentFilters())

    assert [payment.number[-1] for payment in whole] == ["3", "2", "1"]


def test_a_file_that_would_lack_payments_is_refused(
    paid: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_EXPORTED", 2)
    where = paid.world, paid.dealer.dealer_id

    with pytest.raises(InvalidInput, match="More than 2 payments match"):
        export_payments(*where, filters=PaymentFilters())

    assert len(export_payments(*where, filters=PaymentFilters(min_cents=20_000))) == 2


def test_the_chart_shows_every_day_and_the_sum_of_each(paid: Road) -> None:
    page = list_payments(paid.world, paid.dealer.dealer_id, filters=PaymentFilters())
    tiny = replace(page, days={**page.days, FIRST - timedelta(days=90): (1, 1)})

    chart, long = daily_volume(page), daily_volume(tiny)

    assert chart is not None
    assert long is not None
    assert len(chart.days) == 14
    assert [(day.count, day.cents) for day in chart.days[-3:]] == [
        (1, 10_000), (1, 20_000), (1, 30_000),
    ]  # fmt: skip
    assert [day.height for day in chart.days[-4:]] == [0, 31, 62, HEIGHT - 2]
    assert (len(long.days), chart.most_cents) == (60, 30_000)


def test_without_payments_there_is_no_chart(stage: Stage) -> None:
    road = build_road(stage, OWED)

    page = list_payments(road.world, road.dealer.dealer_id, filters=PaymentFilters())

    assert daily_volume(page) is None
