"""One payment with its history and its ledger entry."""

from dataclasses import dataclass

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.ledger import Line
from chalicelib.domain.payments import Payment, PaymentEvent
from chalicelib.domain.settlements import Settlement
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.ledger import EntryPage, entries_of
from chalicelib.storage.payments import (
    find_payment,
    find_payment_by_reference,
    list_events,
    list_payments_of_account,
)
from chalicelib.storage.settlements import find_settlement

NO_PAYMENT = "There is no such payment."


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment, what happened to it (oldest first) and what the ledger says of it."""

    payment: Payment
    events: tuple[PaymentEvent, ...]
    entries: tuple[EntryPage, ...]
    settlement: Settlement | None = None  # Only for operators.

    @property
    def ledger(self) -> tuple[Line, ...]:
        """Every ledger line of the payment."""
        return tuple(line for entry in self.entries for line in entry.lines)


def view_payment(
    world: World,  # noqa: ARG001  Every use case takes its world.
    dealer_id: DealerId,
    *,
    name: str,
    account_id: AccountId | None = None,
) -> PaymentView:
    """The payment of that short number or id; with `account_id` only if it is that account's.

    Raises NotFound, the same for missing and foreign ones.
    """
    found = _own(dealer_id, account_id, name) if account_id else find_named(dealer_id, name)
    if found is None:
        raise NotFound(NO_PAYMENT)
    log = keys.payment_log(dealer_id, found.payment_id)
    stored = None
    if account_id is None and found.settlement_id is not None:
        stored = find_settlement(dealer_id, found.settlement_id)
    return PaymentView(
        found,
        list_events(dealer_id, found.payment_id),
        entries_of(log),
        stored.settlement if stored else None,
    )


def _own(dealer_id: DealerId, account_id: AccountId, name: str) -> Payment | None:
    """By id, else among the newest (the index lags behind a payment just made), else by index."""
    by_id = find_payment(dealer_id, account_id, PaymentId(name))
    if by_id:
        return by_id
    newest, _ = list_payments_of_account(dealer_id, account_id)
    for payment in newest:
        if payment.number == name:
            return payment
    found = find_named(dealer_id, name)
    return found if found and found.account_id == account_id else None


def find_named(dealer_id: DealerId, name: str) -> Payment | None:
    """The dealer's payment of that short number or id, or None."""
    target = find_payment_by_reference(dealer_id, name)
    return find_payment(dealer_id, *target) if target else None
