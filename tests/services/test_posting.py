"""Posting to the ERP: each category once, whatever times out, is refused or crashes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from chalicelib.domain.ids import SettlementId
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.posting import Posting
from chalicelib.domain.posting_lines import LineKind, PostingLine
from chalicelib.domain.settlements import PostingCategory, PostingState
from chalicelib.gateways.erp import ErpUnreachable
from chalicelib.services.await_posting import await_posting
from chalicelib.services.view_settlement import view_settlement
from chalicelib.services.watch_settlements import watch_settlements
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.settlements import get_settlement
from chalicelib.storage.transactions import Write
from tests.services.settling import START, SettlingWorld
from tests.services.story import open_dealer, ready_to_post
from tests.services.test_settlement import gl

BALANCED_GL = {"1010", "1200", "4950", "6150"}


class Crash(BaseException):
    """The process died here."""


CATEGORY = PostingCategory.INVOICES


def states(world: SettlingWorld, settlement_id: SettlementId) -> dict[str, PostingState]:
    settlement = get_settlement(world.dealer_id, settlement_id)
    return {row.category.value: row.state for row in settlement.postings}


def fault(world: SettlingWorld, name: str, category: str = "", seconds: float = 0.0) -> None:
    """The simulated Spruce's next misbehaviour."""
    world.spruce.script({"next": {"fault": name, "category": category, "seconds": seconds}})


def test_each_category_shows_its_own_state_and_time(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)

    settling.run_settlement(settlement_id)

    rows = get_settlement(settling.dealer_id, settlement_id).postings
    assert [row.state for row in rows] == [
        PostingState.POSTED,
        PostingState.POSTED,
        PostingState.NOTHING,
        PostingState.POSTED,
    ]
    assert all(bool(row.posted_at) is (row.state is PostingState.POSTED) for row in rows)


def test_a_refused_category_is_retried_alone(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    fault(settling, "period_closed", "credit_adjustments")

    first = settling.run_settlement(settlement_id)
    between = states(settling, settlement_id)
    problem = get_settlement(settling.dealer_id, settlement_id).postings[1].problem
    second = settling.run_postings(settlement_id)

    assert (first, second) == ("waiting", "posted")
    assert between["invoices"] is PostingState.POSTED
    assert between["credit_adjustments"] is PostingState.FAILED
    assert "closed" in problem
    assert sum(gl(settling).values()) == 0


def test_an_answer_lost_after_writing_is_asked_for_and_not_sent_again(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    post = settling.erp.post
    sent: list[str] = []

    def lossy(dealer: object, posting: object) -> None:
        post(dealer, posting)
        sent.append("written")
        raise ErpUnreachable("reply dropped")

    monkeypatch.setattr(settling.erp, "post", lossy)
    ended = settling.run_settlement(settlement_id)

    assert ended == "posted"
    assert len(sent) == 3
    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 3


def test_an_erp_that_is_down_fails_the_category_and_a_later_try_posts_it(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    for _ in range(3):
        fault(settling, "unavailable")

    first = settling.run_settlement(settlement_id)
    second = settling.run_postings(settlement_id)

    assert (first, second) == ("waiting", "posted")
    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 3


def test_automatic_posting_that_failed_half_way_goes_on_by_itself_the_next_day(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    fault(settling, "unavailable", "cash")
    failed = settling.run_settlement(settlement_id)
    await_posting(settling, settling.dealer_id, settlement_id=settlement_id, token="waits")
    half_way = settling.spruce.ledger(settling.dealer_id)["posting_count"]

    watch_settlements(settling)
    at_once = list(settling.workflows.completed)
    settling.advance(days=1)
    watch_settlements(settling)
    ended = settling.run_postings(settlement_id)

    assert (failed, half_way, at_once) == ("waiting", 2, [])
    assert settling.workflows.completed == [("waits", {"outcome": "post"})]
    assert ended == "posted"
    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 3
    assert {name for name, cents in gl(settling).items() if cents} == BALANCED_GL


def test_settings_changed_after_a_lost_answer_do_not_change_what_is_sent(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    with monkeypatch.context() as patched:
        patched.setattr(settling.erp, "post", raiser(ErpUnreachable("no answer")))
        settling.run_postings(settlement_id)
    open_dealer(settling, books_closed_through="2026-12-31")

    ended = settling.run_postings(settlement_id)

    posted = settling.spruce.find_posting(settling.dealer_id, f"{settlement_id}:invoices")
    assert ended == "posted"
    assert posted["date"] < "2026-12-31"


def test_a_posting_spruce_holds_with_other_amounts_is_never_taken_for_ours(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    reference = f"{settlement_id}:invoices"
    gl_accounts = get_dealer(settling.dealer_id).gl
    line = PostingLine(LineKind.JOURNAL, 1, gl_accounts.bank, gl_accounts.clearing)
    foreign = Posting(reference, CATEGORY, START.date(), "somebody else's", "USD", (line,))
    settling.erp.post(get_dealer(settling.dealer_id), foreign)

    ends = [settling.run_settlement(settlement_id), settling.run_postings(settlement_id)]

    assert ends == ["waiting", "waiting"]
    assert states(settling, settlement_id)["invoices"] is PostingState.FAILED


def raiser(error: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@contextmanager
def crash_at(monkeypatch: pytest.MonkeyPatch, number: int, *, after: bool) -> Iterator[list[int]]:
    """Die before or after the n-th database transaction of the posting services."""
    from chalicelib.services import mark_posted, prove_settlement, take_into_settlement
    from chalicelib.storage import settlement_work, settlements

    seen = [0]

    def crashing(real: Callable[..., None]) -> Callable[..., None]:
        def transact(writes: list[Write], *, token: str) -> None:
            seen[0] += 1
            if seen[0] == number and not after:
                raise Crash
            real(writes, token=token)
            if seen[0] == number:
                raise Crash

        return transact

    with monkeypatch.context() as patched:
        for module in (
            mark_posted,
            prove_settlement,
            take_into_settlement,
            settlement_work,
            settlements,
        ):
            patched.setattr(module, "transact", crashing(module.transact))
        yield seen


# Each round gets exactly one write done; "before" also does what lies between it and the next.
@pytest.mark.parametrize(("number", "after"), [(1, True), (2, False)], ids=["after", "before"])
def test_a_crash_at_every_write_is_finished_by_repeating(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch, *, number: int, after: bool
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    crashes = 0

    for _ in range(40):
        with crash_at(monkeypatch, number, after=after):
            try:
                settling.run_settlement(settlement_id)
                break
            except Crash:
                crashes += 1

    ended = settling.run_settlement(settlement_id)

    shown = view_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    ours = trial_balance(settling.dealer_id)
    assert crashes >= 8
    assert ended == "posted"
    assert {payment.status for payment in shown.payments} == {PaymentStatus.POSTED}
    assert settling.spruce.ledger(settling.dealer_id)["posting_count"] == 3
    assert sum(ours.values()) == 0
    assert {name for name, cents in gl(settling).items() if cents} == BALANCED_GL
