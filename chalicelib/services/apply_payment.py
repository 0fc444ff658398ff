"""Workflow step: the funds are confirmed, so the claim is applied and the ledger written."""

from contextlib import suppress
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.ids import AccountId, DealerId, PayableId, PaymentId
from chalicelib.domain.ledger import settled_entry
from chalicelib.domain.lifecycle import Event
from chalicelib.domain.overpaid import applied_claim, fitted
from chalicelib.domain.payments import Payment, Stage
from chalicelib.domain.pricing import owed_on
from chalicelib.services.carry_out_duties import carry_out_duties
from chalicelib.services.finish_payment import Ending, finish_payment
from chalicelib.services.forget_method import forget_method
from chalicelib.services.overpaid_words import excess_words, overpaid_notice
from chalicelib.services.record_outcome import outcome_of
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState
from chalicelib.storage.claims import not_due_change
from chalicelib.storage.transactions import WritesRefused, transact


def apply_payment(
    world: World, dealer_id: DealerId, *, account_id: AccountId, payment_id: PaymentId
) -> dict[str, str]:
    """Settle a funded payment: claim, ledger, totals and status in one transaction.

    Repeating it only finishes what is missing. Returns {"outcome": "settled"}, or what the payment
    is if it is not funded. Raises TryAgain if the account stays contended.
    """
    payment = finish_payment(
        world,
        dealer_id,
        account_id=account_id,
        payment_id=payment_id,
        stage=Stage.FUNDED,
        event=Event.SUCCEEDED,
        end=_settled,
    )
    if outcome_of(payment) == "settled":
        _finish(world, payment)
    return {"outcome": outcome_of(payment)}


def _settled(payment: Payment, state: AccountState, now: datetime) -> Ending:
    """What was paid at the counter meanwhile no longer takes money: it becomes unapplied cash."""
    fit, excess = fitted(payment, _open_without(payment, state))
    return Ending(
        fit,
        applied_claim(fit, now),
        lines=settled_entry(fit),
        detail=excess_words(excess),
        notice=overpaid_notice(fit, excess, now) if excess else None,
    )


def _open_without(payment: Payment, state: AccountState) -> dict[PayableId, int]:
    """What is owed on each document before this payment takes effect, in cents."""
    others = (claim for claim in state.claims if claim.payment_id != payment.payment_id)
    owed = owed_on(state.payables, others, state.account)
    return {name: standing.owed_cents for name, standing in owed.items()}


def _finish(world: World, payment: Payment) -> None:
    """Tell the payer, then leave the due index; a crash before that makes the janitor repeat it.

    While its posting is on hold it stays due, so that a hold forgotten alarms.
    """
    carry_out_duties(world, payment, Event.SUCCEEDED)
    forget_method(world, payment)
    if payment.is_posting_held:
        return
    leave = not_due_change(payment.dealer_id, payment.account_id, payment.payment_id)
    with suppress(WritesRefused):  # The importer may have dropped the claim already.
        transact([leave], token=uuid4().hex)
