"""Returns an operator records before the processor tells of them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.reversals import Return
from chalicelib.services.enter_return import enter_return
from chalicelib.storage.ledger import list_entries
from tests.services.settling import START, SettlingWorld
from tests.services.story import (
    link_bank,
    open_account,
    open_dealer,
    pay,
    settle,
)
from tests.services.taking_back import (
    books,
    come_back,
    owed,
    paid,
    saved,
    told,
)

P1_OWED = {"A": 100_000, "B": 50_000, "K": 10_000}
TODAY = START.date()


def enter(
    world: SettlingWorld, number: str, *, code: str = "R01", on: date | None = None
) -> Return:
    """What an operator records, today if no day is given."""
    payment = enter_return(
        world,
        world.dealer_id,
        name=number,
        code=code,
        on=on or world.clock.now().date(),
        operator="Ann",
    )
    assert payment.returned is not None
    return payment.returned


def test_an_operators_return_counts_and_the_webhook_that_follows_changes_nothing(
    settling: SettlingWorld,
) -> None:
    payment = paid(settling)

    entered = enter(settling, payment.number)
    before = [(entry.event_key, entry.lines) for entry in list_entries(settling.dealer_id)]
    come_back(settling, payment, "R01")

    assert entered.return_id.startswith("manual-")
    assert [(e.event_key, e.lines) for e in list_entries(settling.dealer_id)] == before
    assert owed(settling) == P1_OWED
    assert told(settling).count("payment_returned") == 1
    assert saved(settling).disabled  # By the webhook: the processor ended the mandate.


def test_an_operators_return_takes_the_processors_id_where_it_has_one(
    settling: SettlingWorld,
) -> None:
    payment = paid(settling)
    settling.stripe.return_payment(payment.number, "R10")

    entered = enter(settling, payment.number)
    settling.deliver()

    assert entered.return_id.startswith("du_")
    assert entered.code == "R10"
    assert books(settling) == {}


def test_the_processors_own_fee_for_a_return_recorded_by_hand_is_entered_later(
    settling: SettlingWorld,
) -> None:
    payment = paid(settling)
    settling.stripe.script.settings = replace(
        settling.stripe.script.settings, ach_dispute_fee_cents=400
    )
    enter(settling, payment.number)

    come_back(settling, payment, "R01")
    settling.deliver()

    assert books(settling) == {LedgerAccount.CLEARING: -400, LedgerAccount.CHARGEBACK_FEES: 400}


def test_a_return_that_cannot_be_is_refused_in_words(settling: SettlingWorld) -> None:
    open_dealer(settling)
    open_account(settling)
    payment = pay(settling, link_bank(settling), "A", "B")

    with pytest.raises(Conflict, match="fails by itself"):
        enter(settling, payment.number)
    settle(settling, payment)
    with pytest.raises(InvalidInput, match="return code"):
        enter(settling, payment.number, code="R99")
    with pytest.raises(InvalidInput, match="until today"):
        enter(settling, payment.number, on=TODAY - timedelta(days=1))
    enter(settling, payment.number)
    with pytest.raises(Conflict, match="already"):
        enter(settling, payment.number)
