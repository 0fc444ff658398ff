"""Returns and disputes of older payments in the payout that carries them, posted on their day."""

from uuid import uuid4

import pytest

from chalicelib.domain.ids import AccountId, PayableId, SettlementId
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.payments import Method, Payment, PaymentStatus
from chalicelib.domain.quotes import View
from chalicelib.domain.selections import Selection
from chalicelib.domain.settlements import MovementKind, SettlementKind
from chalicelib.services.quote_payment import quote_payment
from chalicelib.services.settle_without_cash import settle_without_cash
from chalicelib.services.watch_settlements import watch_settlements
from chalicelib.storage.accounts import get_state
from chalicelib.storage.companies import method_put
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.payments import get_payment
from chalicelib.storage.settlements import get_settlement
from chalicelib.storage.transactions import transact
from sandbox.world.stripe.checkout import choose_card
from tests.domain.builders import a_payable
from tests.services.settling import ACCOUNT, COMPANY, SettlingWorld
from tests.services.story import (
    carry,
    link_bank,
    open_account,
    open_dealer,
    pay,
    pay_out,
    ready_to_post,
    settle,
)
from tests.services.test_payouts import same_books, started_last

CLEARING = LedgerAccount.CLEARING


def posted(world: SettlingWorld, **changes: object) -> SettlementId:
    """P1 paid by ACH and posted automatically."""
    settlement_id = ready_to_post(world, auto_post=True, **changes)
    assert world.run_settlement(settlement_id) == "posted"
    return settlement_id


def the_payment(world: SettlingWorld, settlement_id: SettlementId) -> Payment:
    (part,) = get_settlement(world.dealer_id, settlement_id).parts
    return get_payment(world.dealer_id, ACCOUNT, part.payment_id)


def next_payout(world: SettlingWorld) -> SettlementId:
    world.advance(days=2)
    world.deliver()
    return started_last(world)


def spruce_open(world: SettlingWorld, *names: str) -> list[int]:
    return [world.spruce.get_document(world.dealer_id, name)["open_cents"] for name in names]


def card_of(world: SettlingWorld, bank: Method) -> Method:
    """A demo card added on the hosted page and saved."""
    url = world.processor.card_page(
        world.acct,
        customer=bank.customer,
        company=COMPANY,
        back_url="https://pay.example/?",
        cancel_url="https://pay.example/",
        key="card",
    )
    visit_id = url.rpartition("/")[2]
    choose_card(world.stripe.desk, visit_id, "visa")
    method: Method = world.processor.added_card(world.acct, visit_id).method
    transact([method_put(world.dealer_id, COMPANY, method)], token=uuid4().hex)
    return method


def pay_by(
    world: SettlingWorld,
    method: Method,
    *documents: str,
    account_id: AccountId = ACCOUNT,
    surplus_cents: int = 0,
) -> Payment:
    """Quote, submit and originate a payment of whole documents by a saved method."""
    quote = quote_payment(
        world,
        world.dealer_id,
        account_id=account_id,
        selection=Selection(
            {PayableId(name): None for name in documents}, surplus_cents=surplus_cents
        ),
        view=View.ALL,
        method_kind=method.kind,
        card=method.card,
    )
    return carry(world, method, quote)


def pay_by_card(world: SettlingWorld, document: str) -> Payment:
    """The same with a card added for it."""
    return pay_by(world, card_of(world, link_bank(world)), document)


@pytest.mark.parametrize("booked", ["dispute", "failure"])
def test_a_return_after_posting_is_posted_with_the_payout_that_carries_it(
    settling: SettlingWorld, booked: str
) -> None:
    first = posted(settling)
    payment = the_payment(settling, first)
    settling.stripe.return_payment(payment.number, "R01", booked=booked)
    settling.deliver()

    second = next_payout(settling)
    ended = settling.run_settlement(second)

    settlement = get_settlement(settling.dealer_id, second)
    (movement,) = settlement.movements
    assert ended == "posted"
    assert (movement.kind, movement.number) == (MovementKind.RETURN, payment.number)
    assert settlement.deposit_cents == -payment.charged_cents
    assert spruce_open(settling, "A", "B", "K") == [100_000, 50_000, 10_000]
    assert trial_balance(settling.dealer_id)[CLEARING] == 0
    assert same_books(settling)


def test_the_returns_lines_are_dated_the_day_it_came_back_under_its_own_number(
    settling: SettlingWorld,
) -> None:
    payment = the_payment(settling, posted(settling))
    returned_on = settling.clock.now().date().isoformat()
    settling.stripe.script.apply({"settings": {"automatic_payouts": False}})
    settling.stripe.return_payment(payment.number, "R01")
    settling.deliver()
    settling.advance(days=3)
    settling.stripe.pay_out_now(settling.acct)
    second = next_payout(settling)

    settling.run_settlement(second)

    books = settling.spruce._books[settling.dealer_id]
    lines = books.contents[f"{second}:invoices"]["lines"]
    assert {line["check_number"] for line in lines} == {f"{payment.number}-R1"}
    assert {line["date"] for line in lines} == {returned_on}


def test_claims_of_a_return_get_the_moment_it_was_posted(settling: SettlingWorld) -> None:
    payment = the_payment(settling, posted(settling))
    settling.stripe.return_payment(payment.number, "R01")
    settling.deliver()
    before = {
        claim.event: claim.posted_at for claim in get_state(settling.dealer_id, ACCOUNT).claims
    }

    settling.run_settlement(next_payout(settling))

    after = {
        claim.event: claim.posted_at for claim in get_state(settling.dealer_id, ACCOUNT).claims
    }
    assert before["returned"] is None
    assert after["returned"] is not None
    assert after[""] == before[""]


def test_a_return_nobody_told_of_is_recorded_by_the_payout_that_carries_it(
    settling: SettlingWorld,
) -> None:
    payment = the_payment(settling, posted(settling))
    settling.stripe.return_payment(payment.number, "R01")
    settling.basket.drain()

    ended = settling.run_settlement(next_payout(settling))

    stored = get_payment(settling.dealer_id, ACCOUNT, payment.payment_id)
    assert (ended, stored.status) == ("posted", PaymentStatus.RETURNED)
    assert same_books(settling)


def test_a_return_before_its_payment_was_paid_out_is_in_the_same_payout(
    settling: SettlingWorld,
) -> None:
    open_dealer(settling, auto_post=True)
    open_account(settling)
    settling.stripe.script.apply({"settings": {"automatic_payouts": False}})
    payment = pay(settling, link_bank(settling), "A", "B")
    settle(settling, payment)
    settling.stripe.return_payment(payment.number, "R01")
    settling.deliver()
    settling.stripe.pay_out_now(settling.acct)

    settlement_id = next_payout(settling)
    ended = settling.run_settlement(settlement_id)

    settlement = get_settlement(settling.dealer_id, settlement_id)
    assert ended == "posted"
    assert (len(settlement.parts), len(settlement.movements)) == (1, 1)
    assert spruce_open(settling, "A", "B", "K") == [100_000, 50_000, 10_000]
    assert same_books(settling)


def test_a_retry_and_the_return_it_follows_are_posted_by_one_settlement(
    settling: SettlingWorld,
) -> None:
    payment = the_payment(settling, posted(settling))
    settling.stripe.script.apply({"settings": {"automatic_payouts": False}})
    settling.stripe.return_payment(payment.number, "R01")
    settling.deliver()
    again = pay(settling, link_bank(settling), "A", "B")
    settle(settling, again)
    settling.stripe.script.apply({"settings": {"automatic_payouts": True}})
    settling.stripe.pay_out_now(settling.acct)

    ended = settling.run_settlement(next_payout(settling))

    assert ended == "posted"
    assert spruce_open(settling, "A", "B", "K") == [0, 0, 0]
    assert same_books(settling)


def posted_by_card(world: SettlingWorld) -> Payment:
    """A paid by card, and posted automatically."""
    open_dealer(world, auto_post=True)
    open_account(world, (a_payable("A", 100_000),))
    payment = pay_by_card(world, "A")
    settle(world, payment)
    world.run_settlement(pay_out(world))
    return payment


def next_day(world: SettlingWorld) -> SettlementId:
    """A day's movements without cash, settled at its end."""
    world.advance(days=1)
    settle_without_cash(world)
    watch_settlements(world)
    return started_last(world)


def test_a_dispute_is_held_in_its_payout_and_lost_in_a_daily_settlement(
    settling: SettlingWorld,
) -> None:
    payment = posted_by_card(settling)
    settling.stripe.open_dispute(payment.number, kind="chargeback")
    settling.deliver()
    held = settling.run_settlement(next_payout(settling))
    settling.stripe.decide_dispute(payment.number, "lost")
    settling.deliver()

    daily = next_day(settling)
    ended = settling.run_settlement(daily)

    settlement = get_settlement(settling.dealer_id, daily)
    stored = get_payment(settling.dealer_id, ACCOUNT, payment.payment_id)
    assert (held, ended) == ("posted", "posted")
    assert settlement.kind is SettlementKind.NON_CASH
    assert [it.kind for it in settlement.movements] == [MovementKind.DISPUTE_LOST]
    assert stored.dispute is not None
    assert stored.dispute.lost_in == daily
    assert trial_balance(settling.dealer_id)[LedgerAccount.HELD_IN_DISPUTE] == 0
    assert spruce_open(settling, "A") == [100_000]
    assert same_books(settling)


def test_the_loss_of_each_part_is_posted_once_on_its_own_day(settling: SettlingWorld) -> None:
    payment = posted_by_card(settling)
    ended = []
    for cents in (30_000, 70_000):
        settling.stripe.open_dispute(payment.number, kind="chargeback", amount_cents=cents)
        settling.deliver()
        ended.append(settling.run_settlement(next_payout(settling)))
        settling.stripe.decide_dispute(payment.number, "lost")
        settling.deliver()
        ended.append(settling.run_settlement(next_day(settling)))

    stored = get_payment(settling.dealer_id, ACCOUNT, payment.payment_id)
    days = [get_settlement(settling.dealer_id, it.lost_in) for it in stored.disputes]
    assert ended == ["posted"] * 4
    assert [len(day.movements) for day in days] == [1, 1]
    assert days[0].settlement_id != days[1].settlement_id
    assert trial_balance(settling.dealer_id)[LedgerAccount.HELD_IN_DISPUTE] == 0
    assert spruce_open(settling, "A") == [100_000]
    assert same_books(settling)


def test_a_dispute_that_is_won_comes_back_with_its_fee_gone(settling: SettlingWorld) -> None:
    payment = posted_by_card(settling)
    settling.stripe.open_dispute(payment.number, kind="chargeback")
    settling.deliver()
    settling.run_settlement(next_payout(settling))
    settling.stripe.decide_dispute(payment.number, "won")
    settling.basket.drain()  # Nobody ever hears of it.

    ended = settling.run_settlement(next_payout(settling))

    balances = trial_balance(settling.dealer_id)
    assert ended == "posted"
    assert balances[LedgerAccount.CHARGEBACK_FEES] == 1_500
    assert (balances[CLEARING], balances[LedgerAccount.HELD_IN_DISPUTE]) == (0, 0)
    assert same_books(settling)
