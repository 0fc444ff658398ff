"""R4 and R3 of reliability.md: many payers of one invoice, and outcomes in any order."""

import itertools
import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from pynamodb.exceptions import CancellationReason, TransactWriteError, VerboseClientError

from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.ids import PaymentId
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.quotes import Quote
from chalicelib.services import submit_payment
from chalicelib.services.record_outcome import record_outcome
from chalicelib.services.view_payment import view_payment
from chalicelib.storage import transactions
from tests.crash.road import DAY, Road, an_invoice, build_road
from tests.figures import Figures, figures
from tests.stage import Stage, stage

__all__ = ["figures", "stage"]
ROUNDS, PAYERS = int(os.environ.get("RACE_ROUNDS", "2")), 50
SUITE = "R4 concurrent payers"
# What a loser may be told: the first two are true once somebody else has the invoice.
TAKEN = "Another payment is already paying INV-1."
MOVED = "What is owed has changed since this preview. Nothing was charged."
CROWDED = "This account was being changed by something else the whole time"
CLEAN = ("paid", *(f"409: {sentence}" for sentence in (TAKEN, MOVED, CROWDED)))
COLLIDED = TransactWriteError(
    "collided",
    VerboseClientError(
        {"Error": {"Code": "TransactionCanceledException"}}, "TransactWriteItems", {},
        cancellation_reasons=[CancellationReason("TransactionConflict", "")],
    ),
)  # fmt: skip


@pytest.fixture(params=["calm", "colliding"])
def collisions(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In half the rounds one in five transactions meets TransactionConflict, as on AWS."""
    if request.param == "calm":
        return
    send, dice = transactions._send, random.Random(4)  # noqa: S311

    def sending(*sent: Any) -> None:
        if dice.random() < 0.2:
            raise COLLIDED
        send(*sent)

    monkeypatch.setattr(transactions, "_send", sending)


@pytest.mark.usefixtures("collisions")
@pytest.mark.parametrize("number", range(ROUNDS))
def test_of_fifty_payers_of_one_invoice_exactly_one_succeeds(
    stage: Stage, figures: Figures, number: int
) -> None:
    road = build_road(stage, (an_invoice("INV-1", 100_000),), seed=number)
    quotes = [road.quote(INV_1=None) for _ in range(PAYERS)]

    answers = raced(road, quotes)

    road.machine.run_ready()
    claimed = [claim.effects[0].amount_cents for claim in road.state().claims]
    charged = [intent["amount"] for intent in road.intents()]
    figures.add(
        SUITE, crashes=1, lost=1 - min(1, len(charged)), double=max(0, len(charged) - 1),
        wrong_cents=abs(sum(charged) - 100_000) + abs(sum(claimed) - 100_000),
    )  # fmt: skip
    assert answers.count("paid") == 1
    assert all(answer.startswith(CLEAN[:3]) for answer in answers), set(answers)
    assert (claimed, charged) == ([100_000], [100_000])


@pytest.mark.usefixtures("collisions")
@pytest.mark.parametrize("number", range(ROUNDS))
def test_twenty_part_payments_of_half_as_much_again_never_exceed_the_balance(
    stage: Stage, figures: Figures, number: int
) -> None:
    road = build_road(stage, (an_invoice("INV-1", 100_000),), seed=number)
    quotes = [road.quote(INV_1=7_500) for _ in range(20)]

    answers = raced(road, quotes)

    road.machine.run_ready()
    claimed = sum(claim.effects[0].amount_cents for claim in road.state().claims)
    charged = sum(intent["amount"] for intent in road.intents())
    figures.add(
        SUITE, crashes=1, wrong_cents=max(0, claimed - 100_000) + abs(charged - claimed)
    )  # fmt: skip
    assert all(answer.startswith(CLEAN) for answer in answers), set(answers)
    assert claimed == charged == 7_500 * answers.count("paid")
    assert 7_500 <= claimed <= 100_000
    # Whoever was not told that it is crowded has had its turn: nothing that fits is left over.
    crowded = [answer for answer in answers if CROWDED in answer]
    assert crowded or claimed == 13 * 7_500


@pytest.mark.parametrize("arrives", [False, True], ids=["never", "unheard"])
def test_a_payer_who_never_gets_through_is_told_what_is_true(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *, arrives: bool
) -> None:
    road = build_road(stage, (an_invoice("INV-1", 100_000),))
    quote = road.quote(INV_1=None)
    send = transactions._send

    def colliding(*sent: Any) -> None:
        if arrives:
            send(*sent)
        raise COLLIDED

    with monkeypatch.context() as patched:
        patched.setattr(transactions, "_send", colliding)
        patched.setattr(transactions, "CONFLICT_PAUSE_SECONDS", 0)
        patched.setattr(submit_payment, "PATIENCE_SECONDS", 0.2)
        answer = outcome(road, quote)

    assert answer.startswith("paid" if arrives else f"409: {CROWDED}")
    assert len(road.state().claims) == int(arrives)
    assert outcome(road, quote) == "paid"
    assert len(road.state().claims) == 1


def test_ten_tabs_with_the_same_quote_make_one_payment(stage: Stage) -> None:
    road = build_road(stage, (an_invoice("INV-1", 100_000),))
    quote = road.quote(INV_1=None)

    with ThreadPoolExecutor(10) as tabs:
        payments = list(tabs.map(lambda _: road.submit(quote).payment_id, range(10)))

    assert payments == [PaymentId(quote.quote_id)] * 10
    assert len(road.state().claims) == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_outcomes_in_any_order_and_repeated_write_one_and_the_same_ledger(
    stage: Stage, order: tuple[int, ...]
) -> None:
    road = build_road(stage, (an_invoice("INV-1", 100_000),))
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    acct = road.dealer.processor_account
    processing = road.world.processor.get_intent(acct, road.intents()[0]["id"])
    road.clock.advance(5 * DAY)
    succeeded = road.world.processor.get_intent(acct, road.intents()[0]["id"])
    told = [
        (processing, "evt_1"),
        (succeeded, "evt_2"),
        (succeeded, "evt_2"),
        (processing, "evt_3"),
    ]

    for place in order:
        intent, event_id = told[place]
        record_outcome(
            road.world, road.dealer.dealer_id, account_id=road.account.account_id,
            payment_id=payment.payment_id, intent=intent, source="processor", event_id=event_id,
        )  # fmt: skip
        road.machine.run_ready()

    view = view_payment(road.world, road.dealer.dealer_id, name=payment.number)
    assert view.payment.status is PaymentStatus.SETTLED
    names = ["submitted", "handed_over", "originated", "funded", "settled"]
    assert [event.name for event in view.events] == names
    assert sorted((line.account.value, line.balance_cents) for line in view.ledger) == [
        ("accounts_receivable", -100_000),
        ("clearing", 100_000),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"amount_cents": 1},
        {"currency": "EUR"},
        {"payment_reference": "01OTHER"},
        {"intent_id": "pi_other"},
    ],
)
def test_an_intent_that_is_not_this_payments_changes_nothing(
    stage: Stage, change: dict[str, object]
) -> None:
    road = build_road(stage, (an_invoice("INV-1", 100_000),))
    payment = road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    road.clock.advance(5 * DAY)
    true = road.world.processor.get_intent(road.dealer.processor_account, road.intents()[0]["id"])

    outcome = record_outcome(
        road.world, road.dealer.dealer_id, account_id=road.account.account_id,
        payment_id=payment.payment_id, source="processor",
        intent=replace(true, **change),  # type: ignore[arg-type]
    )  # fmt: skip

    view = view_payment(road.world, road.dealer.dealer_id, name=payment.number)
    assert outcome == "mismatched"
    assert [event.name for event in view.events] == ["submitted", "handed_over", "originated"]


def raced(road: Road, quotes: list[Quote]) -> list[str]:
    """Everybody presses at once; "paid", or status and sentence, or the name of an error."""
    with ThreadPoolExecutor(len(quotes)) as payers:
        return list(payers.map(lambda mine: outcome(road, mine), quotes))


def outcome(road: Road, quote: Quote) -> str:
    try:
        road.submit(quote)
    except DrypowderError as refusal:
        return f"{refusal.status}: {refusal.sentence}"
    except Exception as trouble:  # noqa: BLE001  Named in the assertion.
        return type(trouble).__name__
    return "paid"
