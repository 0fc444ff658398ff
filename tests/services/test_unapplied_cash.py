"""A surplus becomes unapplied cash, is used like a credit and returns from the ERP only once."""

from dataclasses import replace
from uuid import uuid4

import pytest

from chalicelib.domain.claims import Claim, ClaimState, with_brought
from chalicelib.domain.ids import PaymentId
from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payables import Payable
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.pricing import owed_on
from chalicelib.services.overpaid_words import excess_words
from chalicelib.storage.accounts import get_state, header_put, page_puts
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.notices import list_notices
from chalicelib.storage.payments import get_payment
from chalicelib.storage.transactions import transact
from tests.domain.builders import a_credit, a_payable
from tests.services.settling import ACCOUNT, SettlingWorld
from tests.services.story import link_bank, open_account, open_dealer, pay, settle

AR, UNAPPLIED = LedgerAccount.ACCOUNTS_RECEIVABLE, LedgerAccount.UNAPPLIED_CASH
INVOICES = (a_payable("INV-1", 100_000), a_payable("INV-2", 50_000))


def owed(world: SettlingWorld) -> dict[str, int]:
    """What is owed on the account's payables, credits positive; nothing owed is left out."""
    state = get_state(world.dealer_id, ACCOUNT)
    found = owed_on(state.payables, state.claims, state.account)
    return {name: item.owed_cents for name, item in found.items() if item.owed_cents}


def tell_again(world: SettlingWorld, *payables: Payable) -> None:
    """The ERP's figures as a newer sync brings them, held payables kept at what they are."""
    state = get_state(world.dealer_id, ACCOUNT)
    header = state.account.raised()
    writes = [
        header_put(header, expected_version=state.account.money_version),
        *page_puts(header, state.paged, payables),
    ]
    transact(writes, token=uuid4().hex)


@pytest.fixture
def world(settling: SettlingWorld) -> SettlingWorld:
    """Two invoices of $1,000 and $500."""
    open_dealer(settling)
    open_account(settling, INVOICES)
    return settling


def test_a_surplus_is_a_credit_once_its_funds_are_there(world: SettlingWorld) -> None:
    payment = pay(world, link_bank(world), "INV-1", surplus_cents=20_000)
    pending = owed(world)

    settle(world, payment)

    assert payment.number not in pending
    assert owed(world) == {payment.number: 20_000, "INV-2": 50_000}
    account = get_state(world.dealer_id, ACCOUNT).account
    assert account.totals.outstanding_cents == 30_000


def test_unapplied_cash_pays_a_later_invoice_and_both_books_agree(world: SettlingWorld) -> None:
    bank = link_bank(world)
    first = pay(world, bank, "INV-1", surplus_cents=20_000)
    settle(world, first)

    second = pay(world, bank, "INV-2")
    settle(world, second)

    assert second.unapplied_used_cents == 20_000
    assert second.charged_cents == 30_000 + second.fee_cents
    assert owed(world) == {}
    balances = trial_balance(world.dealer_id)
    assert (balances[AR], balances.get(UNAPPLIED, 0), sum(balances.values())) == (-150_000, 0, 0)


def test_the_erps_credit_with_our_number_stands_for_the_surplus(world: SettlingWorld) -> None:
    bank = link_bank(world)
    first = pay(world, bank, "INV-1", surplus_cents=20_000)
    settle(world, first)
    second = pay(world, bank, "INV-2")

    returned = a_credit("CM-88", 20_000, voucher_id=first.number, is_on_account=True)
    tell_again(world, *INVOICES, returned)
    held = owed(world)
    settle(world, second)

    assert held == {"CM-88": 20_000, "INV-2": 50_000}
    assert owed(world) == {}


def test_what_a_claim_brings_is_listed_once() -> None:
    surplus = a_credit("DP-1", 500, voucher_id="DP-1")
    claim = Claim(PaymentId("01P"), "DP-1", ClaimState.APPLIED, (), brings=(surplus,))
    from_erp = a_credit("CM-1", 500, voucher_id="DP-1")

    assert with_brought((), (claim, claim)) == (surplus,)
    assert with_brought((from_erp,), (claim,)) == (from_erp,)


def test_money_for_an_invoice_paid_at_the_counter_meanwhile_is_kept_on_account(
    world: SettlingWorld,
) -> None:
    payment = pay(world, link_bank(world), "INV-1", "INV-2")
    tell_again(world, replace(INVOICES[0], open_cents=40_000), INVOICES[1])

    settle(world, payment)

    stored = get_payment(world.dealer_id, ACCOUNT, payment.payment_id)
    assert stored.status is PaymentStatus.SETTLED
    assert (stored.allocations_cents, stored.surplus_cents) == (90_000, 60_000)
    assert stored.charged_cents == payment.charged_cents
    assert owed(world) == {payment.number: 60_000}
    balances = trial_balance(world.dealer_id)
    assert (balances[AR], balances[UNAPPLIED], sum(balances.values())) == (-90_000, -60_000, 0)


def test_both_sides_are_told_what_became_of_the_money(world: SettlingWorld) -> None:
    payment = pay(world, link_bank(world), "INV-1", "INV-2")
    tell_again(world, replace(INVOICES[0], open_cents=0), INVOICES[1])

    settle(world, payment)

    (notice,) = list_notices(world.dealer_id)
    assert (notice.kind, notice.subject) == (NoticeKind.OVERPAID, payment.number)
    assert notice.amount_cents == 100_000
    stored = get_payment(world.dealer_id, ACCOUNT, payment.payment_id)
    assert excess_words(stored.excess) in notice.sentence
    assert excess_words(stored.excess) == (
        "INV-1 had been paid meanwhile: $1,000.00 is kept on account."
    )
