"""ACH debits that come back: reported by whomever, whenever, everything is undone once."""

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.services.mark_posted import mark_posted
from chalicelib.services.originate_payment import originate_payment
from chalicelib.services.release_payment import release_payment
from chalicelib.services.request_posting import request_posting
from chalicelib.services.resolve_settlement import resolve_settlement
from chalicelib.services.watch_later import watch_later
from chalicelib.storage.accounts import get_account, list_log
from chalicelib.storage.ledger import list_entries
from chalicelib.storage.payments import list_events, list_payments_of_account
from sandbox.world.stripe.faults import WebhookFault
from tests.domain.builders import a_payable
from tests.services.settling import ACCOUNT, START, SettlingWorld
from tests.services.story import (
    link_bank,
    open_account,
    open_dealer,
    pay,
    ready_to_post,
    settle,
)
from tests.services.taking_back import (
    books,
    come_back,
    owed,
    paid,
    saved,
    stored,
    told,
    waiting,
)

P1_OWED = {"A": 100_000, "B": 50_000, "K": 10_000}
TODAY = START.date()


@pytest.mark.parametrize("booked", ["dispute", "failure"])
def test_a_return_undoes_everything_the_payment_did(settling: SettlingWorld, booked: str) -> None:
    payment = paid(settling)
    assert owed(settling) == {}
    settling.advance(days=1)

    come_back(settling, payment, "R01", booked)

    returned = stored(settling, payment)
    assert returned.status is PaymentStatus.RETURNED
    assert returned.returned is not None
    assert returned.returned.code == "R01"
    assert owed(settling) == P1_OWED
    assert books(settling) == {}
    assert told(settling)[-1] == "payment_returned"
    assert waiting(settling) == [NoticeKind.RETURNED]


def test_its_entry_is_dated_the_day_it_happened_and_the_account_remembers(
    settling: SettlingWorld,
) -> None:
    payment = paid(settling)
    settling.advance(days=1)
    settling.stripe.return_payment(payment.number, "R10")
    happened = settling.clock.now()

    settling.advance(days=3)
    settling.deliver()

    newest = list(list_entries(settling.dealer_id))[-1]
    assert newest.at == happened
    assert get_account(settling.dealer_id, ACCOUNT).returned_at == happened
    assert "came back" in next(iter(list_log(settling.dealer_id, ACCOUNT)[0])).text


def test_the_accounts_priority_rises_above_what_is_owed_again(settling: SettlingWorld) -> None:
    payment = paid(settling)

    come_back(settling, payment, "R01")

    note = get_account(settling.dealer_id, ACCOUNT).priority
    assert note.returned_recently
    assert note.lift_tenths > 0
    assert note.score_tenths >= note.lift_tenths


def test_reports_of_one_return_in_any_number_and_order_change_nothing_more(
    settling: SettlingWorld,
) -> None:
    payment = paid(settling)
    settling.stripe.return_payment(payment.number, "R01")
    hooks = settling.basket.drain()

    for hook in [*hooks, *reversed(hooks), *hooks]:
        settling.accept(hook)
        settling.work()

    assert books(settling) == {}
    assert owed(settling) == P1_OWED
    assert told(settling).count("payment_returned") == 1
    events = [event.name for event in list_events(settling.dealer_id, payment.payment_id)]
    assert events.count("returned") == 1


def test_a_return_told_before_the_success_takes_the_success_first(settling: SettlingWorld) -> None:
    open_dealer(settling)
    open_account(settling)
    payment = pay(settling, link_bank(settling), "A", "B")
    settling.stripe.script.events.append(WebhookFault(type="payment_intent.succeeded", never=True))
    settling.advance(days=5)

    come_back(settling, payment, "R01")

    events = [event.name for event in list_events(settling.dealer_id, payment.payment_id)]
    assert events[-2:] == ["settled", "returned"]
    assert books(settling) == {}
    assert owed(settling) == P1_OWED


@pytest.mark.parametrize("code", ["R02", "R03", "R04", "R05", "R07", "R10", "R11", "R29"])
def test_codes_that_rule_the_bank_account_out_disable_it(
    settling: SettlingWorld, code: str
) -> None:
    payment = paid(settling)

    come_back(settling, payment, code, "failure")

    assert "Link it again" in saved(settling).disabled


@pytest.mark.parametrize("code", ["R01", "R08", "R09", "R16"])
def test_other_codes_leave_the_bank_account_usable(settling: SettlingWorld, code: str) -> None:
    payment = paid(settling)

    come_back(settling, payment, code, "failure")

    assert saved(settling).disabled == ""


def test_a_dispute_ends_the_mandate_at_the_processor_so_the_account_is_linked_again(
    settling: SettlingWorld,
) -> None:
    payment = paid(settling)

    come_back(settling, payment, "R01")

    assert "did not have enough money. Link it again" in saved(settling).disabled


def test_a_debit_refused_before_it_arrived_disables_by_the_same_table(
    settling: SettlingWorld,
) -> None:
    open_dealer(settling)
    open_account(settling)
    payment = pay(settling, link_bank(settling), "A", "B")

    settling.stripe.return_payment(payment.number, "R02")
    settling.deliver()
    release_payment(settling, settling.dealer_id, account_id=ACCOUNT, payment_id=payment.payment_id)

    failed = stored(settling, payment)
    assert failed.status is PaymentStatus.FAILED
    assert failed.returned is None
    assert "closed. Nothing was charged. This bank account" in failed.failure_sentence
    assert saved(settling).disabled
    assert owed(settling) == P1_OWED


def test_a_disabled_bank_account_can_be_neither_chosen_nor_debited(
    settling: SettlingWorld,
) -> None:
    open_dealer(settling, hold_hours=48)
    method = link_bank(settling)
    open_account(settling, (a_payable("A", 1000), a_payable("B", 2000)))
    first = pay(settling, method, "A")
    settling.advance(days=2)
    originate_payment(settling, settling.dealer_id, account_id=ACCOUNT, payment_id=first.payment_id)
    waiting_one = pay(settling, method, "B")
    settling.stripe.return_payment(first.number, "R02")
    settling.deliver()
    release_payment(settling, settling.dealer_id, account_id=ACCOUNT, payment_id=first.payment_id)
    settling.advance(days=2)

    outcome = originate_payment(
        settling, settling.dealer_id, account_id=ACCOUNT, payment_id=waiting_one.payment_id
    )

    assert outcome == {"outcome": "failed"}
    assert "Link it again" in stored(settling, waiting_one).failure_sentence
    with pytest.raises(InvalidInput, match="Link it again"):
        pay(settling, method, "A")


def test_a_retry_can_come_back_too(settling: SettlingWorld) -> None:
    payment = paid(settling)
    come_back(settling, payment, "R09", "failure")
    retry = pay(settling, saved(settling), "A", "B")
    settle(settling, retry)

    come_back(settling, retry, "R10")

    assert stored(settling, retry).status is PaymentStatus.RETURNED
    assert stored(settling, payment).status is PaymentStatus.RETURNED
    assert owed(settling) == P1_OWED
    assert books(settling) == {}
    assert "not allowed" in saved(settling).disabled


def test_after_posting_and_resolve_the_return_reopens_and_stays_posted(
    settling: SettlingWorld,
) -> None:
    settlement_id = ready_to_post(settling)
    settling.run_settlement(settlement_id)
    request_posting(settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann")
    settling.run_postings(settlement_id)
    mark_posted(settling, settling.dealer_id, settlement_id=settlement_id)
    resolve_settlement(
        settling, settling.dealer_id, settlement_id=settlement_id, operator="Ann", reason=""
    )
    (payment,) = list_payments_of_account(settling.dealer_id, ACCOUNT)[0]
    assert payment.status is PaymentStatus.POSTED

    come_back(settling, payment, "R10")

    returned = stored(settling, payment)
    assert returned.status is PaymentStatus.RETURNED
    assert returned.posted_at is not None
    assert owed(settling) == P1_OWED
    assert books(settling)[LedgerAccount.CLEARING] == -payment.charged_cents


def overpaid(world: SettlingWorld) -> tuple[Payment, Payment]:
    """$10 on A and $5 too much, which a second payment spends on X."""
    open_dealer(world)
    open_account(world, (a_payable("A", 1000), a_payable("X", 800)))
    method = link_bank(world)
    first = pay(world, method, "A", surplus_cents=500)
    settle(world, first)
    second = pay(world, method, "X")
    assert stored(world, second).unapplied_used_cents == 500
    return first, second


def test_a_surplus_spent_meanwhile_is_undone_first(settling: SettlingWorld) -> None:
    first, second = overpaid(settling)
    settle(settling, second)

    come_back(settling, first, "R09", "failure")

    assert owed(settling) == {"A": 1000, "X": 500}
    assert books(settling) == {
        LedgerAccount.CLEARING: stored(settling, second).charged_cents,
        LedgerAccount.ACCOUNTS_RECEIVABLE: -300,
        LedgerAccount.FEE_INCOME: -300,
    }
    assert [use.amount_cents for use in stored(settling, second).undone] == [500]


def test_a_payment_under_way_with_the_surplus_pays_that_much_less(settling: SettlingWorld) -> None:
    first, second = overpaid(settling)

    come_back(settling, first, "R09", "failure")
    settle(settling, second)

    assert owed(settling) == {"A": 1000, "X": 500}
    assert LedgerAccount.UNAPPLIED_CASH not in books(settling)
    assert stored(settling, second).status is PaymentStatus.SETTLED


def test_a_payer_who_could_not_be_told_is_told_by_the_sweep(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid(settling)
    settling.stripe.return_payment(payment.number, "R02")

    def down(*_: object, **__: object) -> None:
        raise ConnectionError("queue")

    with monkeypatch.context() as broken:
        broken.setattr(settling.queues, "send_mail", down)
        with pytest.raises(ConnectionError):
            settling.deliver()
    assert "payment_returned" not in told(settling)
    settling.advance(minutes=5)
    watch_later(settling)

    assert told(settling)[-1] == "payment_returned"
    assert watch_later(settling) == 0
