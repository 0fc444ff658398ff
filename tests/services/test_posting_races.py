"""Post pressed by several at once, and while posting runs: once in Spruce, a sentence for each."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.ids import SettlementId
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.settlements import PostingCategory, PostingState
from chalicelib.services import post_settlement
from chalicelib.services import request_posting as request_posting_module
from chalicelib.services.prove_settlement import prove_settlement
from chalicelib.services.request_posting import request_posting
from chalicelib.services.view_payment import view_payment
from chalicelib.services.view_settlement import view_settlement
from chalicelib.storage.settlement_work import Phase, find_work
from chalicelib.storage.settlements import find_posting, get_settlement
from tests.figures import Figures, figures
from tests.services.settling import KeptWorkflows, SettlingWorld
from tests.services.story import ready_to_post
from tests.services.test_paid_at_the_counter import at_the_counter, payment_of
from tests.services.test_posting import BALANCED_GL, Crash, fault
from tests.services.test_reversed_postings import ask, carry_out
from tests.services.test_settlement import gl

__all__ = ["figures"]
ROUNDS = int(os.environ.get("RACE_ROUNDS", "2"))
SUITE = "R9 concurrent posting"
STARTED, UNDER_WAY = "started", "under way"
IN_SPRUCE = {
    PostingCategory.INVOICES: 140_000,
    PostingCategory.CREDIT_ADJUSTMENTS: 10_000,
    PostingCategory.CASH_AND_OTHER: 140_300,
}


@dataclass
class RunningWorkflows(KeptWorkflows):
    """As Step Functions: the first completion of a token lets the run go on, later ones nothing."""

    world: SettlingWorld
    settlement_id: SettlementId
    runs: list[threading.Thread] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        super().__init__()
        self.started = list(self.world.workflows.started)

    def complete(self, token: str, outcome: dict[str, str]) -> None:
        with self.lock:
            is_known = any(token == known for known, _ in self.completed)
            super().complete(token, outcome)
            if is_known:
                return
            run = threading.Thread(target=self.world.run_postings, args=(self.settlement_id,))
            self.runs.append(run)
        run.start()

    def join(self) -> None:
        for run in self.runs:
            run.join()


def together(*presses: Callable[[], str]) -> list[str]:
    """All at the same moment; a refusal is its sentence, anything else its error."""
    gate = threading.Barrier(len(presses))

    def pressed(press: Callable[[], str]) -> str:
        gate.wait()
        try:
            return press()
        except DrypowderError as refusal:
            return f"{refusal.status}: {refusal.sentence}"

    with ThreadPoolExecutor(len(presses)) as hands:
        waiting: list[Future[str]] = [hands.submit(pressed, press) for press in presses]
        return [answer.result() for answer in waiting]


def presser(world: SettlingWorld, settlement_id: SettlementId, operator: str) -> Callable[[], str]:
    def press() -> str:
        is_first = request_posting(
            world, world.dealer_id, settlement_id=settlement_id, operator=operator
        )
        return STARTED if is_first else UNDER_WAY

    return press


def is_settled_wholly(world: SettlingWorld, settlement_id: SettlementId, figures: Figures) -> None:
    """Every category is once in Spruce, every payment posted once, the work over for good."""
    shown = view_settlement(world, world.dealer_id, settlement_id=settlement_id)
    work = find_work(world.dealer_id, settlement_id)
    postings = {
        row.category: world.spruce.find_posting(world.dealer_id, row.reference)["debit_cents"]
        for row in shown.settlement.postings
        if row.state is PostingState.POSTED
    }
    written = world.spruce.ledger(world.dealer_id)["posting_count"]
    figures.add(
        SUITE, crashes=1, lost=max(0, 3 - written), double=max(0, written - 3),
        wrong_cents=abs(sum(postings.values()) - sum(IN_SPRUCE.values())),
    )  # fmt: skip
    assert postings == IN_SPRUCE
    assert written == len(postings)
    assert {name for name, cents in gl(world).items() if cents} == BALANCED_GL
    for payment in shown.payments:
        events = view_payment(world, world.dealer_id, name=payment.number).events
        assert payment.status is PaymentStatus.POSTED
        assert [event.name for event in events].count("posted") == 1
    assert work is not None
    assert (work.phase, work.requested_by, work.token) == (Phase.DONE, "", "")


@pytest.mark.parametrize("number", range(ROUNDS))
def test_of_several_operators_pressing_at_once_one_starts_posting_and_all_are_answered(
    settling: SettlingWorld, figures: Figures, number: int
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id, token=f"token-{number}")
    settling.workflows = RunningWorkflows(settling, settlement_id)

    hands = [presser(settling, settlement_id, name) for name in ("Ann", "Bob", "Cem", "Dee")]
    answers = together(*hands)
    settling.workflows.join()

    assert answers.count(STARTED) == 1
    assert set(answers) <= {STARTED, UNDER_WAY, "409: This settlement is posted already."}
    is_settled_wholly(settling, settlement_id, figures)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_post_pressed_while_posting_runs_by_itself_posts_nothing_twice(
    settling: SettlingWorld, figures: Figures, number: int
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    if number % 2 == 0:
        # Proven, but its run has died: the next one and the operator meet in the middle.
        prove_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    settling.workflows = RunningWorkflows(settling, settlement_id)

    answers = together(
        lambda: settling.run_settlement(settlement_id),
        presser(settling, settlement_id, "Ann"),
        presser(settling, settlement_id, "Bob"),
    )
    settling.workflows.join()

    assert answers[0] == "posted"
    assert not [answer for answer in answers if answer.startswith("5")]
    is_settled_wholly(settling, settlement_id, figures)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_steps_that_run_twice_at_the_same_time_post_once(
    settling: SettlingWorld, figures: Figures, number: int
) -> None:
    settlement_id = ready_to_post(settling, auto_post=number % 2 == 0)
    settling.run_settlement(settlement_id) if number % 2 else prove_settlement(
        settling, settling.dealer_id, settlement_id=settlement_id
    )

    together(*[lambda: settling.run_postings(settlement_id)] * 3)
    settling.run_postings(settlement_id)

    is_settled_wholly(settling, settlement_id, figures)


def test_a_press_that_comes_too_late_posts_nothing_after_a_later_reversal(
    settling: SettlingWorld, figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    real = request_posting_module.change_settlement

    def late(*args: Any) -> Any:
        settling.run_postings(settlement_id)
        return real(*args)

    with monkeypatch.context() as patched:
        patched.setattr(request_posting_module, "change_settlement", late)
        (answer,) = together(presser(settling, settlement_id, "Bob"))
    is_settled_wholly(settling, settlement_id, figures)
    ask(settling, settlement_id)
    waited = settling.run_settlement(settlement_id, token="second")

    assert answer == "409: This settlement is posted already."
    assert waited == "waiting"
    assert set(gl(settling).values()) == {0}


def meanwhile(patch: pytest.MonkeyPatch, erp: Any, name: str, other: Callable[[], Any]) -> None:
    """The first call of the ERP's `name` is one run's; before its answer, `other` is another's."""
    real, calls = getattr(erp, name), []

    def called(*args: Any) -> Any:
        calls.append(name)
        if len(calls) > 1:
            return real(*args)
        try:
            return real(*args)
        finally:
            other()

    patch.setattr(erp, name, called)


def test_what_another_run_has_posted_is_kept_although_one_was_refused(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    fault(settling, "period_closed", "invoices")

    meanwhile(monkeypatch, settling.erp, "post", lambda: settling.run_settlement(settlement_id))
    settling.run_settlement(settlement_id)
    ask(settling, settlement_id)
    settling.run_settlement(settlement_id, token="second")

    assert set(gl(settling).values()) == {0}


def test_what_another_run_has_reversed_is_kept_although_one_was_refused(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    settling.run_settlement(settlement_id)
    ask(settling, settlement_id)
    fault(settling, "period_closed", "cash")

    meanwhile(monkeypatch, settling.erp, "post", lambda: carry_out(settling, settlement_id))
    carry_out(settling, settlement_id)

    (reversal,) = get_settlement(settling.dealer_id, settlement_id).reversals
    kept = [find_posting(settling.dealer_id, settlement_id, it) for it in reversal.references]
    assert set(gl(settling).values()) == {0}
    assert len(kept) == 3
    assert None not in kept


def test_a_document_paid_at_the_counter_gives_way_once_whoever_notices_it(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    prove_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    at_the_counter(settling, "B", 20_000)

    def fitted_only() -> None:
        # The other run dies once it has made the payment fit.
        with monkeypatch.context() as patched, suppress(Crash):
            real = post_settlement.fit_to_erp

            def fit(*args: Any) -> Any:
                real(*args)
                raise Crash

            patched.setattr(post_settlement, "fit_to_erp", fit)
            settling.run_postings(settlement_id)

    meanwhile(monkeypatch, settling.erp, "open_cents", fitted_only)
    settling.run_settlement(settlement_id)

    payment = payment_of(settling, settlement_id)
    assert [item.cash_cents for item in payment.excess] == [30_000]
    assert settling.spruce.get_document(settling.dealer_id, "B")["open_cents"] == 0
    assert payment.status is PaymentStatus.POSTED
