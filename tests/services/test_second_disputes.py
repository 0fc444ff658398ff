"""A card payment of which a part was lost in one dispute and the rest is disputed again."""

from datetime import timedelta

import pytest

from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.reversals import DisputePhase
from chalicelib.services.watch_later import watch_later
from tests.crash.road import Road, an_invoice, build_road
from tests.services.disputed import FEE, books, hear, owed, pay_by_card, stored, told
from tests.services.rebuilding import rebuilt
from tests.stage import Stage, stage

__all__ = ["stage"]
FIRST, REST = 30_000, 120_000


@pytest.fixture
def road(stage: Stage) -> Road:
    return build_road(stage, (an_invoice("INV-1", 100_000), an_invoice("INV-2", 50_000)))


def disputed(road: Road, payment: Payment, cents: int, *outcomes: str) -> Payment:
    road.stripe.open_dispute(payment.number, amount_cents=cents)
    hear(road)
    for outcome in outcomes:
        road.clock.advance(timedelta(days=3))
        road.stripe.decide_dispute(payment.number, outcome)
        hear(road)
    watch_later(road.world)
    return stored(road, payment)


def test_a_part_that_was_lost_stays_lost_when_the_rest_is_won(road: Road) -> None:
    payment = pay_by_card(road, INV_1=None, INV_2=None)
    disputed(road, payment, FIRST, "lost")

    last = disputed(road, payment, REST, "won")

    assert [it.phase for it in last.disputes] == [DisputePhase.LOST, DisputePhase.WON]
    assert last.dispute_phase is DisputePhase.LOST
    assert last.status is PaymentStatus.DISPUTED
    assert owed(road) == {"INV-2": FIRST}
    assert books(road) == {
        LedgerAccount.ACCOUNTS_RECEIVABLE: -REST,
        LedgerAccount.CLEARING: REST - 2 * FEE,
        LedgerAccount.CHARGEBACK_FEES: 2 * FEE,
    }
    assert not rebuilt(road.world, road.account).unequal


def test_the_rest_is_lost_too_and_the_payer_is_told_of_each(road: Road) -> None:
    payment = pay_by_card(road, INV_1=None, INV_2=None)
    disputed(road, payment, FIRST, "lost")

    opened = disputed(road, payment, REST)
    road.clock.advance(timedelta(days=3))
    road.stripe.decide_dispute(payment.number, "lost")
    hear(road)
    watch_later(road.world)
    last = stored(road, payment)

    assert opened.dispute_phase is DisputePhase.WITHDRAWN
    assert owed(road) == {"INV-1": 100_000, "INV-2": 50_000}
    assert books(road) == {
        LedgerAccount.CLEARING: -2 * FEE,
        LedgerAccount.CHARGEBACK_FEES: 2 * FEE,
    }
    assert told(road).count("payment_dispute_lost") == len(last.disputes) == 2
    assert not rebuilt(road.world, road.account).unequal
