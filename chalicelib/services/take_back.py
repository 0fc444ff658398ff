"""What returns, lost disputes and refunds share: the reversal with the chains behind a surplus."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.reversals import Reversal
from chalicelib.domain.surplus_uses import UndoneUse, undo_uses
from chalicelib.domain.taking_back import next_reversal_number, take_back_all, take_back_part
from chalicelib.services.record_later import OtherChange
from chalicelib.storage.accounts import AccountState
from chalicelib.storage.payments import list_payments_of_account

MOST_PAGES = 40  # Two thousand payments of one account, newest first.


def take_back(
    payment: Payment, state: AccountState, *, money_cents: int
) -> tuple[Reversal, tuple[OtherChange, ...]]:
    """What is undone when the bank takes `money_cents`, and the later payments it changes.

    Less than what stands is a part; more was refunded before and is a loss.
    """
    number = next_reversal_number(payment)
    reversal = take_back_all(payment, number=number, money_cents=money_cents)
    if reversal.loss_cents < 0:
        reversal = take_back_part(payment, number=number, money_cents=money_cents)
    return without_uses(payment, state, reversal)


def without_uses(
    payment: Payment, state: AccountState, reversal: Reversal
) -> tuple[Reversal, tuple[OtherChange, ...]]:
    """The reversal with the later uses of its surplus undone, and the payments they were of."""
    if not reversal.surplus_cents:
        return reversal, ()
    reversal, uses = undo_uses(payment, reversal, tuple(_payments(payment)))
    return reversal, tuple(_changed(use, payment, state) for use in uses)


def after_settling(payment: Payment, at: datetime) -> datetime:
    """When it happened. The processor counts whole seconds: nothing comes back before it came."""
    return max(at, payment.settled_at or at)


def _payments(payment: Payment) -> Iterator[Payment]:
    """The account's payments, newest first."""
    cursor = ""
    for _ in range(MOST_PAGES):
        found, cursor = list_payments_of_account(
            payment.dealer_id, payment.account_id, cursor=cursor
        )
        yield from found
        if not cursor:
            return


def _changed(use: UndoneUse, payment: Payment, state: AccountState) -> OtherChange:
    """One under way holds less from now on: its claim changes with it."""
    is_under_way = use.payment.status in (PaymentStatus.PENDING, PaymentStatus.FROZEN)
    held = {claim.key: claim for claim in state.claims}.get((use.payment.payment_id, ""))
    return OtherChange(
        use.payment,
        name="credit_undone",
        detail=f"{payment.number}, whose surplus it used, was taken back",
        claim=replace(held, effects=use.payment.effects) if held and is_under_way else None,
    )
