"""From a payout to the general ledger: proven to the cent, posted once, whatever crashes."""

import time
from dataclasses import replace

import pytest

from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import AccountId
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.payments import PaymentStatus, Stage
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.list_settlements import list_settlements
from chalicelib.services.prove_settlement import prove_settlement
from chalicelib.services.request_posting import request_posting
from chalicelib.services.view_settlement import view_settlement
from chalicelib.services.watch_settlements import watch_settlements
from chalicelib.storage import dealers, index_keys
from chalicelib.storage.accounts import get_state
from chalicelib.storage.dealers import fresh_dealer
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.payments import get_payment
from chalicelib.storage.settlements import get_settlement
from tests.services.settling import ACCOUNT, SettlingWorld
from tests.services.story import (
    P1,
    link_bank,
    open_account,
    open_dealer,
    pay,
    pay_out,
    ready_to_post,
    settle,
)


def gl(world: SettlingWorld) -> dict[str, int]:
    """Balances of the simulated Spruce by GL number."""
    answer = world.spruce.ledger(world.dealer_id)
    return {row["account"]: row["balance_cents"] for row in answer["accounts"]}


def test_a_payout_is_proven_waits_for_the_operator_and_is_posted(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling)

    waiting = settling.run_settlement(settlement_id, token="token-7")
    request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")
    ended = settling.run_postings(settlement_id)

    shown = view_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    assert (waiting, ended) == ("waiting", "posted")
    assert settling.workflows.completed[-1] == ("token-7", {"outcome": "post"})
    assert shown.settlement.is_proven
    assert shown.settlement.deposit_cents == shown.settlement.computed_cents > 0
    assert {payment.status for payment in shown.payments} == {PaymentStatus.POSTED}
    assert {payment.settlement_id for payment in shown.payments} == {settlement_id}


def test_the_ledger_balances_and_spruce_holds_the_same(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)

    settling.run_settlement(settlement_id)

    ours = trial_balance(settling.dealer_id)
    theirs = gl(settling)
    assert sum(ours.values()) == 0
    assert ours[LedgerAccount.CLEARING] == 0
    assert ours[LedgerAccount.ACCOUNTS_RECEIVABLE] == -140_000  # A + B − credit K.
    assert theirs["1200"] == ours[LedgerAccount.ACCOUNTS_RECEIVABLE]
    assert theirs["1010"] == ours[LedgerAccount.BANK]
    assert theirs["6150"] == ours[LedgerAccount.PROCESSING_FEES]
    assert theirs["4950"] == ours[LedgerAccount.FEE_INCOME]
    assert theirs.get("1050", 0) == 0


def test_two_accounts_and_a_surplus_settle_in_one_payout(settling: SettlingWorld) -> None:
    other = AccountId("C-2002")
    open_dealer(settling, auto_post=True)
    open_account(settling)
    open_account(settling, (P1[1],), account_id=other)
    method = link_bank(settling)
    payments = (
        pay(settling, method, "A"),
        pay(settling, method, "B", account_id=other, surplus_cents=2_500),
    )
    settle(settling, *payments)

    ended = settling.run_settlement(pay_out(settling))

    ours, theirs = trial_balance(settling.dealer_id), gl(settling)
    assert ended == "posted"
    assert (ours[LedgerAccount.CLEARING], sum(ours.values())) == (0, 0)
    assert theirs["2150"] == ours[LedgerAccount.UNAPPLIED_CASH] == -2_500
    assert sum(theirs.values()) == 0


def test_a_posted_claim_is_dropped_by_figures_extracted_later_only(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)

    settling.run_settlement(settlement_id)

    state = get_state(settling.dealer_id, ACCOUNT)
    (claim,) = state.claims
    assert claim.posted_at is not None
    assert not claim.contained_in(state.account.as_of or claim.posted_at)
    assert claim.contained_in(settling.clock.now())


def test_the_same_payout_announced_again_starts_nothing_new(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    settling.run_settlement(settlement_id)
    before = gl(settling)

    settling.run_settlement(settlement_id)

    assert gl(settling) == before
    assert settling.workflows.started.count(f"{settlement_id}-1") == 1


def test_a_payment_whose_webhook_was_lost_is_settled_by_its_payout(settling: SettlingWorld) -> None:
    open_dealer(settling, auto_post=True)
    open_account(settling)
    payment = pay(settling, link_bank(settling), "A", "B")
    settling.advance(days=5)
    for hook in settling.basket.drain():
        if "payment_intent." not in hook.payload:  # Nobody ever hears that it succeeded.
            settling.accept(hook)
    settlement_id = pay_out(settling)
    ids = {"account_id": payment.account_id, "payment_id": payment.payment_id}

    with pytest.raises(TryAgain):
        settling.run_settlement(settlement_id)
    funded = get_payment(settling.dealer_id, **ids).stage
    apply_payment(settling, settling.dealer_id, **ids)
    ended = settling.run_settlement(settlement_id)

    assert (funded, ended) == (Stage.FUNDED, "posted")
    assert trial_balance(settling.dealer_id)[LedgerAccount.CLEARING] == 0


def test_money_that_is_no_payment_of_ours_blocks_posting(settling: SettlingWorld) -> None:
    open_dealer(settling, auto_post=True)
    open_account(settling)
    method = link_bank(settling)
    payment = pay(settling, method, "A")
    settling.processor.charge(
        settling.acct,
        method=method,
        amount_cents=5_000,
        currency="USD",
        payment_reference="",
        number="the dealer's own",
        key="own-1",
    )
    settle(settling, payment)
    settlement_id = pay_out(settling)

    ended = settling.run_settlement(settlement_id)

    shown = view_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    assert ended == "waiting"
    assert not shown.settlement.is_proven
    assert shown.settlement.difference_cents == 0
    assert "no payment of ours" in shown.settlement.unmatched[0]
    assert gl(settling) == {}


def test_a_payment_is_in_exactly_one_settlement(settling: SettlingWorld) -> None:
    open_dealer(settling, auto_post=True)
    open_account(settling)
    method = link_bank(settling)
    first = pay(settling, method, "A")
    settle(settling, first)
    first_payout = pay_out(settling)
    settling.run_settlement(first_payout)
    second = pay(settling, method, "B")
    settle(settling, second)
    second_payout = pay_out(settling)

    settling.run_settlement(second_payout)

    parts = [
        part.payment_id
        for payout in (first_payout, second_payout)
        for part in get_settlement(settling.dealer_id, payout).parts
    ]
    assert sorted(parts) == sorted([first.payment_id, second.payment_id])
    assert first_payout != second_payout


def test_a_payout_proven_late_is_posted_by_itself_where_the_dealer_posts_automatically(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    with monkeypatch.context() as patched:
        patched.setattr(
            "chalicelib.services.explain_rows.find_payment_by_reference", lambda *_: None
        )
        first = settling.run_settlement(settlement_id, token="step-1")
    settling.advance(days=2)

    watch_settlements(settling)

    shown = view_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    assert (first, shown.settlement.is_proven) == ("waiting", True)
    mine = [outcome for token, outcome in settling.workflows.completed if token == "step-1"]
    assert mine == [{"outcome": "post"}]  # The sweep reaches every test's settlements.


def test_one_settlement_that_cannot_be_moved_keeps_the_sweep_from_no_other(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    settling.advance(days=2)

    def refused(*_: object, **__: object) -> bool:
        raise ValueError("nobody foresaw this")

    monkeypatch.setattr(settling.workflows, "start_settlement", refused)

    assert watch_settlements(settling) >= 1


def test_settlements_are_listed_newest_first(settling: SettlingWorld) -> None:
    first = ready_to_post(settling)
    settling.run_settlement(first)
    open_account(settling, (P1[1],), account_id=AccountId("C-2002"))
    settle(settling, pay(settling, link_bank(settling), "B", account_id=AccountId("C-2002")))
    second = pay_out(settling)
    settling.run_settlement(second)

    page = list_settlements(settling, settling.dealer_id)
    older = list_settlements(
        settling,
        settling.dealer_id,
        cursor=index_keys.time_then(page.settlements[0].created_at, second),
    )

    assert [item.settlement_id for item in page.settlements] == [second, first]
    assert [item.settlement_id for item in older.settlements] == [first]
    assert (page.cursor, older.cursor) == ("", "")


@pytest.mark.parametrize("is_on", [True, False])
def test_automatic_posting_switched_a_moment_ago_elsewhere_counts_at_once(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch, is_on: bool
) -> None:
    settlement_id = ready_to_post(settling, auto_post=is_on)
    before = replace(fresh_dealer(settling.dealer_id), auto_post=not is_on)
    monkeypatch.setitem(dealers._cache, settling.dealer_id, (time.monotonic(), before))

    proven = prove_settlement(settling, settling.dealer_id, settlement_id=settlement_id)

    assert proven["outcome"] == ("auto" if is_on else "wait")
