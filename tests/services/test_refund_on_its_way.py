"""A debit comes back while a refund of it is on its way: whichever is heard first, one loss."""

import pytest

from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.reversals import RefundState
from chalicelib.storage.notices import list_notices
from tests.crash.road import Road
from tests.services.refunding import (
    B,
    ask,
    books,
    deliver,
    now_of,
    only_refund,
    owed,
    settled_road,
    sweep,
)
from tests.stage import Stage, stage

__all__ = ["stage"]


def kinds(road: Road) -> set[NoticeKind]:
    return {notice.kind for notice in list_notices(road.dealer.dealer_id)}


def returned_while_sending(stage: Stage, timeout: str) -> tuple[Road, Payment, RefundState]:
    """A refund of $500 whose request is cut off, how it then stood, and the debit come back."""
    road, payment = settled_road(stage)
    fault = {"timeout": timeout, "method": "POST", "path": "/v1/refunds"}
    for _ in range(3):
        road.stripe.script.apply({"next_request": fault})
    ask(road, payment, 50_000, B)
    first = only_refund(road, payment).state
    road.stripe.script.requests.clear()
    road.stripe.return_payment(payment.number, "R01")
    return road, payment, first


@pytest.mark.parametrize("heard_first", ["return", "refund"])
def test_a_refund_that_went_out_before_the_debit_came_back_is_a_loss_with_an_alarm(
    stage: Stage, heard_first: str
) -> None:
    road, payment, first = returned_while_sending(stage, "after")
    if heard_first == "return":
        deliver(road, only="charge.dispute.closed")
        sweep(road)
    else:
        sweep(road)
        deliver(road)

    assert first is RefundState.SENDING
    assert now_of(road, payment).status is PaymentStatus.RETURNED
    assert only_refund(road, payment).is_taken_out
    assert owed(road) == {"A": 100_000, "B": 50_000, "K": 10_000}
    assert books(road, payment) == {"returns": 51_071, "clearing": -51_071}
    assert NoticeKind.LOSS in kinds(road)


def test_a_refund_the_processor_never_made_is_no_loss(stage: Stage) -> None:
    road, payment, first = returned_while_sending(stage, "before")

    deliver(road)
    sweep(road)

    assert first is RefundState.SENDING
    assert only_refund(road, payment).state is RefundState.FAILED
    assert books(road, payment) == {}
    assert owed(road) == {"A": 100_000, "B": 50_000, "K": 10_000}
    assert NoticeKind.LOSS not in kinds(road)
