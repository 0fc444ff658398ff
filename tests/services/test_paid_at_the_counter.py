"""Paid at the counter between settling and posting: the excess is kept on account, once."""

from contextlib import suppress

import pytest

from chalicelib.domain.ids import PayableId, SettlementId
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.settlements import PostingCategory
from chalicelib.services import fit_to_erp
from chalicelib.services.post_settlement import post_category
from chalicelib.services.view_settlement import view_settlement
from chalicelib.services.watch_later import watch_later
from chalicelib.storage.accounts import get_state
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.payments import get_payment
from tests.domain.builders import a_payable
from tests.services.settling import ACCOUNT, SettlingWorld
from tests.services.story import (
    link_bank,
    open_account,
    open_dealer,
    pay,
    pay_out,
    ready_to_post,
    settle,
)
from tests.services.test_payouts import of_kind, same_books
from tests.services.test_posting import Crash

UNAPPLIED = LedgerAccount.UNAPPLIED_CASH


def at_the_counter(world: SettlingWorld, document: str, open_cents: int, kind: str = "") -> None:
    """Somebody pays in the shop: so much is left open on the document in Spruce."""
    world.spruce.seed_documents(
        world.dealer_id,
        [
            {
                "document": document,
                "customer": ACCOUNT,
                "kind": kind or "invoice",
                "open_cents": open_cents,
            }
        ],
    )


def payment_of(world: SettlingWorld, settlement_id: SettlementId) -> Payment:
    (payment,) = view_settlement(world, world.dealer_id, settlement_id=settlement_id).payments
    return payment


def give_back_b(world: SettlingWorld, payment: Payment) -> None:
    """$500 with its share of the fee, in the processor's dashboard: B is owed again."""
    stored = get_payment(world.dealer_id, ACCOUNT, payment.payment_id)
    world.processor.refund(
        world.acct,
        intent_id=stored.processor_id,
        amount_cents=50_107,
        refund_reference="",
        number=payment.number,
        key="refund",
    )
    world.deliver()


def fitted_by_a_failed_refund(world: SettlingWorld) -> tuple[list[SettlementId], Payment]:
    """A and B paid, B given back, paid again, and the refund failed: $500 is on account."""
    open_dealer(world, auto_post=True)
    open_account(world)
    method = link_bank(world)
    payment = pay(world, method, "A", "B")
    settle(world, payment)
    give_back_b(world, payment)
    settle(world, pay(world, method, "B"))
    world.stripe.fail_refund(payment.number)
    world.deliver()
    pay_out(world)
    started = [SettlementId(it.rpartition("-")[0]) for it in world.workflows.started]
    return [it for it in started if it.startswith("po_")], payment


def surplus_owed(world: SettlingWorld, name: str) -> int:
    state = get_state(world.dealer_id, ACCOUNT)
    return owed_on(state.payables, state.claims, state.account)[PayableId(name)].owed_cents


def test_the_excess_becomes_unapplied_cash_and_everything_is_posted(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    at_the_counter(settling, "B", 20_000)

    ended = settling.run_settlement(settlement_id)

    payment = payment_of(settling, settlement_id)
    assert ended == "posted"
    assert payment.surplus_cents == 30_000
    assert [(line.payable_id, line.cash_cents) for line in payment.lines] == [
        ("A", 90_000),
        ("B", 20_000),
    ]
    assert trial_balance(settling.dealer_id)[UNAPPLIED] == -30_000
    assert settling.spruce.ledger(settling.dealer_id)["unapplied"] == {ACCOUNT: 30_000}
    assert same_books(settling)
    assert surplus_owed(settling, payment.number) == 30_000


def test_operator_and_payer_are_told_once(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    at_the_counter(settling, "B", 0)

    settling.run_settlement(settlement_id)
    settling.run_postings(settlement_id)
    watch_later(settling)

    mails = [mail for mail in settling.queues.mails if mail["mail"] == "payment_overpaid"]
    (notice,) = of_kind(settling, NoticeKind.OVERPAID)
    assert len(mails) == 1
    assert "B had been paid meanwhile: $500.00 is kept on account." in notice.sentence


def test_several_documents_paid_meanwhile_each_give_way(settling: SettlingWorld) -> None:
    open_dealer(settling, auto_post=True)
    open_account(settling, (a_payable("A", 100_000), a_payable("B", 50_000)))
    method = link_bank(settling)
    first, second = pay(settling, method, "A"), pay(settling, method, "B")
    settle(settling, first, second)
    settlement_id = pay_out(settling)
    at_the_counter(settling, "A", 0)
    at_the_counter(settling, "B", 49_999)

    ended = settling.run_settlement(settlement_id)

    assert ended == "posted"
    assert trial_balance(settling.dealer_id)[UNAPPLIED] == -100_001
    assert same_books(settling)


def test_a_credit_used_meanwhile_stays_open_where_the_cash_is_posted_already(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    ids = {"settlement_id": settlement_id}
    invoices = PostingCategory.INVOICES
    post_category(settling, settling.dealer_id, **ids, category=invoices)
    at_the_counter(settling, "A", 4_000)

    ended = settling.run_postings(settlement_id)

    payment = payment_of(settling, settlement_id)
    assert ended == "posted"
    assert payment.surplus_cents == 0
    assert [use.amount_cents for use in payment.credits_used] == [4_000]
    assert surplus_owed(settling, "K") == 6_000
    assert same_books(settling)


def test_a_credit_used_up_meanwhile_leaves_its_document_open_by_as_much(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    at_the_counter(settling, "K", 4_000, kind="credit")

    ended = settling.run_settlement(settlement_id)
    settling.run_postings(settlement_id)
    watch_later(settling)

    payment = payment_of(settling, settlement_id)
    mails = [mail["mail"] for mail in settling.queues.mails if "settled" not in mail["mail"]]
    (notice,) = of_kind(settling, NoticeKind.OVERPAID)
    assert ended == "posted"
    assert payment.surplus_cents == 0
    assert [use.amount_cents for use in payment.credits_used] == [4_000]
    assert surplus_owed(settling, "A") == 6_000
    assert "Credit K had been used meanwhile: $60.00 of A stays open." in notice.sentence
    assert mails.count("payment_credit_gone") == 1
    assert "payment_overpaid" not in mails
    assert same_books(settling)


def test_a_credit_used_up_altogether_is_not_applied_at_all(settling: SettlingWorld) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    at_the_counter(settling, "K", 0, kind="credit")

    ended = settling.run_settlement(settlement_id)

    assert ended == "posted"
    assert payment_of(settling, settlement_id).credits_used == ()
    assert surplus_owed(settling, "A") == 10_000
    assert same_books(settling)


@pytest.mark.parametrize("name", ["transact", "tell_payer"])
@pytest.mark.parametrize("after", [True, False])
def test_a_crash_at_every_call_puts_the_excess_on_account_once(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch, name: str, *, after: bool
) -> None:
    settlement_id = ready_to_post(settling, auto_post=True)
    at_the_counter(settling, "B", 20_000)
    real = getattr(fit_to_erp, name)

    def dying(*values: object, **named: object) -> None:
        if after:
            real(*values, **named)
        raise Crash

    with monkeypatch.context() as patched, suppress(Crash):
        patched.setattr(fit_to_erp, name, dying)
        settling.run_settlement(settlement_id)
        raise AssertionError("it was to crash")
    ended = settling.run_settlement(settlement_id)
    watch_later(settling)

    mails = [mail for mail in settling.queues.mails if mail["mail"] == "payment_overpaid"]
    assert (ended, len(mails)) == ("posted", 1)
    assert payment_of(settling, settlement_id).surplus_cents == 30_000
    assert same_books(settling)


def test_a_try_that_was_beaten_by_another_puts_nothing_on_account(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    at_the_counter(settling, "B", 20_000)
    real = settling.erp.open_cents

    def beaten(dealer: object, document: str) -> int:
        at_the_counter(settling, "B", 50_000)
        monkeypatch.setattr(settling.erp, "open_cents", real)
        settling.run_postings(settlement_id)
        return real(dealer, document)

    monkeypatch.setattr(settling.erp, "open_cents", beaten)
    settling.run_postings(settlement_id)

    assert payment_of(settling, settlement_id).surplus_cents == 0
    assert same_books(settling)


def test_a_payment_that_a_failed_refund_fitted_gives_way_once_more(
    settling: SettlingWorld,
) -> None:
    posted_first, payment = fitted_by_a_failed_refund(settling)
    at_the_counter(settling, "A", 40_000)

    ended = [settling.run_settlement(settlement_id) for settlement_id in posted_first]

    now = get_payment(settling.dealer_id, ACCOUNT, payment.payment_id)
    assert set(ended) == {"posted"}
    assert [(line.payable_id, line.cash_cents) for line in now.lines] == [("A", 40_000)]
    assert now.surplus_cents == 50_000 + 50_000
    assert surplus_owed(settling, payment.number) == 100_000
    assert surplus_owed(settling, "K") == 10_000
    assert same_books(settling)
