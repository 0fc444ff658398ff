"""R6 of reliability.md: AWS throttles, fails, resets, hangs, lags and loses answers."""

import os
import random
import time

import pytest

from tests.faults.proxy import KINDS, FaultProxy, mixed
from tests.faults.shop import Shop
from tests.faults.walk import cents_of, unkind_pages, walk, wrongs_of
from tests.figures import Figures

MIXES = int(os.environ.get("FAULT_MIXES", "5"))
SEED = int(os.environ.get("FAULT_SEED", "") or random.SystemRandom().randint(1, 10**9))
SUITE = "R6 fault proxy"


def count(figures: Figures, taken: list[str], wrongs: dict[str, int]) -> None:
    """A walk into the figures."""
    figures.add(
        SUITE, crashes=bool(taken), lost=wrongs.get("lost", 0), double=wrongs.get("double", 0),
        wrong_cents=cents_of(wrongs),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_no_cent_is_wrong_after_one_kind_of_fault(
    shop: Shop, proxy: FaultProxy, figures: Figures, kind: str
) -> None:
    print(f"FAULT_SEED={SEED}")  # noqa: T201  pytest shows it when a walk fails.

    taken = walk(shop, proxy, KINDS[kind], seed=SEED)

    wrongs = wrongs_of(shop)
    count(figures, taken, wrongs)
    assert wrongs == {}
    assert unkind_pages(shop) == []
    assert taken
    assert shop.promised


@pytest.mark.parametrize("number", range(MIXES))
def test_no_cent_is_wrong_after_any_mix_of_faults(
    shop: Shop, proxy: FaultProxy, figures: Figures, number: int
) -> None:
    print(f"FAULT_SEED={SEED}")  # noqa: T201
    seed = SEED + number
    rules = mixed(random.Random(seed))  # noqa: S311

    taken = walk(shop, proxy, rules, seed=seed)

    wrongs = wrongs_of(shop)
    count(figures, taken, wrongs)
    assert wrongs == {}, seed
    assert unkind_pages(shop) == [], seed


def test_a_money_transaction_that_hangs_is_given_up_as_soon_as_any_other_request(
    shop: Shop, proxy: FaultProxy
) -> None:
    # A page has 28 seconds in all; waiting longer than that for one answer is no answer at all.
    hangs = {"operation": "TransactWriteItems", "timeout_ms": 6_000}
    shop.presses, began = 1, time.monotonic()

    with proxy.failing([hangs], seed=1):
        shop.pay("A")

    assert "never taken twice" in shop.pages[-1][1].text
    assert shop.promised == []
    assert time.monotonic() - began < 6


def test_a_webhook_that_cannot_be_queued_is_sent_again_later(shop: Shop, proxy: FaultProxy) -> None:
    shop.pay("A")
    shop.works.run_ready()
    refusing = {"service": "sqs", "error": {"code": "InternalFailure", "status": 500}}

    with proxy.failing([refusing], seed=1):
        shop.receive()
    refused = {page.status for request, page in shop.pages if request.startswith("webhook")}
    waiting = len(shop.undelivered)
    shop.receive()

    assert refused == {503}
    assert waiting > 0
    assert shop.undelivered == []
