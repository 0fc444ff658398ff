"""Payouts of every sort: failed, negative, of fees alone, by hand; each with its entry."""

from typing import Any

import pytest

from chalicelib.domain.errors import Conflict
from chalicelib.domain.ids import SettlementId
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.settlements import MovementKind, PostingState, SettlementKind
from chalicelib.services.request_posting import request_posting
from chalicelib.services.resolve_settlement import resolve_settlement
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.notices import list_notices
from chalicelib.storage.settlements import get_settlement
from tests.services.settling import SettlingWorld
from tests.services.story import link_bank, open_account, open_dealer, pay, pay_out, settle
from tests.services.test_settlement import gl

CLEARING, BANK = LedgerAccount.CLEARING, LedgerAccount.BANK


def started_last(world: SettlingWorld) -> SettlementId:
    return SettlementId(world.workflows.started[-1].rpartition("-")[0])


def same_books(world: SettlingWorld) -> bool:
    """The general ledger is our ledger, account by account."""
    from chalicelib.domain.ledger import gl_number
    from chalicelib.storage.dealers import get_dealer

    numbers = get_dealer(world.dealer_id).gl
    ours = {
        gl_number(account, numbers): cents
        for account, cents in trial_balance(world.dealer_id).items()
        if cents
    }
    return ours == {name: cents for name, cents in gl(world).items() if cents}


def balance_row(world: SettlingWorld, category: str, cents: int) -> None:
    world.stripe.add_balance_row(category, cents, account=world.acct)


def of_kind(world: SettlingWorld, kind: NoticeKind) -> list[Any]:
    return [notice for notice in list_notices(world.dealer_id) if notice.kind is kind]


def paid(world: SettlingWorld, **changes: object) -> SettlementId:
    """P1 paid and posted automatically."""
    open_dealer(world, auto_post=True, **changes)
    open_account(world)
    settle(world, pay(world, link_bank(world), "A", "B"))
    settlement_id = pay_out(world)
    world.run_settlement(settlement_id)
    return settlement_id


def test_a_deposit_that_failed_is_shown_and_comes_back_in_a_later_one(
    settling: SettlingWorld,
) -> None:
    first = paid(settling)
    settling.advance(days=3)
    settling.deliver()
    settling.stripe.fail_payout(first, "account_closed")
    settling.deliver()
    between = trial_balance(settling.dealer_id)

    settling.advance(days=2)
    settling.deliver()
    second = started_last(settling)
    ended = settling.run_settlement(second)

    failed, carrier = (get_settlement(settling.dealer_id, one) for one in (first, second))
    assert failed.failed_at is not None
    assert (between[BANK], between[CLEARING]) == (0, failed.deposit_cents)
    assert [it.kind for it in carrier.movements] == [MovementKind.FAILED_PAYOUT]
    assert (ended, carrier.deposit_cents) == ("posted", failed.deposit_cents)
    assert trial_balance(settling.dealer_id)[CLEARING] == 0
    assert same_books(settling)
    assert [it.subject for it in of_kind(settling, NoticeKind.PAYOUT)] == [first]


def test_a_failure_nobody_told_of_is_found_by_the_payout_that_carries_it(
    settling: SettlingWorld,
) -> None:
    first = paid(settling)
    settling.advance(days=3)
    settling.deliver()
    settling.stripe.fail_payout(first, "account_closed")
    settling.basket.drain()

    settling.advance(days=2)
    settling.deliver()
    ended = settling.run_settlement(started_last(settling))

    assert ended == "posted"
    assert get_settlement(settling.dealer_id, first).failed_at is not None
    assert same_books(settling)


def test_a_failure_told_twice_is_entered_once(settling: SettlingWorld) -> None:
    first = paid(settling)
    settling.stripe.fail_payout(first, "account_closed")
    hooks = settling.basket.drain()

    for hook in [*hooks, *hooks]:
        settling.accept(hook)
    settling.work()

    assert trial_balance(settling.dealer_id)[BANK] == 0


def test_a_payout_of_fees_alone_debits_the_bank(settling: SettlingWorld) -> None:
    open_dealer(settling, auto_post=True)
    balance_row(settling, "fee", -2_500)
    settling.advance(days=2)
    settling.deliver()
    settlement_id = started_last(settling)

    ended = settling.run_settlement(settlement_id)

    settlement = get_settlement(settling.dealer_id, settlement_id)
    assert (ended, settlement.deposit_cents, settlement.parts) == ("posted", -2_500, ())
    assert trial_balance(settling.dealer_id) == {
        BANK: -2_500,
        LedgerAccount.PROCESSING_FEES: 2_500,
    }
    assert same_books(settling)


def test_a_row_nobody_knows_blocks_with_a_sentence(settling: SettlingWorld) -> None:
    open_dealer(settling, auto_post=True)
    balance_row(settling, "climate_order_purchase", -700)
    settling.advance(days=2)
    settling.deliver()
    settlement_id = started_last(settling)

    ended = settling.run_settlement(settlement_id)

    settlement = get_settlement(settling.dealer_id, settlement_id)
    assert ended == "waiting"
    assert "unknown category climate_order_purchase" in settlement.unmatched[0]
    with pytest.raises(Conflict):
        request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")


def test_a_payout_by_hand_blocks_and_is_resolved_with_a_reason(settling: SettlingWorld) -> None:
    open_dealer(settling, auto_post=True)
    open_account(settling)
    settling.stripe.script.apply({"settings": {"automatic_payouts": False}})
    settle(settling, pay(settling, link_bank(settling), "A"))
    settling.stripe.pay_out_by_hand(5_000, settling.acct)
    settling.deliver()
    settlement_id = started_last(settling)

    ends = [settling.run_settlement(settlement_id, token=token) for token in ("t-1", "t-2")]
    resolve_settlement(
        settling,
        settling.dealer_id,
        settlement_id=settlement_id,
        operator="Ann",
        reason="Paid out by the owner; entered in Spruce as journal 77.",
    )

    settlement = get_settlement(settling.dealer_id, settlement_id)
    assert ends == ["waiting", "waiting"]
    assert settlement.kind is SettlementKind.MANUAL
    assert "does not list what it consists of" in settlement.unmatched[0]
    assert trial_balance(settling.dealer_id)[BANK] == 5_000
    assert settlement.resolved_at is not None
    assert all(row.state is PostingState.NOTHING for row in settlement.postings)
    assert of_kind(settling, NoticeKind.PAYOUT) == []


def test_a_hidden_row_is_a_difference_until_it_is_listed(settling: SettlingWorld) -> None:
    open_dealer(settling, auto_post=True)
    open_account(settling)
    settle(settling, pay(settling, link_bank(settling), "A"))
    settlement_id = pay_out(settling)
    settling.stripe.hide_row(settlement_id)

    first = settling.run_settlement(settlement_id)
    gap = get_settlement(settling.dealer_id, settlement_id).difference_cents
    settling.stripe.show_rows()
    second = settling.run_settlement(settlement_id)

    assert (first, second) == ("waiting", "posted")
    assert gap > 0
    assert same_books(settling)
