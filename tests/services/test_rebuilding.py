"""R10: what is shown folds out of what happened, later events included; what doesn't is said."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.domain.payments import Payment, PaymentEvent, PaymentStatus
from chalicelib.domain.rebuilding import EVENTS, replayed
from chalicelib.entrypoints.presenting import EVENT_WORDS
from chalicelib.services.mark_posted import mark_posted
from chalicelib.storage.accounts import get_account, get_state, header_put
from chalicelib.storage.claims import claim_put
from chalicelib.storage.payments import get_payment, payment_puts
from tests.services.rebuilding import rebuilt
from tests.services.reconciling import booked, written
from tests.services.settling import ACCOUNT, START, SettlingWorld
from tests.services.story import (
    link_bank,
    open_account,
    open_dealer,
    pay,
    pay_out,
    ready_to_post,
    settle,
)
from tests.services.test_movements_posted import pay_by_card
from tests.services.test_paid_at_the_counter import at_the_counter, fitted_by_a_failed_refund
from tests.stage import Shelf
from tools.rebuild import rebuild, summary


@pytest.fixture
def posted(settling: SettlingWorld) -> SettlingWorld:
    """P1 settled, paid out and posted."""
    settling.files = Shelf()
    open_dealer(settling)
    open_account(settling)
    settle(settling, pay(settling, link_bank(settling), "A", "B"))
    settlement_id = pay_out(settling)
    settling.run_settlement(settlement_id)
    settling.run_postings(settlement_id)
    mark_posted(settling, settling.dealer_id, settlement_id=settlement_id)
    return settling


def test_a_payment_that_is_posted_and_then_comes_back_folds_out_equal(
    posted: SettlingWorld,
) -> None:
    before = rebuilt(posted, get_account(posted.dealer_id, ACCOUNT))
    posted.stripe.return_payment(the_payment(posted).number, "R01")
    posted.deliver()

    after = rebuilt(posted, get_account(posted.dealer_id, ACCOUNT))

    assert (before.unequal, after.unequal) == ((), ())
    assert the_payment(posted).status is PaymentStatus.RETURNED
    assert after.entries > before.entries


def refunded_elsewhere(world: SettlingWorld) -> Payment:
    """The payment after $400 of it were refunded in the processor's dashboard."""
    payment = the_payment(world)
    world.processor.refund(
        world.acct, intent_id=payment.processor_id, amount_cents=40_000, refund_reference="",
        number=payment.number, key="elsewhere",
    )  # fmt: skip
    world.deliver()
    return payment


def test_a_refund_that_fails_after_the_bank_took_the_money_folds_out_equal(
    posted: SettlingWorld,
) -> None:
    payment = refunded_elsewhere(posted)
    posted.stripe.return_payment(payment.number, "R01")
    posted.deliver()
    posted.stripe.fail_refund(payment.number)
    posted.deliver()

    folded = rebuilt(posted, get_account(posted.dealer_id, ACCOUNT))

    assert the_payment(posted).refunds[0].again.loss_cents == 40_000
    assert folded.unequal == ()


def test_a_refund_that_fails_after_its_document_was_paid_again_folds_out_equal(
    posted: SettlingWorld,
) -> None:
    payment = refunded_elsewhere(posted)
    settle(posted, pay(posted, link_bank(posted), "B"))
    posted.stripe.fail_refund(payment.number)
    posted.deliver()

    folded = rebuilt(posted, get_account(posted.dealer_id, ACCOUNT))

    assert get_payment(posted.dealer_id, ACCOUNT, payment.payment_id).surplus_cents > 0
    assert folded.unequal == ()


def test_a_card_payment_disputed_a_second_time_folds_out_equal(settling: SettlingWorld) -> None:
    settling.files = Shelf()
    open_dealer(settling)
    open_account(settling)
    payment = pay_by_card(settling, "B")
    settle(settling, payment)
    for _ in range(2):
        settling.stripe.open_dispute(payment.number, kind="chargeback")
        settling.deliver()
        settling.stripe.decide_dispute(payment.number, "won")
        settling.deliver()

    folded = rebuilt(settling, get_account(settling.dealer_id, ACCOUNT))

    assert len(the_payment(settling).earlier_disputes) == 1
    assert folded.unequal == ()


def test_a_history_of_posting_and_reversing_it_is_settled_until_it_is_posted_again() -> None:
    names = ["submitted", "handed_over", "originated", "settled", "paid_out", "posted", "unposted"]
    told = [PaymentEvent(n, name, START, "test") for n, name in enumerate(names)]

    assert replayed(told) is PaymentStatus.SETTLED
    assert replayed([*told, replace(told[5], sequence=7)]) is PaymentStatus.POSTED


def test_a_payment_whose_bank_account_was_disabled_fails_without_being_handed_over() -> None:
    names = ["submitted", "frozen", "released", "refused", "failed"]

    told = [PaymentEvent(n, name, START, "test") for n, name in enumerate(names)]

    assert replayed(told) is PaymentStatus.FAILED


def test_the_command_says_how_much_came_out_equal(posted: SettlingWorld) -> None:
    good = summary(rebuild(posted, posted.dealer_id))
    change(posted, status=PaymentStatus.FAILED)
    bad = summary(rebuild(posted, posted.dealer_id))

    assert good.startswith("1 accounts, 1 payments, ")
    assert good.endswith("100 % equal")
    assert "\n0 % equal\n" in bad
    assert "is failed; its events say posted" in bad


def _status(world: SettlingWorld) -> None:
    change(world, status=PaymentStatus.SETTLED)


def _ledger(world: SettlingWorld) -> None:
    change(world, fee_cents=the_payment(world).fee_cents + 1)


def _claim(world: SettlingWorld) -> None:
    claim = get_state(world.dealer_id, ACCOUNT).claims[0]
    smaller = replace(claim, effects=claim.effects[1:])
    written(claim_put(world.dealer_id, ACCOUNT, smaller, expected=None))


def _totals(world: SettlingWorld) -> None:
    account = get_account(world.dealer_id, ACCOUNT)
    totals = replace(account.totals, invoices_cents=1)
    raised = replace(account.raised(), totals=totals)
    written(header_put(raised, expected_version=account.money_version))


def _row(world: SettlingWorld) -> None:
    account = get_account(world.dealer_id, ACCOUNT)
    raised = replace(account.raised(), name="Another name")
    written(header_put(raised, expected_version=account.money_version))


PLANTED: dict[str, tuple[Callable[[SettlingWorld], None], str]] = {
    "status": (_status, "its events say"),
    "ledger": (_ledger, "its ledger"),
    "claim": (_claim, "its claims"),
    "totals": (_totals, "its totals"),
    "row": (_row, "its row"),
}


@pytest.mark.parametrize("what", sorted(PLANTED))
def test_a_projection_that_was_changed_is_found(posted: SettlingWorld, what: str) -> None:
    plant, words = PLANTED[what]

    plant(posted)
    found = rebuilt(posted, get_account(posted.dealer_id, ACCOUNT))

    assert any(words in unequal for unequal in found.unequal)


def test_an_entry_of_nothing_of_ours_changes_no_projection(posted: SettlingWorld) -> None:
    booked(posted.dealer_id, "planted", 500, posted.clock.now())

    assert rebuilt(posted, get_account(posted.dealer_id, ACCOUNT)).unequal == ()


def test_every_word_of_a_history_that_moves_a_payment_is_one_people_read() -> None:
    assert set(EVENTS) <= set(EVENT_WORDS)


def the_payment(world: SettlingWorld):  # type: ignore[no-untyped-def]
    claim = get_state(world.dealer_id, ACCOUNT).claims[0]
    return get_payment(world.dealer_id, ACCOUNT, claim.payment_id)


def change(world: SettlingWorld, **changes: object) -> None:
    payment = replace(the_payment(world), **changes)
    written(*payment_puts(payment, name="planted", at=world.clock.now(), source="test"))


def test_a_credit_used_up_and_a_document_paid_meanwhile_fold_out_equal(
    settling: SettlingWorld,
) -> None:
    settling.files = Shelf()
    settlement_id = ready_to_post(settling, auto_post=True)
    at_the_counter(settling, "K", 4_000, kind="credit")
    at_the_counter(settling, "B", 20_000)
    settling.run_settlement(settlement_id)

    folded = rebuilt(settling, get_account(settling.dealer_id, ACCOUNT))

    assert the_payment(settling).surplus_cents == 30_000
    assert folded.unequal == ()


def test_a_payment_that_gave_way_after_a_failed_refund_folds_out_equal(
    settling: SettlingWorld,
) -> None:
    settling.files = Shelf()
    settlement_ids, payment = fitted_by_a_failed_refund(settling)
    at_the_counter(settling, "A", 40_000)
    for settlement_id in settlement_ids:
        settling.run_settlement(settlement_id)

    folded = rebuilt(settling, get_account(settling.dealer_id, ACCOUNT))

    assert get_payment(settling.dealer_id, ACCOUNT, payment.payment_id).surplus_cents == 100_000
    assert folded.unequal == ()
