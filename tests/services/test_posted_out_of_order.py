"""A deposit that is told before the one whose posting opens its documents waits for it."""

from chalicelib.domain.ids import SettlementId
from chalicelib.domain.payments import Payment
from chalicelib.services.await_posting import await_posting
from chalicelib.services.request_posting import request_posting
from chalicelib.services.watch_settlements import watch_settlements
from chalicelib.storage.payments import get_payment
from chalicelib.storage.settlements import get_settlement
from tests.domain.builders import a_payable
from tests.services.settling import ACCOUNT, SettlingWorld
from tests.services.story import link_bank, open_account, open_dealer, pay, pay_out, settle
from tests.services.test_movements_posted import next_payout, spruce_open
from tests.services.test_paid_at_the_counter import at_the_counter, give_back_b
from tests.services.test_payouts import same_books

Payouts = tuple[SettlementId, SettlementId, Payment]


def refund_and_its_failure(world: SettlingWorld, *, auto_post: bool) -> Payouts:
    """A and B posted; B given back in one payout, and in the next the refund has failed."""
    open_dealer(world, auto_post=auto_post)
    open_account(world)
    payment = pay(world, link_bank(world), "A", "B")
    settle(world, payment)
    first = pay_out(world)
    world.run_settlement(first)
    world.run_postings(first)  # Of a dealer who posts automatically this repeats it.
    give_back_b(world, payment)
    refund = next_payout(world)
    world.stripe.fail_refund(payment.number)
    world.deliver()
    return refund, next_payout(world), payment


def surplus_and_its_use(
    world: SettlingWorld, *, auto_post: bool
) -> tuple[Payment, SettlementId, SettlementId]:
    """A paid with $200 too much, which then pays a part of B: the first payment, both payouts."""
    open_dealer(world, auto_post=auto_post)
    open_account(world, (a_payable("A", 100_000), a_payable("B", 50_000)))
    bank = link_bank(world)
    first = pay(world, bank, "A", surplus_cents=20_000)
    settle(world, first)
    earlier = pay_out(world)
    second = pay(world, bank, "B")
    assert second.unapplied_used_cents == 20_000
    settle(world, second)
    return first, earlier, pay_out(world)


def problems(world: SettlingWorld, settlement_id: SettlementId) -> set[str]:
    rows = get_settlement(world.dealer_id, settlement_id).postings
    return {row.problem for row in rows if row.problem}


def test_what_comes_first_is_named_and_nothing_is_kept_on_account(
    settling: SettlingWorld,
) -> None:
    refund, failure, payment = refund_and_its_failure(settling, auto_post=True)

    ended = settling.run_settlement(failure)

    (number,) = (it.reversal.number for it in _now(settling, payment).refunds)
    assert ended == "waiting"
    (problem,) = problems(settling, failure)
    assert f"Document B is opened again by {number}" in problem
    assert "Post the settlement that carries it first." in problem
    assert _now(settling, payment).excess == ()
    assert settling.run_settlement(refund) == "posted"
    assert spruce_open(settling, "A", "B") == [0, 50_000]
    assert settling.run_postings(failure) == "posted"
    assert spruce_open(settling, "A", "B") == [0, 0]
    assert same_books(settling)


def test_automatic_posting_is_tried_again_every_day(settling: SettlingWorld) -> None:
    refund, failure, _ = refund_and_its_failure(settling, auto_post=True)
    settling.run_settlement(failure)
    await_posting(settling, settling.dealer_id, settlement_id=failure, token="waits")
    settling.run_settlement(refund)

    watch_settlements(settling)
    at_once = list(settling.workflows.completed)
    settling.advance(days=1)
    watch_settlements(settling)

    assert at_once == []
    assert settling.workflows.completed == [("waits", {"outcome": "post"})]


def test_a_person_who_posts_is_the_only_one_to_try_again(settling: SettlingWorld) -> None:
    _, failure, _ = refund_and_its_failure(settling, auto_post=False)
    settling.run_settlement(failure)
    request_posting(settling, settling.dealer_id, settlement_id=failure, operator="Dana Ortiz")
    settling.run_postings(failure)
    await_posting(settling, settling.dealer_id, settlement_id=failure, token="waits")

    settling.advance(days=2)
    watch_settlements(settling)

    assert settling.workflows.completed == [("token-1", {"outcome": "post"})]


def test_cash_on_account_that_is_not_posted_yet_names_what_comes_first(
    settling: SettlingWorld,
) -> None:
    first, earlier, later = surplus_and_its_use(settling, auto_post=False)
    assert [settling.run_settlement(it) for it in (earlier, later)] == ["waiting", "waiting"]

    settling.run_postings(later)

    (problem,) = problems(settling, later)
    assert f"cash on account of {first.number}, which is not posted yet" in problem
    assert settling.run_postings(earlier) == "posted"
    assert settling.run_postings(later) == "posted"
    assert same_books(settling)


def test_a_return_that_waits_for_the_surplus_it_takes_back_keeps_nothing_from_posting(
    settling: SettlingWorld,
) -> None:
    payment, first, second = surplus_and_its_use(settling, auto_post=True)
    settling.stripe.return_payment(payment.number, "R01")
    settling.deliver()
    at_the_counter(settling, "A", 60_000)
    back = next_payout(settling)

    ended = [settling.run_settlement(it) for it in (second, back, first)]
    again = [settling.run_postings(it) for it in (second, back)]

    assert ended == ["waiting", "waiting", "posted"]
    assert again == ["posted", "posted"]
    assert [it.cash_cents for it in _now(settling, payment).excess] == [40_000]
    assert same_books(settling)


def test_a_refund_that_failed_before_any_posting_opens_nothing(settling: SettlingWorld) -> None:
    open_dealer(settling, auto_post=True)
    open_account(settling)
    payment = pay(settling, link_bank(settling), "A", "B")
    settle(settling, payment)
    first = pay_out(settling)
    give_back_b(settling, payment)
    settling.stripe.fail_refund(payment.number)
    settling.deliver()
    at_the_counter(settling, "B", 0)

    ended = settling.run_settlement(first)

    assert ended == "posted"
    assert _now(settling, payment).surplus_cents == 50_000
    assert same_books(settling)


def _now(world: SettlingWorld, payment: Payment) -> Payment:
    return get_payment(world.dealer_id, ACCOUNT, payment.payment_id)
