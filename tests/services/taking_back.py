"""Money that comes back, as tests read it: payments, ledgers, what is owed, who was told."""

from typing import Any

from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Method, Payment
from chalicelib.domain.pricing import owed_on
from chalicelib.storage.accounts import get_state
from chalicelib.storage.companies import list_methods
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.notices import list_notices
from chalicelib.storage.payments import get_payment
from tests.services.settling import ACCOUNT, COMPANY, SettlingWorld
from tests.services.story import P1, link_bank, open_account, open_dealer, pay, settle

LINES = LedgerAccount


def paid(world: SettlingWorld, *, payables: Any = P1) -> Payment:
    """A settled ACH payment of everything the account owes."""
    open_dealer(world)
    open_account(world, payables)
    documents = [item.payable_id for item in payables if item.kind != "credit"]
    payment = pay(world, link_bank(world), *documents)
    settle(world, payment)
    return stored(world, payment)


def stored(world: SettlingWorld, payment: Payment) -> Payment:
    return get_payment(world.dealer_id, payment.account_id, payment.payment_id)


def come_back(world: SettlingWorld, payment: Payment, code: str, booked: str = "dispute") -> None:
    """The bank returns the debit, and every webhook of it arrives."""
    world.stripe.return_payment(payment.number, code, booked=booked)
    world.deliver()


def owed(world: SettlingWorld) -> dict[str, int]:
    """What is owed on each document and open on each credit now, cents."""
    state = get_state(world.dealer_id, ACCOUNT)
    standing = owed_on(state.payables, state.claims, state.account)
    return {str(name): it.owed_cents for name, it in standing.items() if it.owed_cents}


def books(world: SettlingWorld) -> dict[LedgerAccount, int]:
    """The trial balance without accounts at zero; it adds up to zero."""
    balances = trial_balance(world.dealer_id)
    assert sum(balances.values()) == 0
    return {account: cents for account, cents in balances.items() if cents}


def told(world: SettlingWorld) -> list[str]:
    """The mails queued so far."""
    return [mail["mail"] for mail in world.queues.mails]


def waiting(world: SettlingWorld) -> list[NoticeKind]:
    """What waits for an operator."""
    return sorted(notice.kind for notice in list_notices(world.dealer_id))


def saved(world: SettlingWorld) -> Method:
    """The company's bank account."""
    (method,) = list_methods(world.dealer_id, COMPANY)
    return method
