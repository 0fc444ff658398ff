"""What moves without cash: settled by the day at the dealer's midnight, posted like any other."""

from dataclasses import replace

from chalicelib.domain.accounts import BillingKind
from chalicelib.domain.dealers import FeePolicy
from chalicelib.domain.ids import SettlementId
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.settlements import SettlementKind
from chalicelib.services.settle_without_cash import collect_without_cash, settle_without_cash
from chalicelib.services.watch_settlements import watch_settlements
from chalicelib.storage.payments import get_payment
from chalicelib.storage.settlements import get_settlement
from tests.domain.builders import a_credit, a_payable
from tests.services.settling import ACCOUNT, SettlingWorld
from tests.services.story import link_bank, open_account, open_dealer, pay, pay_out, settle
from tests.services.test_movements_posted import spruce_open
from tests.services.test_payouts import same_books, started_last


def pay_nothing(world: SettlingWorld) -> Payment:
    """An invoice paid by a credit alone: nothing is charged."""
    open_account(world, (a_payable("A", 5_000), a_credit("K", 5_000, applies_to="A")))
    payment = pay(world, link_bank(world), "A")
    settle(world, payment)
    return get_payment(world.dealer_id, ACCOUNT, payment.payment_id)


def test_a_payment_of_nothing_is_settled_by_the_day_and_posted(settling: SettlingWorld) -> None:
    open_dealer(settling, auto_post=True, fees=FeePolicy())
    payment = pay_nothing(settling)
    settling.advance(days=1)

    begun = [settle_without_cash(settling), settle_without_cash(settling)]
    watch_settlements(settling)
    daily = started_last(settling)
    ended = settling.run_settlement(daily)

    stored = get_payment(settling.dealer_id, ACCOUNT, payment.payment_id)
    settlement = get_settlement(settling.dealer_id, daily)
    assert payment.charged_cents == 0
    assert begun[1] == 0
    assert (ended, stored.status, stored.settlement_id) == ("posted", PaymentStatus.POSTED, daily)
    assert (settlement.kind, settlement.deposit_cents) == (SettlementKind.NON_CASH, 0)
    assert daily.startswith("nc_")
    assert spruce_open(settling, "A", "K") == [0, 0]
    assert same_books(settling)


def test_a_day_keeps_what_it_took_in_though_a_new_zone_moves_its_midnight(
    settling: SettlingWorld,
) -> None:
    """A crash after taking the payment in, then another time zone, then the repeat."""
    dealer = open_dealer(settling, auto_post=True, fees=FeePolicy())
    settling.advance(hours=15)  # 10 PM Pacific: still the 23rd; in New York the 24th.
    payment, day = pay_nothing(settling), SettlementId("nc_2026-11-23")
    moved = replace(dealer, time_zone="America/New_York")

    first = collect_without_cash(settling, dealer, day)
    again = collect_without_cash(settling, moved, day)

    assert [part.number for part in first.parts] == [payment.number]
    assert again.parts == first.parts


def test_money_on_account_alone_pays_an_invoice_and_is_posted_by_the_day(
    settling: SettlingWorld,
) -> None:
    open_dealer(settling, auto_post=True, fees=FeePolicy())
    open_account(settling, (a_payable("A", 5_000), a_payable("B", 5_000)))
    bank = link_bank(settling)
    settle(settling, pay(settling, bank, "A", surplus_cents=5_000))
    posted = settling.run_settlement(pay_out(settling))
    by_nothing = pay(settling, bank, "B")
    settle(settling, by_nothing)
    settling.advance(days=1)

    settle_without_cash(settling)
    watch_settlements(settling)
    ended = settling.run_settlement(started_last(settling))

    assert (by_nothing.charged_cents, by_nothing.unapplied_used_cents) == (0, 5_000)
    assert (posted, ended) == ("posted", "posted")
    assert spruce_open(settling, "A", "B") == [0, 0]
    assert settling.spruce.ledger(settling.dealer_id)["unapplied"].get(ACCOUNT, 0) == 0
    assert same_books(settling)


def test_an_account_paid_by_its_balance_is_posted_without_documents(
    settling: SettlingWorld,
) -> None:
    open_dealer(settling, auto_post=True)
    open_account(settling, (a_payable("A", 5_000),), billing_kind=BillingKind.BALANCE_FORWARD)
    settle(settling, pay(settling, link_bank(settling), "A"))

    ended = settling.run_settlement(pay_out(settling))

    assert ended == "posted"
    assert spruce_open(settling, "A") == [5_000]
    assert same_books(settling)
