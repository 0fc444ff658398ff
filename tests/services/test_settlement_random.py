"""Random payouts: whatever is paid with whatever credits and surplus, the books agree."""

import random

import pytest

from chalicelib.domain.ids import AccountId
from chalicelib.domain.ledger import LedgerAccount, gl_number
from chalicelib.domain.payables import Payable
from chalicelib.domain.payments import Payment
from chalicelib.storage.accounts import get_state
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ledger import trial_balance
from tests.domain.builders import a_credit, a_payable
from tests.services.settling import SettlingWorld
from tests.services.story import link_bank, open_account, open_dealer, pay, pay_out, settle
from tests.services.test_settlement import gl

SHARED = (
    LedgerAccount.ACCOUNTS_RECEIVABLE,
    LedgerAccount.BANK,
    LedgerAccount.CLEARING,
    LedgerAccount.FEE_INCOME,
    LedgerAccount.PROCESSING_FEES,
    LedgerAccount.UNAPPLIED_CASH,
)


def payables(dice: random.Random, account: str) -> list[Payable]:
    """Two to six invoices in one or two jobs, perhaps a credit that is smaller than any of them."""
    made = [
        a_payable(f"{account}-{n}", dice.randint(2_000, 900_000), job_id=dice.choice(["J1", "J2"]))
        for n in range(dice.randint(2, 6))
    ]
    if dice.random() < 0.6:
        made.append(a_credit(f"{account}-K", dice.randint(1, 1_999), applies_to=made[0].payable_id))
    return made


def pay_something(world: SettlingWorld, dice: random.Random) -> list[Payment]:
    """Two or three accounts, each paying some of its invoices in one or two payments."""
    method, payments = link_bank(world), []
    for place in range(dice.randint(2, 3)):
        account = AccountId(f"C-{place}")
        owed = payables(dice, account)
        open_account(world, owed, account_id=account)
        names = [item.payable_id for item in owed if not item.payable_id.endswith("K")]
        dice.shuffle(names)
        cut = dice.randint(1, len(names))
        for chosen in (names[:cut], names[cut:]):
            if chosen:
                surplus = dice.choice([0, 0, dice.randint(1, 5_000)])
                paid = pay(world, method, *chosen, account_id=account, surplus_cents=surplus)
                payments.append(paid)
    return payments


@pytest.mark.parametrize("seed", range(6))
def test_ledger_and_general_ledger_agree_whatever_was_paid(
    settling: SettlingWorld, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  Reproducible by its seed.
    open_dealer(settling, auto_post=True)
    payments = pay_something(settling, dice)
    settle(settling, *payments)

    ended = settling.run_settlement(pay_out(settling))

    ours, theirs = trial_balance(settling.dealer_id), gl(settling)
    applied = sum(payment.allocations_cents - payment.credits_cents for payment in payments)
    numbers = get_dealer(settling.dealer_id).gl
    assert ended == "posted"
    assert ours[LedgerAccount.ACCOUNTS_RECEIVABLE] == -applied
    assert (sum(ours.values()), ours[LedgerAccount.CLEARING]) == (0, 0)
    for account in SHARED:
        assert theirs.get(gl_number(account, numbers), 0) == ours.get(account, 0), account


@pytest.mark.parametrize("seed", range(2))
def test_after_settling_nothing_paid_is_owed_any_more(settling: SettlingWorld, seed: int) -> None:
    dice = random.Random(100 + seed)  # noqa: S311
    open_dealer(settling)
    payments = pay_something(settling, dice)

    settle(settling, *payments)

    for payment in payments:
        state = get_state(settling.dealer_id, payment.account_id)
        left = sum(item.open_cents for item in state.payables if item.kind != "credit")
        taken = sum(
            paid.allocations_cents for paid in payments if paid.account_id == payment.account_id
        )
        assert state.account.totals.gross_cents == left - taken
