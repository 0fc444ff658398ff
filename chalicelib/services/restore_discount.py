"""Give back a discount that was taken back with its payment (money.md, Discounts), for a time."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from chalicelib.domain.accounts import RestoredDiscount
from chalicelib.domain.days import dealer_day
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TryAgain
from chalicelib.domain.ids import DealerId
from chalicelib.domain.payments import Payment
from chalicelib.domain.taking_back import reversals_of
from chalicelib.services.view_payment import NO_PAYMENT, find_named
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_account, header_put, log_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.transactions import OutcomeUnknown, WritesRefused, transact

TRIES = 6
MOST_DAYS = 60
NEWER_STATEMENT = (
    "A newer statement has been closed since, so this discount can no longer be taken. "
    "Give a credit in Spruce instead."
)


def why_not_restore(payment: Payment) -> str:
    """Why the payment's discount can't be given back; "" if it can."""
    if not payment.discount_cents:
        return "It had taken no discount."
    is_lost = any(line.discount_cents for taken in reversals_of(payment) for line in taken.lines)
    return "" if is_lost else "Its discount was not taken back."


def restore_discount(
    world: World, dealer_id: DealerId, *, name: str, until_day: date | None, operator: str
) -> Payment:
    """Let a discount that was taken back be taken again until the end of `until_day`.

    Whether a payment earns it is still judged by its other rules. Kept in the account's activity.
    Raises NotFound, Conflict with what to do instead, InvalidInput for a day that is past or more
    than 60 days away, TryAgain.
    """
    payment = find_named(dealer_id, name)
    if payment is None:
        raise NotFound(NO_PAYMENT)
    refusal = why_not_restore(payment)
    if refusal:
        raise Conflict(refusal)
    now = world.clock.now()
    day = _checked(until_day, dealer_day(now, get_dealer(dealer_id).time_zone))
    for _ in range(TRIES):
        header = get_account(dealer_id, payment.account_id)
        subjects = _subjects(payment, header.statement.statement_id if header.statement else "")
        restored = tuple(RestoredDiscount(subject, day) for subject in subjects)
        kept = tuple(it for it in header.restored_discounts if it.subject not in subjects)
        changed = replace(header.raised(), restored_discounts=(*kept, *restored))
        text = f"Discount of payment {payment.number} restored until {day} by {operator}"
        writes = [
            header_put(changed, expected_version=header.money_version),
            log_put(dealer_id, payment.account_id, now, operator, text),
        ]
        try:
            transact(writes, token=uuid4().hex)
        except (WritesRefused, OutcomeUnknown):
            continue  # Repeating writes the same again.
        return payment
    raise TryAgain("The account is busy. Please try again.")


def _checked(until_day: date | None, today: date) -> date:
    last = today + timedelta(days=MOST_DAYS)
    if until_day is None or not today <= until_day <= last:
        sentence = f"Choose a day from today to {last}."
        raise InvalidInput(sentence, {"until": sentence})
    return until_day


def _subjects(payment: Payment, statement_id: str) -> Collection[str]:
    """The statement, if it was paid as one, else the invoices whose own terms were taken."""
    if not payment.statement_id:
        return tuple(line.payable_id for line in payment.lines if line.discount_cents)
    if statement_id != payment.statement_id:
        raise Conflict(NEWER_STATEMENT)
    return (statement_id,)
