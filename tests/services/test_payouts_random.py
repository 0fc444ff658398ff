"""Random payouts (R9): refunds, refunds that fail, returns, disputes, deposits sent back.

Whatever happens and whoever hears of it, ours and Spruce's books are the same account by account,
nothing stays in Clearing, and each payment is in exactly one settlement.
"""

import os
import random
from collections import Counter

import pytest

from chalicelib.domain.ids import AccountId, SettlementId
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.payments import Method, Payment
from chalicelib.services.settle_without_cash import settle_without_cash
from chalicelib.services.watch_settlements import watch_settlements
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.payments import get_payment
from chalicelib.storage.settlement_work import find_work
from chalicelib.storage.settlements import get_settlement, list_settlements
from tests.figures import Figures, figures
from tests.services.reconciling import reconciled
from tests.services.settling import SettlingWorld
from tests.services.story import link_bank, open_account, open_dealer, settle
from tests.services.test_movements_posted import card_of, pay_by
from tests.services.test_payouts import same_books
from tests.services.test_settlement_random import payables

__all__ = ["figures"]
PAYOUTS = int(os.environ.get("BEFALLEN_PAYOUTS", "8"))
SEED = int(os.environ.get("PAYOUT_SEED", "") or random.SystemRandom().randint(1, 10**9))
MOST_ROUNDS = 4


class Accident:
    """What befalls payments, by dice; webhooks are lost half of the time."""

    def __init__(self, world: SettlingWorld, dice: random.Random) -> None:
        self.world, self.dice = world, dice

    def befall(self, payment: Payment) -> None:
        stored = get_payment(self.world.dealer_id, payment.account_id, payment.payment_id)
        if not stored.charged_cents:
            return
        kinds = ["nothing", "refund", "refund fails"]
        kinds += ["return"] if stored.method.kind == "ach" else ["won", "lost"]
        getattr(self, f"_{self.dice.choice(kinds).replace(' ', '_')}")(stored)

    def hear(self) -> None:
        """Somebody tells us, or nobody does."""
        if self.dice.random() < 0.5:
            self.world.deliver()
        else:
            hooks = self.world.basket.drain()
            for hook in hooks:
                if '"payout.' in hook.payload or "payment_intent." in hook.payload:
                    self.world.accept(hook)
            self.world.work()

    def _nothing(self, payment: Payment) -> None:
        """It is simply paid."""

    def _refund(self, payment: Payment) -> None:
        """In the processor's dashboard: nobody asked us."""
        self.world.processor.refund(
            self.world.acct,
            intent_id=payment.processor_id,
            amount_cents=self.dice.randint(1, payment.charged_cents),
            refund_reference="",
            number=payment.number,
            key=f"refund-{payment.payment_id}",
        )

    def _refund_fails(self, payment: Payment) -> None:
        self._refund(payment)
        self.hear()
        self.world.stripe.fail_refund(payment.number)

    def _return(self, payment: Payment) -> None:
        booked = self.dice.choice(["dispute", "failure"])
        self.world.stripe.return_payment(payment.number, "R01", booked=booked)

    def _won(self, payment: Payment) -> None:
        self._decided(payment, "won")

    def _lost(self, payment: Payment) -> None:
        self._decided(payment, "lost")

    def _decided(self, payment: Payment, outcome: str) -> None:
        self.world.stripe.open_dispute(payment.number, kind="chargeback")
        self.hear()
        self.world.stripe.decide_dispute(payment.number, outcome)


def pay_something(world: SettlingWorld, dice: random.Random) -> list[Payment]:
    """Three accounts with a payment or two each, by bank or card, some with a surplus."""
    bank = link_bank(world)
    card, payments = card_of(world, bank), []
    for place in range(3):
        account = AccountId(f"C-{place}")
        owed = payables(dice, account)
        open_account(world, owed, account_id=account)
        names = [item.payable_id for item in owed if not item.payable_id.endswith("K")]
        for chosen in (names[:1], names[1:]):
            method: Method = dice.choice([bank, card])
            surplus = dice.choice([0, 0, 1_500])
            payments.append(
                pay_by(world, method, *chosen, account_id=account, surplus_cents=surplus)
            )
    return payments


def run_all(world: SettlingWorld) -> list[str]:
    """Every settlement whose workflow was started; sweeps start other tests' dealers' as well."""
    ids = dict.fromkeys(SettlementId(name.rpartition("-")[0]) for name in world.workflows.started)
    return [world.run_settlement(one) for one in ids if find_work(world.dealer_id, one)]


@pytest.mark.parametrize("number", range(PAYOUTS))
def test_the_books_agree_whatever_befell_the_payments(
    settling: SettlingWorld, figures: Figures, number: int
) -> None:
    print(f"PAYOUT_SEED={SEED}")  # noqa: T201  pytest shows it when a history fails.
    dice = random.Random(SEED + number)  # noqa: S311  Reproducible by its seed.
    open_dealer(settling, auto_post=True)
    payments = pay_something(settling, dice)
    settle(settling, *payments)
    accident = Accident(settling, dice)
    for payment in payments:
        accident.befall(payment)
        accident.hear()
        if dice.random() < 0.3:
            settling.advance(days=1)
            settling.deliver()
            run_all(settling)
    _send_one_back(settling, dice)

    for _ in range(MOST_ROUNDS):
        settling.advance(days=2)
        settling.deliver()
        # A refund and its failure may cancel out in the balance: no deposit ever tells of them.
        reconciled(settling, settling.dealer_id)
        settle_without_cash(settling)
        watch_settlements(settling)
        run_all(settling)

    found = list_settlements(settling.dealer_id)[0]
    parts = Counter(part.payment_id for settlement in found for part in settlement.parts)
    balances = trial_balance(settling.dealer_id)
    wrong_cents = abs(sum(balances.values())) + abs(balances[LedgerAccount.CLEARING])
    figures.add(
        "R9 payouts", lost=not set(parts) >= {it.payment_id for it in payments},
        double=max(parts.values()) > 1, wrong_cents=wrong_cents,
    )  # fmt: skip
    assert [one.unmatched for one in found if not one.is_proven] == []
    assert parts == Counter(payment.payment_id for payment in payments)
    assert wrong_cents == 0
    assert same_books(settling)


def _send_one_back(world: SettlingWorld, dice: random.Random) -> None:
    """A deposit fails, perhaps."""
    world.advance(days=2)
    world.deliver()
    run_all(world)
    deposits = [
        one for one in list_settlements(world.dealer_id)[0] if one.settlement_id.startswith("po_")
    ]
    if deposits and dice.random() < 0.5:
        chosen = get_settlement(world.dealer_id, dice.choice(deposits).settlement_id)
        world.stripe.fail_payout(chosen.settlement_id, "account_closed")
        world.deliver()
