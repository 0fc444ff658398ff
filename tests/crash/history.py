"""One random history of the road, any method and view: payers, faults, crashes; the checks."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chalicelib.domain.claims import Owed
from chalicelib.domain.ids import PayableId, PaymentId
from chalicelib.domain.interventions import Intervention
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.pricing import owed_on
from chalicelib.services.confirm_card import check_card
from chalicelib.services.list_payments import list_own_payments
from chalicelib.services.stop_payment import stop_payment
from chalicelib.services.watch_payments import watch_payments
from chalicelib.storage.companies import find_method
from chalicelib.storage.ledger import trial_balance
from sandbox.world.stripe.checkout import answer_challenge
from tests.crash.faults import crashing_database
from tests.crash.owing import CREDIT, PLAIN, Owing, dealt
from tests.crash.paying import TROUBLE, Payer, tried
from tests.crash.road import (
    ACCT,
    COMPANY,
    DAY,
    Road,
    add_card,
    build_road,
)
from tests.stage import Stage

CALLS = 50  # About as many calls as a history makes before the two sweeps.
CARDS = ("visa", "visa", "visa_3ds", "visa_3ds", "chargeDeclined")
# The janitor looks 5 minutes and an hour after submit, while the processor still knows the key.
PAUSES = (timedelta(0), timedelta(minutes=6), timedelta(hours=1, minutes=1))
UNDECIDED = (PaymentStatus.PENDING, PaymentStatus.FROZEN)
ANYTHING = tuple(Intervention)
END_IT = (Intervention.FREEZE, Intervention.TERMINATE)


@dataclass
class Ended:
    """What a history left behind, in cents and counts."""

    seed: int
    road: Road
    crashes: list[str]
    payments: list[Payment]
    seen: list[PaymentId] = field(default_factory=list)  # What payers were told is submitted.
    owing: Owing = PLAIN
    amiss: list[str] = field(default_factory=list)  # Previews whose sums were not right.

    @property
    def settled(self) -> "Paid":
        """What its settled payments come to."""
        return Paid.of([p for p in self.payments if p.status is PaymentStatus.SETTLED])


@dataclass
class Paid:
    """Sums over payments, cents."""

    charged: int
    documents: int
    credits: int
    discount: int
    fee: int

    @staticmethod
    def of(payments: Sequence[Payment]) -> "Paid":
        """As they are stored."""
        return Paid(
            sum(it.charged_cents for it in payments),
            sum(it.allocations_cents for it in payments),
            sum(it.credits_cents for it in payments),
            sum(it.discount_cents for it in payments),
            sum(it.fee_cents for it in payments),
        )


def run_history(
    stage: Stage, seed: int, planned: dict[int, str] | None = None, *, way: str = ""
) -> Ended:
    """Live through one history; `planned` crashes replace the random ones.

    `way` is "ach", the name of a demo card, or "" for any.
    """
    rng = random.Random(seed)  # noqa: S311  A history must be repeatable.
    hold_hours = rng.choice((0, 0, 24)) if planned is None else 0
    owing = dealt(rng) if planned is None else PLAIN
    road = build_road(
        stage, owing.payables, seed=seed, statement=owing.statement, hold_hours=hold_hours,
        **owing.settings,
    )  # fmt: skip
    road.faults.meddle = lambda: intervene(road, rng, END_IT if planned is not None else ANYTHING)
    _script(road, rng, is_noisy=planned is None)
    way = way or rng.choice(("ach",) * len(CARDS) + CARDS)
    method = road.method if way == "ach" else add_card(road, way)
    road.basket.drain()
    crashes = _planned(rng) if planned is None else dict(planned)
    road.faults.planned = crashes
    road.machine.dies_on_crash = rng.random() < 0.4
    payer = Payer(road, rng, owing)
    most = rng.choice((1, 1, 2)) if planned is None else 1
    with crashing_database(road.faults):
        road.faults.armed = True
        for _ in range(most):
            payer.pay(method)
            _live(road, rng, is_orderly=planned is not None)
        road.clock.advance(5 * DAY)
        _live(road, rng, is_orderly=planned is not None)
        road.faults.armed = False
    for payment in payments_of(road):
        if payment.status is PaymentStatus.FROZEN:
            ending = rng.choice((Intervention.RELEASE, Intervention.TERMINATE))
            intervene(road, rng, (ending,), payment.payment_id)
    _two_passes(road)
    return Ended(
        seed, road, road.faults.happened, payments_of(road), payer.seen, owing, payer.amiss
    )  # fmt: skip


def _planned(rng: random.Random) -> dict[int, str]:
    count = rng.choice((0, 1, 1, 1, 1, 2, 2, 3))
    hows = ("before", "after", "after", "lost", "meddle")
    return {rng.randint(1, CALLS): rng.choice(hows) for _ in range(count)}


def payments_of(road: Road) -> list[Payment]:
    """The account's payments, newest first."""
    found, _ = list_own_payments(
        road.world, road.dealer.dealer_id, account_id=road.account.account_id
    )
    return list(found)


def intervene(
    road: Road, rng: random.Random, actions: Sequence[Intervention], name: str = ""
) -> None:
    """An operator presses buttons on a payment; what can't apply is refused."""
    payments = payments_of(road)
    if not payments:
        return
    name = name or rng.choice(payments).payment_id
    for action in actions:
        with suppress(*TROUBLE):
            stop_payment(
                road.world, road.dealer.dealer_id, name=name, action=action,
                operator="Dana Ortiz", reason="Asked by phone",
            )  # fmt: skip


def _script(road: Road, rng: random.Random, *, is_noisy: bool) -> None:
    """The processor's own misbehaviour: returns, lost answers, webhooks twice, late or never."""
    if not is_noisy:
        return
    if rng.random() < 0.25:
        code = rng.choice(("R01", "R03", "R29"))
        road.stripe.script.apply({"next_payment": {"failure_code": code}})
    if rng.random() < 0.25:
        fault = {"timeout": rng.choice(("before", "after")), "path": "/v1/payment_intents"}
        road.stripe.script.apply({"next_request": fault})
    noise = {"seed": rng.randint(0, 999), "duplicate": 0.4, "reorder": True}
    noise["never"] = rng.random() < 0.2
    road.stripe.script.apply({"webhooks": noise})


def _answer(road: Road, rng: random.Random, *, is_orderly: bool) -> None:
    """Payers answer their banks, or close the page; whoever answered comes back to us."""
    for intent in road.intents():
        if intent["status"] != "requires_action" or (not is_orderly and rng.random() < 0.3):
            continue
        confirmed = is_orderly or rng.random() < 0.7
        answer_challenge(road.stripe.desk, intent["id"], confirmed=confirmed)
        check_card(
            road.world, road.dealer.dealer_id, account_id=road.account.account_id,
            name=intent["metadata"]["payment"],
        )  # fmt: skip


def _live(road: Road, rng: random.Random, *, is_orderly: bool) -> None:
    """Workflow, webhooks and now and then the sweep, in any order."""
    jobs: list[Callable[[], Any]] = [
        lambda: _answer(road, rng, is_orderly=is_orderly),
        road.machine.run_ready, road.receive, road.work_queue, road.machine.run_ready,
    ]  # fmt: skip
    if not is_orderly:
        jobs.append(lambda: road.clock.advance(rng.choice(PAUSES)))
        if rng.random() < 0.3:
            jobs.append(lambda: watch_payments(road.world))
        if rng.random() < 0.3:
            jobs.append(lambda: intervene(road, rng, rng.sample(ANYTHING, 2)))
        rng.shuffle(jobs)
    for job in jobs:
        tried(job)


def _two_passes(road: Road) -> None:
    """Nothing fails any more; webhooks still come or not. Two sweeps must mend everything."""
    # A sweep that met trouble looks at that payment again within a day.
    road.clock.advance(DAY + timedelta(minutes=6))
    watch_payments(road.world)
    _settle_down(road)
    road.clock.advance(5 * DAY)
    _settle_down(road)
    watch_payments(road.world)
    _settle_down(road)


def _settle_down(road: Road) -> None:
    road.machine.run_ready()
    road.receive()
    road.work_queue()
    road.machine.run_ready()


def _is_remembered(road: Road, payment: Payment) -> bool:
    """A card that was not to be saved is still here or at the processor."""
    if not payment.forgets_method:
        return False
    method_id = payment.method.method_id
    kept = road.stripe.desk.open_book(ACCT).get("payment_method", method_id)
    return bool(find_method(road.dealer.dealer_id, COMPANY, method_id) or kept["customer"])


def faults_of(ended: Ended) -> list[str]:
    """Everything that is wrong with how a history ended; empty means every cent is right."""
    intents = ended.road.intents()
    known = {payment.payment_id for payment in ended.payments}
    mails = ended.road.world.queues.mails
    told = {(mail["id"], mail["mail"].removeprefix("payment_")) for mail in mails}
    charged = {intent["metadata"]["payment"] for intent in intents}
    checks = {
        "lost": set(ended.seen) <= known,
        "double": len(intents) == len({intent["metadata"]["payment"] for intent in intents}),
        "quote": not ended.amiss,
        **_books(ended),
        **_account(ended),
        "stuck": all(payment.status not in UNDECIDED for payment in ended.payments),
        "terminated": not charged
        & {p.payment_id for p in ended.payments if p.status is PaymentStatus.TERMINATED},
        "remembered": not any(_is_remembered(ended.road, payment) for payment in ended.payments),
        "untold": all((p.payment_id, p.status.value) in told for p in ended.payments),
    }
    return [name for name, holds in checks.items() if not holds]


def _books(ended: Ended) -> dict[str, bool]:
    """The processor and our ledger against what was settled."""
    settled, ledger = ended.settled, trial_balance(ended.road.dealer.dealer_id)
    paid = sum(one["amount"] for one in ended.road.intents() if one["status"] == "succeeded")
    receivable = settled.credits - settled.documents
    return {
        "processor": paid == settled.charged,
        "ledger": ledger.get(LedgerAccount.CLEARING, 0) == settled.charged,
        "balance": sum(ledger.values()) == 0,
        "receivable": ledger.get(LedgerAccount.ACCOUNTS_RECEIVABLE, 0) == receivable,
        "discount": ledger.get(LedgerAccount.DISCOUNTS_ALLOWED, 0) == settled.discount,
        "fee": ledger.get(LedgerAccount.FEE_INCOME, 0) == -settled.fee,
    }


def _account(ended: Ended) -> dict[str, bool]:
    """What is still owed, document by document and in the header, against what was settled."""
    state, settled, opened = ended.road.state(), ended.settled, ended.owing
    owed = owed_on(state.payables, state.claims, state.account)
    credit = owed.pop(PayableId(CREDIT), Owed(0, 0))
    still_cents = sum(opened.documents.values()) - settled.documents
    credit_cents = opened.credit_cents - settled.credits
    count = sum(p.status is PaymentStatus.SETTLED for p in ended.payments)
    return {
        "payables": sum(item.owed_cents for item in owed.values()) == still_cents,
        "credit": (credit.owed_cents, credit.available_cents) == (credit_cents, credit_cents),
        "in flight": all(item.in_flight_cents == 0 for item in owed.values()),
        "header": state.account.totals.outstanding_cents == still_cents - credit_cents,
        "header in flight": state.account.totals.in_flight_cents == 0,
        "claims": len(state.claims) == count,
    }
