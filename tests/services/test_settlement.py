"""From a payout to the general ledger: proven to the cent, posted once, whatever crashes."""

from chalicelib.domain.ids import AccountId
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.payments import PaymentStatus
from chalicelib.services.request_posting import request_posting
from chalicelib.services.view_settlement import view_settlement
from chalicelib.storage.accounts import get_state
from chalicelib.storage.ledger import trial_balance
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
