"""What a payer or an operator is told, and what goes on, while something does not answer."""

import logging
from typing import Any

import pytest
from pynamodb.connection.base import Connection

from chalicelib.domain.errors import TryAgain
from chalicelib.domain.payments import PaymentStatus
from chalicelib.services.view_payment import view_payment
from chalicelib.services.watch_payments import watch_payments
from chalicelib.storage.payments import get_payment, list_payments_of_account
from chalicelib.storage.transactions import OutcomeUnknown
from tests.crash.road import DAY, Road, an_invoice, build_road
from tests.stage import Stage, stage

__all__ = ["stage"]
TWO = (an_invoice("INV-1", 100_000), an_invoice("INV-2", 50_000))


@pytest.fixture
def road(stage: Stage) -> Road:
    return build_road(stage, TWO)


def test_a_payment_just_submitted_is_found_by_its_number_without_waiting_for_any_copy(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = road.submit(road.quote(INV_1=None))
    original = Connection.dispatch

    def dispatch(self: Connection, name: str, sent: dict[str, Any], *rest: Any) -> Any:
        if name in {"Query", "GetItem"} and not sent.get("ConsistentRead"):
            return {"Items": [], "Count": 0, "ScannedCount": 0} if name == "Query" else {}
        return original(self, name, sent, *rest)

    monkeypatch.setattr(Connection, "dispatch", dispatch)
    view = view_payment(
        road.world,
        road.dealer.dealer_id,
        name=payment.number,
        account_id=road.account.account_id,
    )

    assert view.payment.payment_id == payment.payment_id


@pytest.mark.parametrize(
    "cursor", ["Z", "A", "P#", "P#\ue000", "Q#01", "P#" + "9" * 3_000, "S#2026-11"]
)
def test_a_made_up_cursor_shows_the_newest_payments_and_nothing_else(
    road: Road, cursor: str
) -> None:
    payment = road.submit(road.quote(INV_1=None))

    found, following = list_payments_of_account(
        road.dealer.dealer_id, road.account.account_id, cursor=cursor
    )

    assert ([one.payment_id for one in found], following) == ([payment.payment_id], "")


def test_a_submit_without_a_clear_answer_promises_nothing_it_cannot_know(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, **__: object) -> None:
        raise OutcomeUnknown

    quote = road.quote(INV_1=None)
    with monkeypatch.context() as patched:
        patched.setattr("chalicelib.services.submit_payment.transact", silent)
        with pytest.raises(TryAgain) as refused:
            road.submit(quote)

    # The write may still arrive, so neither "not taken" nor "nothing charged" would be true.
    assert "not taken" not in refused.value.sentence
    assert "Nothing was charged" not in refused.value.sentence
    assert "never taken twice" in refused.value.sentence
    assert road.submit(quote).quote_id == quote.quote_id


def test_one_payment_that_cannot_be_read_keeps_the_sweep_from_no_other(
    road: Road, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = road.submit(road.quote(INV_1=None))
    sound = road.submit(road.quote(INV_2=None))
    road.clock.advance(DAY)

    def reading(dealer_id: Any, account_id: Any, payment_id: Any) -> Any:
        if payment_id == broken.payment_id:
            raise ValueError("a body nobody foresaw")
        return get_payment(dealer_id, account_id, payment_id)

    monkeypatch.setattr("chalicelib.services.watch_payments.get_payment", reading)
    with caplog.at_level(logging.ERROR):
        first = watch_payments(road.world)
    second = watch_payments(road.world)

    assert {broken.payment_id, sound.payment_id} <= set(first.looked_at)
    assert broken.payment_id in first.unanswered
    assert broken.payment_id not in second.looked_at
    assert broken.payment_id in caplog.text


def test_a_payment_is_not_given_up_while_its_last_request_may_still_be_on_its_way(
    road: Road,
) -> None:
    for _ in range(5):
        road.stripe.script.apply({"next_request": {"timeout": "before"}})
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    road.stripe.script.requests.clear()
    ids = (road.dealer.dealer_id, road.account.account_id, payment.payment_id)
    states = []

    for _ in range(2):
        road.clock.advance(DAY)
        watch_payments(road.world)
        states.append(get_payment(*ids).status)

    assert states == [PaymentStatus.PENDING, PaymentStatus.FAILED]
    assert road.intents() == []
