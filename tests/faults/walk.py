"""One walk of the whole road while AWS fails, and what must be true when it is over."""

import random
from collections.abc import Sequence
from datetime import timedelta

from chalicelib.domain.errors import AlreadyDone, Conflict
from chalicelib.domain.ledger import LedgerAccount, gl_number
from chalicelib.domain.payments import PaymentStatus
from chalicelib.services.list_settlements import list_settlements
from chalicelib.services.request_posting import request_posting
from chalicelib.storage.accounts import get_state
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ledger import trial_balance
from tests.faults.proxy import FaultProxy, Rule
from tests.faults.shop import Shop
from tests.services.test_settlement import gl
from tests.services.test_settlement_random import SHARED

OWED = {"A": 100_000, "B": 50_000}
CREDIT_CENTS = 10_000
DONE = (PaymentStatus.SETTLED, PaymentStatus.POSTED)
WAYS = (("A", "B"), ("A",), ("B",))


def walk(shop: Shop, proxy: FaultProxy, rules: Sequence[Rule], *, seed: int) -> list[str]:
    """Pay, settle and post while AWS fails by `rules`; then two sweeps without faults.

    Returns what failed, as the proxy says it.
    """
    rng = random.Random(seed)  # noqa: S311  A walk must be repeatable.
    proxy.taken()
    with proxy.failing(rules, seed=seed):
        for documents in rng.choice(((("A", "B"),), (("A",), ("B",)), rng.sample(WAYS, 2))):
            shop.pay(*documents)
            _live(shop, rng)
        for days in (5, 4):
            shop.world.advance(days=days)
            _live(shop, rng)
    taken = proxy.taken()
    for _ in range(2):
        # A sweep that met trouble looks at that payment again within a day.
        shop.world.clock.advance(timedelta(days=1, minutes=16))
        shop.sweep()
        shop.settle_down()
        shop.world.advance(days=5)
        shop.settle_down()
    _post_what_waits(shop)
    return taken


def _live(shop: Shop, rng: random.Random) -> None:
    """Workflows, webhooks, queue and sweep in any order, as they would come."""
    jobs = [shop.works.run_ready, shop.receive, shop.work_queue] * 2 + [shop.sweep]
    rng.shuffle(jobs)
    for job in jobs:
        job()


def _post_what_waits(shop: Shop) -> None:
    """A settlement whose posting failed five times running waits for its operator, who presses."""
    for settlement in list_settlements(shop.world, shop.world.dealer_id).settlements:
        try:
            request_posting(
                shop.world, shop.world.dealer_id, settlement_id=settlement.settlement_id,
                operator="Dana Ortiz",
            )  # fmt: skip
        except (AlreadyDone, Conflict):
            continue
    shop.settle_down()


def unkind_pages(shop: Shop) -> list[str]:
    """Answers that are neither a result nor a sentence that says to try again."""
    return [
        f"{request} → {page.status}"
        for request, page in shop.pages
        if page.status >= 500
        and not (page.status == 503 and ("try again" in page.text or "again:" in page.text))
    ]


def wrongs_of(shop: Shop) -> dict[str, int]:
    """What is wrong with how a walk ended, with its cents or count; empty is right."""
    payments, world = shop.payments(), shop.world
    done = [payment for payment in payments if payment.status in DONE]
    intents = world.stripe.desk.open_book(world.acct).of_kind("payment_intent")
    paid_cents = sum(one["amount"] for one in intents if one["status"] == "succeeded")
    header = get_state(world.dealer_id, shop.account.account_id).account.totals
    settled_cents = sum(payment.allocations_cents - payment.credits_cents for payment in done)
    still_cents = sum(OWED.values()) - CREDIT_CENTS - settled_cents
    ours, theirs = trial_balance(world.dealer_id), gl(world)
    numbers = get_dealer(world.dealer_id).gl
    mails = {(mail["id"], mail["mail"].removeprefix("payment_")) for mail in shop.mails()}
    found = {
        "lost": len(set(shop.promised) - {payment.number for payment in payments}),
        "double": len(intents) - len({intent["metadata"]["payment"] for intent in intents}),
        "processor": paid_cents - sum(payment.charged_cents for payment in done),
        "balance": sum(ours.values()),
        "clearing": ours.get(LedgerAccount.CLEARING, 0),
        "receivable": ours.get(LedgerAccount.ACCOUNTS_RECEIVABLE, 0) + settled_cents,
        "header": header.outstanding_cents - still_cents,
        "in flight": header.in_flight_cents,
        "not posted": sum(payment.status is not PaymentStatus.POSTED for payment in payments),
        "not settled once": len(done) - sum(bool(payment.settlement_id) for payment in done),
        "untold": len({(payment.payment_id, "settled") for payment in done} - mails),
    }  # fmt: skip
    for account in SHARED:
        found[f"GL {account.value}"] = theirs.get(gl_number(account, numbers), 0) - ours.get(
            account, 0
        )
    return {name: amount for name, amount in found.items() if amount}


CENTS = ("processor", "balance", "clearing", "receivable", "header", "in flight")


def cents_of(wrongs: dict[str, int]) -> int:
    """The wrong cents among `wrongs`, as absolute amounts."""
    return sum(
        abs(amount) for name, amount in wrongs.items() if name in CENTS or name.startswith("GL ")
    )
