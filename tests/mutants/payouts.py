"""One random history from quote to general ledger: terms, credit, card fee, payouts, a flaky ERP.

What must come out is worked out here from the rules of money.md, not by the product's own code.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from chalicelib.domain.dealers import FeePolicy
from chalicelib.domain.errors import Conflict, DrypowderError, InvalidInput, TryAgain
from chalicelib.domain.ids import PayableId, SettlementId
from chalicelib.domain.ledger import LedgerAccount, gl_number
from chalicelib.domain.payments import Method, Payment, PaymentStatus
from chalicelib.domain.quotes import View
from chalicelib.domain.selections import Selection
from chalicelib.gateways.erp import ErpUnreachable
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.quote_payment import quote_payment
from chalicelib.storage.accounts import get_state
from chalicelib.storage.companies import method_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.payments import get_payment
from chalicelib.storage.transactions import transact
from sandbox.world.stripe.checkout import choose_card
from tests.domain.builders import a_credit, a_payable
from tests.services.settling import ACCOUNT, COMPANY, SettlingWorld, settling_world
from tests.services.story import carry, link_bank, open_account, open_dealer, pay
from tests.services.test_settlement import gl
from tests.services.test_settlement_random import SHARED

LAST_DISCOUNT_DAY = date(2026, 12, 31)
ACH_FEE_CENTS, CARD_BASIS_POINTS = 300, 250
FEES = FeePolicy(
    ach_flat_cents=ACH_FEE_CENTS, surcharge_on=True, surcharge_attested_by="Ann",
    card_basis_points=CARD_BASIS_POINTS, state="OH",
)  # fmt: skip
MOST_TRIES = 12


@dataclass
class Dealt:
    """The amounts a history was dealt, in cents."""

    a: int
    b: int
    c: int
    credit: int
    b_discount: int
    c_discount: int

    @property
    def debit(self) -> int:
        """What paying A and B by bank debit must charge."""
        return self.a + self.b - self.credit - self.b_discount + ACH_FEE_CENTS

    @property
    def card(self) -> int:
        """What paying C by card must charge: the fee's base is the amount before the fee."""
        base = self.c - self.c_discount
        return base + base * CARD_BASIS_POINTS // 10_000


@dataclass
class FlakyErp:
    """The ERP of a dealer whose line drops; half the lost answers come after it has written."""

    real: Any
    rng: random.Random

    def find(self, dealer: Any, posting: Any) -> bool:
        found: bool = self.real.find(dealer, posting)
        if self.rng.random() < 0.2:
            raise ErpUnreachable("line dropped")
        return found

    def post(self, dealer: Any, posting: Any) -> None:
        if self.rng.random() < 0.2:
            raise ErpUnreachable("line dropped")
        self.real.post(dealer, posting)
        if self.rng.random() < 0.4:
            raise ErpUnreachable("answer lost")

    def open_cents(self, dealer: Any, document: str) -> int:
        found: int = self.real.open_cents(dealer, document)
        return found


def dealt(rng: random.Random) -> Dealt:
    b, c = rng.randint(20_000, 400_000), rng.randint(20_000, 400_000)
    return Dealt(
        a=rng.randint(20_000, 400_000), b=b, c=c, credit=rng.randint(1, 19_999),
        b_discount=b // 50, c_discount=c // 100,
    )  # fmt: skip


def run_payout_history(seed: int) -> dict[str, int]:
    """Live through one; what is wrong at its end, with its cents or count."""
    rng = random.Random(seed)  # noqa: S311  A history must be repeatable.
    with opened(rng) as (world, cents):
        bank = link_bank(world)
        card = saved_card(world, bank)
        payments = [pay(world, bank, "A", "B")]
        again = was_paid_again(world, bank)
        quote = quote_payment(
            world, world.dealer_id, account_id=ACCOUNT, view=View.ALL, method_kind="card",
            selection=Selection({PayableId("C"): None}), card=card.card,
        )  # fmt: skip
        payments.append(carry(world, card, quote))
        live(world, payments, days=5)
        live(world, payments, days=4)
        live(world, payments, days=4)
        post_everything(world)
        return (
            {"paid again": again, **wrongs(world, cents, payments)}
            if again
            else wrongs(world, cents, payments)
        )


def run_tampered_history(seed: int) -> dict[str, int]:
    """The processor's payment is not the one we asked for: it must never settle ours."""
    rng = random.Random(seed)  # noqa: S311
    with opened(rng) as (world, _):
        payment = pay(world, link_bank(world), "A", "B")
        book = world.stripe.desk.open_book(world.acct)
        book.of_kind("payment_intent")[0]["amount"] -= rng.randint(1, 500)
        live(world, [payment], days=5)
        settled = stored(world, payment).status is not PaymentStatus.PENDING
        return {"mismatch settled": payment.charged_cents} if settled else {}


@contextmanager
def opened(rng: random.Random) -> Iterator[tuple[SettlingWorld, Dealt]]:
    """A dealer with discounts by terms and both fees; A, B, C and a credit on A are owed."""
    cents = dealt(rng)
    terms = {"discount_day": LAST_DISCOUNT_DAY, "job_id": "J"}
    with settling_world() as world:
        open_dealer(world, auto_post=True, fees=FEES)
        owed = (
            a_payable("A", cents.a, job_id="J"),
            a_payable("B", cents.b, discount_cents=cents.b_discount, **terms),
            a_payable("C", cents.c, discount_cents=cents.c_discount, **terms),
            a_credit("K", cents.credit, job_id="J", applies_to="A"),
        )
        open_account(world, owed, billing_kind="open_item_terms")
        world.erp = FlakyErp(world.erp, rng)
        yield world, cents


def saved_card(world: SettlingWorld, bank: Method) -> Method:
    """A credit card of the same company."""
    url = world.processor.card_page(
        world.acct, customer=bank.customer, company=COMPANY, back_url="https://pay.example/?",
        cancel_url="https://pay.example/", key=uuid4().hex,
    )  # fmt: skip
    visit_id = url.rpartition("/")[2]
    choose_card(world.stripe.desk, visit_id, "visa")
    method: Method = world.processor.added_card(world.acct, visit_id).method
    transact([method_put(world.dealer_id, COMPANY, method)], token=uuid4().hex)
    return method


def was_paid_again(world: SettlingWorld, bank: Method) -> int:
    """1 if an invoice that is being paid could be paid once more."""
    try:
        pay(world, bank, "A")
    except (Conflict, InvalidInput):
        return 0
    return 1


def live(world: SettlingWorld, payments: list[Payment], *, days: int) -> None:
    """Days pass; every webhook comes twice; funded payments are applied."""
    world.advance(days=days)
    for hook in world.basket.drain():
        for _ in range(2):
            world.accept(hook)
    with suppress(DrypowderError):
        world.work()
    for payment in payments:
        apply_payment(
            world, world.dealer_id, account_id=ACCOUNT, payment_id=payment.payment_id
        )  # fmt: skip


def post_everything(world: SettlingWorld) -> None:
    """Prove and post every payout, again and again until its ERP has answered."""
    names = {name.rpartition("-")[0] for name in world.workflows.started}
    for settlement_id in sorted(name for name in names if name.startswith("po_")):
        for _ in range(MOST_TRIES):
            with suppress(TryAgain):
                if world.run_settlement(SettlementId(settlement_id)) == "posted":
                    break


def stored(world: SettlingWorld, payment: Payment) -> Payment:
    return get_payment(world.dealer_id, ACCOUNT, payment.payment_id)


def wrongs(world: SettlingWorld, cents: Dealt, payments: list[Payment]) -> dict[str, int]:
    """Differences between what is and what money.md says must be."""
    ours, theirs = trial_balance(world.dealer_id), gl(world)
    book, numbers = world.stripe.desk.open_book(world.acct), get_dealer(world.dealer_id).gl
    ended = [stored(world, payment) for payment in payments]
    header = get_state(world.dealer_id, ACCOUNT).account.totals
    paid = sorted(one["amount"] for one in book.of_kind("payment_intent"))
    deposits = sum(payout["amount"] for payout in book.of_kind("payout"))
    found = {
        "debit": payments[0].charged_cents - cents.debit,
        "card": payments[1].charged_cents - cents.card,
        "processor": sum(paid) - cents.debit - cents.card,
        "double": len(paid) - 2,
        "balance": sum(ours.values()),
        "clearing": ours.get(LedgerAccount.CLEARING, 0),
        "bank": ours.get(LedgerAccount.BANK, 0) - deposits,
        "fees": ours.get(LedgerAccount.PROCESSING_FEES, 0) - (sum(paid) - deposits),
        "receivable": ours.get(LedgerAccount.ACCOUNTS_RECEIVABLE, 0)
        + cents.a + cents.b + cents.c - cents.credit,
        "owed": header.outstanding_cents,
        "in flight": header.in_flight_cents,
        "not posted": sum(one.status is not PaymentStatus.POSTED for one in ended),
    }  # fmt: skip
    for account in (*SHARED, LedgerAccount.DISCOUNTS_ALLOWED):
        difference = theirs.get(gl_number(account, numbers), 0) - ours.get(account, 0)
        found[f"GL {account.value}"] = difference
    return {name: amount for name, amount in found.items() if amount}
